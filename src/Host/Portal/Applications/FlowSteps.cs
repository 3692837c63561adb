using System.Globalization;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>One step of a procedure as an applicant wants to know it before applying.</summary>
/// <param name="WorkingDays">The limit in working days; null when there is none.</param>
/// <param name="By">Who does it, as people call it.</param>
/// <param name="IsApplicants">The applicant's own step, not the authority's.</param>
public sealed record FlowStep(string Title, int? WorkingDays, string By, bool IsApplicants);

/// <summary>
/// What a flow will ask of people, in the order it is drawn: read from the flow itself, so that a changed limit is told
/// from the moment it is in force.
/// </summary>
public static class FlowSteps
{
    public static IReadOnlyList<FlowStep> Of(WorkflowDefinition flow) =>
    [
        .. from activity in flow.Activities
           where activity.Type == "Gov.HumanTask" && activity.Literal("optional") != "true"
           let title = activity.Literal("title") ?? activity.DisplayName
           let limit = int.TryParse(activity.Literal("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : (int?)null
           let party = activity.Literal("party")
           select new FlowStep(title, limit, By(party, activity.Literal("role")), party == CaseHeader.Applicant),
    ];

    private static string By(string? party, string? role) => (party, role) switch
    {
        (CaseHeader.Applicant, _) => "企业",
        (_, Roles.SupportUnit) => "技术支持单位",
        (_, Roles.ProvinceOfficer) => "省级主管部门",
        (_, Roles.Leader) => "主管部门负责人",
        _ => "主管部门",
    };
}
