using System.Globalization;

namespace WorkflowEngine.Rules;

/// <summary>
/// What expressions can do with dates and times. "Now" is the run's, see <see cref="RuleRun.Now"/>; it carries no zone, so
/// that it is written the same on every machine.
/// </summary>
internal static class DateMembers
{
    internal static class Properties
    {
        public static int Year(DateTime self) => self.Year;

        public static int Month(DateTime self) => self.Month;

        public static int Day(DateTime self) => self.Day;

        public static int Hour(DateTime self) => self.Hour;

        public static int Minute(DateTime self) => self.Minute;

        public static int Second(DateTime self) => self.Second;

        public static int Millisecond(DateTime self) => self.Millisecond;

        public static long Ticks(DateTime self) => self.Ticks;

        public static DateTime Date(DateTime self) => self.Date;

        public static TimeSpan TimeOfDay(DateTime self) => self.TimeOfDay;

        public static DayOfWeek DayOfWeek(DateTime self) => self.DayOfWeek;

        public static int DayOfYear(DateTime self) => self.DayOfYear;

        public static DateTimeKind Kind(DateTime self) => self.Kind;
    }

    internal static class Instance
    {
        public static DateTime Add(DateTime self, TimeSpan span) => self.Add(span);

        public static DateTime AddYears(DateTime self, int value) => self.AddYears(value);

        public static DateTime AddMonths(DateTime self, int value) => self.AddMonths(value);

        public static DateTime AddDays(DateTime self, double value) => self.AddDays(value);

        public static DateTime AddHours(DateTime self, double value) => self.AddHours(value);

        public static DateTime AddMinutes(DateTime self, double value) => self.AddMinutes(value);

        public static DateTime AddSeconds(DateTime self, double value) => self.AddSeconds(value);

        public static DateTime AddMilliseconds(DateTime self, double value) => self.AddMilliseconds(value);

        public static TimeSpan Subtract(DateTime self, DateTime other) => self.Subtract(other);

        public static DateTime Subtract(DateTime self, TimeSpan span) => self.Subtract(span);

        public static int CompareTo(DateTime self, DateTime other) => self.CompareTo(other);

        public static bool Equals(DateTime self, DateTime other) => self.Equals(other);

        public static string ToString(DateTime self) => ExpressionRuntime.Text(self)!;

        public static string ToString(DateTime self, string format) => self.ToString(FormatText.Check(format), CultureInfo.InvariantCulture);

        public static DateTime AddTicks(DateTime self, long value) => self.AddTicks(value);

        public static double ToOADate(DateTime self) => self.ToOADate();

        public static string ToLongDateString(DateTime self) => self.ToString("D", CultureInfo.InvariantCulture);

        public static string ToShortTimeString(DateTime self) => self.ToString("t", CultureInfo.InvariantCulture);

        public static string ToLongTimeString(DateTime self) => self.ToString("T", CultureInfo.InvariantCulture);

        public static string ToShortDateString(DateTime self) => self.ToString("d", CultureInfo.InvariantCulture);

        public static DateTime ToUniversalTime(DateTime self) => self.Kind == DateTimeKind.Utc ? self : DateTime.SpecifyKind(self.AddHours(-8), DateTimeKind.Utc);
    }

    internal static class Static
    {
        public static DateTime Now(Frame frame) => frame.Now.DateTime;

        public static DateTime UtcNow(Frame frame) => frame.Now.UtcDateTime;

        public static DateTime Today(Frame frame) => frame.Now.Date;

        public static DateTime MinValue() => DateTime.MinValue;

        public static DateTime MaxValue() => DateTime.MaxValue;

        public static DateTime Parse(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

        public static DateTime UnixEpoch() => DateTime.UnixEpoch;

        /// <param name="provider">The culture, which can only be null: dates are read the same on every machine.</param>
        public static DateTime ParseExact(string text, string format, IFormatProvider? provider) =>
            DateTime.ParseExact(text, FormatText.Check(format), provider ?? CultureInfo.InvariantCulture);

        public static DateTime SpecifyKind(DateTime value, DateTimeKind kind) => DateTime.SpecifyKind(value, kind);

        public static bool Equals(DateTime left, DateTime right) => left == right;

        public static int Compare(DateTime left, DateTime right) => DateTime.Compare(left, right);

        public static int DaysInMonth(int year, int month) => DateTime.DaysInMonth(year, month);

        public static bool IsLeapYear(int year) => DateTime.IsLeapYear(year);
    }

    internal static class Constructors
    {
        public static DateTime New(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Unspecified);

