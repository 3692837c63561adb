using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Ingest;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Backup;
using WorkflowEngine.Storage.Personal;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>
/// <c>./bench ingest-privacy</c>: so many workers' ID numbers, bank cards and faces go through the endpoint, and everything that could be stolen is searched for them; then their month is ended, and neither
/// the host nor a backup taken afterwards opens them.
/// </summary>
internal static class PrivacyVerb
{
    public static async Task<int> RunAsync(int people)
    {
        var log = new StringWriter();
        var console = Console.Error;
        Console.SetError(TextWriter.Synchronized(log));
        using var stage = new LoggedStage();
        var run = new PrivacyRun(stage);
        var restored = TemporaryData.NewFolder("wf-restored-");
        try
        {
            await stage.InitializeAsync();
            Console.SetError(console);
            var watch = Stopwatch.StartNew();
            await run.FillAsync(people);
            await stage.BackUpAsync();
            Say($"{people} workers with ID number, card and picture, told and punched; one in ten in 11 wrong ways; backup taken", watch);

            List<string> found = [];
            // No secret, and everywhere: what does not find it finds nothing.
            var control = new SecretSearch();
            control.Add("the key's id", Encoding.ASCII.GetBytes(run.Key.Appid));
            var tables = await run.SearchTablesAsync();
            Take("tables by COPY", tables.Found, $"{tables.Tables} tables, {tables.Characters / 1e6:0} MB");
            foreach (var (name, folder) in new[] { ("data folder: cluster, write-ahead log, PostgreSQL's log, mails", stage.DataFolder), ("backup folder: base backup, archived log", stage.BackupFolder) })
            {
                var files = run.Search.InFolder(folder);
                if (control.InFolder(folder).Found.Count == 0) found.Add($"{name}: not even the key's id is found, the search is of no use");
                Take(name, files.Found, $"{files.Files} files, {files.Bytes / 1e6:0} MB");
            }

            Take("pages and answers of the API", await run.SearchPagesAsync(), $"{PrivacyRun.Pages} pages");
            var said = log.ToString();
            Take("the host's log", run.Search.In(said, "log"), $"{said.Length} characters");

            var retention = stage.Services.GetRequiredService<PersonalRetention>();
            var ended = await retention.DestroyAsync(36, PrivacyRun.Now.AddMonths(37), CancellationToken.None);
            var shut = await ClosedAsync(stage.Services.GetRequiredService<DeviceRecords>(), run.Key.CredentialId);
            var storage = stage.HostSettings.Storage;
            await stage.BackUpAsync();
            var options = new StorageOptions { DataFolder = Path.Combine(restored, "data"), PackageFolders = storage.PackageFolders, Simulated = true };
            await Restore.RunAsync(options, new RestoreRequest(stage.BackupFolder, At: null, LastWal: null), MasterKey.Read(storage), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await using (var database = await Database.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None))
            {
                Say($"ended {ended} month: {shut.Closed} of {shut.Read} records closed on the host, {await TextAsync(database)} after a restore", watch);
                if (ended != 1 || shut.Read == 0 || shut.Closed != shut.Read || await ClosedAsync(new DeviceRecords(database), run.Key.CredentialId) != shut) found.Add("personal values could still be opened");
            }

            foreach (var finding in found.Take(50)) Console.WriteLine($"FOUND {finding}");
            Console.WriteLine(found.Count == 0 ? "none found" : $"{found.Count} found");
            return found.Count == 0 ? 0 : 1;

            void Take(string where, IReadOnlyList<string> hits, FormattableString size)
            {
                found.AddRange(hits);
                Say($"{where} ({FormattableString.Invariant(size)}): {hits.Count} found", watch);
            }

            async Task<string> TextAsync(Database database) =>
                await ClosedAsync(new DeviceRecords(database), run.Key.CredentialId) is var (read, closed) ? string.Create(CultureInfo.InvariantCulture, $"{closed} of {read}") : "";
        }
        finally
        {
            Console.SetError(console);
            await stage.DisposeAsync();
            Directory.Delete(restored, recursive: true);
        }
    }

    private static async Task<(int Read, int Closed)> ClosedAsync(DeviceRecords records, string credentialId)
    {
        var page = await records.ListAsync(new Tenant("440300", "440000/440300/"), credentialId, 0, 1_000, CancellationToken.None);
        return (page.Items.Count, page.Items.Count(record => record.Personal is null));
    }

    private static void Say(string what, Stopwatch watch) => Console.WriteLine($@"{watch.Elapsed:mm\:ss}  {what}");

    /// <summary>The stage with a host that writes its log, whose server archives its own.</summary>
    private sealed class LoggedStage : IngestStage
    {
        /// <summary>Base backups and the archived log.</summary>
        public string BackupFolder { get; } = TemporaryData.NewFolder("wf-privacy-");

        public HostSettings HostSettings { get; private set; } = null!;

        public Task BackUpAsync() => BaseBackup.TakeAsync(HostSettings.Storage, BackupFolder, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

        protected override HostSettings Settings(HostSettings settings) =>
            HostSettings = settings with { Quiet = false, Simulated = true, SimulatedStart = PrivacyRun.Now, BackupFolder = BackupFolder };

        protected override void Prepare(string contentFolder) => BenchStage.WidenAllowance(contentFolder);

        protected override void Dispose(bool isDisposing)
        {
            if (Directory.Exists(BackupFolder)) Directory.Delete(BackupFolder, recursive: true);
            base.Dispose(isDisposing);
        }
    }
}
