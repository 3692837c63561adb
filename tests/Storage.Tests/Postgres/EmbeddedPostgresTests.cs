using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Postgres;

/// <summary>What the private server does when the machine is not as it should be: it just works, or a person is told what to do.</summary>
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Cluster => Path.Combine(_folder.Path, "postgres");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_start_finds_what_the_first_one_stored()
    {
        await using (var first = await StartAsync())
        {
            await RunAsync(first, "create table kept (word text); insert into kept values ('还在')");
        }

        await using var second = await StartAsync();

        Assert.Equal("还在", await RunAsync(second, "select word from kept"));
    }

    [Fact]
    public async Task The_server_is_reached_by_a_private_socket_and_a_password_only()
    {
        await using var server = await StartAsync();
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString);

        Assert.Equal("", await RunAsync(server, "show listen_addresses"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(settings.Host!));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess" }));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.DoesNotContain("trust", File.ReadLines(Path.Combine(Cluster, "pg_hba.conf")).Where(line => !line.StartsWith('#')).SelectMany(line => line.Split(' ')));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, "server.password")));
    }

    [Fact]
    public async Task A_second_host_on_the_same_folder_is_refused_and_told_who_owns_it()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains($"pid {Environment.ProcessId}", refused.Chinese, StringComparison.Ordinal);
        Assert.Contains("in use by another host", refused.English, StringComparison.Ordinal);
        Assert.Equal("1", await RunAsync(first, "select 1"));
    }

    [Fact]
    public async Task A_folder_with_a_very_long_name_just_works()
    {
        var long1 = Path.Combine(_folder.Path, new string('很', 30));
        string socket;
        await using (var server = await EmbeddedPostgres.StartAsync(new StorageOptions { DataFolder = long1 }, TimeProvider.System, NullLogger.Instance, CancellationToken.None))
        {
            Assert.Equal("1", await RunAsync(server, "select 1"));
            socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
            Assert.DoesNotContain(long1, socket, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(socket));
    }

    [Fact]
    public async Task A_pid_file_left_by_a_crashed_machine_does_not_hinder_the_start_although_its_number_is_somebody_elses_now()
    {
        await (await StartAsync()).DisposeAsync();
        // The number of a process that lives: this one. The rest is as PostgreSQL writes it.
        await File.WriteAllTextAsync(
            Path.Combine(Cluster, "postmaster.pid"),
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{Cluster}\n1660000000\n5432\n/tmp\n\n  5432001         0\nready   \n"));

        await using var server = await StartAsync();

        Assert.Equal("1", await RunAsync(server, "select 1"));
    }

    [Fact]
    public async Task The_server_of_a_killed_host_is_waited_out_or_stopped()
    {
        await (await StartAsync()).DisposeAsync();
        // A server without a host: as after kill -9, had the death signal been lost.
        var host = await StartAsync();
        var orphan = await OrphanAsync(host);
        await host.DisposeAsync();

        await using var server = await StartAsync();

        Assert.Equal("1", await RunAsync(server, "select 1"));
        await orphan.Exited.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_crashed_server_recovers_at_the_next_start()
    {
        var server = await StartAsync();
        await RunAsync(server, "create table kept (word text); insert into kept values ('还在')");
        Posix.Signal(server.ProcessId, Posix.Kill);
        await server.Stopped;
        await server.DisposeAsync();

        await using var again = await StartAsync();

        Assert.Equal("还在", await RunAsync(again, "select word from kept"));
    }

    [Fact]
    public async Task An_interrupted_initialisation_leaves_nothing_that_hinders()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "postgres.new", "data", "base"));

        await using var server = await StartAsync();

        Assert.Equal("1", await RunAsync(server, "select 1"));
    }

    [Fact]
    public async Task Data_of_another_version_is_refused_and_both_versions_are_named()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Cluster, "PG_VERSION"), "9\n");

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains("PostgreSQL 9", refused.Chinese, StringComparison.Ordinal);
        Assert.Contains("made by PostgreSQL 9", refused.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_version_file_is_refused_with_its_name()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Cluster, "PG_VERSION"), "十八");

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains("PG_VERSION", refused.Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_folder_in_the_place_of_the_cluster_is_not_touched()
    {
        Directory.CreateDirectory(Cluster);
        var file = Path.Combine(Cluster, "thesis.doc");
        await File.WriteAllTextAsync(file, "三年心血");

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains("PG_VERSION", refused.English, StringComparison.Ordinal);
        Assert.Equal("三年心血", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_refused_with_its_name()
    {
        // Root may write anywhere, but not make a folder below a file.
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => EmbeddedPostgres.StartAsync(
            new StorageOptions { DataFolder = Path.Combine(file, "data") }, TimeProvider.System, NullLogger.Instance, CancellationToken.None));

        Assert.Contains(file, refused.Chinese, StringComparison.Ordinal);
        Assert.Contains("cannot be written", refused.English, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_disk_too_small_for_a_new_database_is_named()
    {
        using var disk = new SmallDisk(_folder.Path, megabytes: 20);

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains("磁盘空间不足", refused.Chinese, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, refused.English, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_full_disk_is_named_at_the_start_and_the_data_is_there_when_it_has_room_again()
    {
        using var disk = new SmallDisk(_folder.Path, megabytes: 100);
        await using (var first = await StartAsync())
        {
            await RunAsync(first, "create table kept (word text); insert into kept values ('还在')");
        }

        var ballast = disk.Fill();
        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());
        Assert.Contains("磁盘空间不足", refused.Chinese, StringComparison.Ordinal);

        File.Delete(ballast);
        await using var second = await StartAsync();
        Assert.Equal("还在", await RunAsync(second, "select word from kept"));
    }

    [RootFact]
    public async Task A_read_only_disk_is_named()
    {
        using var disk = new SmallDisk(_folder.Path, megabytes: 20);
        disk.MakeReadOnly();

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => StartAsync());

        Assert.Contains("无法写入", refused.Chinese, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Under_a_folder_that_only_root_may_enter_it_just_works_and_keeps_its_data()
    {
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using (var first = await StartAsync())
        {
            await RunAsync(first, "create table kept (word text); insert into kept values ('还在')");
        }

        var elsewhere = new DirectoryInfo(Cluster).ResolveLinkTarget(returnFinalTarget: true)!;
        await using (var second = await StartAsync())
        {
            Assert.Equal("还在", await RunAsync(second, "select word from kept"));
        }

        Directory.Delete(Path.GetDirectoryName(elsewhere.FullName)!, recursive: true);
        Assert.Contains(elsewhere.FullName, (await Assert.ThrowsAsync<DataFolderException>(() => StartAsync())).Chinese, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("initdb: error: could not write to file \"pg_wal/xlogtemp.12\": No space left on device", "磁盘空间不足", "is full")]
    [InlineData("PANIC:  could not write to file \"pg_wal/xlogtemp.12\": No space left on device", "磁盘空间不足", "is full")]
    [InlineData("FATAL:  could not open file \"postgresql.conf\": Permission denied", "权限不足", "may not use")]
    [InlineData("FATAL:  database files are incompatible with server", "另一版本", "another version")]
    [InlineData("FATAL:  something new", "something new", "something new")]
    public void The_servers_last_words_are_translated(string output, string chinese, string english)
    {
        var told = EmbeddedPostgres.Explain(output, "/data");

        Assert.Contains(chinese, told.Chinese, StringComparison.Ordinal);
        Assert.Contains(english, told.English, StringComparison.Ordinal);
    }

    private Task<EmbeddedPostgres> StartAsync() =>
        EmbeddedPostgres.StartAsync(new StorageOptions { DataFolder = _folder.Path }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    /// <summary>Stops the host's server and starts one with the same command line that nobody owns.</summary>
    private static async Task<ServerProcess> OrphanAsync(EmbeddedPostgres server)
    {
        var command = File.ReadAllText($"/proc/{server.ProcessId}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var folder = command[Array.IndexOf(command, "-D") + 1];
        var account = Posix.IsRoot ? Posix.FindAccount("postgres") ?? Posix.FindAccount("nobody")! : null;
        string[] chain = account is null ? command : ["setpriv", $"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", .. command];
        Posix.Signal(server.ProcessId, Posix.Interrupt);
        await server.Stopped.WaitAsync(TimeSpan.FromSeconds(20));
        var orphan = ServerProcess.Start(chain, folder, NullLogger.Instance);
        Assert.True(await orphan.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)), orphan.Output);
        return orphan;
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings)
    {
        settings.Pooling = false;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<string?> RunAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = await OpenAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString));
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
