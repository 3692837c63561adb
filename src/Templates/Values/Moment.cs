using System.Globalization;

namespace WorkflowEngine.Templates.Values;

/// <summary>
/// A date of the model in one shape: what a clock on the wall shows there, and its distance from UTC when the model says so.
/// A <see cref="DateOnly"/> is its midnight; a <see cref="DateTime"/> has no distance unless it is UTC.
/// </summary>
internal readonly record struct Moment(DateTime Wall, TimeSpan? Offset)
{
    public static Moment? Of(object? value) => value switch
    {
        DateOnly date => new Moment(date.ToDateTime(TimeOnly.MinValue), null),
        DateTime { Kind: DateTimeKind.Utc } utc => new Moment(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified), TimeSpan.Zero),
        DateTime dateTime => new Moment(DateTime.SpecifyKind(dateTime, DateTimeKind.Unspecified), null),
        DateTimeOffset instant => new Moment(instant.DateTime, instant.Offset),
        _ => null,
    };

    /// <summary>The same kind of value as <paramref name="original"/>, moved.</summary>
    public static object Move(object original, Func<DateTime, DateTime> move) => original switch
    {
        DateOnly date when move(date.ToDateTime(TimeOnly.MinValue)) is var moved =>
            moved.TimeOfDay == TimeSpan.Zero ? DateOnly.FromDateTime(moved) : moved,
        DateTimeOffset instant => new DateTimeOffset(move(instant.DateTime), instant.Offset),
        _ => move((DateTime)original),
    };

    /// <summary>The time between two dates. Two instants are compared as instants; where one has no offset, both clocks on the wall are.</summary>
    public TimeSpan Since(Moment other) => Offset is { } mine && other.Offset is { } theirs
        ? Wall - mine - (other.Wall - theirs)
        : Wall - other.Wall;

    public object? Member(string name) => name switch
    {
        "year" => Wall.Year,
        "month" => Wall.Month,
        "day" => Wall.Day,
        "hour" => Wall.Hour,
        "minute" => Wall.Minute,
        "second" => Wall.Second,
        "millisecond" => Wall.Millisecond,
        "day_of_year" => Wall.DayOfYear,
        "day_of_week" => Wall.DayOfWeek.ToString(),
        "date" => DateOnly.FromDateTime(Wall),
        "time_of_day" => Wall.TimeOfDay,
        _ => null,
    };

    public string OffsetText => Offset is { } offset
        ? (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture)
        : "+00:00";

    public long UnixSeconds => (long)Math.Floor((Wall - (Offset ?? TimeSpan.Zero) - DateTime.UnixEpoch).TotalSeconds);
}
