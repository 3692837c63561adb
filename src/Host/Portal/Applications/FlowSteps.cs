using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>One step of a procedure as an applicant wants to know it before applying.</summary>
/// <param name="WorkingDays">The limit in working days; null when there is none.</param>
/// <param name="IsApplicants">The applicant's own step, not the authority's.</param>
public sealed record FlowStep(string Title, int? WorkingDays, bool IsApplicants);

/// <summary>
/// What a flow will ask of people, in the order it is drawn: read from the flow itself, so that a changed limit is told
/// from the moment it is in force.
/// </summary>
public static class FlowSteps
{
    public static IReadOnlyList<FlowStep> Of(WorkflowDefinition flow) =>
    [
        .. from activity in flow.Activities
           where activity.Type == "Gov.HumanTask"
           let title = Literal(activity, "title") ?? activity.DisplayName
           let limit = int.TryParse(Literal(activity, "limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : (int?)null
           select new FlowStep(title, limit, Literal(activity, "party") == CaseHeader.Applicant),
    ];

    /// <summary>What is written there, when it is written and not computed.</summary>
    private static string? Literal(ActivityNode activity, string input)
    {
        if (activity.Inputs.GetValueOrDefault(input) is not { ExpressionType: "Literal", RawValue: { } raw }) return null;
        return raw.StartsWith('"') ? JsonSerializer.Deserialize<string>(raw) : raw;
    }
}
