using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>What came of a race.</summary>
/// <param name="Cases">Tasks that were raced for.</param>
/// <param name="Answers">How often each answer was given, by kind of race.</param>
/// <param name="Wrong">What must not be; each names its case.</param>
public sealed record RaceReport(int Cases, IReadOnlyDictionary<string, int> Answers, IReadOnlyList<string> Wrong, TimeSpan Took);

/// <summary>
/// Many people at many tasks over HTTP, every fifth task raced for: by two officers, by one who clicks twice, by the applicant who withdraws, by its limit. Each task
/// has exactly one winner, the others are told who it was, and what was answered with 200 is what the database says.
/// </summary>
public sealed class Races(Stage stage, int seed)
{
    private const string Calm = "contest";
    private const string Hasty = "contest-hasty";

    private readonly ConcurrentBag<string> _wrong = [];
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentDictionary<string, string> _winners = new();

    private enum Race
    {
        /// <summary>One person, as four times of five.</summary>
        None,

        /// <summary>Two people, each with an act of their own.</summary>
        TwoPeople,

        /// <summary>One act, sent twice.</summary>
        TwoClicks,

        /// <summary>The applicant withdraws at the same moment.</summary>
        Withdrawal,

        /// <summary>The limit passes at the same moment.</summary>
        Limit,
    }

    public static void Write(FlowFolder content)
    {
        content.Write("workflows/forms/note.json", """{ "title": "表单", "fields": [{ "name": "mark", "label": "标记", "type": "text" }] }""");
        content.Write($"workflows/{Calm}.json", Contest(Calm, "JC", days: 20));
        content.Write($"workflows/{Hasty}.json", Contest(Hasty, "JT", days: 1));
    }

    /// <param name="tasks">How many cases, each with one task to race for.</param>
    /// <param name="clients">How many requests are under way at a time.</param>
    public async Task<RaceReport> RunAsync(int tasks, int clients)
    {
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var leader = await stage.SignInAsync("sz-leader", CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var random = new Random(seed);
        var races = Enumerable.Range(0, tasks).Select(index => index % 5 == 0 ? (Race)random.Next(1, 5) : Race.None).ToList();
        var numbers = new string[tasks];
        await AtOnceAsync(Enumerable.Range(0, tasks), clients, async index =>
            numbers[index] = (await vendor.PostAsync<OpenedCase>(
                "/api/cases", new NewCase(races[index] == Race.Limit ? Hasty : Calm, DemoPeople.Shenzhen, []), CancellationToken.None)).Number);
        var tasksOf = new ConcurrentDictionary<string, (string Review, string Withdraw)>();
        await AtOnceAsync(numbers, clients, async number =>
        {
            var view = await officer.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None);
            tasksOf[number] = (TaskOf(view, "review"), TaskOf(view, "withdraw"));
        });

        // The clock moves past the hasty limits while people are at these very tasks: each is decided by a person or by the sweeper, whoever commits first.
        var hasty = Enumerable.Range(0, tasks).Where(index => races[index] == Race.Limit).ToList();
        var order = Enumerable.Range(0, tasks).Where(index => races[index] != Race.Limit).OrderBy(_ => random.Next()).ToList();
        var half = order.Count / 2;
        await AtOnceAsync(order[..half], clients, index => RaceAsync(numbers[index], tasksOf[numbers[index]], races[index], vendor, officer, leader));
        await Task.WhenAll(
            stage.WaitUntilAsync(stage.Calendar.OverdueAt(stage.Calendar.AddWorkingDays(DateOnly.FromDateTime(stage.Now.DateTime), 1)), CancellationToken.None),
            AtOnceAsync(hasty, clients, index => RaceAsync(numbers[index], tasksOf[numbers[index]], Race.Limit, vendor, officer, leader)));
        await AtOnceAsync(order[half..], clients, index => RaceAsync(numbers[index], tasksOf[numbers[index]], races[index], vendor, officer, leader));
        await stage.SettleAsync(CancellationToken.None);
        await AtOnceAsync(Enumerable.Range(0, tasks), clients, index => CheckAsync(officer, numbers[index]));
        return new RaceReport(tasks, new SortedDictionary<string, int>(_answers.ToDictionary()), [.. _wrong], watch.Elapsed);
    }

