using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>One thing that a host does for an instance, and that a fault may interrupt anywhere.</summary>
/// <param name="PrepareAsync">Brings a fresh instance to where the step begins. The arguments of the act, the instance's id first unless the act makes it.</param>
/// <param name="ActAsync">The step. It is done again after a fault, as a restarted host or a person who got no answer does; returns what was answered.</param>
public sealed record CrashStep(string Name, Func<Workshop, Task<string[]>> PrepareAsync, Func<Workshop, string[], CancellationToken, Task<string>> ActAsync)
{
    private static readonly SignedInPerson Vendor = new(
        new Actor("u-jia", "王晓（甲科技）", DemoPeople.VendorJia, Roles.VendorAdmin), $"enterprise/{DemoPeople.VendorJia}/", OrganisationLevel.Enterprise, "甲科技有限公司");

    private static readonly SignedInPerson Officer = new(Workshop.Officer, $"440000/{DemoPeople.Shenzhen}/", OrganisationLevel.City, "深圳市住房和建设局");

    private static readonly SignedInPerson Leader = new(
        new Actor("u-leader", "李领导", DemoPeople.Shenzhen, Roles.Leader), $"440000/{DemoPeople.Shenzhen}/", OrganisationLevel.City, "深圳市住房和建设局");

    private static readonly SignedInPerson Operator = new(new Actor("u-op", "郑维（运维）", DemoPeople.Province, Roles.Operator), "440000/", OrganisationLevel.Province, "省厅");

    /// <summary>Each stimulus, over the kinds of activities that keep something outside the state.</summary>
    public static IReadOnlyList<CrashStep> All { get; } =
    [
        new("start: a form opens a case (Gov.Submission, Gov.EvaluateRules, Gov.SendNotice, Gov.HumanTask)", FormAsync, FileAsync),
        new("complete: a task issues a key and waits for traffic (Gov.IssueCredential, Gov.AwaitConformance)", ReviewAsync, Complete(Officer, "Approved", [])),
        new("complete: a task suspends the clock (Gov.SuspendClock)", ReviewAsync, Complete(Officer, "Returned", Defects)),
        new("complete: a case is withdrawn (Gov.CloseCase)", host => OpenedAsync(host, "kind = 'Option'"), Complete(Vendor, "Withdrawn", new() { ["confirm"] = true })),
        new("complete: a correction is handed in (Gov.ResumeClock)", ReturnedAsync, Complete(Vendor, "Resubmitted", Remedies)),
        new("complete: what was approved is withdrawn (Gov.RevokeCredential)", ApprovedAsync, Complete(Vendor, "Withdrawn", new() { ["confirm"] = true })),
        new("complete: a case is transferred (Gov.TransferCase)", ReviewAsync, Complete(Leader, "Transferred", new() { ["transferTo"] = DemoPeople.Guangzhou, ["transferReason"] = "企业注册地在广州" })),
        new("complete: a warning is answered (Gov.RaiseWarning)", WarnedAsync, Complete(Officer, "Answered", Account)),
        new("start: steps that keep nothing outside the state (Elsa.Correlate, Elsa.SetName)", _ => Task.FromResult<string[]>([Guid.NewGuid().ToString()]), BeginAsync),
        new("start: a clock begins and gets more days (Gov.StartClock, Gov.ExtendClock)", _ => Task.FromResult<string[]>([Guid.NewGuid().ToString()]), BeginCaseAsync),
        new("start: a request to a flow is answered (Elsa.HttpEndpoint, Elsa.WriteHttpResponse)", _ => Task.FromResult<string[]>([Guid.NewGuid().ToString("N")]), RequestAsync),
        new("timer: working days are over (Gov.WorkingDayTimer)", host => DueAsync(host, SmallFlows.Days, "Delay"), SweepAsync),
        new("timer: a reminder (Gov.SendNotice)", host => DueAsync(host, "Reminder"), SweepAsync),
        new("timer: a limit passes (Gov.RaiseWarning)", host => DueAsync(host, "Overdue"), SweepAsync),
        new("timer: a wait ends (Elsa.Delay)", host => DueAsync(host, SmallFlows.Pause, "Delay"), SweepAsync),
        new("timer: an interval is over (Elsa.Timer)", host => DueAsync(host, SmallFlows.Interval, "Delay"), SweepAsync),
        new("timer: the next instant of a schedule (Elsa.Cron)", host => DueAsync(host, SmallFlows.Schedule, "Delay"), SweepAsync),
        new("timer: an instant has come (Elsa.StartAt)", host => DueAsync(host, SmallFlows.Instant, "Delay"), SweepAsync),
        new("timer: several fall due in one instance (Elsa.FlowFork, Elsa.Delay)", host => DueAsync(host, SmallFlows.Forked, "Delay"), SweepAsync),
        new("signal: an event arrives (Elsa.Event)", ToldAsync(SmallFlows.Listen, "event", "ring"), SweepAsync),
        new("signal: work outside is done (Elsa.RunTask)", ToldAsync(SmallFlows.Work, "task", SmallFlows.Job), SweepAsync),
        new("signal: a message has come in (Gov.DataIngest)", ToldAsync(SmallFlows.Data, "ingest", SmallFlows.Record), SweepAsync),
        new("signal: traffic arrives (Gov.AwaitConformance)", TrafficAsync, SweepAsync),
        new("signal: a child is started (Elsa.DispatchWorkflow)", BegunAsync(SmallFlows.Parent), SweepAsync),
        new("signal: a child has ended", ChildDueAsync, SweepAsync),
        new("signal: several children are started (Elsa.BulkDispatchWorkflows)", BegunAsync(SmallFlows.Many), SweepAsync),
        new("signal: a child is run (Elsa.ExecuteWorkflow)", BegunAsync(SmallFlows.Within), SweepAsync),
        new("start: an event is published (Elsa.PublishEvent)", ListeningAsync, PublishAsync),
        new("http: a request is claimed, fails and is settled (Elsa.FlowSendHttpRequest)", BegunAsync(SmallFlows.Ask), PumpAsync),
        new("http: a request is claimed and settled (Elsa.SendHttpRequest)", BegunAsync(SmallFlows.Send), PumpAsync),
        new("http: a file is fetched (Elsa.DownloadHttpFile)", BegunAsync(SmallFlows.Fetch), PumpAsync),
        new("incident: a failed step is done again (Elsa.Fault)", BrokenAsync, DecideAsync),
        new("reconciler: a lost timer is put back", LostAsync, ReconcileAsync),
    ];

