using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowEngine.Host.Mail;

/// <summary>One line for somebody's telephone or messenger.</summary>
/// <param name="Id">Stable over all attempts, so that a gateway recognises a repeated message.</param>
/// <param name="Account">A telephone number or the account of a messenger such as 粤政易.</param>
/// <param name="Text">One line; names the case by its number and no person.</param>
public sealed record OutgoingMessage(string Id, string Account, string Text);

/// <summary>The border with the outside world of short messages.</summary>
public interface IMessageOutlet
{
    /// <summary>Returns when the other side has taken the message over.</summary>
    /// <exception cref="DeliveryRefusedException">It never will: the message is parked.</exception>
    /// <exception cref="IOException">It did not now: the message is tried again later.</exception>
    Task SendAsync(OutgoingMessage message, CancellationToken ct);
}

/// <summary>
/// Leaves each message as a file <c>ID.json</c> with <c>id</c>, <c>account</c> and <c>text</c> for the gateway of whoever sends them, which takes the files away. A file is there whole or not at all,
/// and the same message is the same file. Readable by the host's account and its group: it names where a person is reached.
/// </summary>
public sealed class MessageFolder(string folder) : IMessageOutlet
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute);
        var written = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            await using (var file = new FileStream(written, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            }))
            {
                await JsonSerializer.SerializeAsync(file, message, Json, ct);
                file.Flush(flushToDisk: true);
            }

            File.Move(written, Path.Combine(folder, FolderTransport.FileNameOf(message.Id, "json")), overwrite: true);
        }
        finally
        {
            File.Delete(written);
        }
    }
}
