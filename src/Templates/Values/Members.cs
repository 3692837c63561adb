namespace WorkflowEngine.Templates.Values;

/// <summary>The members that values have by their kind.</summary>
internal static class Members
{
    /// <summary>The member, or null when there is none.</summary>
    public static object? Of(object target, string name) => target switch
    {
        ScriptObject members => members[name],
        ScriptArray list => list.Members is not null && list.Members.TryGet(name, out var own) ? own : name == "size" ? ModelValues.Fit(list.Count) : null,
        string text => name == "size" ? ModelValues.Fit(text.Length) : null,
        HtmlText html => name == "size" ? ModelValues.Fit(html.Html.Length) : null,
        ScriptRange range => name == "size" ? ModelValues.Fit(range.Count) : null,
        LoopState loop => loop.TryGet(name, out var state) ? state : null,
        TimeSpan span => OfTimeSpan(span, name),
        _ => Moment.Of(target)?.Member(name),
    };

    /// <summary>Whether the member exists, though its value may be null.</summary>
    public static bool Has(object target, string name) => target switch
    {
        ScriptObject members => members.Has(name),
        ScriptArray list => name == "size" || (list.Members is not null && list.Members.Has(name)),
        _ => Of(target, name) is not null,
    };

    private static object? OfTimeSpan(TimeSpan span, string name) => name switch
    {
        "days" => (object)span.Days,
        "hours" => span.Hours,
        "minutes" => span.Minutes,
        "seconds" => span.Seconds,
        "milliseconds" => span.Milliseconds,
        "total_days" => span.TotalDays,
        "total_hours" => span.TotalHours,
        "total_minutes" => span.TotalMinutes,
        "total_seconds" => span.TotalSeconds,
        "total_milliseconds" => span.TotalMilliseconds,
        "ticks" => span.Ticks,
        _ => null,
    };
}
