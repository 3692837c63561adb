using System.Globalization;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Personal;

namespace WorkflowEngine.Host.Portal.Records;

/// <summary>A line of the list of records.</summary>
public sealed record RecordLine(DeviceRecord Record, string Title, IReadOnlyList<ShownField> Personal);

/// <summary>报送记录 of a key, persons covered.</summary>
public sealed record RecordListModel(CredentialLine Key, IReadOnlyList<RecordLine> Records, int Total, int Page)
{
    public const int PageSize = 30;

    public string PageHref(int page) => string.Create(CultureInfo.InvariantCulture, $"{RecordPages.ListOf(Key)}?page={page}");
}

/// <summary>One record.</summary>
/// <param name="IsFull">Its personal fields are in full: only right after somebody said why.</param>
/// <param name="MayView">The viewer may ask for them in full.</param>
/// <param name="Trouble">Why they are not shown in full.</param>
public sealed record RecordModel(
    CredentialLine Key, DeviceRecord Record, string Title, IReadOnlyList<ShownField> Personal, IReadOnlyList<ShownField> Others, bool IsFull, bool MayView, string Reason = "", string? Trouble = null)
{
    public bool IsDestroyed => Record.Personal is null;

    public override string ToString() => $"RecordModel {Record}";
}

/// <summary>A month of a person at a key post.</summary>
/// <param name="Name">Covered.</param>
public sealed record RateLine(MonthRate Rate, string Name);

/// <summary>月到岗率 of the sites that a key tells of.</summary>
public sealed record RatesModel(CredentialLine Key, IReadOnlyList<RateLine> Rates);

/// <summary>What devices sent with a key, for the authority that gave it out and those above it: persons covered; in full for who may, for a reason, each look recorded.</summary>
public static class RecordPages
{
    public const int LongestReason = 200;
    public const int ShortestReason = 5;

    private const int LastPage = 499;
    private const int Months = 6;

