using System.Globalization;
using System.Text.Json.Nodes;
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
    public static JsonObject Notice(Turn turn, string? recipient = null)
    {
        var run = turn.Run;
        var root = run.MainRoot;
        var model = new JsonObject
        {
            ["case"] = new JsonObject
            {
                ["number"] = run.Case?.Number,
                ["title"] = run.Case?.Title,
                ["outcome"] = run.Outcome,
                ["submitted_at"] = root?.Recall<string>(SubmittedAtKey),
            },
            ["today"] = Iso(run.Today),
        };
        foreach (var (party, id) in run.Case?.Parties ?? new Dictionary<string, string>())
        {
            model[party] = id;
        }

        if (recipient is not null && run.Case?.MayKnowApplicant(recipient) == false)
        {
            model[CaseHeader.Applicant] = new JsonObject { ["id"] = "", ["name"] = CaseHeader.UnnamedApplicant };
        }

        model["clocks"] = Clocks(run);
        if (SideSubject.Of(turn) is { } subject)
        {
            model["task"] = Task(run, subject);
        }

        var vars = new JsonObject();
        foreach (var (name, value) in turn.VariablesByName())
        {
            vars[name] = Conversion.ToJson(value);
        }

        model["vars"] = vars;
        return model;
    }

    private static JsonObject Clocks(BurstRun run)
    {
        var clocks = new JsonObject();
        foreach (var (name, clock) in run.Clocks)
        {
            var due = clock.Due(run.Calendar);
            clocks[name] = new JsonObject
            {
                ["allotted"] = clock.Allotted,
                ["used"] = clock.UsedOn(run.Today, run.Calendar),
                ["remaining"] = due is { } day ? run.Calendar.WorkingDaysBetween(run.Today, day) : clock.Remaining,
                ["due"] = due is { } d ? Iso(d) : null,
                ["provisional"] = clock.IsProvisional(run.Calendar),
                ["special_days"] = SpecialDays(run.Calendar, clock.RunningSince, due),
            };
        }

        return clocks;
    }

    /// <summary>The holidays and make-up working days (调休) inside a running limit, so that a letter can show how its date was counted.</summary>
    private static JsonArray SpecialDays(WorkingDayCalendar calendar, DateOnly? after, DateOnly? upTo)
    {
        var days = new JsonArray();
        for (var date = after?.AddDays(1); date <= upTo; date = date?.AddDays(1))
        {
            if (calendar.Days.TryGetValue(date.Value, out var day))
            {
                days.Add((JsonNode)new JsonObject { ["date"] = Iso(date.Value), ["name"] = day.Name, ["works"] = !day.IsOffDay });
            }
        }

        return days;
    }

    private static JsonObject Task(BurstRun run, SideSubject subject)
    {
        var task = new JsonObject { ["id"] = subject.TaskId, ["title"] = subject.Title, ["step"] = subject.ActivityId };
        if (subject is { Start: { } start, Due: { } due })
        {
            task["start"] = Iso(start);
            task["due"] = Iso(due);
            task["remaining"] = run.Calendar.WorkingDaysBetween(run.Today, due);
            task["late"] = run.Calendar.WorkingDaysBetween(due, run.Today);
            task["provisional"] = run.Calendar.IsProvisional(start, due);
        }

        return task;
    }

    /// <summary>ISO 8601 with the offset of Asia/Shanghai, to the second.</summary>
    public static string Iso(DateTimeOffset instant) => instant.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