    /// <summary>Activities that change nothing but the state and the journal, which every step commits, or only read.</summary>
    public static IReadOnlyList<string> KeepNothing { get; } =
    [
        "Elsa.Break", "Elsa.Complete", "Elsa.End", "Elsa.Finish", "Elsa.FlowDecision", "Elsa.FlowJoin", "Elsa.FlowNode", "Elsa.FlowSwitch", "Elsa.Flowchart", "Elsa.For", "Elsa.ForEach", "Elsa.Fork", "Elsa.If",
        "Elsa.Parallel", "Elsa.ParallelForEach", "Elsa.ReadLine", "Elsa.Sequence", "Elsa.SetOutput", "Elsa.SetVariable", "Elsa.Start", "Elsa.Switch", "Elsa.While",
        "Elsa.WriteFileHttpResponse", "Elsa.WriteLine", "Gov.FindCases",
    ];

    private static JsonObject Defects => new()
    {
        ["defects"] = new JsonArray(new JsonObject
        {
            ["item"] = "营业执照", ["clause"] = "161号 二（四）材料清单", ["problem"] = "复印件不清晰", ["expected"] = "重新上传",
        }),
    };

    private static JsonObject Remedies => new() { ["remedies"] = new JsonArray(new JsonObject { ["item"] = "营业执照", ["explanation"] = "已重新上传" }) };

    private static JsonObject Account => new() { ["cause"] = "人员不足", ["account"] = "今日审核。", ["plannedDate"] = "2022-10-11" };

