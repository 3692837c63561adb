using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Differences;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Api;

/// <summary>Something that can be applied for online, and the form that opens it.</summary>
/// <param name="Roles">Who may file it.</param>
/// <param name="Province">Whose authorities take it; null: any.</param>
public sealed record OfferedFlow(string Id, string Name, FormDefinition Form, IReadOnlyList<string> Roles, string? Province);

/// <summary>An authority that can be asked.</summary>
public sealed record OfferedAuthority(string Id, string Name, string Level);

/// <summary>What is in force and what is wrong with the files.</summary>
/// <param name="Problems">Each in a line: <c>file:line: what is wrong</c>.</param>
/// <param name="Findings">The same as data.</param>
/// <param name="Stories">Which edges, rules and notices the stories of the files try; null when they were not played.</param>
public sealed record ContentReport(string? Release, bool Refused, IReadOnlyList<string> Problems, IReadOnlyList<ReportedProblem> Findings, DateTimeOffset CheckedAt, StoryCoverage? Stories);

/// <summary>What has changed between two versions of the content, as sentences.</summary>
/// <param name="Before">A release, or <see cref="ContentVersions.Folder"/>.</param>
public sealed record ContentComparison(string Before, string After, IReadOnlyList<Difference> Differences);

public static class ContentEndpoints
{
    public static void MapContent(this IEndpointRouteBuilder api)
    {
        api.MapGet("/flows", Flows).RequireAuthorization(Policies.CaseWork);
        api.MapGet("/authorities", AuthoritiesAsync).RequireAuthorization(Policies.SignedIn);
        api.MapGet("/content", Report).RequireAuthorization(Policies.Operations);
        api.MapGet("/content/differences", DifferencesAsync).RequireAuthorization(Policies.Operations);
    }

    private static Ok<IReadOnlyList<OfferedFlow>> Flows(ContentReleases releases) =>
        TypedResults.Ok<IReadOnlyList<OfferedFlow>>([.. OfferedFlows.In(releases.Current).Select(offer => new OfferedFlow(offer.Flow.DefinitionId, offer.Flow.Name, offer.Form, offer.Roles, offer.Province))]);

    private static async Task<Ok<IReadOnlyList<OfferedAuthority>>> AuthoritiesAsync(OrganisationStore organisations, HttpContext http, CancellationToken ct)
    {
        var all = await organisations.ListAsync(SignedInPerson.Required(http.User).Tenant, "authority", ct);
        return TypedResults.Ok<IReadOnlyList<OfferedAuthority>>([.. all.Select(authority => new OfferedAuthority(authority.Id, authority.Name, authority.Level.ToString()))]);
    }

    private static Ok<ContentReport> Report(FolderSync sync)
    {
        var status = sync.Status;
        return TypedResults.Ok(new ContentReport(status.ReleaseId, status.Refused, [.. status.Problems.Select(problem => problem.ToString())], [.. status.Problems.Select(ReportedProblem.Of)], status.CheckedAt, status.Stories));
    }

    /// <summary>Without ids: what publishing the folder would change.</summary>
    private static async Task<Results<Ok<ContentComparison>, NotFound>> DifferencesAsync(ContentVersions versions, CancellationToken ct, string? before = null, string? after = null) =>
        await versions.CompareAsync(before, after, ct) is { } compared
            ? TypedResults.Ok(new ContentComparison(compared.Before, compared.After, compared.Differences))
            : TypedResults.NotFound();
}
