using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench;

/// <summary>
/// A calendar is imported while many cases of the shipped flow wait in review: every due date moves by a working day, with its timers, its log, its letter and the mail. Then one is imported
/// that moves none. The cases are copies of one that was filed through the engine and the commit.
/// </summary>
internal static class Replanning
{
    private const int Repetitions = 3;
    private const int Workers = 16;
    internal const string Flow = "guangdong-vendor-integration";
    private const string Works = "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": false}";
    private const string IsOff = "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": true}";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);
    internal static readonly DateTimeOffset Now = new(2022, 9, 30, 12, 0, 0, TimeSpan.FromHours(8));
    internal static readonly Organisation Province = new("440000", "广东省住房和城乡建设厅", OrganisationLevel.Province, "authority", "440000/", null, "440000");
    internal static readonly Organisation Authority = new("440300", "深圳市住房和建设局", OrganisationLevel.City, "authority", "440000/440300/", "440000", "440300", "sz@example.cn");
    internal static readonly Organisation Vendor = new("91440300192359041F", "甲科技有限公司", OrganisationLevel.Enterprise, "vendor", "enterprise/91440300192359041F/", null, null);

    public static async Task<int> RunAsync(int cases)
    {
        var folder = TemporaryData.NewFolder("wf-bench-");
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var options = new StorageOptions { DataFolder = Path.Combine(folder, "data"), PackageFolders = [Path.GetFullPath("src/Host"), "."] };
        try
        {
            await using var server = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await using var database = await Database.OpenAsync(
                options with { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            await using var bare = await BareTransaction.PrepareAsync(server.ConnectionString, Workers);
            var time = new MovableTime(Now);
            await using var services = new ServiceCollection().AddLogging().AddClocks(time).AddStorage(database).AddEngine().AddSingleton<Replanner>()
                .AddSingleton<CaseNumbering>().AddSingleton(time).BuildServiceProvider();
            var files = ContentFolder.ReadFiles(Path.GetFullPath(".")).Files ?? throw new InvalidOperationException("There is no content here.");
            await services.GetRequiredService<OrganisationStore>().SaveAsync([Province, Authority, Vendor], CancellationToken.None);
            await ImportAsync(services, files, Works);
            await CopyAsync(server.ConnectionString, await FileAsync(services), cases);

            Samples transition = new("cal.transition, 16 at once", "tx/s"), moved = new("deadlines that move", "cases/s"), ratio = new("ratio", "of cal.transition", "N2"), kept = new("deadlines that stay", "cases/s");
            for (var repetition = 0; repetition < Repetitions; repetition++)
            {
                var rate = await TransitionsAsync(bare);
                await ImportAsync(services, files, repetition % 2 == 0 ? IsOff : Works);
                var perSecond = cases / await ReplanAsync(services, cases);
                await ExpectAsync(server.ConnectionString, cases, repetition % 2 == 0 ? "2022-10-11" : "2022-10-10", (repetition + 1L) * cases);
                transition.Add(rate);
                moved.Add(perSecond);
                ratio.Add(perSecond / rate);
                Console.WriteLine(FormattableString.Invariant($"  {rate:N0} tx/s; {perSecond:N0} cases/s"));

                await ImportAsync(services, files, $"{(repetition % 2 == 0 ? IsOff : Works)}, \"2025-0{repetition + 1}-21\": {{\"name\": \"x\", \"isOffDay\": true}}");
                kept.Add(cases / await ReplanAsync(services, 0));
            }

            transition.Print();
            moved.Print(FormattableString.Invariant($"100,000 in {100_000 / moved.Median:N0} s; goal 30"));
            ratio.Print();
            kept.Print(FormattableString.Invariant($"100,000 in {100_000 / kept.Median:N1} s"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ImportAsync(IServiceProvider services, IReadOnlyDictionary<string, string> files, string day)
    {
        var changed = files.ToDictionary();
        changed[ContentReader.CalendarFile] = files[ContentReader.CalendarFile].Replace(Works, day, StringComparison.Ordinal);
        var read = ContentReader.Read(changed);
        await services.GetRequiredService<ContentReleases>().PublishAsync(read.Set ?? throw new InvalidOperationException("The content does not read."), Province.Id, "bench", NextMinute(services), CancellationToken.None);
    }

    /// <summary>No two things happen at one instant.</summary>
    private static DateTimeOffset NextMinute(IServiceProvider services)
    {
        var time = services.GetRequiredService<MovableTime>();
        time.MoveTo(time.GetUtcNow().AddMinutes(1));
        return time.GetUtcNow();
    }

    /// <summary>Seconds until nothing is ordered any more.</summary>
    private static async Task<double> ReplanAsync(IServiceProvider services, int expected)
    {
        NextMinute(services);
        var watch = Stopwatch.StartNew();
        var moved = await services.GetRequiredService<Replanner>().DrainAsync(CancellationToken.None);
        return moved == expected ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{moved} cases moved, {expected} should have.");
    }

    /// <summary>One application, filed as a host files it.</summary>
    internal static async Task<Guid> FileAsync(IServiceProvider services)
    {
        var content = services.GetRequiredService<ContentReleases>().Current;
        var offer = OfferedFlows.Find(content, Flow) ?? throw new InvalidOperationException($"{Flow} is not on offer.");
        var id = Guid.NewGuid();
        var header = new CaseHeader($"B-{id:N}", "实名通 2.1", new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = Vendor.Id, [CaseHeader.Authority] = Authority.Id, [CaseHeader.Province] = Province.Id,
        });
        var values = new JsonObject { ["companyName"] = Vendor.Name, ["uscc"] = Vendor.Id, ["productName"] = "实名通", ["productVersion"] = "2.1", ["productType"] = "软件", ["standardVersion"] = "V1.3", ["entry"] = "1", ["truth"] = true };
        foreach (var paper in (string[])["businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment"])
        {
            values[paper] = new JsonArray(new JsonObject { ["id"] = Guid.NewGuid().ToString(), ["name"] = "a.pdf", ["size"] = 100 });
        }

        var turn = InstanceTurn.Begin(id, new NewInstance(Flow, offer.Flow.Version, content.Id, Authority.Id), content, header);
        turn.Submission = new NewSubmission(Guid.NewGuid(), offer.Form.Id, Vendor.Id, values, []);
        turn.Brought[new FactKey(FactKind.Submission, turn.Submission.Id.ToString())] = values;
        var input = new JsonObject { ["submissionId"] = turn.Submission.Id.ToString(), ["form"] = offer.Form.Id, ["values"] = values.DeepClone() };
        var result = await services.GetRequiredService<BurstExecutor>().RunAsync(turn, new Stimulus.Start(offer.Trigger.Id, input, null), Now, CancellationToken.None);
        var committed = result is RunResult.Ran ? (await services.GetRequiredService<CommitStore>().CommitAsync([turn.ToUnit(Now)], CancellationToken.None))[0] : null;
        return committed is CommitResult.Committed && turn.State.Bookmarks.Any(bookmark => bookmark.ActivityId == "review")
            ? id
            : throw new InvalidOperationException($"The case does not wait in review: {result}, {committed}, {string.Join(", ", turn.State.Bookmarks.Select(b => b.ActivityId))}.");
    }

    /// <summary>Copies of the case under ids of their own, table by table, as the server's superuser.</summary>
    internal static async Task CopyAsync(string superuser, Guid original, int cases)
    {
        await using var source = NpgsqlDataSource.Create(superuser);
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, $"""
            set session_replication_role = replica;
            create temp table copies as select gen_random_uuid() as id from generate_series(2, {cases});
            """);
        foreach (var (table, key) in new[] { ("instances", "id"), ("cases", "instance_id"), ("tasks", "instance_id"), ("timers", "instance_id"), ("expectations", "instance_id"), ("audit_heads", "chain") })
        {
            var columns = new List<(string Name, string Type)>();
            await using (var command = new NpgsqlCommand("select column_name, udt_name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER'", connection))
            {
                command.Parameters.AddWithValue(table);
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    columns.Add((reader.GetString(0), reader.GetString(1)));
                }
            }

            var values = columns.Select(column => column.Type switch
            {
                "uuid" => $"case when t.{column.Name} = '{original}' then c.id else t.{column.Name} end",
                "text" => $"replace(replace(t.{column.Name}, '{original:N}', replace(c.id::text, '-', '')), '{original:D}', c.id::text)",
                _ => $"t.{column.Name}",
            });
            var its = key == "chain" ? $"'case:{original:N}'" : $"'{original}'";
            await ExecuteAsync(connection, $"insert into {table} ({string.Join(", ", columns.Select(column => column.Name))}) select {string.Join(", ", values)} from {table} t cross join copies c where t.{key} = {its}");
        }

        await ExecuteAsync(connection, "analyze; checkpoint;");
    }

    [SuppressMessage("Security", "CA2100", Justification = "Text of this program: table names, columns, an id that it made.")]
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Every review has the date, a pending timer for its end and one letter for each import so far.</summary>
    private static async Task ExpectAsync(string superuser, int cases, string due, long letters)
    {
        await using var source = NpgsqlDataSource.Create(superuser);
        await using var command = source.CreateCommand($"""
            select (select count(*) from tasks where activity_id = 'review' and closed_at is null and due_date = '{due}'),
              (select count(*) from timers where status = 'pending' and kind = 'Overdue' and due_at = '{due} 16:00+00'),
              (select count(*) from notices where template = '{DeadlineNotices.Notice}'), (select count(*) from audit where content like '%ChangeDeadline%')
            """);
        command.CommandTimeout = 600;
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var found = string.Join(", ", Enumerable.Range(0, 4).Select(i => reader.GetInt64(i).ToString(CultureInfo.InvariantCulture)));
        var wanted = FormattableString.Invariant($"{cases}, {cases}, {letters}, {letters}");
        if (found != wanted)
        {
            throw new InvalidOperationException($"There should be {wanted} dates, timers, letters and entries of the audit, and there are {found}.");
        }
    }

    private static async Task<double> TransitionsAsync(BareTransaction bare)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var mine = 0;
            while (watch.Elapsed < Long)
            {
                mine += await bare.RunAsync();
            }

            return mine;
        }));
        return done.Sum() / watch.Elapsed.TotalSeconds;
    }
}
