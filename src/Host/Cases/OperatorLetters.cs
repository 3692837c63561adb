using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Incidents;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// Tells the operators of new incidents: of each once, in at most one letter an hour, which says how many and where, and nothing of the cases. No flow draws
/// this notice, because no step of a case causes it.
/// </summary>
public sealed class OperatorLetters(IncidentLetters letters, ContentReleases releases, BusinessClock clock, ILogger<OperatorLetters> log) : IDisposable
{
    public const string Notice = "incidents-open";

    /// <summary>Authorities that one letter names; the list on the platform has all.</summary>
    private const int MostNamed = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly OneAtATime _rounds = new();

    /// <returns>How many letters were written.</returns>
    public Task<int> DrainAsync(CancellationToken ct) => releases.HasCurrent
        ? _rounds.RunAsync(() => letters.SendAsync(Roles.Operator, Notice, Pause, clock.Now, Write, ct), ct)
        : Task.FromResult(0);

    public void Dispose() => _rounds.Dispose();

    private NoticeLetter Write(UntoldIncidents untold)
    {
        var deliveries = untold.Wishes.For(untold.OrganisationId, isUrgent: true);
        var total = untold.Groups.Sum(group => group.Count);
        var model = new JsonObject
        {
            ["today"] = Date(DateOnly.FromDateTime(clock.Now.ToOffset(BusinessClock.Offset).DateTime)),
            ["incidents"] = new JsonObject
            {
                ["new"] = total,
                ["open"] = untold.Open,
                ["oldest"] = Date(DateOnly.FromDateTime(untold.Groups.Min(group => group.Oldest).ToOffset(BusinessClock.Offset).DateTime)),
                ["authorities"] = new JsonArray([.. untold.Groups.Take(MostNamed).Select(group => (JsonNode)new JsonObject { ["name"] = group.Authority, ["count"] = group.Count })]),
                ["more"] = Math.Max(0, untold.Groups.Count - MostNamed),
            },
        };
        if (releases.Current.Notices.TryGetValue(Notice, out var notice))
        {
            var result = notice.Render(model);
            if (result.Notice is { } written) return new NoticeLetter(written.Subject, written.Html, written.Text, deliveries);

            log.LogError("Notice {Notice} cannot be rendered: {Problem}", Notice, result.Error);
        }

        // Content without this letter must not keep operators from hearing of it.
        var text = string.Create(CultureInfo.InvariantCulture, $"平台新增系统处理中断 {total} 项，尚未处理 {untold.Open} 项，请登录平台在“系统中断”中处理。");
        return new NoticeLetter(string.Create(CultureInfo.InvariantCulture, $"【系统中断】新增 {total} 项，请处理"), $"<p>{text}</p>", text, deliveries);
    }

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Looks each second whether operators are to be told, until the host stops.</summary>
public sealed class OperatorLetterService(OperatorLetters letters, WorkBells bells, ILogger<OperatorLetterService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.OperatorLetters, letters.DrainAsync, "Telling operators of incidents", log, stoppingToken);
}