    public static void MapRecordPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/keys/{id}/records", ListAsync).RequireAuthorization(Policies.Authority);
        pages.MapGet("/keys/{id}/records/{request:guid}/{ordinal:int:min(0)}", ShowAsync).RequireAuthorization(Policies.Authority);
        pages.MapPost("/keys/{id}/records/{request:guid}/{ordinal:int:min(0)}", ViewAsync).RequireAuthorization(Policies.PersonalData).RequireFormToken();
        pages.MapGet("/keys/{id}/attendance", RatesAsync).RequireAuthorization(Policies.Authority);
    }

    public static string ListOf(CredentialLine key) => $"/keys/{key.Id}/records";

    public static string Of(CredentialLine key, Guid requestId, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{ListOf(key)}/{requestId:N}/{ordinal}");

    private static async Task<IResult> ListAsync(
        string id, Viewer viewer, CaseQueries queries, DeviceRecords records, ContentReleases releases, CancellationToken ct, int page = 0)
    {
        if (await KeyAsync(id, viewer, queries, ct) is not { } key) return Pages.NotFound();

        var number = Math.Clamp(page, 0, LastPage);
        var found = await records.ListAsync(viewer.Tenant, id, number, RecordListModel.PageSize, ct);
        return Pages.Show<RecordListPage, RecordListModel>(new RecordListModel(
            key, [.. found.Items.Select(record => new RecordLine(record, Title(record, key, releases), PersonalFields.Masked(record, Message(record, key, releases))))], found.Total, number));
    }

    private static async Task<IResult> ShowAsync(
        string id, Guid request, int ordinal, Viewer viewer, CaseQueries queries, DeviceRecords records, ContentReleases releases, CancellationToken ct) =>
        await FindAsync(id, request, ordinal, viewer, queries, records, releases, ct) is { } model ? Pages.Show<RecordPage, RecordModel>(model) : Pages.NotFound();

    private static async Task<IResult> ViewAsync(
        string id, Guid request, int ordinal, HttpContext http, Viewer viewer, CaseQueries queries, DeviceRecords records, ContentReleases releases, BusinessClock clock, CancellationToken ct)
    {
        if (await FindAsync(id, request, ordinal, viewer, queries, records, releases, ct) is not { } model) return Pages.NotFound();

        // The reason goes into the audit trail, which may not name persons by their numbers.
        var given = (await http.Request.ReadFormAsync(ct))["reason"].ToString().Trim();
        if (given.Length is < ShortestReason or > LongestReason) return Refused($"请写明查看理由（{ShortestReason} 至 {LongestReason} 字）。", StatusCodes.Status422UnprocessableEntity);

        return await records.ViewAsync(viewer.Tenant, id, request, ordinal, Masking.Sentence(given), viewer.Person.Actor, clock.Now, ct) switch
        {
            PersonalView.Shown { Record: var shown } => Pages.Show<RecordPage, RecordModel>(
                model with { Personal = PersonalFields.Full(shown, Message(shown, model.Key, releases)), IsFull = true, Reason = given }),
            PersonalView.TooMany => Refused($"每人每小时最多查看 {DeviceRecords.MostViewsAnHour} 条完整信息，请稍后再试。", StatusCodes.Status429TooManyRequests),
            PersonalView.Destroyed => Refused($"个人信息{PersonalFields.Destroyed}。", StatusCodes.Status409Conflict),
            _ => Pages.NotFound(),
        };

        IResult Refused(string why, int status) => Pages.Show<RecordPage, RecordModel>(model with { Trouble = why, Reason = given.Length > LongestReason ? "" : given }, status);
    }

    private static async Task<IResult> RatesAsync(string id, Viewer viewer, CaseQueries queries, AttendanceRates rates, DeviceRecords records, CancellationToken ct)
    {
        if (await KeyAsync(id, viewer, queries, ct) is not { } key) return Pages.NotFound();

        var found = await rates.OfKeyAsync(viewer.Tenant, id, Months, ct);
        var named = (await records.FindAsync(viewer.Tenant, [.. found.Select(rate => rate.NamedBy).Distinct()], ct)).ToDictionary(record => (record.RequestId, record.Ordinal), PersonalFields.Name);
        return Pages.Show<RatesPage, RatesModel>(new RatesModel(key, [.. found.Select(rate => new RateLine(rate, named.GetValueOrDefault(rate.NamedBy, "")))]));
    }

    private static async Task<RecordModel?> FindAsync(
        string id, Guid request, int ordinal, Viewer viewer, CaseQueries queries, DeviceRecords records, ContentReleases releases, CancellationToken ct)
    {
        if (await KeyAsync(id, viewer, queries, ct) is not { } key || await records.FindAsync(viewer.Tenant, id, request, ordinal, ct) is not { } record) return null;

        var message = Message(record, key, releases);
        return new RecordModel(
            key, record, Title(record, key, releases), PersonalFields.Masked(record, message), PersonalFields.Others(record, message, Catalogue(key, releases)?.Tables), IsFull: false,
            MayView: Roles.DecidingPersonalData.Contains(viewer.Role) && record.Personal is { Count: > 0 });
    }

    private static async Task<CredentialLine?> KeyAsync(string id, Viewer viewer, CaseQueries queries, CancellationToken ct) =>
        (await queries.CredentialsAsync(viewer.Tenant, ct)).FirstOrDefault(key => key.Id == id);

    private static MessageCatalogue? Catalogue(CredentialLine key, ContentReleases releases) => releases.Current.Standards.GetValueOrDefault(key.SigningProfile)?.Messages;

    private static MessageDefinition? Message(DeviceRecord record, CredentialLine key, ContentReleases releases) => Catalogue(key, releases)?.Messages.GetValueOrDefault(record.Method);

    private static string Title(DeviceRecord record, CredentialLine key, ContentReleases releases) => Message(record, key, releases)?.Title ?? record.Method;
}
