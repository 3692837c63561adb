using System.Diagnostics;
using System.Globalization;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Reliability;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Reliability;

/// <summary>What a round of the reconciler costs beside many instances that are over, and how long an orphan of each kind waits at a host in service.</summary>
internal static class ReconcileVerb
{
    public const string Usage = """
          reconcile [--finished N] [--rounds N]
                   a page of the reconciler before and after N (1,000,000) finished instances are there; then orphans of eight kinds beside a host in service, timed on the wall clock
        """;

    private const int Running = 2_000;
    private const int PageSize = 500;
    private const int Samples = 7;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(IReadOnlyList<string> options)
    {
        var (finished, rounds) = (Number(options, "--finished") ?? 1_000_000, Number(options, "--rounds") ?? 3);
        using var folder = new TemporaryFolder();
        using var content = new FlowFolder();
        SmallFlows.Write(content);
        var server = await Workshop.ServerAsync(folder);
        await using var host = await Workshop.OpenAsync(content, server);

        var over = (await host.BeginAsync(SmallFlows.Pause, 1))[0];
        await host.WaitUntilAsync(Workshop.Start.AddDays(2));
        foreach (var flow in (string[])[SmallFlows.Pause, SmallFlows.Listen]) await host.BeginAsync(flow, Running / 4);
        await host.BeginAsync(SmallFlows.Decide, Running / 2, isCase: true);
        await MeasureAsync(host, "alone");
        await CopyAsync(host, over, finished);
        await MeasureAsync(host, string.Create(CultureInfo.InvariantCulture, $"beside {finished:N0} finished"));

        // The same database, with a host in service as it is installed: a round begins 20 s after the last one ended.
        var settings = HostSettings.FromEnvironment() with
        {
            Server = new StorageOptions { ConnectionString = server.ConnectionString, MasterKey = Workshop.MasterKey }, DataFolder = Path.Combine(folder.Path, "serving"), ContentRoot = content.Path, Simulated = true, Quiet = true, Urls = "http://127.0.0.1:0",
        };
        await using var serving = await RunningHost.StartAsync(settings, CancellationToken.None);
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var waits = await LoseAsync(host);
            slowest = waits.Append(slowest).Max();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  orphans of eight kinds found after {string.Join(", ", waits.Select(wait => $"{wait.TotalSeconds:0.0}"))} s"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"found within {slowest.TotalSeconds:0.0} s at the most; promised {Bound.TotalSeconds:0} s"));
        return slowest <= Bound ? 0 : 1;
    }

