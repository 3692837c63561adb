using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Submissions;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>What a form holds before anybody has written in it.</summary>
public sealed record Prefilled(string? AuthorityId, JsonObject Values);

/// <summary>
/// Fills a form with what the applicant has said before: the former answers when it applies again, the case's number when it files about a case.
/// Only out of the viewer's own organisation's case. Files and declarations are not taken over: a file belongs to the case it was handed in with, and a
/// declaration is made each time.
/// </summary>
public sealed class Prefill(CaseQueries queries, SubmissionStore submissions)
{
    /// <returns>Null when there is no such case of this organisation.</returns>
    public async Task<Prefilled?> AgainAsync(FlowOnOffer offer, string number, Viewer viewer, CancellationToken ct)
    {
        if (await OwnAsync(number, viewer, ct) is not { } former || former.FlowId != offer.Flow.DefinitionId) return null;

        var values = new JsonObject();
        foreach (var paper in (await submissions.OfInstanceAsync(viewer.Tenant, former.InstanceId, ct)).Where(paper => paper.OrganisationId == viewer.OrganisationId))
        {
            // What was corrected later stands in the place of what was applied for first; only the answers that the form asks for.
            foreach (var field in offer.Form.Fields.Where(IsTakenOver))
            {
                var answer = paper.Values[field.Name] ?? (paper.FormId == offer.Form.Id ? paper.Personal[field.Name] : null);
                if (answer is not null) values[field.Name] = answer.DeepClone();
            }
        }

        return new Prefilled(former.AuthorityId, Linked(offer, number, values));
    }

    /// <returns>Null when there is no such case of this organisation.</returns>
    public async Task<Prefilled?> AboutAsync(FlowOnOffer offer, string number, Viewer viewer, CancellationToken ct) =>
        await OwnAsync(number, viewer, ct) is { } about ? new Prefilled(about.AuthorityId, Linked(offer, number, [])) : null;

    private async Task<CaseLine?> OwnAsync(string number, Viewer viewer, CancellationToken ct) =>
        await queries.CaseAsync(viewer.Tenant, number, viewer.UserId, ct) is { } found && found.Line.ApplicantId == viewer.OrganisationId ? found.Line : null;

    private static bool IsTakenOver(FormField field) =>
        field.Type is not (FormFieldType.File or FormFieldType.List) && !(field.Type == FormFieldType.Checkbox && field.Required);

    private static JsonObject Linked(FlowOnOffer offer, string number, JsonObject values)
    {
        if (offer.LinkField is { } link) values[link] = number;
        return values;
    }
}
