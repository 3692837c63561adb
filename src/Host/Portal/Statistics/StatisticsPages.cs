using System.Globalization;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.Portal.Statistics;

/// <summary>The figures of a period.</summary>
/// <param name="Problem">Why the period that was asked for is not shown.</param>
public sealed record StatisticsModel(StatisticsReport Report, string? Problem)
{
    public string Href(string? authorityId) =>
        $"/statistics?from={ChineseDates.Iso(Report.From)}&to={ChineseDates.Iso(Report.To)}{(authorityId is null ? "" : $"&authority={Uri.EscapeDataString(authorityId)}")}";

    /// <summary>How often a step ended in some way.</summary>
    public IEnumerable<OutcomeCount> OutcomesOf(StepCount step) => Report.Outcomes.Where(outcome => (outcome.FlowId, outcome.ActivityId) == (step.FlowId, step.ActivityId));

    public static string Share(int part, int whole) => whole == 0 ? "—" : string.Create(CultureInfo.InvariantCulture, $"{100m * part / whole:0.#}%");
}

/// <summary>统计, for authorities: own figures and those of the organisations below.</summary>
public static class StatisticsPages
{
    public static void MapStatisticsPages(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/statistics", ShowAsync).RequireAuthorization(Policies.Authority);

    private static async Task<IResult> ShowAsync(Viewer viewer, StatisticsService statistics, CancellationToken ct, string? from = null, string? to = null, string? authority = null)
    {
        var usual = statistics.UsualPeriod;
        var first = Read(from, usual.From);
        var last = Read(to, usual.To);
        var problem = first is null || last is null ? "日期应写成 2022-10-31 的样子。" : StatisticsService.ProblemOf(first.Value, last.Value);
        var (start, end) = problem is null ? (first!.Value, last!.Value) : usual;
        return Pages.Show<StatisticsPage, StatisticsModel>(new StatisticsModel(await statistics.ReportAsync(viewer.Person, start, end, authority, ct), problem));
    }

    private static DateOnly? Read(string? text, DateOnly usual) =>
        string.IsNullOrWhiteSpace(text) ? usual
        : DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : null;
}