    /// <summary>Rounds over all that runs, none of it an orphan.</summary>
    private static async Task MeasureAsync(Workshop host, string where)
    {
        var took = new List<double>();
        for (var sample = 0; sample < Samples; sample++)
        {
            var watch = Stopwatch.StartNew();
            if (await host.Part<Reconciler>().RoundAsync(CancellationToken.None) is > 0 and var found) throw new InvalidOperationException($"{found} orphans where there is none.");
            took.Add(watch.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        var pages = (Running + PageSize - 1) / PageSize;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{where}: {took[Samples / 2]:N0} ms a round over {Running:N0} running, {took[Samples / 2] / pages:N1} ms a page of {PageSize} (median of {Samples}, least {took[0]:N0} ms)"));
    }

    /// <summary>Copies of an instance that is over, with its timer, under ids of their own; set-wise, as the superuser.</summary>
    private static async Task CopyAsync(Workshop host, Guid over, int finished)
    {
        var watch = Stopwatch.StartNew();
        await host.TamperAsync("alter table instances disable trigger user");
        foreach (var (table, key, chunk) in from chunk in Enumerable.Range(0, (finished + 99_999) / 100_000) from table in new[] { ("instances", "id"), ("timers", "instance_id") } select (table.Item1, table.Item2, chunk))
        {
            var columns = await host.AskAsync<string>(
                "select string_agg(column_name || '|' || udt_name, ',' order by ordinal_position) from information_schema.columns where table_schema = 'public' and table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER'", table);
            var named = columns.Split(',').Select(column => column.Split('|')).ToList();
            // The id of each copy follows from its number, so that both tables speak of the same.
            var id = $"md5('{over}' || n)::uuid";
            var values = named.Select(column => column[1] switch
            {
                "uuid" => $"case when t.{column[0]} = '{over}' then {id} else t.{column[0]} end",
                "text" => $"replace(replace(t.{column[0]}, '{over:N}', md5('{over}' || n)), '{over:D}', {id}::text)",
                _ => $"t.{column[0]}",
            });
            var (first, last) = (chunk * 100_000, Math.Min(finished, (chunk + 1) * 100_000) - 1);
            await host.TamperAsync(
                $"insert into {table} ({string.Join(", ", named.Select(column => column[0]))}) select {string.Join(", ", values)} from {table} t cross join generate_series({first}, {last}) n where t.{key} = '{over}'");
        }

        await host.TamperAsync("alter table instances enable trigger user");
        await host.TamperAsync("analyze");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{finished:N0} finished instances copied in {watch.Elapsed.TotalSeconds:N0} s"));
    }

    /// <summary>One orphan of each kind at once; after how long each was found.</summary>
    private static async Task<IReadOnlyList<TimeSpan>> LoseAsync(Workshop host)
    {
        var before = await FoundAsync(host);
        (string Flow, string How, bool IsCase)[] kinds =
        [
            (SmallFlows.Pause, Orphans.TimerGone, false), (SmallFlows.Pause, Orphans.TimerSettled, false), (SmallFlows.Decide, Orphans.TaskGone, true), (SmallFlows.Decide, Orphans.TaskTooMany, true),
            (SmallFlows.Listen, Orphans.Unfindable, false), (SmallFlows.Listen, Orphans.Undelivered, false),
        ];
        var begun = new List<Guid>();
        foreach (var (flow, _, isCase) in kinds) begun.AddRange(await host.BeginAsync(flow, 1, isCase));
        var parents = await host.BeginAsync(SmallFlows.Parent, 2);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await host.AskAsync<long>("select count(*) from instances where parent_id = any ($1)", (object)parents.ToArray()) < parents.Count) await looks.WaitForNextTickAsync();
        var children = (await host.LoadAsync(parents)).ToDictionary(parent => parent.Key, parent => Guid.Parse(parent.Value.State.Waits.Single().Id[Wait.ChildPrefix.Length..]));

        var lost = Stopwatch.StartNew();
        foreach (var (how, id) in kinds.Select(kind => kind.How).Zip(begun)) await host.TamperAsync(how, (object)new[] { id });
        // As though it had never been begun.
        await host.TamperAsync($"set session_replication_role = replica; delete from timers where instance_id = '{children[parents[0]]}'; delete from instances where id = '{children[parents[0]]}'");
        await using (await host.HoldAsync(parents[1]))
        {
            await host.GiveAsync([children[parents[1]]], child => new Stimulus.TimerFired(child.State.Waits.Single().Id));
            await host.TamperAsync(Orphans.EndOfChildUntold, (object)new[] { parents[1] });
        }

        var found = new List<TimeSpan>();
        while (found.Count < kinds.Length + parents.Count && lost.Elapsed < 2 * Bound)
        {
            await looks.WaitForNextTickAsync();
            for (var more = await FoundAsync(host) - before - found.Count; more > 0; more--) found.Add(lost.Elapsed);
        }

        return found;
    }

    private static Task<long> FoundAsync(Workshop host) => host.AskAsync<long>("select (total_healed + total_raised)::int8 from reconciliation");

    private static int? Number(IReadOnlyList<string> options, string name) =>
        options.ToList().IndexOf(name) is >= 0 and var at && at + 1 < options.Count ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : null;
}
