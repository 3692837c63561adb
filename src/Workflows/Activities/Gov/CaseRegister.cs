using System.Globalization;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Entries of the register of cases, newest first; none when there is no such case.</summary>
internal static class CaseRegister
{
    /// <summary>The cases that the applicant of this case has in a flow.</summary>
    public static List<object?> OfApplicant(Turn turn, string flow) =>
        Entries(turn, $"applicant/{Parties.Resolve(turn, CaseHeader.Applicant)}/{flow}");

    /// <summary>The cases that are about this one.</summary>
    public static List<object?> AboutThis(Turn turn) => turn.Run.Case is { } @case ? Entries(turn, $"linked/{@case.Number}") : [];

    /// <summary>The case of a 办件编号.</summary>
    public static List<object?> Of(Turn turn, string? number) => string.IsNullOrEmpty(number) ? [] : Entries(turn, $"number/{number}");

    /// <summary>The cases of the vendor that this one names, at the authority of this one; confidential ones are not among them. None when no vendor is named.</summary>
    public static List<object?> OfVendor(Turn turn) =>
        turn.Run.Case?.Parties.GetValueOrDefault(CaseHeader.Vendor) is { } vendor
            ? Entries(turn, $"at/{Parties.Resolve(turn, CaseHeader.Authority)}/{vendor}")
            : [];

    private static List<object?> Entries(Turn turn, string name) =>
        [.. (turn.Run.FindFact<IReadOnlyList<FactObject>>(new FactKey(FactKind.Cases, name)) ?? []).Select(entry => Dated(turn, entry))];

    /// <summary>Limits that run from a decision (D-25) are working days, which no Lambda can count.</summary>
    private static FactObject Dated(Turn turn, FactObject entry) => entry.GetValueOrDefault("closedAt") is string closed
        ? new FactObject(new Dictionary<string, object?>(entry, StringComparer.Ordinal)
        {
            ["closedWorkingDays"] = (decimal)turn.Run.Calendar.WorkingDaysBetween(Deadlines.DateOf(DateTimeOffset.Parse(closed, CultureInfo.InvariantCulture)), turn.Run.Today),
        })
        : entry;
}
