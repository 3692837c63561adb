using WorkflowEngine.Content;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>Something that can be filed because of a case.</summary>
public sealed record FollowUp(string Label, string Href, string Hint);

/// <summary>重新申请, 投诉, 复核: what the applicant of a case may file next, with the case's number already in the form.</summary>
public static class FollowUps
{
    private const string Complaint = "-complaint";
    private const string Review = "-complaint-review";
    private const string Unfounded = "不属实";
    private const string AgainLabel = "重新申请";

    /// <summary>Ends after which the same application may be made again at once (D-6, D-13, D-14, D-17, D-24), or a project's whose interface or product may be another one next time (D-32).</summary>
    private static readonly HashSet<string> MayApplyAgain = ["联调延期", "逾期未补正", "企业未响应", "投诉不属实", "已撤回", "不予办理", "无需办理", "产品未接入"];

    public static IReadOnlyList<FollowUp> Of(CaseLine @case, Viewer viewer, ContentSet content)
    {
        if (@case.ApplicantId != viewer.OrganisationId) return [];

        var follow = new List<FollowUp>();
        var isComplaint = @case.FlowId.EndsWith(Complaint, StringComparison.Ordinal);
        foreach (var offer in OfferedFlows.In(content).Where(offer => offer.MayBeFiledBy(viewer.Role)))
        {
            var id = offer.Flow.DefinitionId;
            if (id == @case.FlowId)
            {
                if (@case.Outcome is { } outcome && MayApplyAgain.Contains(outcome))
                {
                    follow.Add(new FollowUp(AgainLabel, $"/apply/{id}?from={@case.Number}", "按原申请内容预填，附件需要重新上传；办理时限重新计算。"));
                }
            }
            else if (id.EndsWith(Complaint, StringComparison.Ordinal) && !isComplaint && !@case.FlowId.EndsWith(Review, StringComparison.Ordinal))
            {
                follow.Add(new FollowUp("投诉", $"/apply/{id}?link={@case.Number}", "测试密钥不可用、存在技术壁垒、故意拖延等，可以随时投诉，不影响本办件的时限。"));
            }
            else if (id.EndsWith(Review, StringComparison.Ordinal) && isComplaint && @case.Outcome == Unfounded)
            {
                follow.Add(new FollowUp("申请复核", $"/apply/{id}?link={@case.Number}", "对核处结果有异议的，可以在 10 个工作日内向省级主管部门申请复核一次。"));
            }
        }

        // To apply again comes first: it is what most people come back for.
        return [.. follow.OrderBy(next => next.Label != AgainLabel)];
    }
}
