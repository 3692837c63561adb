using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Organisations;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>What can be applied for.</summary>
public sealed record OffersModel(IReadOnlyList<FlowOnOffer> Offers);

/// <summary>An application being written.</summary>
public sealed record ApplicationModel
{
    public required FlowOnOffer Offer { get; init; }

    /// <summary>The authorities that can be asked, superiors before those below them.</summary>
    public required IReadOnlyList<Organisation> Authorities { get; init; }

    /// <summary>What follows after filing.</summary>
    public required IReadOnlyList<FlowStep> Steps { get; init; }

    /// <summary>The days of the authority's first step, were the form filed today; null when it has no limit.</summary>
    public required DaySpan? FirstLimit { get; init; }

    public required Guid Key { get; init; }

    public string? AuthorityId { get; init; }

    public JsonObject Values { get; init; } = [];

    public IReadOnlyList<FieldProblem> Problems { get; init; } = [];

    public string? ExtraRowIn { get; init; }

    /// <summary>办件编号 of the ended case whose answers stand in the form.</summary>
    public string? AppliesAgainFrom { get; init; }

    /// <summary>办件编号 of the case that is written about.</summary>
    public string? About { get; init; }

    /// <summary>Why it may not be filed.</summary>
    public string? Refusal { get; init; }

    public string Path => $"/apply/{Offer.Flow.DefinitionId}";
}

/// <summary>申请与投诉: choosing what to apply for, and filing the form that opens a case.</summary>
public static class ApplicationPages
{
    public const string AuthorityField = "_authority";

    public static void MapApplicationPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/apply", Choose).RequireAuthorization(Policies.Applicant);
        pages.MapGet("/apply/{flowId}", WriteAsync).RequireAuthorization(Policies.Applicant);
        pages.MapPost("/apply/{flowId}", FileAsync).RequireAuthorization(Policies.Applicant).AcceptsUploads().RequireFormToken();
    }

    private static IResult Choose(Viewer viewer, ContentReleases releases)
    {
        FlowOnOffer[] offers = [.. OfferedFlows.In(releases.Current).Where(offer => offer.MayBeFiledBy(viewer.Role))];
        return offers is [var only] ? Pages.Next($"/apply/{only.Flow.DefinitionId}") : Pages.Show<OffersPage, OffersModel>(new OffersModel(offers));
    }

    private static async Task<IResult> WriteAsync(
        string flowId, Viewer viewer, ContentReleases releases, OrganisationStore organisations, BusinessClock clock, Prefill prefill, CancellationToken ct,
        string? authority = null, string? from = null, string? link = null)
    {
        if (await FindAsync(flowId, viewer, releases, organisations, clock, ct) is not { } model) return Pages.NotFound();
        if ((from ?? link) is not { } number) return Pages.Show<ApplicationPage, ApplicationModel>(model with { AuthorityId = authority });

        var known = from is null ? await prefill.AboutAsync(model.Offer, number, viewer, ct) : await prefill.AgainAsync(model.Offer, number, viewer, ct);
        return known is null
            ? Pages.NotFound()
            : Pages.Show<ApplicationPage, ApplicationModel>(model with { AuthorityId = known.AuthorityId, Values = known.Values, AppliesAgainFrom = from, About = link });
    }

    private static async Task<IResult> FileAsync(
        string flowId, HttpContext http, Viewer viewer, ContentReleases releases, OrganisationStore organisations, BusinessClock clock, CaseService cases,
        Uploads uploads, CancellationToken ct)
    {
        if (await FindAsync(flowId, viewer, releases, organisations, clock, ct) is not { } model) return Pages.NotFound();

        var form = await http.Request.ReadFormAsync(ct);
        var posted = new PostedForm(model.Offer.Form, form);
        var values = posted.Values();
        var problems = new List<FieldProblem>(await uploads.TakeAsync(model.Offer.Form, posted, values, viewer.Person, ct));
        var authority = model.Authorities.FirstOrDefault(known => known.Id == form[AuthorityField]);
        model = model with { Values = values, AuthorityId = authority?.Id, Key = posted.Key ?? model.Key, ExtraRowIn = posted.AddRowTo, Problems = problems };
        if (posted.IsRearrangement) return Again(model);

        if (authority is null) problems.Insert(0, new FieldProblem(AuthorityField, "受理单位", "请选择受理单位，即拟开展业务的地市主管部门。"));
        if (problems.Count > 0)
        {
            problems.AddRange(FormValidator.Validate(model.Offer.Form, values).Where(found => problems.All(known => known.Field != found.Field)));
            return Again(model);
        }

        var start = new StartCase { FlowId = flowId, AuthorityId = authority!.Id, Values = values, IdempotencyKey = model.Key.ToString("N") };
        return await cases.StartAsync(start, viewer.Person, ct) switch
        {
            StartCaseResult.Started started => Pages.Next($"/cases/{started.Number}?submitted=1"),
            StartCaseResult.Invalid invalid => Again(model with { Problems = invalid.Problems }),
            StartCaseResult.NotAllowed refused => Again(model with { Refusal = refused.Message }),
            _ => Pages.Message(
                new Message(
                    "这份申请已经提交过",
                    "同一页面已经提交过一份内容不同的表单，本次没有再次提交。需要另行提交的，请重新打开“申请与投诉”。",
                    Section.Apply, "/cases", "查看我的办件"),
                StatusCodes.Status409Conflict),
        };
    }

    private static IResult Again(ApplicationModel model) => Pages.Show<ApplicationPage, ApplicationModel>(model, StatusCodes.Status422UnprocessableEntity);

    private static async Task<ApplicationModel?> FindAsync(
        string flowId, Viewer viewer, ContentReleases releases, OrganisationStore organisations, BusinessClock clock, CancellationToken ct)
    {
        if (OfferedFlows.Find(releases.Current, flowId) is not { } offer || !offer.MayBeFiledBy(viewer.Role)) return null;

        var authorities = await organisations.ListAsync(viewer.Tenant, "authority", ct);
        var steps = FlowSteps.Of(offer.Flow);
        var calendar = releases.Calendar;
        return new ApplicationModel
        {
            Offer = offer,
            Steps = steps,
            FirstLimit = steps.FirstOrDefault(step => !step.IsApplicants) is { WorkingDays: { } days }
                ? DaySpan.Between(clock.Today, calendar.AddWorkingDays(clock.Today, days), calendar)
                : null,
            Authorities = [.. authorities.Where(authority => offer.MayBeFiledAt(authority.Body))],
            Key = Guid.NewGuid(),
        };
    }
}
