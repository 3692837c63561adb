using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Submissions;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>A form that somebody handed in, as this viewer may read it.</summary>
/// <param name="SubmittedAt">Null for a paper that is known from a step only.</param>
/// <param name="Personal">Names and telephone numbers; null when they are not this viewer's to see.</param>
public sealed record CasePaper(
    FormDefinition Form, string OrganisationName, string SubmittedBy, DateTimeOffset? SubmittedAt, JsonObject Values, JsonObject? Personal);

/// <summary>The papers of a case. Personal answers are opened only for the two sides that need them.</summary>
public sealed class CasePapers(SubmissionStore submissions, ContentReleases releases)
{
    /// <summary>Newest first; a form that was handed in empty (an approval without remarks) is no paper.</summary>
    public async Task<IReadOnlyList<CasePaper>> OfAsync(CaseView @case, Viewer viewer, CancellationToken ct)
    {
        var content = await releases.GetAsync(@case.ReleaseId, ct);
        var names = new Dictionary<string, string>
        {
            [@case.Line.ApplicantId] = @case.Line.ApplicantName,
            [@case.Line.AuthorityId] = @case.Line.AuthorityName,
        };
        return
        [
            .. from paper in await submissions.OfInstanceAsync(viewer.Tenant, @case.Line.InstanceId, ct)
               where content.Forms.GetValueOrDefault(paper.FormId) is { } form && form.Fields.Any(field => paper.Values[field.Name] is not null || paper.Personal[field.Name] is not null)
               orderby paper.SubmittedAt descending
               select new CasePaper(
                   content.Forms[paper.FormId],
                   names.GetValueOrDefault(paper.OrganisationId, paper.OrganisationId),
                   paper.SubmittedBy,
                   paper.SubmittedAt,
                   paper.Values,
                   MaySeePersonal(paper, @case, viewer) ? paper.Personal : null),
        ];
    }

    private static bool MaySeePersonal(Submission paper, CaseView @case, Viewer viewer) =>
        viewer.OrganisationId == paper.OrganisationId || viewer.OrganisationId == @case.Line.AuthorityId;
}
