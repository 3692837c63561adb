using System.Globalization;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Notices;

/// <summary>
/// 期限变更告知 (L16): tells whoever is bound by a date that the calendar moved it, or that it is no longer 暂定. No flow draws this
/// notice, because no step of a case causes it.
/// </summary>
public static class DeadlineNotices
{
    public const string Notice = "deadline-changed";

    /// <summary>The burst with one notice to each that a changed deadline binds, and with the calendar's version as the reason that the audit chain keeps.</summary>
    /// <param name="limits">The open limits as they were told, by task.</param>
    public static Burst AddTo(
        Burst burst, WorkflowDefinition definition, IReadOnlyDictionary<string, OpenLimit> limits, WorkingDayCalendar calendar, DateTimeOffset businessNow)
    {
        var effects = burst.Effects
            .Select(effect => effect is Effect.ChangeDeadline change ? change with { Reason = $"calendar {calendar.Version}" } : effect)
            .ToList();
        // An instance without a case has nobody to write to.
        if (burst.State.Case is not { } @case) return burst with { Effects = effects };

        var today = businessNow.ToOffset(Deadlines.Shanghai).DateTime;
        foreach (var change in burst.Effects.OfType<Effect.ChangeDeadline>())
        {
            if (change.NewDue is not { } due || !limits.TryGetValue(change.TaskId, out var told)) continue;
            if (due == told.Due && change.Provisional == told.Provisional) continue;

            foreach (var (party, organisation, role) in BoundBy(told, definition, @case))
            {
                var id = new EffectId(burst.State.InstanceId, burst.State.Revision, effects.Max(effect => effect.Id.Ordinal) + 1);
                effects.Add(new Effect.QueueNotice(id, Notice, party, organisation, role, Model(@case, organisation, told, change, due, calendar, today)));
            }
        }

        return burst with { Effects = effects };
    }

    /// <summary>Who does the task; and, where the flow says so (<c>alsoBinds</c>), whoever has to be ready by the same date.</summary>
    private static IEnumerable<(string Party, string Organisation, string? Role)> BoundBy(OpenLimit told, WorkflowDefinition definition, CaseHeader @case)
    {
        yield return (told.Party, told.OrganisationId, told.Role);

        foreach (var party in (definition.Find(told.ActivityId)?.Literal("alsoBinds") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (@case.Parties.GetValueOrDefault(party) is { } organisation && organisation != told.OrganisationId) yield return (party, organisation, null);
        }
    }

    private static FactObject Model(
        CaseHeader @case, string recipient, OpenLimit told, Effect.ChangeDeadline change, DateOnly due, WorkingDayCalendar calendar, DateTime today)
    {
        var model = new Dictionary<string, object?>
        {
            ["case"] = new FactObject(new() { ["number"] = @case.Number, ["title"] = @case.Title }),
            ["today"] = Date(DateOnly.FromDateTime(today)),
            ["task"] = new FactObject(new()
            {
                ["title"] = told.Title,
                ["old_due"] = Date(told.Due),
                ["due"] = Date(due),
                ["moved"] = due != told.Due,
                ["was_provisional"] = told.Provisional,
                ["provisional"] = change.Provisional,
            }),
            ["calendar"] = new FactObject(new() { ["version"] = calendar.Version }),
        };
        foreach (var (party, organisation) in @case.Parties)
        {
            model.TryAdd(
                party,
                party != CaseHeader.Applicant || @case.MayKnowApplicant(recipient) ? organisation : new FactObject(new() { ["id"] = "", ["name"] = CaseHeader.UnnamedApplicant }));
        }

        return new FactObject(model);
    }

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
