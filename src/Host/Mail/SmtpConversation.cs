using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Mail;

/// <summary>
/// One talk with a mail server (RFC 5321) from greeting to good-bye. What is to go encrypted goes to a server that proves its name, or not at all: before that
/// nothing is said but who is calling.
/// </summary>
internal sealed partial class SmtpConversation : IAsyncDisposable
{
    private const int Ready = 220;
    private const int Done = 250;
    private const int LongestReply = 16_384;

    private readonly SmtpSettings _settings;
    private readonly TcpClient _client = new();
    private readonly byte[] _heard = new byte[LongestReply];
    private int _heardEnd;
    private Stream _stream = Stream.Null;

    private SmtpConversation(SmtpSettings settings) => _settings = settings;

    /// <summary>Ends when the server knows us and takes letters.</summary>
    public static async Task<SmtpConversation> BeginAsync(SmtpSettings settings, CancellationToken ct)
    {
        var talk = new SmtpConversation(settings);
        try
        {
            await talk.IntroduceAsync(ct);
            return talk;
        }
        catch
        {
            await talk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the server has taken the letter over.</summary>
    /// <exception cref="DeliveryRefusedException">It never will.</exception>
    public async Task HandOverAsync(MimeLetter letter, CancellationToken ct)
    {
        await AskAsync($"MAIL FROM:<{letter.Sender}>", Done, ct);
        await SayAsync($"RCPT TO:<{letter.Recipient}>", ct);
        await ExpectAsync(Done, ct, isAboutLetter: true);
        await AskAsync("DATA", 354, ct);
        // A line that begins with a dot would end the letter.
        await SayAsync($"{letter.Content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal)}.", ct);
        await ExpectAsync(Done, ct, isAboutLetter: true);
    }

    /// <summary>The letter is theirs already: how they say good-bye changes nothing.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        try
        {
            await AskAsync("QUIT", 221, ct);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task IntroduceAsync(CancellationToken ct)
    {
        await _client.ConnectAsync(_settings.Host, _settings.Port, ct);
        _stream = _client.GetStream();
        if (_settings.Encryption == SmtpEncryption.Implicit) await EncryptAsync(ct);
        await ExpectAsync(Ready, ct);
        var offers = await GreetAsync(ct);
        if (_settings.Encryption == SmtpEncryption.StartTls)
        {
            if (!offers.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase)) throw new IOException("it does not offer STARTTLS, and letters go encrypted or not at all");

            await AskAsync("STARTTLS", Ready, ct);
            await EncryptAsync(ct);
            offers = await GreetAsync(ct);
        }

        if (_settings.UserName is { } user) await SignInAsync(user, _settings.Password ?? "", offers, ct);
    }

    private async Task EncryptAsync(CancellationToken ct)
    {
        // What came before the encryption may be from anybody on the way, and would be taken for the server's.
        if (_heardEnd > 0) throw new IOException("it said more before the encryption began than it was asked");

        var safe = new SslStream(_stream);
        _stream = safe;
        var options = new SslClientAuthenticationOptions { TargetHost = _settings.Host, CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (_settings.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        await safe.AuthenticateAsClientAsync(options, ct);
    }

    /// <returns>What the server offers, one line each.</returns>
    private Task<IReadOnlyList<string>> GreetAsync(CancellationToken ct)
    {
        var address = ((System.Net.IPEndPoint)_client.Client.LocalEndPoint!).Address;
        // Of a link-local address without the interface, which the other side knows nothing of.
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new System.Net.IPAddress(address.GetAddressBytes());
        return AskAsync(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"EHLO [IPv6:{address}]" : $"EHLO [{address}]", Done, ct);
    }

    private async Task SignInAsync(string user, string password, IReadOnlyList<string> offers, CancellationToken ct)
    {
        var ways = offers.Where(offer => offer.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)).SelectMany(offer => offer.ToUpperInvariant().Split(' ')).ToHashSet(StringComparer.Ordinal);
        if (ways.Contains("PLAIN"))
        {
            await AskAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", 235, ct);
        }
        else if (ways.Contains("LOGIN"))
        {
            await AskAsync("AUTH LOGIN", 334, ct);
            await AskAsync(Base64(user), 334, ct);
            await AskAsync(Base64(password), 235, ct);
        }
        else
        {
            throw new IOException("it offers neither AUTH PLAIN nor AUTH LOGIN");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<IReadOnlyList<string>> AskAsync(string line, int expected, CancellationToken ct)
    {
        await SayAsync(line, ct);
        return await ExpectAsync(expected, ct);
    }

    private async Task SayAsync(string line, CancellationToken ct)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), ct);
        await _stream.FlushAsync(ct);
    }

    /// <param name="isAboutLetter">A final refusal here is of this letter, not of us.</param>
    private async Task<IReadOnlyList<string>> ExpectAsync(int expected, CancellationToken ct, bool isAboutLetter = false)
    {
        var reply = await ListenAsync(ct);
        var code = int.TryParse(reply[^1].AsSpan(0, Math.Min(3, reply[^1].Length)), out var number) ? number : 0;
        if (code == expected) return [.. reply.Select(line => line.Length > 4 ? line[4..].Trim() : "")];

        // The words may name the recipient; the codes say enough.
        var said = EnhancedStatus().Match(reply[^1]) is { Success: true } status ? $"{code} {status.Value}" : $"{code}";
        if (isAboutLetter && code is >= 550 and < 560) throw new DeliveryRefusedException($"The mail server refused the letter: {said}.");

        throw new IOException($"it answered {said} instead of {expected}");
    }

    /// <summary>Lines up to the first that has no hyphen behind its code.</summary>
    private async Task<List<string>> ListenAsync(CancellationToken ct)
    {
        var (lines, read) = (new List<string>(), 0);
        while (true)
        {
            var end = _heard.AsSpan(read, _heardEnd - read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                lines.Add(Encoding.Latin1.GetString(_heard, read, end).TrimEnd('\r'));
                read += end + 1;
                if (lines[^1] is [_, _, _, '-', ..]) continue;

                _heard.AsSpan(read, _heardEnd - read).CopyTo(_heard);
                _heardEnd -= read;
                return lines;
            }

            if (_heardEnd == _heard.Length) throw new IOException("it said more than a mail server has to say");

            var count = await _stream.ReadAsync(_heard.AsMemory(_heardEnd), ct);
            if (count == 0) throw new IOException("it hung up");

            _heardEnd += count;
        }
    }

    [GeneratedRegex(@"\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b", RegexOptions.NonBacktracking)]
    private static partial Regex EnhancedStatus();
}