        public static DateTime New(int year, int month, int day, int hour, int minute, int second) =>
            new(year, month, day, hour, minute, second, DateTimeKind.Unspecified);

        public static DateTime New(int year, int month, int day, int hour, int minute, int second, int millisecond) =>
            new(year, month, day, hour, minute, second, millisecond, DateTimeKind.Unspecified);

        public static DateTime New(long ticks) => new(ticks, DateTimeKind.Unspecified);
    }
}

/// <summary>What expressions can do with dates without time.</summary>
internal static class DateOnlyMembers
{
    internal static class Properties
    {
        public static int Year(DateOnly self) => self.Year;

        public static int Month(DateOnly self) => self.Month;

        public static int Day(DateOnly self) => self.Day;

        public static DayOfWeek DayOfWeek(DateOnly self) => self.DayOfWeek;

        public static int DayOfYear(DateOnly self) => self.DayOfYear;

        public static int DayNumber(DateOnly self) => self.DayNumber;
    }

    internal static class Instance
    {
        public static DateOnly AddYears(DateOnly self, int value) => self.AddYears(value);

        public static DateOnly AddMonths(DateOnly self, int value) => self.AddMonths(value);

        public static DateOnly AddDays(DateOnly self, int value) => self.AddDays(value);

        public static DateTime ToDateTime(DateOnly self, TimeOnly time) => self.ToDateTime(time);

        public static int CompareTo(DateOnly self, DateOnly other) => self.CompareTo(other);

        public static bool Equals(DateOnly self, DateOnly other) => self.Equals(other);

        public static string ToString(DateOnly self) => ExpressionRuntime.Text(self)!;

        public static string ToString(DateOnly self, string format) => self.ToString(FormatText.Check(format), CultureInfo.InvariantCulture);
    }

    internal static class Static
    {
        public static DateOnly MinValue() => DateOnly.MinValue;

        public static DateOnly MaxValue() => DateOnly.MaxValue;

        public static DateOnly Parse(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);

        public static DateOnly FromDateTime(DateTime time) => DateOnly.FromDateTime(time);

        [NotInOriginal]
        public static DateOnly Today(Frame frame) => DateOnly.FromDateTime(frame.Now.DateTime);
    }

    internal static class Constructors
    {
        public static DateOnly New(int year, int month, int day) => new(year, month, day);
    }
}

/// <summary>What expressions can do with times of the day.</summary>
internal static class TimeOnlyMembers
{
    internal static class Properties
    {
        public static int Hour(TimeOnly self) => self.Hour;

        public static int Minute(TimeOnly self) => self.Minute;

        public static int Second(TimeOnly self) => self.Second;
    }

    internal static class Instance
    {
        public static TimeOnly AddHours(TimeOnly self, double value) => self.AddHours(value);

        public static TimeOnly AddMinutes(TimeOnly self, double value) => self.AddMinutes(value);

        public static bool IsBetween(TimeOnly self, TimeOnly start, TimeOnly end) => self.IsBetween(start, end);

        public static string ToString(TimeOnly self) => ExpressionRuntime.Text(self)!;
    }

    internal static class Static
    {
        public static TimeOnly Parse(string text) => TimeOnly.Parse(text, CultureInfo.InvariantCulture);

        public static TimeOnly FromDateTime(DateTime time) => TimeOnly.FromDateTime(time);
    }

    internal static class Constructors
    {
        public static TimeOnly New(int hour, int minute) => new(hour, minute);

        public static TimeOnly New(int hour, int minute, int second) => new(hour, minute, second);
    }
}

/// <summary>What expressions can do with instants.</summary>
internal static class OffsetMembers
{
    internal static class Properties
    {
        public static int Year(DateTimeOffset self) => self.Year;

        public static int Month(DateTimeOffset self) => self.Month;

        public static int Day(DateTimeOffset self) => self.Day;

        public static int Hour(DateTimeOffset self) => self.Hour;

        public static int Minute(DateTimeOffset self) => self.Minute;

        public static int Second(DateTimeOffset self) => self.Second;

        public static DateTime Date(DateTimeOffset self) => self.Date;

        public static DateTime DateTime(DateTimeOffset self) => self.DateTime;

        public static DateTime UtcDateTime(DateTimeOffset self) => self.UtcDateTime;

        public static TimeSpan Offset(DateTimeOffset self) => self.Offset;

        public static DayOfWeek DayOfWeek(DateTimeOffset self) => self.DayOfWeek;
    }

    internal static class Instance
    {
        public static DateTimeOffset AddYears(DateTimeOffset self, int value) => self.AddYears(value);

        public static DateTimeOffset AddMonths(DateTimeOffset self, int value) => self.AddMonths(value);

