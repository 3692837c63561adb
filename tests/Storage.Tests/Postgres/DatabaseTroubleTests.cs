using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Postgres;

/// <summary>A timer or signal is set aside when it cannot be carried out, and never because the database was away while it was.</summary>
public sealed class DatabaseTroubleTests(Story story) : IClassFixture<Story>
{
    [Fact]
    public async Task A_connection_that_is_cut_passes()
    {
        await using var victim = await story.Database.Engine.OpenConnectionAsync();
        await using (var another = story.Database.Engine.CreateCommand($"select pg_terminate_backend({victim.ProcessID})")) await another.ExecuteNonQueryAsync();

        var cut = await Assert.ThrowsAnyAsync<NpgsqlException>(() => victim.RunAsync("select 1", CancellationToken.None));

        Assert.True(DatabaseTrouble.IsPassing(cut));
        Assert.True(DatabaseTrouble.IsPassing(new InvalidOperationException("as Entity Framework tells it", cut)));
    }

    [Fact]
    public async Task A_server_that_is_not_there_passes()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=/tmp/no-server-here;Username=x;Database=x");

        Assert.True(DatabaseTrouble.IsPassing(await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await nowhere.OpenConnectionAsync())));
    }

    [Fact]
    public async Task An_answer_that_the_driver_does_not_understand_passes()
    {
        await using var server = new ConfusedServer();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();

        var confused = await Assert.ThrowsAsync<Exception>(() => connection.RunAsync("select 1", CancellationToken.None));

        Assert.Contains("unexpected backend message", confused.Message, StringComparison.Ordinal);
        Assert.True(DatabaseTrouble.IsPassing(confused));
        Assert.NotEqual(System.Data.ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task A_host_that_stood_still_takes_no_connection_into_use_that_the_server_has_ended_meanwhile()
    {
        int old;
        await using (var used = await story.Database.Engine.OpenConnectionAsync()) old = used.ProcessID;
        await using (var server = await story.Database.App.OpenConnectionAsync()) Assert.NotEqual(old, server.ProcessID);

        story.Database.ForgetConnections();

        await using var next = await story.Database.Engine.OpenConnectionAsync();
        Assert.NotEqual(old, next.ProcessID);
    }

    [Theory]
    [InlineData("select 1 / 0")]
    [InlineData("select 'x'::integer")]
    [InlineData("select nothing_of_that_name()")]
    [InlineData("insert into incidents (id, organisation_id, message, raised_at) values ('x', '440300', 'm', '2022-01-01Z')")]
    public async Task What_the_server_refuses_does_not(string sql)
    {
        await using var connection = await story.Database.Engine.OpenConnectionAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.RunAsync(sql, CancellationToken.None));

        Assert.False(DatabaseTrouble.IsPassing(refused));
        Assert.False(DatabaseTrouble.IsPassing(new InvalidOperationException("a defect of ours")));
    }
}
