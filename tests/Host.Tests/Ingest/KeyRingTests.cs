using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Ingest;

[Collection(IngestCollection.Name)]
public sealed class KeyRingTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_key_revoked_on_one_host_is_known_as_revoked_on_another_at_its_next_beat()
    {
        var key = await world.NewKeyAsync();
        using var ring = NewRing(new BeatingTime());
        Assert.Null((await ring.FindAsync(key.Appid, None))!.RevokedAt);

        await world.RevokeAsync(key);
        Assert.Null((await ring.FindAsync(key.Appid, None))!.RevokedAt);
        await ring.RefreshAsync(None);

        Assert.NotNull((await ring.FindAsync(key.Appid, None))!.RevokedAt);
        Assert.True(KeyRing.Beat < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_key_that_could_not_be_asked_after_for_five_seconds_lets_nobody_in()
    {
        var key = await world.NewKeyAsync();
        var time = new BeatingTime();
        using var ring = NewRing(time);
        Assert.NotNull(await ring.FindAsync(key.Appid, None));

        await using (var connection = await world.Services.GetRequiredService<Database>().Engine.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // Nobody gets an answer about keys while this transaction lasts.
            await using var held = new NpgsqlCommand("lock table credentials in access exclusive mode", connection, transaction);
            await held.ExecuteNonQueryAsync();

            time.Advance(KeyRing.Trusted - TimeSpan.FromSeconds(1));
            Assert.NotNull(await ring.FindAsync(key.Appid, None));
            time.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<KeysUnknownException>(() => ring.FindAsync(key.Appid, None));
        }

        Assert.NotNull(await ring.FindAsync(key.Appid, None));
    }

    /// <summary>The command line in each interface, against the same host.</summary>
    [Fact]
    public async Task The_push_verb_speaks_every_profile()
    {
        var file = Path.Combine(Serving.HostSettings.ContentRootFrom(null), "docs/examples/ProjectWorker.Add.json");
        var pushes = new[] { "national-1.2.1", "meizhou-1.2", "cwr-1.0", "hmac-1" }.Select(async profile =>
        {
            var key = await world.NewKeyAsync(profile == "national-1.2.1" ? null : profile);
            return await HostProcess.RunAsync(
                key.Secret + "\n", "push", "ProjectWorker.Add", file, "--to", world.Address.ToString(), "--key-id", key.Appid, "--secret-stdin", "--profile", profile, "--at", "2022-10-10T14:00");
        });

        foreach (var (exitCode, output, errors) in await Task.WhenAll(pushes))
        {
            Assert.True(exitCode == 0, $"{output}\n{errors}");
            Assert.Contains("status 20", output, StringComparison.Ordinal);
        }
    }

    private KeyRing NewRing(BeatingTime time) => new(
        world.Services.GetRequiredService<CredentialStore>(), world.Services.GetRequiredService<BusinessClock>(), new SystemClock(time), NullLogger<KeyRing>.Instance);
}
