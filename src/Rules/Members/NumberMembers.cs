using System.Globalization;
using System.Numerics;

namespace WorkflowEngine.Rules;

/// <summary>What expressions can do with numbers, truth values and single characters.</summary>
internal static class NumberMembers
{
    /// <summary>What the type of every number can do.</summary>
    internal static class Static<T>
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        public static T MaxValue() => T.MaxValue;

        public static T MinValue() => T.MinValue;

        public static T Parse(string text) => T.Parse(text, CultureInfo.InvariantCulture);

        public static T Abs(T value) => T.Abs(value);

        public static T Max(T left, T right) => T.Max(left, right);

        public static T Min(T left, T right) => T.Min(left, right);

        public static T Clamp(T value, T low, T high) => T.Clamp(value, low, high);
    }

    /// <summary>What only binary fractions have.</summary>
    internal static class Real<T>
        where T : struct, IFloatingPointIeee754<T>
    {
        public static T NaN() => T.NaN;

        public static T PositiveInfinity() => T.PositiveInfinity;

        public static T NegativeInfinity() => T.NegativeInfinity;

        public static T Epsilon() => T.Epsilon;

        public static bool IsNaN(T value) => T.IsNaN(value);

        public static bool IsInfinity(T value) => T.IsInfinity(value);

        public static bool IsFinite(T value) => T.IsFinite(value);
    }

    internal static class Decimal
    {
        public static decimal Zero() => decimal.Zero;

        public static decimal One() => decimal.One;

        public static decimal MinusOne() => decimal.MinusOne;

        public static decimal Round(decimal value) => decimal.Round(value);

        public static decimal Round(decimal value, int decimals) => decimal.Round(value, decimals);

        public static decimal Truncate(decimal value) => decimal.Truncate(value);

        public static decimal Floor(decimal value) => decimal.Floor(value);

        public static decimal Ceiling(decimal value) => decimal.Ceiling(value);
    }

    internal static class Boolean
    {
        public static bool Parse(string text) => bool.Parse(text);
    }

    internal static class Char
    {
        public static bool IsDigit(char value) => char.IsDigit(value);

        public static bool IsLetter(char value) => char.IsLetter(value);

        public static bool IsLetterOrDigit(char value) => char.IsLetterOrDigit(value);

        public static bool IsWhiteSpace(char value) => char.IsWhiteSpace(value);

        public static bool IsUpper(char value) => char.IsUpper(value);

        public static bool IsLower(char value) => char.IsLower(value);

        public static bool IsPunctuation(char value) => char.IsPunctuation(value);

        public static bool IsSymbol(char value) => char.IsSymbol(value);

        public static bool IsControl(char value) => char.IsControl(value);

        public static bool IsNumber(char value) => char.IsNumber(value);

        public static double GetNumericValue(char value) => char.GetNumericValue(value);

        public static char ToUpperInvariant(char value) => char.ToUpperInvariant(value);

        public static char ToLowerInvariant(char value) => char.ToLowerInvariant(value);

        public static char ToUpper(char value) => char.ToUpperInvariant(value);

        public static char ToLower(char value) => char.ToLowerInvariant(value);
    }

    internal static class Guid
    {
        public static System.Guid Empty() => System.Guid.Empty;

        public static System.Guid Parse(string text) => System.Guid.Parse(text);
    }

    /// <summary>What every number can do.</summary>
    internal static class Instance<T>
        where T : struct, IComparable<T>, IEquatable<T>, IFormattable
    {
        public static int CompareTo(T self, T other) => self.CompareTo(other);

        public static bool Equals(T self, T other) => self.Equals(other);

        public static string ToString(T self) => ExpressionRuntime.Text(self)!;

        public static string ToString(T self, string format) => self.ToString(FormatText.Check(format), CultureInfo.InvariantCulture);
    }

    internal static class BooleanInstance
    {
        public static int CompareTo(bool self, bool other) => self.CompareTo(other);

        public static bool Equals(bool self, bool other) => self == other;

        public static string ToString(bool self) => self.ToString();
    }

    internal static class CharInstance
    {
        public static int CompareTo(char self, char other) => self.CompareTo(other);

        public static bool Equals(char self, char other) => self == other;

        public static string ToString(char self) => self.ToString();
    }
}

/// <summary>The functions of <c>Math</c>.</summary>
internal static class MathMembers
{
    public static double PI() => Math.PI;

    public static double E() => Math.E;

    public static int Abs(int value) => Math.Abs(value);

    public static long Abs(long value) => Math.Abs(value);

    public static double Abs(double value) => Math.Abs(value);

    public static decimal Abs(decimal value) => Math.Abs(value);