    private async Task RaceAsync(string number, (string Review, string Withdraw) tasks, Race race, PlatformClient vendor, PlatformClient officer, PlatformClient leader)
    {
        var key = Guid.NewGuid().ToString("N");
        Task<(HttpStatusCode, string?)>[] acts = race switch
        {
            Race.TwoPeople => [TryAsync(officer, tasks.Review, "Approved", null), TryAsync(leader, tasks.Review, "Returned", null)],
            Race.TwoClicks => [TryAsync(officer, tasks.Review, "Approved", key), TryAsync(officer, tasks.Review, "Approved", key)],
            Race.Withdrawal => [TryAsync(officer, tasks.Review, "Approved", null), TryAsync(vendor, tasks.Withdraw, "Withdrawn", null)],
            _ => [TryAsync(officer, tasks.Review, "Approved", null)],
        };
        var answers = await Task.WhenAll(acts);
        foreach (var (status, told) in answers)
        {
            _answers.AddOrUpdate($"{race} {(int)status}", 1, (_, count) => count + 1);
            if (status != HttpStatusCode.OK && string.IsNullOrEmpty(told)) _wrong.Add($"{number}: {race} answered {(int)status} and did not say who was first");
        }

        var won = answers.Select((answer, index) => (answer, index)).Where(one => one.answer.Item1 == HttpStatusCode.OK).Select(one => one.index).ToList();
        var wanted = race switch
        {
            Race.TwoClicks => won.Count == 2,
            Race.Limit => won.Count <= 1,
            _ => won.Count == 1,
        };
        if (!wanted) _wrong.Add($"{number}: {race} had {won.Count} winners: {string.Join(", ", answers)}");
        _winners[number] = won.Count == 0 ? "逾期" : (race, won[0]) switch
        {
            (Race.TwoPeople, 1) => "退回",
            (Race.Withdrawal, 1) => "已撤回",
            _ => "通过",
        };
    }

    /// <summary>The answer's status, and for who was not first what was told.</summary>
    private static async Task<(HttpStatusCode Status, string? Told)> TryAsync(PlatformClient who, string task, string outcome, string? key)
    {
        using var answer = await who.SendAsync($"/api/tasks/{task}/complete", new TaskAnswer(outcome, []), CancellationToken.None, key);
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.OK ? null : (await answer.Content.ReadFromJsonAsync<JsonObject>())?["detail"]?.ToString());
    }

    /// <summary>The case ended as its winner was told, by one task.</summary>
    private async Task CheckAsync(PlatformClient officer, string number)
    {
        var view = await officer.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None);
        if (view.Line.Outcome != _winners[number]) _wrong.Add($"{number}: the winner was told {_winners[number]}, the database says {view.Line.Outcome}");
        var done = view.Tasks.Count(task => task.End == Workflows.Execution.TaskEnd.Completed);
        if (done != (_winners[number] == "逾期" ? 0 : 1)) _wrong.Add($"{number}: {done} of its tasks count as done");
        if (view.Tasks.Any(task => task.Line.Open)) _wrong.Add($"{number}: a task is open");
        var closed = view.Timeline.Count(entry => entry is { ActivityType: "Gov.CloseCase", Event: "Completed" });
        if (closed != 1) _wrong.Add($"{number}: closed {closed} times");
    }

    private static string TaskOf(CaseView view, string activity) => view.Tasks.Single(task => task.ActivityId == activity).Line.Id;

    private static Task AtOnceAsync<T>(IEnumerable<T> items, int clients, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = clients }, async (item, _) => await act(item));

    private static string Contest(string id, string prefix, int days) => $$"""
        {
          "definitionId": "{{id}}", "name": "{{id}}", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "root": { "type": "Elsa.Flowchart", "id": "flow",
            "activities": [
              { "id": "submit", "type": "Gov.Submission", "form": "note", "numberPrefix": "{{prefix}}" },
              { "id": "review", "type": "Gov.HumanTask", "title": "材料审核", "party": "authority", "role": "officer", "form": "note", "onOverdue": "interrupt",
                "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": {{days}} } },
                "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Approved", "label": "通过" }, { "name": "Returned", "label": "退回" }] } } },
              { "id": "withdraw", "type": "Gov.HumanTask", "title": "撤回", "party": "applicant", "role": "vendor-admin", "form": "note",
                "optional": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } },
                "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Withdrawn", "label": "撤回" }] } } },
              { "id": "approved", "type": "Gov.CloseCase", "outcome": "通过" },
              { "id": "returned", "type": "Gov.CloseCase", "outcome": "退回" },
              { "id": "withdrawn", "type": "Gov.CloseCase", "outcome": "已撤回" },
              { "id": "late", "type": "Gov.CloseCase", "outcome": "逾期" }
            ],
            "connections": [
              {{Edge("submit", "Done", "review")}}, {{Edge("submit", "Done", "withdraw")}},
              {{Edge("review", "Approved", "approved")}}, {{Edge("review", "Returned", "returned")}}, {{Edge("review", "Overdue", "late")}},
              {{Edge("withdraw", "Withdrawn", "withdrawn")}}
            ] } }
        """;

    private static string Edge(string from, string port, string to) => $$"""{ "source": { "activity": "{{from}}", "port": "{{port}}" }, "target": { "activity": "{{to}}", "port": "In" } }""";
}
