using System.Numerics;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary><c>math.*</c> (scriban/site/docs/builtins/math.md). Rounding is to the even neighbour, as in the original.</summary>
internal static class MathFunctions
{
    public static Definition[] All { get; } =
    [
        new("abs", "value", Absolute),
        new("ceil", "value", static (in a) => Round(a.Number(0), decimal.Ceiling, Math.Ceiling)),
        new("divided_by", "value divisor", DividedBy),
        new("floor", "value", static (in a) => Round(a.Number(0), decimal.Floor, Math.Floor)),
        new("format", "value format culture?", static (in a) => Kinds.IsNumber(a[0]) || !a.Has(0) ? Formatting.Format(a) : throw a.Fault("Only a number is formatted here.")),
        new("is_number", "value", static (in a) => Kinds.IsNumber(a[0])),
        new("minus", "value with", static (in a) => Operators.Apply(BinaryOperator.Subtract, a[0], a[1], a.Context, a.Position)),
        new("modulo", "value with", static (in a) => Operators.Apply(BinaryOperator.Modulo, a[0], a[1], a.Context, a.Position)),
        new("plus", "value with", static (in a) => Operators.Apply(BinaryOperator.Add, a[0], a[1], a.Context, a.Position)),
        new("random", "minValue maxValue", Random),
        new("round", "value precision?", RoundTo),
        new("times", "value with", static (in a) => Operators.Apply(BinaryOperator.Multiply, a[0], a[1], a.Context, a.Position)),
        new("uuid", "", static (in a) => Uuid(a)),
    ];

    private static object? Absolute(in Arguments a) => a[0] switch
    {
        null => null,
        int number => ModelValues.Fit(Math.Abs((long)number)),
        long number => ModelValues.Fit(BigInteger.Abs(number)),
        BigInteger number => BigInteger.Abs(number),
        decimal number => Math.Abs(number),
        float number => Math.Abs(number),
        double number => Math.Abs(number),
        _ => throw a.Fault("Only a number has an absolute value."),
    };

    private static object Round(object number, Func<decimal, decimal> exact, Func<double, double> real) => number switch
    {
        decimal value => exact(value),
        float value => real(value),
        double value => real(value),
        _ => number,
    };

    private static object RoundTo(in Arguments a)
    {
        var digits = a.Has(1) ? a.Int(1) : 0;
        if (digits < 0 || digits > (a[0] is decimal ? 28 : 15))
        {
            throw a.Fault("A number is rounded to between 0 and 15 digits, a decimal to between 0 and 28.");
        }

        return Round(a.Number(0), n => Math.Round(n, digits), n => Math.Round(n, digits));
    }

    /// <summary>Divides; by a whole number the result is the whole number below.</summary>
    private static object? DividedBy(in Arguments a)
    {
        var divisor = a[1];
        var result = Operators.Apply(BinaryOperator.Divide, a.Number(0), divisor, a.Context, a.Position);
        if (divisor is not (int or long or BigInteger) || result is null)
        {
            return result;
        }

        var floor = Math.Floor(Conversions.ToDouble(result, a.Position));
        return double.IsFinite(floor)
            ? ModelValues.Fit(new BigInteger(floor))
            : throw a.Fault("Attempted to divide by zero.");
    }

    private static object Random(in Arguments a)
    {
        var (least, most) = (a.Int(0), a.Int(1));
        return least <= most ? a.Context.Random.Next(least, most)
            : throw a.Fault("The greater bound of a random number must not be below the lesser.");
    }

    private static string Uuid(in Arguments a)
    {
        Span<byte> bytes = stackalloc byte[16];
        a.Context.Random.NextBytes(bytes);

        // RFC 9562: version 4, variant 10.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}

/// <summary>.NET format strings, for <c>math.format</c> and <c>object.format</c>.</summary>
internal static class Formatting
{
    public static object? Format(in Arguments a)
    {
        if (!a.Has(0))
        {
            return "";
        }

        var format = a.Text(1);
        if (format.Length > 64 || LongPrecision(format))
        {
            throw a.Fault("The format is too long.");
        }

        try
        {
            return a[0] is IFormattable value ? value.ToString(format, a.CultureOf(2))
                : throw a.Fault($"A value of type {Kinds.Name(a[0])} has no formats.");
        }
        catch (FormatException)
        {
            throw a.Fault($"'{format}' is no format for a value of type {Kinds.Name(a[0])}.");
        }
    }

    /// <summary>More digits than any number has would only fill memory.</summary>
    private static bool LongPrecision(string format) =>
        format.Length > 1 && int.TryParse(format.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var digits) && digits > 100;
}