    public static float Abs(float value) => Math.Abs(value);

    public static int Max(int left, int right) => Math.Max(left, right);

    public static long Max(long left, long right) => Math.Max(left, right);

    public static double Max(double left, double right) => Math.Max(left, right);

    public static decimal Max(decimal left, decimal right) => Math.Max(left, right);

    public static uint Max(uint left, uint right) => Math.Max(left, right);

    public static ulong Max(ulong left, ulong right) => Math.Max(left, right);

    public static float Max(float left, float right) => Math.Max(left, right);

    public static int Min(int left, int right) => Math.Min(left, right);

    public static long Min(long left, long right) => Math.Min(left, right);

    public static double Min(double left, double right) => Math.Min(left, right);

    public static decimal Min(decimal left, decimal right) => Math.Min(left, right);

    public static uint Min(uint left, uint right) => Math.Min(left, right);

    public static ulong Min(ulong left, ulong right) => Math.Min(left, right);

    public static float Min(float left, float right) => Math.Min(left, right);

    public static int Clamp(int value, int low, int high) => Math.Clamp(value, low, high);

    public static long Clamp(long value, long low, long high) => Math.Clamp(value, low, high);

    public static float Clamp(float value, float low, float high) => Math.Clamp(value, low, high);

    public static double Clamp(double value, double low, double high) => Math.Clamp(value, low, high);

    public static decimal Clamp(decimal value, decimal low, decimal high) => Math.Clamp(value, low, high);

    public static int Sign(int value) => Math.Sign(value);

    public static int Sign(long value) => Math.Sign(value);

    public static int Sign(float value) => Math.Sign(value);

    public static int Sign(double value) => Math.Sign(value);

    public static int Sign(decimal value) => Math.Sign(value);

    public static double Round(double value) => Math.Round(value);

    public static decimal Round(decimal value) => Math.Round(value);

    public static double Round(double value, int digits) => Math.Round(value, digits);

    public static decimal Round(decimal value, int digits) => Math.Round(value, digits);

    public static double Round(double value, MidpointRounding mode) => Math.Round(value, mode);

    public static decimal Round(decimal value, MidpointRounding mode) => Math.Round(value, mode);

    public static double Round(double value, int digits, MidpointRounding mode) => Math.Round(value, digits, mode);

    public static decimal Round(decimal value, int digits, MidpointRounding mode) => Math.Round(value, digits, mode);

    public static double Floor(double value) => Math.Floor(value);

    public static decimal Floor(decimal value) => Math.Floor(value);

    public static double Ceiling(double value) => Math.Ceiling(value);

    public static decimal Ceiling(decimal value) => Math.Ceiling(value);

    public static double Truncate(double value) => Math.Truncate(value);

    public static decimal Truncate(decimal value) => Math.Truncate(value);

    public static double Sqrt(double value) => Math.Sqrt(value);

    public static double Cbrt(double value) => Math.Cbrt(value);

    public static double Pow(double value, double power) => Math.Pow(value, power);

    public static double Exp(double value) => Math.Exp(value);

    public static double Log(double value) => Math.Log(value);

    public static double Log(double value, double newBase) => Math.Log(value, newBase);

    public static double Log2(double value) => Math.Log2(value);

    public static double Log10(double value) => Math.Log10(value);

    public static double Sin(double value) => Math.Sin(value);

    public static double Cos(double value) => Math.Cos(value);

    public static double Tan(double value) => Math.Tan(value);

    public static double Asin(double value) => Math.Asin(value);

    public static double Acos(double value) => Math.Acos(value);

    public static double Atan(double value) => Math.Atan(value);

    public static double Sinh(double value) => Math.Sinh(value);

    public static double Cosh(double value) => Math.Cosh(value);

    public static double Tanh(double value) => Math.Tanh(value);

    public static long BigMul(int left, int right) => Math.BigMul(left, right);

    public static double IEEERemainder(double value, double divisor) => Math.IEEERemainder(value, divisor);

    public static double Atan2(double y, double x) => Math.Atan2(y, x);
}

/// <summary>The functions of <c>Convert</c>.</summary>
internal static class ConvertMembers
{
    public static int ToInt32(string? text) => Convert.ToInt32(text, CultureInfo.InvariantCulture);

    public static int ToInt32(bool value) => value ? 1 : 0;

    public static int ToInt32(int value) => value;

    public static int ToInt32(long value) => Convert.ToInt32(value);

    public static int ToInt32(double value) => Convert.ToInt32(value);

    public static int ToInt32(decimal value) => Convert.ToInt32(value);

    public static int ToInt32(object? value) => Convert.ToInt32(Plain(value), CultureInfo.InvariantCulture);