    private static async Task<string[]> FormAsync(Workshop host) => [(await host.ApplicationAsync(Vendor)).ToJsonString(), Guid.NewGuid().ToString("N")];

    private static async Task<string> FileAsync(Workshop host, string[] given, CancellationToken ct)
    {
        var start = new StartCase
        {
            FlowId = Workshop.Shipped, AuthorityId = DemoPeople.Shenzhen, Values = (JsonObject)JsonNode.Parse(given[0])!, IdempotencyKey = given[1],
        };
        return await host.Part<CaseService>().StartAsync(start, Vendor, ct) is StartCaseResult.Started started ? started.InstanceId.ToString() : "refused";
    }

    private static Task<string[]> ReviewAsync(Workshop host) => OpenedAsync(host, "activity_id = 'review'");

    /// <summary>A case of the shipped flow with an open task of this sort: its id, the task's, a key.</summary>
    private static async Task<string[]> OpenedAsync(Workshop host, string which)
    {
        return await NextAsync(host, await FileAsync(host, await FormAsync(host), CancellationToken.None), which);
    }

    private static async Task<string[]> ReturnedAsync(Workshop host)
    {
        var given = await ReviewAsync(host);
        await Complete(Officer, "Returned", Defects)(host, given, CancellationToken.None);
        return await NextAsync(host, given[0], "activity_id = 'correct'");
    }

    private static async Task<string[]> ApprovedAsync(Workshop host)
    {
        var given = await ReviewAsync(host);
        await Complete(Officer, "Approved", [])(host, given, CancellationToken.None);
        return await NextAsync(host, given[0], "kind = 'Option'");
    }

    private static async Task<string[]> WarnedAsync(Workshop host)
    {
        var id = (await DueAsync(host, "Overdue"))[0];
        await host.SweepAsync();
        return await NextAsync(host, id, "activity_id = 'review-warning'");
    }

    private static async Task<string[]> NextAsync(Workshop host, string id, string which) =>
        [id, await host.AskAsync<string>($"select id from tasks where instance_id = $1 and closed_at is null and {which}", Guid.Parse(id)), Guid.NewGuid().ToString("N")];

    /// <summary>Under an id of its own, started by whoever did not hear that it had been.</summary>
    private static async Task<string> BeginAsync(Workshop host, string[] given, CancellationToken ct)
    {
        await host.Part<CommitStore>().CommitAsync([await host.BeginningOfAsync(SmallFlows.Plain, Guid.Parse(given[0]), isCase: false)], ct);
        return given[0];
    }

    /// <inheritdoc cref="BeginAsync"/>
    private static async Task<string> BeginCaseAsync(Workshop host, string[] given, CancellationToken ct)
    {
        await host.Part<CommitStore>().CommitAsync([await host.BeginningOfAsync(SmallFlows.Clocked, Guid.Parse(given[0]), isCase: true)], ct);
        return given[0];
    }

    /// <summary>Repeated under the same idempotency key by whoever had no answer; the answer names the instance.</summary>
    private static async Task<string> RequestAsync(Workshop host, string[] given, CancellationToken ct)
    {
        var answer = await host.Part<FlowRequests>().HandleAsync(new FlowRequest("POST", SmallFlows.Door, [], [], "text/plain", [], Officer, given[0], null, null), ct);
        return answer.InstanceId?.ToString() ?? $"{answer.Status} {answer.Detail}";
    }

    private static Func<Workshop, string[], CancellationToken, Task<string>> Complete(SignedInPerson by, string outcome, JsonObject values) => async (host, given, ct) =>
    {
        var complete = new CompleteTask { TaskId = given[1], Outcome = outcome, Values = (JsonObject)values.DeepClone(), IdempotencyKey = given[2] };
        return (await host.Part<CaseService>().CompleteTaskAsync(complete, by, ct)).GetType().Name;
    };

    private static async Task<string[]> DueAsync(Workshop host, string kind) => await MakeDueAsync(host, (await ReviewAsync(host))[0], kind);

    private static async Task<string[]> DueAsync(Workshop host, string flow, string kind) => await MakeDueAsync(host, (await host.BeginAsync(flow, 1))[0].ToString(), kind);

