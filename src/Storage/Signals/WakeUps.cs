using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Signals;

/// <summary>What there is to do, somewhere among the hosts.</summary>
[Flags]
public enum Wake
{
    None = 0,
    Timers = 1,
    Signals = 2,
    Outbox = 4,
    Content = 8,
    Requests = 16,
}

/// <summary>
/// Tells all hosts that there is work. Sent after commit and coalesced, because <c>NOTIFY</c> inside a transaction serialises commits. A lost one is
/// harmless: sweepers also look by themselves.
/// </summary>
public sealed class WakeUps(Database database, TimeProvider systemClock, ILogger<WakeUps> log)
{
    private const string Channel = "workflow";

    private readonly Lock _gate = new();
    private readonly string _self = Guid.NewGuid().ToString("N");
    private Action<Wake>? _handlers;
    private Wake _unsent;
    private bool _sending;

    /// <summary>Calls the handler for every announcement: of this process at once, of the others by <c>LISTEN</c>. It must return quickly and not throw.</summary>
    public void OnWake(Action<Wake> handler)
    {
        lock (_gate)
        {
            _handlers += handler;
        }
    }

    /// <summary>Returns at once; the other hosts are told in the background, many announcements by one message.</summary>
    public void Announce(Wake work)
    {
        if (work == Wake.None)
        {
            return;
        }

        _handlers?.Invoke(work);
        lock (_gate)
        {
            _unsent |= work;
            if (_sending)
            {
                return;
            }

            _sending = true;
        }

        _ = Task.Run(SendAsync);
    }

    /// <summary>Listens for other hosts' announcements until cancelled; reconnects by itself.</summary>
    public async Task ListenAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.Engine.OpenConnectionAsync(ct);
                connection.Notification += (_, notice) => Receive(notice.Payload);
                await connection.RunAsync($"listen {Channel}", ct);
                // What was announced while nobody listened.
                _handlers?.Invoke(Wake.Timers | Wake.Signals | Wake.Outbox | Wake.Content | Wake.Requests);
                while (true)
                {
                    await connection.WaitAsync(ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException lost)
            {
                log.LogWarning("Listening for other hosts was interrupted ({Problem}); trying again.", lost.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), systemClock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendAsync()
    {
        while (true)
        {
            Wake work;
            lock (_gate)
            {
                work = _unsent;
                _unsent = Wake.None;
                if (work == Wake.None)
                {
                    _sending = false;
                    return;
                }
            }

            try
            {
                await using var command = database.Engine.CreateCommand("select pg_notify($1, $2)");
                command.Parameters.Add(new() { Value = Channel });
                command.Parameters.Add(new() { Value = string.Create(CultureInfo.InvariantCulture, $"{_self} {(int)work}") });
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception lost) when (lost is NpgsqlException or ObjectDisposedException)
            {
                // Sweepers look by themselves.
                log.LogDebug("An announcement was not sent: {Problem}", lost.Message);
            }
        }
    }

    private void Receive(string payload)
    {
        var parts = payload.Split(' ');
        if (parts.Length == 2 && parts[0] != _self && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var work))
        {
            _handlers?.Invoke((Wake)work);
        }
    }
}