    public static long ToInt64(string? text) => Convert.ToInt64(text, CultureInfo.InvariantCulture);

    public static long ToInt64(int value) => value;

    public static long ToInt64(long value) => value;

    public static long ToInt64(double value) => Convert.ToInt64(value);

    public static long ToInt64(decimal value) => Convert.ToInt64(value);

    public static long ToInt64(object? value) => Convert.ToInt64(Plain(value), CultureInfo.InvariantCulture);

    public static double ToDouble(string? text) => Convert.ToDouble(text, CultureInfo.InvariantCulture);

    public static double ToDouble(int value) => value;

    public static double ToDouble(long value) => value;

    public static double ToDouble(double value) => value;

    public static double ToDouble(decimal value) => Convert.ToDouble(value);

    public static double ToDouble(object? value) => Convert.ToDouble(Plain(value), CultureInfo.InvariantCulture);

    public static decimal ToDecimal(string? text) => Convert.ToDecimal(text, CultureInfo.InvariantCulture);

    public static decimal ToDecimal(int value) => value;

    public static decimal ToDecimal(long value) => value;

    public static decimal ToDecimal(double value) => Convert.ToDecimal(value);

    public static decimal ToDecimal(decimal value) => value;

    public static decimal ToDecimal(object? value) => Convert.ToDecimal(Plain(value), CultureInfo.InvariantCulture);

    public static bool ToBoolean(string? text) => Convert.ToBoolean(text, CultureInfo.InvariantCulture);

    public static bool ToBoolean(int value) => value != 0;

    public static bool ToBoolean(bool value) => value;

    public static bool ToBoolean(object? value) => Convert.ToBoolean(Plain(value), CultureInfo.InvariantCulture);

    public static float ToSingle(string? text) => Convert.ToSingle(text, CultureInfo.InvariantCulture);

    public static float ToSingle(double value) => (float)value;

    public static float ToSingle(decimal value) => (float)value;

    public static float ToSingle(object? value) => Convert.ToSingle(Plain(value), CultureInfo.InvariantCulture);

    public static short ToInt16(string? text) => Convert.ToInt16(text, CultureInfo.InvariantCulture);

    public static short ToInt16(int value) => Convert.ToInt16(value);

    public static short ToInt16(double value) => Convert.ToInt16(value);

    public static short ToInt16(object? value) => Convert.ToInt16(Plain(value), CultureInfo.InvariantCulture);

    public static byte ToByte(string? text) => Convert.ToByte(text, CultureInfo.InvariantCulture);

    public static byte ToByte(int value) => Convert.ToByte(value);

    public static byte ToByte(double value) => Convert.ToByte(value);

    public static byte ToByte(object? value) => Convert.ToByte(Plain(value), CultureInfo.InvariantCulture);

    public static char ToChar(string text) => Convert.ToChar(text, CultureInfo.InvariantCulture);

    public static char ToChar(int value) => Convert.ToChar(value);

    public static DateTime ToDateTime(string? text) => Convert.ToDateTime(text, CultureInfo.InvariantCulture);

    public static DateTime ToDateTime(DateTime value) => value;

    public static DateTime ToDateTime(object? value) => Convert.ToDateTime(Plain(value), CultureInfo.InvariantCulture);

    public static string? ToString(string? text) => text;

    public static string? ToString(int value) => ExpressionRuntime.Text(value);

    public static string? ToString(long value) => ExpressionRuntime.Text(value);

    public static string? ToString(double value) => ExpressionRuntime.Text(value);

    public static string? ToString(decimal value) => ExpressionRuntime.Text(value);

    public static string? ToString(bool value) => ExpressionRuntime.Text(value);

    public static string? ToString(DateTime value) => ExpressionRuntime.Text(value);

    public static string? ToString(object? value) => ExpressionRuntime.Text(value);

    private static object? Plain(object? value) => value is IConvertible or null ? value : throw new InvalidCastException();
}

/// <summary>The functions of <c>ExpressionUtils</c>, the original's own helper.</summary>
internal static class ListTextMembers
{
    public static bool CheckContains(Frame frame, string? check, string? list) =>
        !string.IsNullOrEmpty(check) && !string.IsNullOrEmpty(list) && frame.Read(list)!.Split(',').Contains(check, StringComparer.Ordinal);
}

/// <summary>The functions of <c>Enumerable</c> that need no sequence to begin with.</summary>
internal static class SequenceMembers
{
    public static IEnumerable<int> Range(Frame frame, int start, int count)
    {
        frame.Charge(count * 100L);
        return Enumerable.Range(start, count);
    }
}
