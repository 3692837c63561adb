using System.Globalization;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Tasks;

/// <summary>A line of the task list, with how its deadline stands today.</summary>
public sealed record TaskRow(TaskLine Task, DueState Due);

/// <summary>One page of the task list.</summary>
public sealed record TaskListModel
{
    public const int PageSize = 50;

    public required string View { get; init; }

    public required string? Search { get; init; }

    public required IReadOnlyList<TaskRow> Lines { get; init; }

    public required int Total { get; init; }

    public required int Page { get; init; }

    public required IReadOnlyList<Tab> Tabs { get; init; }

    /// <summary>The viewer comes from a task that was just finished.</summary>
    public required bool IsJustDone { get; init; }

    /// <summary>The list holds tasks of several organisations.</summary>
    public bool ShowsOrganisation => View == TaskPages.Subordinates;

    public bool IsClosed => View == TaskPages.Closed;

    public string PageHref(int page) => string.Create(
        CultureInfo.InvariantCulture, $"/tasks?view={View}&page={page}{(Search is { } search ? $"&q={Uri.EscapeDataString(search)}" : "")}");
}
