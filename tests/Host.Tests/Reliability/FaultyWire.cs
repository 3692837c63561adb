using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>What happens at a message on its way to the database.</summary>
public enum WireFault
{
    /// <summary>The connection breaks before the message arrives.</summary>
    CutBefore,

    /// <summary>The message arrives and is carried out; the connection breaks before the answer comes back.</summary>
    CutAfter,

    /// <summary>The server answers that it has no memory left, instead of carrying it out.</summary>
    Refuse,

    /// <summary>Whoever asked gives up at this moment.</summary>
    Cancel,

    /// <summary>As <see cref="Cancel"/>, and nothing that was sent from here on arrives: the asker is gone.</summary>
    Gone,
}

/// <summary>
/// The wire between a host and its database. It counts the messages that a transaction sends (each statement of a batch, the end of each batch, begin and commit) and
/// lets a fault happen at one of them. The host is the program as it is shipped and knows nothing of it.
/// </summary>
public sealed class FaultyWire : IAsyncDisposable
{
    private const int ProtocolThree = 3;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _socket;
    private readonly Task _running;
    private int _seen;
    private volatile Plan? _plan;

    /// <param name="server">Of a server that is reached by a socket.</param>
    public FaultyWire(string server)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        _socket = Path.Combine(settings.Host!, FormattableString.Invariant($".s.PGSQL.{settings.Port}"));
        _listener.Start();
        _running = AcceptAsync();
    }

    /// <summary>Messages since the last <see cref="Watch"/>.</summary>
    public int Seen => _seen;

    /// <summary>The fault has happened.</summary>
    public bool HasStruck => _plan?.HasStruck == true;

    /// <summary>The connection string that leads through the wire.</summary>
    public string Through(string server) => new NpgsqlConnectionStringBuilder(server)
    {
        Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Counts from one again; nothing happens.</summary>
    public void Watch()
    {
        _plan = null;
        Interlocked.Exchange(ref _seen, 0);
    }

    /// <summary>Lets the fault happen at that message, counted from one.</summary>
    /// <param name="cancel">What <see cref="WireFault.Cancel"/> and <see cref="WireFault.Gone"/> do.</param>
    public void Arm(int at, WireFault fault, Action cancel)
    {
        Watch();
        _plan = new Plan(at, fault, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                _ = CarryAsync(client);
            }
        }
        catch (Exception stopped) when (_stop.IsCancellationRequested && stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _stop.Token);
                await using var below = new NetworkStream(server);
                var talk = new Talk(client.GetStream(), below);
                await Task.WhenAny(UpAsync(talk), talk.DownAsync(_stop.Token));
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // Either side has gone; the other one is closed with it.
                return;
            }
        }
    }

    private async Task UpAsync(Talk talk)
    {
        if (!await talk.GreetAsync(ProtocolThree, _stop.Token)) return;

        var isTransaction = false;
        while (await talk.NextAsync(_stop.Token) is { } message)
        {
            var kind = (char)message[0];
            var text = kind == 'Q' ? Encoding.ASCII.GetString(message, 5, Math.Min(9, message.Length - 5)).ToUpperInvariant() : "";
            isTransaction |= text.StartsWith("BEGIN", StringComparison.Ordinal);
            var counts = isTransaction && kind is 'Q' or 'E' or 'S';
            if (text.StartsWith("COMMIT", StringComparison.Ordinal) || text.StartsWith("ROLLBACK", StringComparison.Ordinal)) isTransaction = false;
            if (_plan is { Fault: WireFault.Gone, HasStruck: true }) return;
            if (counts && Interlocked.Increment(ref _seen) == _plan?.At && _plan is { } plan && plan.Strike())
            {
                switch (plan.Fault)
                {
                    case WireFault.CutBefore:
                        return;
                    case WireFault.CutAfter:
                        await talk.LastAsync(message, kind, _stop.Token);
                        return;
                    case WireFault.Refuse when kind != 'S':
                        talk.RefuseNext();
                        message = kind == 'Q' ? Frame('Q', "select 1/0\0"u8) : Frame('E', "nowhere\0\0\0\0\0"u8);
                        break;
                    case WireFault.Gone:
                        plan.Cancel();
                        return;
                    default:
                        plan.Cancel();
                        break;
                }
            }

            await talk.SendAsync(message, kind, _stop.Token);
        }
    }

    private static byte[] Frame(char kind, ReadOnlySpan<byte> body)
    {
        var frame = new byte[5 + body.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), 4 + body.Length);
        body.CopyTo(frame.AsSpan(5));
        return frame;
    }

    private sealed class Plan(int at, WireFault fault, Action cancel)
    {
        private int _struck;

        public int At => at;

        public WireFault Fault => fault;

        public bool HasStruck => Volatile.Read(ref _struck) == 1;

        /// <summary>True the first time.</summary>
        public bool Strike() => Interlocked.Exchange(ref _struck, 1) == 0;

        public void Cancel() => cancel();
    }

    /// <summary>One connection.</summary>
    private sealed class Talk(Stream above, Stream below)
    {
        private readonly SemaphoreSlim _answered = new(0);
        private int _owed;
        private volatile bool _isSilent;
        private volatile bool _refuses;

        /// <summary>Passes what comes before the first typed message on. False: it was no session.</summary>
        public async Task<bool> GreetAsync(int protocol, CancellationToken ct)
        {
            while (true)
            {
                var length = await ReadAsync(above, 4, ct);
                if (length is null) return false;

                var rest = await ReadAsync(above, BinaryPrimitives.ReadInt32BigEndian(length) - 4, ct);
                if (rest is null) return false;

                await below.WriteAsync((byte[])[.. length, .. rest], ct);
                if (BinaryPrimitives.ReadInt16BigEndian(rest) == protocol) return true;
            }
        }

        /// <summary>The next error that the server tells is told as one that passes.</summary>
        public void RefuseNext() => _refuses = true;

        public Task<byte[]?> NextAsync(CancellationToken ct) => FrameAsync(above, ct);

        public async Task SendAsync(byte[] message, char kind, CancellationToken ct)
        {
            if (kind is 'Q' or 'S') Interlocked.Increment(ref _owed);
            await below.WriteAsync(message, ct);
        }

        /// <summary>Sends a message whose answer nobody hears; returns when it was carried out.</summary>
        public async Task LastAsync(byte[] message, char kind, CancellationToken ct)
        {
            _isSilent = true;
            await SendAsync(message, kind, ct);
            if (kind is not ('Q' or 'S')) return;

            while (Volatile.Read(ref _owed) > 0) await _answered.WaitAsync(ct);
        }

        public async Task DownAsync(CancellationToken ct)
        {
            while (await FrameAsync(below, ct) is { } message)
            {
                var isRefusal = _refuses && message[0] == 'E';
                if (isRefusal) _refuses = false;
                if (!_isSilent) await above.WriteAsync(isRefusal ? Frame('E', "SERROR\0VERROR\0C53200\0Mout of memory\0\0"u8) : message, ct);
                if (message[0] != 'Z' || Volatile.Read(ref _owed) == 0) continue;

                Interlocked.Decrement(ref _owed);
                _answered.Release();
            }
        }

        private static async Task<byte[]?> FrameAsync(Stream from, CancellationToken ct)
        {
            if (await ReadAsync(from, 5, ct) is not { } head) return null;

            var body = await ReadAsync(from, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4, ct);
            return body is null ? null : [.. head, .. body];
        }

        private static async Task<byte[]?> ReadAsync(Stream from, int count, CancellationToken ct)
        {
            var bytes = new byte[count];
            return await from.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, ct) == count ? bytes : null;
        }
    }
}
