using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowEngine.Storage.Tests.Postgres;

/// <summary>Speaks the protocol of PostgreSQL as far as the first question, and answers that with a row that nobody has announced.</summary>
internal sealed class ConfusedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public ConfusedServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string ConnectionString =>
        FormattableString.Invariant($"Host=127.0.0.1;Port={((IPEndPoint)_listener.LocalEndpoint).Port};Username=x;Database=x;SSL Mode=Disable;GSS Encryption Mode=Disable;Pooling=false;Server Compatibility Mode=NoTypeLoading");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await StartupAsync(stream);
        byte[] greeting =
        [
            .. Message('R', [0, 0, 0, 0]), .. Message('S', Encoding.ASCII.GetBytes("server_version\u000015.0\0")), .. Message('S', Encoding.ASCII.GetBytes("client_encoding\0UTF8\0")),
            .. Message('K', new byte[8]), .. Message('Z', [(byte)'I']),
        ];
        await stream.WriteAsync(greeting);
        var asked = new byte[1024];
        if (await stream.ReadAtLeastAsync(asked, 1, throwOnEndOfStream: false) == 0) return;

        await stream.WriteAsync((byte[])[.. Message('1', []), .. Message('2', []), .. Message('D', [0, 1, 0, 0, 0, 1, (byte)'1'])]);
        while (await stream.ReadAsync(asked) > 0)
        {
            // Until the driver hangs up.
        }
    }

    private static async Task StartupAsync(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4]);
    }

    private static byte[] Message(char kind, byte[] body)
    {
        var message = new byte[5 + body.Length];
        message[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return message;
    }
}
