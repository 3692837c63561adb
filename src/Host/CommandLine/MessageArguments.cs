using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.CommandLine;

/// <summary>A message read and its sender set up.</summary>
public sealed record PreparedMessage(DeviceClient Client, string Method, JsonObject Data, DateTimeOffset At) : IDisposable
{
    public void Dispose() => Client.Dispose();
}

/// <summary>
/// What <c>sign</c> and <c>push</c> are told: the method, the file, the key. The secret never stands on the command line, where
/// every user of the machine could read it: it comes from the environment or from standard input.
/// </summary>
public sealed class MessageArguments
{
    public const string KeyIdVariable = "INGEST_KEY_ID";
    public const string SecretVariable = "INGEST_SECRET";

    private const int LargestFile = 8 * 1024 * 1024;

    private readonly Argument<string> _method = new("method") { Description = "For example ProjectWorker.Add." };

    private readonly Argument<string> _file = new("file") { Description = "JSON file with the message, ID and bank numbers in clear: they are encrypted here." };

    private readonly Option<string?> _keyId = new("--key-id") { Description = $"The key's appid (default: environment {KeyIdVariable})." };

    private readonly Option<bool> _secretFromInput = new("--secret-stdin") { Description = $"Reads the secret from standard input (default: environment {SecretVariable})." };

    private readonly Option<string> _profile = new("--profile") { Description = "Folder under rules/standards.", DefaultValueFactory = _ => MessageGate.SpokenProfile };

    private readonly Option<string?> _at = new("--at") { Description = "The sender's clock, China Standard Time (default: now)." };

    private readonly Option<string?> _content = new("--content") { Description = "Folder with rules/standards." };

    public void AddTo(Command command)
    {
        command.Add(_method);
        command.Add(_file);
        command.Add(_keyId);
        command.Add(_secretFromInput);
        command.Add(_profile);
        command.Add(_at);
        command.Add(_content);
    }

    /// <summary>Null after saying on standard error what is missing.</summary>
    public async Task<PreparedMessage?> ReadAsync(ParseResult parsed, Uri address, TextReader input, CancellationToken ct)
    {
        var keyId = parsed.GetValue(_keyId) ?? Environment.GetEnvironmentVariable(KeyIdVariable);
        var secret = parsed.GetValue(_secretFromInput) ? (await input.ReadLineAsync(ct))?.Trim() : Environment.GetEnvironmentVariable(SecretVariable);
        if (string.IsNullOrEmpty(keyId) || string.IsNullOrEmpty(secret))
        {
            return Refuse($"Set {KeyIdVariable} and {SecretVariable} in the environment, or give --key-id and pipe the secret in with --secret-stdin.");
        }

        var files = ContentFolder.ReadFiles(HostSettings.ContentRootFrom(parsed.GetValue(_content)));
        if (files.Files is null) return Refuse(files.Error!);

        var standards = MessageStandards.Read(files.Files);
        if (standards.Standards is null) return Refuse(string.Join('\n', standards.Problems));

        var id = parsed.GetValue(_profile)!;
        if (!standards.Standards.TryGetValue(id, out var standard) || standard.Messages is null)
        {
            return Refuse($"'{id}' is not a standard with messages (known: {string.Join(", ", standards.Standards.Keys)}).");
        }

        if (standard.Signing.SecretLength is { } length && secret.Length != length)
        {
            return Refuse($"The secret has {secret.Length} characters; the profile '{id}' wants {length}.");
        }

        var method = parsed.GetValue(_method)!;
        if (!standard.Messages.Messages.TryGetValue(method, out var definition))
        {
            return Refuse($"'{method}' is no message of '{id}' (known: {string.Join(", ", standard.Messages.Messages.Keys)}).");
        }

        if (await ReadAsync(parsed.GetValue(_file)!, ct) is not { } data) return null;

        if (standard.Signing.EncryptsFields) data = FieldEncryption.Encrypt(definition, data, secret);
        var at = ServeVerb.InstantFrom(parsed.GetValue(_at)) ?? new BusinessClock(TimeProvider.System).Now;
        return new PreparedMessage(new DeviceClient(address, standard.Signing, keyId, secret), method, data, at);
    }

    private static async Task<JsonObject?> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                Refuse($"{path}: larger than {LargestFile} bytes.");
                return null;
            }

            if (JsonNode.Parse(await File.ReadAllTextAsync(path, ct)) is JsonObject data) return data;

            Refuse($"{path}: the message must be a JSON object {{ … }}.");
        }
        catch (JsonException wrong)
        {
            Refuse($"{path}:{(wrong.LineNumber ?? 0) + 1}: this is not JSON.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Refuse($"{path}: {unreadable.Message}");
        }

        return null;
    }

    private static PreparedMessage? Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return null;
    }
}