        public static DateTimeOffset AddDays(DateTimeOffset self, double value) => self.AddDays(value);

        public static DateTimeOffset AddHours(DateTimeOffset self, double value) => self.AddHours(value);

        public static DateTimeOffset AddMinutes(DateTimeOffset self, double value) => self.AddMinutes(value);

        public static DateTimeOffset ToOffset(DateTimeOffset self, TimeSpan offset) => self.ToOffset(offset);

        public static DateTimeOffset ToUniversalTime(DateTimeOffset self) => self.ToUniversalTime();

        public static long ToUnixTimeSeconds(DateTimeOffset self) => self.ToUnixTimeSeconds();

        public static string ToString(DateTimeOffset self) => ExpressionRuntime.Text(self)!;

        public static string ToString(DateTimeOffset self, string format) => self.ToString(FormatText.Check(format), CultureInfo.InvariantCulture);
    }

    internal static class Static
    {
        public static DateTimeOffset Now(Frame frame) => frame.Now;

        public static DateTimeOffset UtcNow(Frame frame) => frame.Now.ToUniversalTime();

        public static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

        public static DateTimeOffset FromUnixTimeSeconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    internal static class Constructors
    {
        public static DateTimeOffset New(int year, int month, int day, int hour, int minute, int second, TimeSpan offset) =>
            new(year, month, day, hour, minute, second, offset);
    }
}

/// <summary>What expressions can do with spans of time.</summary>
internal static class SpanMembers
{
    internal static class Properties
    {
        public static int Days(TimeSpan self) => self.Days;

        public static int Hours(TimeSpan self) => self.Hours;

        public static int Minutes(TimeSpan self) => self.Minutes;

        public static int Seconds(TimeSpan self) => self.Seconds;

        public static int Milliseconds(TimeSpan self) => self.Milliseconds;

        public static double TotalDays(TimeSpan self) => self.TotalDays;

        public static double TotalHours(TimeSpan self) => self.TotalHours;

        public static double TotalMinutes(TimeSpan self) => self.TotalMinutes;

        public static double TotalSeconds(TimeSpan self) => self.TotalSeconds;

        public static double TotalMilliseconds(TimeSpan self) => self.TotalMilliseconds;

        public static long Ticks(TimeSpan self) => self.Ticks;
    }

    internal static class Instance
    {
        public static TimeSpan Add(TimeSpan self, TimeSpan other) => self.Add(other);

        public static TimeSpan Subtract(TimeSpan self, TimeSpan other) => self.Subtract(other);

        public static TimeSpan Duration(TimeSpan self) => self.Duration();

        public static TimeSpan Negate(TimeSpan self) => self.Negate();

        public static TimeSpan Multiply(TimeSpan self, double factor) => self.Multiply(factor);

        public static TimeSpan Divide(TimeSpan self, double divisor) => self.Divide(divisor);

        public static double Divide(TimeSpan self, TimeSpan divisor) => self.Divide(divisor);

        public static bool Equals(TimeSpan self, TimeSpan other) => self == other;

        public static int CompareTo(TimeSpan self, TimeSpan other) => self.CompareTo(other);

        public static string ToString(TimeSpan self) => ExpressionRuntime.Text(self)!;
    }

    internal static class Static
    {
        public static TimeSpan Zero() => TimeSpan.Zero;

        public static TimeSpan MinValue() => TimeSpan.MinValue;

        public static TimeSpan MaxValue() => TimeSpan.MaxValue;

        public static int Compare(TimeSpan left, TimeSpan right) => TimeSpan.Compare(left, right);

        public static TimeSpan FromTicks(long value) => TimeSpan.FromTicks(value);

        public static TimeSpan FromDays(double value) => TimeSpan.FromDays(value);

        public static TimeSpan FromHours(double value) => TimeSpan.FromHours(value);

        public static TimeSpan FromMinutes(double value) => TimeSpan.FromMinutes(value);

        public static TimeSpan FromSeconds(double value) => TimeSpan.FromSeconds(value);

        public static TimeSpan FromMilliseconds(double value) => TimeSpan.FromMilliseconds(value);

        public static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
    }

    internal static class Constructors
    {
        public static TimeSpan New(long ticks) => new(ticks);

        public static TimeSpan New(int hours, int minutes, int seconds) => new(hours, minutes, seconds);

        public static TimeSpan New(int days, int hours, int minutes, int seconds) => new(days, hours, minutes, seconds);

        public static TimeSpan New(int days, int hours, int minutes, int seconds, int milliseconds) => new(days, hours, minutes, seconds, milliseconds);
    }
}
