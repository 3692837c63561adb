using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Tasks;

/// <summary>待办: the list, and a task with its form.</summary>
public static class TaskPages
{
    public const string Open = "open";
    public const string Overdue = "overdue";
    public const string Subordinates = "below";
    public const string Closed = "closed";

    private const int LongestSearch = 60;

    /// <summary>Where the list is shown after a task was finished.</summary>
    private const string JustDone = "1";

    public static void MapTaskPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/tasks", ListAsync).RequireAuthorization(Policies.TaskWork);
        pages.MapGet("/tasks/{id}", ShowAsync).RequireAuthorization(Policies.TaskWork);
        pages.MapPost("/tasks/{id}", CompleteAsync).RequireAuthorization(Policies.TaskWork).AcceptsUploads().RequireFormToken();
    }

    private static async Task<IResult> ListAsync(
        Viewer viewer, CaseQueries queries, ContentReleases releases, BusinessClock clock, CancellationToken ct,
        string view = Open, string? q = null, int page = 0, string? done = null)
    {
        var tabs = TabsFor(viewer, view);
        if (!tabs.Any(tab => tab.IsCurrent)) return Pages.NotFound();

        var search = q?.Trim() is { Length: > 0 and <= LongestSearch } text ? text : null;
        var filter = new TaskFilter
        {
            Role = viewer.Person.OnlyRole,
            Open = view != Closed,
            OverdueAt = view == Overdue ? clock.Now : null,
            WithSubordinates = view == Subordinates,
            Search = search,
            Page = Math.Max(0, page),
            PageSize = TaskListModel.PageSize,
        };
        var found = await queries.TasksAsync(viewer.Tenant, filter, ct);
        return Pages.Show<TaskListPage, TaskListModel>(new TaskListModel
        {
            View = view,
            Search = search,
            Lines = Rows(found.Items, releases, clock),
            Total = found.Total,
            Page = filter.Page,
            Tabs = tabs,
            IsJustDone = done == JustDone,
        });
    }

    public static IReadOnlyList<TaskRow> Rows(IEnumerable<TaskLine> tasks, ContentReleases releases, BusinessClock clock) =>
        [.. tasks.Select(task => new TaskRow(task, DueState.On(clock.Now, task.DueDate, task.Provisional, releases.Calendar)))];

    private static async Task<IResult> ShowAsync(string id, Viewer viewer, TaskReading reading, CancellationToken ct)
    {
        if (await reading.FindAsync(id, viewer, ct) is not { } model) return Pages.NotFound();
        return Pages.Show<TaskPage, TaskModel>(model);
    }

    private static async Task<IResult> CompleteAsync(
        string id, HttpContext http, Viewer viewer, TaskReading reading, CaseService cases, Uploads uploads, CancellationToken ct)
    {
        if (await reading.FindAsync(id, viewer, ct) is not { } model) return Pages.NotFound();

        var posted = new PostedForm(model.Form, await http.Request.ReadFormAsync(ct));
        var values = posted.Values();
        var refusedFiles = model.CanAct ? await uploads.TakeAsync(model.Form, posted, values, viewer.Person, ct) : [];
        model = model with
        {
            Values = values,
            Outcome = posted.Outcome,
            Key = posted.Key ?? model.Key,
            ExtraRowIn = posted.AddRowTo,
            Problems = refusedFiles,
        };
        if (posted.IsRearrangement) return Again(model with { IsRearranged = true });
        if (refusedFiles.Count > 0) return Again(model);
        if (posted.Outcome is not { } outcome)
        {
            return Again(model with { Problems = [new FieldProblem(FieldNames.Outcome, "办理结果", "请选择办理结果。")] });
        }

        var complete = new CompleteTask { TaskId = id, Outcome = outcome, Values = values, IdempotencyKey = model.Key.ToString("N") };
        return await cases.CompleteTaskAsync(complete, viewer.Person, ct) switch
        {
            CompleteTaskResult.Completed completed => Pages.Next(viewer.IsVendor ? $"/cases/{completed.CaseNumber}?done=1" : $"/tasks?done={JustDone}"),
            CompleteTaskResult.Invalid invalid => Again(model with { Problems = invalid.Problems }),
            CompleteTaskResult.AlreadyDone already => Pages.Message(NotTaken(already.Words, model), StatusCodes.Status409Conflict),
            CompleteTaskResult.KeyReused => Pages.Message(
                NotTaken("同一页面已经提交过一份内容不同的办理结果，本次没有再次提交。请重新打开此事项核对。", model), StatusCodes.Status409Conflict),
            CompleteTaskResult.Refused refused => Again(model with { Refusal = refused.Message }),
            _ => Pages.NotFound(),
        };
    }

    /// <summary>The same form once more. Turbo shows an answer to a post only when its status says that something is not right yet.</summary>
    private static IResult Again(TaskModel model) => Pages.Show<TaskPage, TaskModel>(model, StatusCodes.Status422UnprocessableEntity);

    private static Message NotTaken(string why, TaskModel model) =>
        new("此事项已经办理", why, Section.Tasks, model.CaseHref, model.SeesCase ? "查看办件" : "返回待办");

    private static List<Tab> TabsFor(Viewer viewer, string view)
    {
        var tabs = new List<Tab> { Of(Open, viewer.IsVendor ? "待我企业办理" : "本单位待办"), Of(Overdue, "已超期") };
        if (viewer.Role is Roles.ProvinceOfficer or Roles.Leader) tabs.Add(Of(Subordinates, "下级单位待办"));
        tabs.Add(Of(Closed, "已办结"));
        return tabs;

        Tab Of(string name, string label) => new(label, $"/tasks?view={name}", name == view);
    }
}
