using System.Globalization;
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

/// <summary>Two hosts on one PostgreSQL, a mail server, another system, and people who are signed in: all real, all in one folder.</summary>
internal sealed partial class Rig : IAsyncDisposable
{
    /// <summary>What clients have begun they may finish.</summary>
    public static readonly TimeSpan ClientsPatience = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);

    private Rig(StorageOptions storage, RigDatabase database, MailLog mail, OtherSystem register, IReadOnlyList<RigHost> hosts, IntentLedger ledger)
    {
        Storage = storage;
        Database = database;
        Mail = mail;
        Register = register;
        Hosts = hosts;
        Ledger = ledger;
    }

    /// <summary>The host that was built with this bench.</summary>
    public static string ThisProgram { get; } = typeof(HostSettings).Assembly.Location;

    public StorageOptions Storage { get; }

    public RigDatabase Database { get; }

    public MailLog Mail { get; }

    public OtherSystem Register { get; }

    public IReadOnlyList<RigHost> Hosts { get; }

    public IntentLedger Ledger { get; }

    public Cast Cast { get; private set; } = null!;

    /// <param name="folder">For data, ledger and logs; made when it is not there.</param>
    /// <param name="contentRoot">Whose content is filled in.</param>
    /// <param name="program">The assembly that hosts are started from.</param>
    public static async Task<Rig> StartAsync(string folder, string contentRoot, string program)
    {
        Directory.CreateDirectory(folder);
        // The private server runs as an account of its own when we are root: it must be able to reach its folder.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var storage = HostSettings.FromEnvironment().Storage with { DataFolder = Path.Combine(folder, "database"), MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        var database = await RigDatabase.StartAsync(storage);
        var mail = new MailLog();
        var register = await OtherSystem.StartAsync();
        register.Answer = http => http.Response.WriteAsync("taken");
        var environment = EnvironmentOf(storage, database, mail, register);
        RigHost[] hosts = [new("host-a", program, environment, folder), new("host-b", program, environment, folder)];
        var rig = new Rig(storage, database, mail, register, hosts, new IntentLedger(Path.Combine(folder, "ledger.jsonl")));
        try
        {
            var content = Path.Combine(folder, "content");
            WriteContent(contentRoot, content, register);
            var printed = await hosts[0].FillAsync(content);
            foreach (var host in hosts) host.Keep();
            await rig.AllUpAsync();
            rig.Cast = await GatherAsync(hosts, printed, content);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>All hosts serve.</summary>
    public async Task AllUpAsync()
    {
        foreach (var host in Hosts) await host.UntilUpAsync(StartPatience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await host.DisposeAsync();
        Ledger.Dispose();
        await Register.DisposeAsync();
        await Mail.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The shipped content and the drill; what one enterprise may complain about in a day is raised, or there would be nothing to complain about any more.</summary>
    private static void WriteContent(string from, string to, OtherSystem register)
    {
        var files = ContentFolder.ReadFiles(from).Files!
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
