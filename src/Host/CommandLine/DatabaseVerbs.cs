using System.CommandLine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>migrate</c>, <c>db serve</c>, <c>audit verify</c>: the database by itself, without a host.</summary>
public static class DatabaseVerbs
{
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of the embedded database (default .data)." };
    private static readonly Option<bool> Simulated = new("--simulated") { Description = "The database is one of a simulation." };

    public static IEnumerable<Command> Create()
    {
        yield return Verb("migrate", "Brings the schema up to date and ends.", (_, _) =>
        {
            Console.WriteLine("The schema is up to date.");
            return Task.FromResult(0);
        });
        yield return new Command("db", "The embedded database.") { Verb("serve", "Runs the embedded database alone, until it is told to stop.", ServeAsync) };
        yield return new Command("audit", "The audit trail.") { Verb("verify", "Looks for changed, removed and reordered records.", VerifyAsync) };
    }

    private static Command Verb(string name, string description, Func<Database, CancellationToken, Task<int>> run)
    {
        var verb = new Command(name, description) { Data, Simulated };
        verb.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment();
            settings = settings with { DataFolder = parsed.GetValue(Data) ?? settings.DataFolder, Simulated = parsed.GetValue(Simulated), Quiet = true };
            using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
            await using var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, logs, ct);
            return await run(database, ct);
        });
        return verb;
    }

    private static async Task<int> ServeAsync(Database database, CancellationToken ct)
    {
        Console.WriteLine("PostgreSQL is ready.");
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ct.Register(stopped.SetResult);
        await stopped.Task;
        return 0;
    }

    private static async Task<int> VerifyAsync(Database database, CancellationToken ct)
    {
        var report = await new AuditChain(database).VerifyAsync(chain: null, ct);
        foreach (var finding in report.Findings)
        {
            await Console.Error.WriteLineAsync($"{finding.Chain}, record {finding.Sequence}: {finding.Defect}: {finding.Message}");
        }

        Console.WriteLine($"{report.Records} records in {report.Chains} chains, {report.Findings.Count} findings.");
        return report.Intact ? 0 : 1;
    }
}
