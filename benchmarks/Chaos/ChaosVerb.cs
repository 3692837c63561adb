using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Http;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>
/// <c>./bench chaos</c>: two hosts on one PostgreSQL, people and devices at work over HTTP, a mail server and another system; then hosts are killed and stopped,
/// the database is crashed and connections are cut, and in the end everything that was acknowledged must be there once, and nothing twice.
/// </summary>
internal static partial class ChaosVerb
{
    public const string Usage = """
          chaos --cycles N [--seed S] [--crashes N] [--zombies N] [--minutes M] [--clients N] [--report FILE] [--folder DIR]
                   kills hosts under load, crashes PostgreSQL, stops hosts for longer than their leases; then proves that nothing was lost or doubled.
                   SIGTERM to the rig ends the faults; what has been done by then is checked and reported
        """;

    private static readonly TimeSpan ClientsPatience = TimeSpan.FromMinutes(4);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (ChaosOptions.Read(arguments) is not { } options)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        Console.WriteLine(options);
        using var enough = new CancellationTokenSource();
        using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = options.Folder ?? TemporaryData.NewFolder("wf-chaos-");
        Directory.CreateDirectory(folder);
        // The private server runs as an account of its own when we are root: it must be able to reach its folder.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Console.WriteLine($"ledger and logs: {folder}");
        try
        {
            var run = await RunAsync(options, folder, enough.Token);
            Console.WriteLine(run.ToText());
            if (options.Report is { } report) await File.WriteAllTextAsync(report, run.ToMarkdown());
            return run.IsClean ? 0 : 1;
        }
        catch (Exception broken)
        {
            // Caught, so that what was started has been ended: an exception that nobody catches leaves the hosts behind.
            Console.Error.WriteLine(broken);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            enough.Cancel();
        }
    }

    private static async Task<ChaosReport> RunAsync(ChaosOptions options, string folder, CancellationToken enough)
    {
        var storage = HostSettings.FromEnvironment().Storage with { DataFolder = Path.Combine(folder, "database"), MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        await using var database = await RigDatabase.StartAsync(storage);
        await using var mail = new MailLog();
        await using var register = await OtherSystem.StartAsync();
        register.Answer = http => http.Response.WriteAsync("taken");
        var content = Path.Combine(folder, "content");
        WriteContent(content, register);
        var environment = EnvironmentOf(storage, database, mail, register);
        RigHost[] hosts = [new("host-a", environment, folder), new("host-b", environment, folder)];
        try
        {
            var printed = await hosts[0].FillAsync(content);
            foreach (var host in hosts) host.Keep();
            foreach (var host in hosts) await host.UntilUpAsync(TimeSpan.FromMinutes(2));

            using var ledger = new IntentLedger(Path.Combine(folder, "ledger.jsonl"));
            var cast = await GatherAsync(hosts, printed, content);
            using var work = new Work(options, cast, ledger, mail.Clock);
            await work.WarmUpAsync();
            Console.WriteLine($"{mail.Clock.Elapsed:hh\\:mm\\:ss}  every way was taken once without a fault; the faults begin");

            var faults = new Faults(options, hosts, database, ledger, mail.Clock, enough);
            var began = mail.Clock.Elapsed;
            work.Begin();
            await faults.RunAsync(line => Console.WriteLine($"{line}  acknowledged {work.Acknowledged}  tries {work.Tries}"));
            var faulty = mail.Clock.Elapsed - began;
            await work.EndAsync(ClientsPatience);
            await faults.AllUpAsync();

            var evidence = await new EvidenceReader(database.ConnectionString, storage, ledger, mail, register, faults, work, hosts).ReadAsync();
            return new ChaosReport(options, faults, new Checker(evidence).Check(), hosts, faulty);
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    /// <summary>The shipped content and the drill; what one enterprise may complain about in a day is raised, or there would be nothing to complain about any more.</summary>
    private static void WriteContent(string to, OtherSystem register)
    {
        var files = ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!
            .Concat(ContentFolder.ReadFiles(Path.Combine(AppContext.BaseDirectory, "Chaos", "content")).Files!);
        foreach (var (path, text) in files)
        {
            var written = path switch
            {
                "workflows/drill.json" => text.Replace("REGISTER", $"{register.Address}drills", StringComparison.Ordinal),
                "workflows/guangdong/complaint.json" => WithoutLimits(text),
                _ => text,
            };
            var target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, written);
        }
    }

    private static string WithoutLimits(string flow)
    {
        var json = JsonNode.Parse(flow)!;
        var submission = json["root"]!["activities"]!.AsArray().Single(activity => activity!["type"]!.ToString() == "Gov.Submission")!.AsObject();
        submission.Remove("maxOpen");
        submission.Remove("maxPerDay");
        return json.ToJsonString();
    }

    private static Dictionary<string, string> EnvironmentOf(StorageOptions storage, RigDatabase database, MailLog mail, OtherSystem register) => new()
    {
        ["ConnectionStrings__Default"] = database.ConnectionString,
        ["WORKFLOW_MASTER_KEY"] = storage.MasterKey!,
        // Filled once from the folder; a start takes what is in force from the database.
        ["Content__Files"] = "off",
        ["Mail__Smtp__Host"] = "127.0.0.1",
        ["Mail__Smtp__Port"] = mail.Port.ToString(CultureInfo.InvariantCulture),
        ["Mail__Smtp__StartTls"] = "false",
        // What a dead host was sending is left to it for this long, and for three times this long for requests.
        ["Mail__AttemptTimeout"] = "00:00:04",
        ["Http__AttemptTimeout"] = "00:00:03",
        // Letters that wait for one recipient go one by one, so that each is seen.
        ["Mail__DigestOver"] = "1000",
        // Instrumented code pays off in hours; these hosts live for seconds.
        ["DOTNET_TieredPGO"] = "0",
        [$"Http__Outgoing__{DemoPeople.Shenzhen}__0__Url"] = $"{register.Address}drills",
        [$"Http__Outgoing__{DemoPeople.Shenzhen}__0__Networks__0"] = "127.0.0.1/32",
    };

    private static async Task<Cast> GatherAsync(IReadOnlyList<RigHost> hosts, string printed, string content)
    {
        var people = new Dictionary<string, RigPerson>();
        foreach (Match account in Account().Matches(printed))
        {
            var person = new RigPerson(account.Groups["name"].Value);
            if (person.UserName is not ("jia" or "yi" or "sz-officer" or "sz-leader")) continue;

            people.Add(person.UserName, person);
            await person.SignInAsync(hosts[0].Address, account.Groups["password"].Value);
            if (!person.UserName.StartsWith("sz", StringComparison.Ordinal))
            {
                foreach (var paper in (string[])["businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment"]) await person.UploadAsync(hosts[0].Address, paper);
            }
        }

        var standards = MessageStandards.Read(ContentFolder.ReadFiles(content).Files!).Standards!;
        return new Cast(people, hosts, standards["national-1.2.1"].Signing);
    }

    [GeneratedRegex(@"^(?<name>[a-z-]+) +(?<password>[a-z0-9]{16}) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Account();
}
