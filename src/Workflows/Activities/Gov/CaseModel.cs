using System.Globalization;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>What notices and rules are told of a case.</summary>
internal static class CaseModel
{
    public const string SubmittedAtKey = "submittedAt";
    public const string SubmissionIdKey = "submissionId";

    /// <summary>The model of a letter. Who asked for confidentiality is told to itself and the province only (D-19).</summary>
    /// <param name="recipient">The organisation that gets the letter; null for what stays inside.</param>
    public static Dictionary<string, object?> Notice(Turn turn, string? recipient = null)
    {
        var run = turn.Run;
        var model = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["case"] = Members(
                ("number", run.Case?.Number), ("title", run.Case?.Title), ("outcome", run.Outcome), ("submitted_at", run.MainRoot?.Recall<string>(SubmittedAtKey))),
            ["today"] = Iso(run.Today),
        };
        foreach (var (party, id) in run.Case?.Parties ?? new Dictionary<string, string>())
        {
            model[party] = id;
        }

        if (recipient is not null && run.Case?.MayKnowApplicant(recipient) == false)
        {
            model[CaseHeader.Applicant] = Members(("id", ""), ("name", CaseHeader.UnnamedApplicant));
        }

        model["clocks"] = new FactObject(run.Clocks.ToDictionary(clock => clock.Key, clock => (object?)Clock(run, clock.Value), StringComparer.Ordinal));
        if (SideSubject.Of(turn) is { } subject)
        {
            model["task"] = Task(run, subject);
        }

        model["vars"] = Conversion.Plain(turn.VariablesByName());
        return model;
    }

    private static FactObject Clock(BurstRun run, NamedClock clock)
    {
        var due = clock.Due(run.Calendar);
        return Members(
            ("allotted", (decimal)clock.Allotted),
            ("used", (decimal)clock.UsedOn(run.Today, run.Calendar)),
            ("remaining", (decimal)(due is { } day ? run.Calendar.WorkingDaysBetween(run.Today, day) : clock.Remaining)),
            ("due", due is { } last ? Iso(last) : null),
            ("provisional", clock.IsProvisional(run.Calendar)),
            ("special_days", SpecialDays(run.Calendar, clock.RunningSince, due)));
    }

    /// <summary>The holidays and make-up working days (调休) inside a running limit, so that a letter can show how its date was counted.</summary>
    private static List<object?> SpecialDays(WorkingDayCalendar calendar, DateOnly? after, DateOnly? upTo)
    {
        var days = new List<object?>();
        for (var date = after?.AddDays(1); date <= upTo; date = date?.AddDays(1))
        {
            if (calendar.Days.TryGetValue(date.Value, out var day))
            {
                days.Add(Members(("date", Iso(date.Value)), ("name", day.Name), ("works", !day.IsOffDay)));
            }
        }

        return days;
    }

    private static FactObject Task(BurstRun run, SideSubject subject)
    {
        var task = new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = subject.TaskId, ["title"] = subject.Title, ["step"] = subject.ActivityId };
        if (subject is { Start: { } start, Due: { } due })
        {
            task["start"] = Iso(start);
            task["due"] = Iso(due);
            task["remaining"] = (decimal)run.Calendar.WorkingDaysBetween(run.Today, due);
            task["late"] = (decimal)run.Calendar.WorkingDaysBetween(due, run.Today);
            task["provisional"] = run.Calendar.IsProvisional(start, due);
        }

        return new FactObject(task);
    }

    private static FactObject Members(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var named = new Dictionary<string, object?>(members.Length, StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            named[name] = value;
        }

        return new FactObject(named);
    }

    /// <summary>ISO 8601 with the offset of Asia/Shanghai, to the second.</summary>
    public static string Iso(DateTimeOffset instant) => instant.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