    private static async Task<string[]> MakeDueAsync(Workshop host, string id, string kind)
    {
        await host.TamperAsync("update timers set due_at = $2 where instance_id = $1 and kind = $3 and status = 'pending'", Guid.Parse(id), Workshop.Start.UtcDateTime, kind);
        return [id];
    }

    private static async Task<string> SweepAsync(Workshop host, string[] given, CancellationToken ct)
    {
        await host.Part<Sweeper>().DrainAsync(ct);
        return "";
    }

    private static Func<Workshop, Task<string[]>> BegunAsync(string flow) => async host => [(await host.BeginAsync(flow, 1))[0].ToString()];

    private static Func<Workshop, Task<string[]>> ToldAsync(string flow, string name, string key) => async host =>
    {
        var id = (await host.BeginAsync(flow, 1))[0];
        await host.Part<SignalStore>().SendToExpectingAsync(name, key, null, Workshop.Start, CancellationToken.None);
        return [id.ToString()];
    };

    private static async Task<string[]> TrafficAsync(Workshop host)
    {
        var given = await ReviewAsync(host);
        await Complete(Officer, "Approved", [])(host, given, CancellationToken.None);
        var key = await host.AskAsync<string>("select key from expectations where instance_id = $1 and name = 'conformance'", Guid.Parse(given[0]));
        await host.Part<SignalStore>().SendToExpectingAsync("conformance", key, null, Workshop.Start, CancellationToken.None);
        return [given[0]];
    }

    private static async Task<string[]> ChildDueAsync(Workshop host)
    {
        var id = (await host.BeginAsync(SmallFlows.Parent, 1))[0];
        await host.SweepAsync();
        await host.TamperAsync("update timers t set due_at = $2 from instances c where c.parent_id = $1 and t.instance_id = c.id", id, Workshop.Start.UtcDateTime);
        return [id.ToString()];
    }

    private static async Task<string[]> ListeningAsync(Workshop host) => [(await host.BeginAsync(SmallFlows.Listen, 1))[0].ToString(), Guid.NewGuid().ToString()];

    /// <summary>A publisher under an id of its own, started by whoever did not hear that it had been; and the listener.</summary>
    private static async Task<string> PublishAsync(Workshop host, string[] given, CancellationToken ct)
    {
        var unit = await host.BeginningOfAsync(SmallFlows.Publish, Guid.Parse(given[1]), isCase: false);
        await host.Part<CommitStore>().CommitAsync([unit], ct);
        return given[1];
    }

    /// <summary>What a host that died had leased is free when the lease is over.</summary>
    private static async Task<string> PumpAsync(Workshop host, string[] given, CancellationToken ct)
    {
        await host.TamperAsync("update http_requests set not_before = null where instance_id = $1 and status = 'pending'", Guid.Parse(given[0]));
        await host.Part<RequestPump>().DrainAsync(ct);
        return "";
    }

    private static async Task<string[]> BrokenAsync(Workshop host)
    {
        var id = (await host.BeginAsync(SmallFlows.Broken, 1))[0];
        return [id.ToString(), await host.AskAsync<string>("select id from incidents where instance_id = $1 and resolved_at is null", id), Guid.NewGuid().ToString("N")];
    }

    private static async Task<string> DecideAsync(Workshop host, string[] given, CancellationToken ct)
    {
        var resolve = new ResolveIncident { IncidentId = given[1], Decision = IncidentDecision.Retry, IdempotencyKey = given[2] };
        return (await host.Part<IncidentService>().ResolveAsync(resolve, Operator, ct)).GetType().Name;
    }

    private static async Task<string[]> LostAsync(Workshop host)
    {
        var id = (await host.BeginAsync(SmallFlows.Pause, 1))[0];
        await host.TamperAsync("delete from timers where instance_id = $1", id);
        return [id.ToString()];
    }

    private static async Task<string> ReconcileAsync(Workshop host, string[] given, CancellationToken ct)
    {
        await host.Part<Reconciler>().RoundAsync(ct);
        return "";
    }
}
