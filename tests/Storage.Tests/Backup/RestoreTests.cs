using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Storage.Backup;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Backup;

/// <summary>What hosts and operators can rely on when the database is not the one that it was.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private StorageOptions Old => new() { DataFolder = Path.Combine(_folder.Path, "data"), ArchiveFolder = Path.Combine(_folder.Path, "backup") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_crashed_server_had_committed_and_could_not_archive_is_told_and_taken_from_its_log()
    {
        var (archive, away) = (Path.Combine(Old.ArchiveFolder!, WalArchive.Name), Path.Combine(Old.ArchiveFolder!, "away"));
        await using (var database = await OpenAsync(Old))
        {
            await BaseBackup.TakeAsync(Old, Old.ArchiveFolder!, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await new OrganisationStore(database).SaveAsync([Story.Province], CancellationToken.None);
            Assert.False((await database.ArchiveAsync(CancellationToken.None))!.IsFailing);
            Directory.Move(archive, away);
            await using (var server = new NpgsqlConnection(EmbeddedPostgres.ConnectionTo(Old.DataFolder)))
            {
                await server.OpenAsync();
                await server.RunAsync("select pg_switch_wal()", CancellationToken.None);
            }

            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (await database.ArchiveAsync(CancellationToken.None) is not { IsFailing: true }) await looks.WaitForNextTickAsync();

            var pid = int.Parse(File.ReadLines(Path.Combine(Old.DataFolder, "postgres", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
            Posix.Signal(pid, Posix.Kill);
            await database.ServerStopped.WaitAsync(TimeSpan.FromSeconds(20));
        }

        Directory.Move(away, archive);

        async Task<bool> HasProvinceAsync(string name, string? lastWal)
        {
            var @new = new StorageOptions { DataFolder = Path.Combine(_folder.Path, name) };
            await Restore.RunAsync(@new, new RestoreRequest(Old.ArchiveFolder!, At: null, lastWal), MasterKey.Read(Old), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await using var database = await OpenAsync(@new);
            return await new OrganisationStore(database).FindAsync(Story.Province.Id, CancellationToken.None) is not null;
        }

        Assert.False(await HasProvinceAsync("without", null));
        Assert.True(await HasProvinceAsync("with", Path.Combine(Old.DataFolder, "postgres", "pg_wal")));
    }

    [Fact]
    public async Task Hosts_that_find_the_data_elsewhere_raise_the_epoch_once()
    {
        var story = new Story();
        await story.InitializeAsync();
        var before = await story.ScalarAsync<int>("select outbox_epoch from installation");
        var connection = await TestServer.ConnectionStringAsync(new NpgsqlConnectionStringBuilder(story.Database.Engine.ConnectionString).Database!);
        await (await TestServer.OpenAsync(connection)).DisposeAsync();
        Assert.Equal(before, await story.ScalarAsync<int>("select outbox_epoch from installation"));

        await story.TamperAsync("update installation set origin = '1/00000001'");
        foreach (var host in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestServer.OpenAsync(connection)))) await host.DisposeAsync();
        Assert.Equal(before + 1, await story.ScalarAsync<int>("select outbox_epoch from installation"));

        // What hosts cannot see, the operator says.
        Assert.Equal(before + 2, await Restore.RaiseEpochAsync(story.Database, CancellationToken.None));
        await story.DisposeAsync();
    }

    private static Task<Database> OpenAsync(StorageOptions options) => Database.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
}
