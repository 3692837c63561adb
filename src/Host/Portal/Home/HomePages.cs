using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Home;

/// <summary>The desk of a person who works on cases.</summary>
public sealed record DeskModel
{
    public required string PersonName { get; init; }

    public required bool IsVendor { get; init; }

    public required DateOnly Today { get; init; }

    public required bool IsWorkingDay { get; init; }

    public required string? Holiday { get; init; }

    /// <summary>The most urgent of the open tasks.</summary>
    public required IReadOnlyList<TaskRow> Tasks { get; init; }

    public required int OpenTasks { get; init; }

    public required int Overdue { get; init; }

    /// <summary>Due today or on the next working day, not late yet.</summary>
    public required int DueSoon { get; init; }

    public required int OpenWarnings { get; init; }

    public required int OpenCases { get; init; }

    public required IReadOnlyList<CaseLine> Cases { get; init; }

    public required IReadOnlyList<NoticeLine> Notices { get; init; }

    public required int Unread { get; init; }
}

/// <summary>A person whose work is not on cases.</summary>
public sealed record WelcomeModel(string PersonName, string RoleName);

/// <summary>首页, by role.</summary>
public static class HomePages
{
    private const int TasksShown = 8;
    private const int CasesShown = 6;
    private const int NoticesShown = 6;

    public static void MapHomePages(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/", ShowAsync).RequireAuthorization(Policies.SignedIn);

    private static async Task<IResult> ShowAsync(Viewer viewer, CaseQueries queries, ContentReleases releases, BusinessClock clock, CancellationToken ct)
    {
        var name = viewer.Person.Actor.Name;
        if (!Site.WorksOnCases(viewer.Role)) return Pages.Show<WelcomePage, WelcomeModel>(new WelcomeModel(name, Site.RoleName(viewer.Role)));

        var today = clock.Today;
        var calendar = releases.Calendar;
        var open = await queries.TasksAsync(viewer.Tenant, new TaskFilter { Role = viewer.Person.OnlyRole, PageSize = TasksShown }, ct);
        var overdue = await queries.TasksAsync(viewer.Tenant, new TaskFilter { Role = viewer.Person.OnlyRole, OverdueAt = clock.Now, PageSize = 1 }, ct);
        var soon = await queries.TasksAsync(viewer.Tenant, new TaskFilter { Role = viewer.Person.OnlyRole, DueBy = calendar.AddWorkingDays(today, 1), PageSize = 1 }, ct);
        var readsCases = viewer.Person.OnlyRole is null;
        var warnings = viewer.IsVendor || !readsCases ? 0 : (await queries.WarningsAsync(viewer.Tenant, openOnly: true, page: 0, pageSize: 1, ct)).Total;
        var running = await queries.CasesAsync(viewer.Tenant, new CaseFilter { Open = true, PageSize = 1 }, ct);
        var cases = await queries.CasesAsync(viewer.Tenant, new CaseFilter { PageSize = CasesShown }, ct);
        var inbox = await queries.InboxAsync(viewer.Tenant, viewer.UserId, viewer.Role, page: 0, NoticesShown, ct, viewer.Person.OnlyRole is not null);
        return Pages.Show<DeskPage, DeskModel>(new DeskModel
        {
            PersonName = name,
            IsVendor = viewer.IsVendor,
            Today = today,
            IsWorkingDay = calendar.IsWorkingDay(today),
            Holiday = calendar.Days.GetValueOrDefault(today)?.Name,
            Tasks = TaskPages.Rows(open.Items, releases, clock),
            OpenTasks = open.Total,
            Overdue = overdue.Total,
            DueSoon = Math.Max(0, soon.Total - overdue.Total),
            OpenWarnings = warnings,
            OpenCases = readsCases ? running.Total : 0,
            Cases = readsCases ? cases.Items : [],
            Notices = inbox.Items,
            Unread = await queries.UnreadAsync(viewer.Tenant, viewer.UserId, viewer.Role, ct, viewer.Person.OnlyRole is not null),
        });
    }
}
