using System.Globalization;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>One page of the case list.</summary>
public sealed record CaseListModel
{
    public const int PageSize = 50;

    public required string View { get; init; }

    public required string? Search { get; init; }

    public required IReadOnlyList<CaseLine> Cases { get; init; }

    public required int Total { get; init; }

    public required int Page { get; init; }

    public required IReadOnlyList<Tab> Tabs { get; init; }

    public required bool IsVendor { get; init; }

    public string PageHref(int page) => string.Create(
        CultureInfo.InvariantCulture, $"/cases?view={View}&page={page}{(Search is { } search ? $"&q={Uri.EscapeDataString(search)}" : "")}");
}
