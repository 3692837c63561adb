using System.Text;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Keys;

/// <summary>The list of keys.</summary>
public sealed record KeyListModel(IReadOnlyList<CredentialLine> Keys, bool IsVendor);

/// <summary>One key. Its secret is on this page in one single answer, never again.</summary>
/// <param name="Gateway">Where signed messages go; with <c>{method}</c> where the path names the message.</param>
/// <param name="Standard">How its messages look and are signed; null where the content in force no longer knows it.</param>
/// <param name="MayReveal">The viewer belongs to the holder and nobody has seen the secret yet.</param>
/// <param name="Secret">Only right after asking for it.</param>
/// <param name="Trouble">Why it could not be shown.</param>
public sealed record KeyModel(CredentialLine Key, string Gateway, MessageStandard? Standard, bool MayReveal, string? Secret = null, string? Trouble = null)
{
    public IReadOnlyList<CodeSample> Samples => CodeSamples.For(Key.SigningProfile, Key.Stage == CredentialStage.Test);

    /// <summary>The viewer belongs to an enterprise; what its devices sent is shown to authorities.</summary>
    public bool IsVendors { get; init; }

    /// <summary>The viewer answers for the authority that gave the key out, and the key is a formal one in force: a test key is its case's to end.</summary>
    public bool MayRevoke { get; init; }

    /// <summary>What was filled in to take it back, when something was wrong with it.</summary>
    public string Reason { get; init; } = "";

    public string Explanation { get; init; } = "";

    public override string ToString() => $"KeyModel {Key.KeyId}";
}

/// <summary>密钥: what there is, and showing a secret to its holder once.</summary>
public static class KeyPages
{
    public static void MapKeyPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/keys", ListAsync).RequireAuthorization(Policies.CaseWork);
        pages.MapGet("/keys/{id}", ShowAsync).RequireAuthorization(Policies.CaseWork);
        pages.MapGet("/keys/{id}/samples/{file}", SampleAsync).RequireAuthorization(Policies.CaseWork);
        pages.MapPost("/keys/{id}/revoke", RevokeAsync).RequireAuthorization(Policies.Authority).RequireFormToken();
        pages.MapPost("/keys/{id}/reveal", RevealAsync).RequireAuthorization(Policies.Applicant).RequireFormToken();
    }

    private static async Task<IResult> ListAsync(Viewer viewer, CaseQueries queries, CancellationToken ct) =>
        Pages.Show<KeyListPage, KeyListModel>(new KeyListModel(await queries.CredentialsAsync(viewer.Tenant, ct), viewer.IsVendor));

    private static async Task<IResult> ShowAsync(string id, HttpContext http, Viewer viewer, CaseQueries queries, ContentReleases releases, CancellationToken ct) =>
        await FindAsync(id, http, viewer, queries, releases, ct) is { } model ? Pages.Show<KeyPage, KeyModel>(model) : Pages.NotFound();

    private static async Task<IResult> SampleAsync(string id, string file, HttpContext http, Viewer viewer, CaseQueries queries, ContentReleases releases, CancellationToken ct)
    {
        if (await FindAsync(id, http, viewer, queries, releases, ct) is not { } model || model.Samples.FirstOrDefault(sample => sample.File == file) is not { } sample) return Pages.NotFound();

        var text = CodeSamples.Fill(sample, model.Gateway, model.Key.KeyId, model.Key.SigningProfile);
        return Results.File(Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", sample.File);
    }

    private static async Task<IResult> RevokeAsync(
        string id, HttpContext http, Viewer viewer, CaseQueries queries, ContentReleases releases, KeyRevocations revocations, BusinessClock clock, CancellationToken ct)
    {
        if (await FindAsync(id, http, viewer, queries, releases, ct) is not { } model || !model.MayRevoke && model.Key.RevokedAt is null) return Pages.NotFound();

        var form = await http.Request.ReadFormAsync(ct);
        var (reason, explanation) = (form["reason"].ToString(), form["explanation"].ToString());
        if (KeyRevocations.FaultOf(reason, explanation) is { } fault) return Again(fault, StatusCodes.Status422UnprocessableEntity);

        return await revocations.RevokeAsync(id, viewer.Person.Actor, reason, explanation, ct) switch
        {
            RevokeResult.Revoked => Pages.Next($"/keys/{id}"),
            RevokeResult.AlreadyRevoked before => Again($"密钥已于 {ChineseDates.Minute(before.At)} 收回：{before.Reason}。", StatusCodes.Status409Conflict),
            _ => Pages.NotFound(),
        };

        IResult Again(string why, int status) => Pages.Show<KeyPage, KeyModel>(model with { Trouble = why, Reason = reason, Explanation = explanation }, status);
    }

    private static async Task<IResult> RevealAsync(
        string id, HttpContext http, Viewer viewer, CaseQueries queries, ContentReleases releases, CredentialStore credentials, BusinessClock clock, CancellationToken ct)
    {
        if (await FindAsync(id, http, viewer, queries, releases, ct) is not { } model) return Pages.NotFound();

        var act = (await http.Request.ReadFormAsync(ct))["key"].ToString();
        return await credentials.RevealAsync(viewer.Tenant, id, viewer.Person.Actor, CaseService.IsKey(act) ? act : null, clock.Now, ct) switch
        {
            RevealResult.Revealed shown => Pages.Show<KeyPage, KeyModel>(
                model with { Key = model.Key with { RevealedAt = clock.Now }, MayReveal = false, Secret = shown.Secret }),
            RevealResult.AlreadyRevealed before => Refused(
                $"密钥已于 {ChineseDates.Minute(before.At)} 由{before.ByName}领取，平台不再保留可显示的副本。如有遗失，请联系受理单位收回并重新下发。"),
            RevealResult.Revoked revoked => Refused($"密钥已于 {ChineseDates.Minute(revoked.At)} 收回：{revoked.Reason}。"),
            _ => Pages.NotFound(),
        };

        IResult Refused(string why) =>
            Pages.Show<KeyPage, KeyModel>(model with { MayReveal = false, Trouble = why }, StatusCodes.Status409Conflict);
    }

    private static async Task<KeyModel?> FindAsync(string id, HttpContext http, Viewer viewer, CaseQueries queries, ContentReleases releases, CancellationToken ct)
    {
        var key = (await queries.CredentialsAsync(viewer.Tenant, ct)).FirstOrDefault(key => key.Id == id);
        if (key is null) return null;

        var standard = releases.Current.Standards.GetValueOrDefault(key.SigningProfile);
        return new KeyModel(
            key,
            $"{http.Request.Scheme}://{http.Request.Host.Value}{(standard is null ? IngestAddresses.Gateway : IngestAddresses.Of(standard.Signing, "{method}"))}",
            standard,
            MayReveal: key.HolderId == viewer.OrganisationId && key.RevealedAt is null && key.RevokedAt is null)
        {
            IsVendors = viewer.IsVendor,
            MayRevoke = key is { Stage: CredentialStage.Formal, RevokedAt: null } && key.AuthorityId == viewer.OrganisationId && viewer.Role == Roles.Leader,
        };
    }
}
