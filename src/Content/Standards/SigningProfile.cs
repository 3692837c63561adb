using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// How requests of one interface are signed, as data (<c>rules/standards/*/signing.json</c>): which parameters take part, in which
/// order, with which separators, where the secret goes, and which digest is taken. The credential names the profile; a caller
/// never chooses it.
/// </summary>
public sealed record SigningProfile
{
    /// <summary>China Standard Time, in which every profile known to us writes its timestamps.</summary>
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    public required string Id { get; init; }

    /// <summary>Chinese name for lists.</summary>
    public required string Title { get; init; }

    public required StandardStatus Status { get; init; }

    public required SigningTransport Transport { get; init; }

    /// <summary>Name of the parameter that carries the key id.</summary>
    public required string KeyId { get; init; }

    public required string Timestamp { get; init; }

    /// <summary>Null where the interface has none; then the signature itself is what must not come twice.</summary>
    public required string? Nonce { get; init; }

    public required string Signature { get; init; }

    /// <summary>Null where the path says which message is meant.</summary>
    public required string? Method { get; init; }

    /// <summary>Name of the parameter with the message itself; null where it is the raw body of a signed digest.</summary>
    public required string? Data { get; init; }

    /// <summary>Parameters that have one allowed value.</summary>
    public required IReadOnlyDictionary<string, string> Fixed { get; init; }

    /// <summary>Parameters that may be left out; when sent they are signed.</summary>
    public required IReadOnlyList<string> Optional { get; init; }

    public required string TimestampFormat { get; init; }

    /// <summary>How far a timestamp may be from business time, in minutes, either way, limits included.</summary>
    public required int SkewMinutes { get; init; }

    public required CanonicalForm Canonical { get; init; }

    public required SigningDigest Digest { get; init; }

    public required bool UpperCaseSignature { get; init; }

    /// <summary>Characters of a secret of this profile; null where the interface does not say.</summary>
    public required int? SecretLength { get; init; }

    /// <summary>Whether fields marked as encrypted are encrypted with <see cref="FieldCipher"/>; otherwise they travel as they are.</summary>
    public required bool EncryptsFields { get; init; }

    public required AnswerCodes Answers { get; init; }

    /// <summary>What the members of an answer are called.</summary>
    public required AnswerMembers AnswerMembers { get; init; }

    public required IngestLimits Limits { get; init; }

    /// <summary>The names of everything that a request can bring or that is computed of it (<c>$…</c>).</summary>
    public IReadOnlyList<string> Parameters => KnownParameters();

    /// <summary>Whether two requests that differ only in letter case have the same signature.</summary>
    public bool IgnoresCase => Canonical.LowerCase;

    /// <summary>
    /// What is wrong with the parameters before any signature is looked at; null when nothing is. Everything but the
    /// data has a narrow form, so that the joined string can be read in one way only.
    /// </summary>
    public ParameterFault? FaultOf(IReadOnlyDictionary<string, string> parameters)
    {
        var known = Parameters;
        foreach (var name in parameters.Keys)
        {
            if (!known.Contains(name)) return Wrong($"不认识参数“{Shown(name)}”，可用的参数：{string.Join("、", known.Where(name => !name.StartsWith('$')))}");
        }

        foreach (var name in known)
        {
            if (Optional.Contains(name) || name.StartsWith('$')) continue;
            if (!parameters.TryGetValue(name, out var value)) return Missing(name, $"缺少参数“{name}”");
            if (value.Length == 0 && name != Data) return Missing(name, $"参数“{name}”是空的");
        }

        foreach (var (name, value) in Fixed)
        {
            if (parameters.TryGetValue(name, out var sent) && sent != value) return Wrong($"参数“{name}”应为“{value}”");
        }

        foreach (var (name, value) in parameters)
        {
            if (name == Data || Fixed.ContainsKey(name) || name == Timestamp || name.StartsWith('$')) continue;
            if (!IsToken(value, name == Signature ? 128 : 512)) return Wrong($"参数“{name}”只能由字母、数字和 . _ - + / = 组成，且不能过长");
        }

        if (Nonce is { } nonce && (parameters[nonce].Length is < 6 or > 64 || parameters[nonce].AsSpan().ContainsAny('+', '/', '=')))
        {
            return Wrong($"参数“{nonce}”应为 6 到 64 位字母或数字，每次请求都不同");
        }

        return TimestampOf(parameters) is null
            ? new ParameterFault(Answers.BadTimestamp, $"参数“{Timestamp}”应为北京时间，格式 {TimestampFormat}")
            : null;
    }

    /// <summary>The text whose digest is the signature, with the secret in it (unless the digest is keyed): never log it.</summary>
    public string StringToSign(IReadOnlyDictionary<string, string> parameters, string secret)
    {
        var names = Canonical.Names.Where(name => Canonical.IsListed || parameters.ContainsKey(name) || Fixed.ContainsKey(name));
        if (!Canonical.IsListed) names = names.Order(StringComparer.Ordinal);

        var pairs = names.Select(name => Canonical.Pair
            .Replace("{name}", name, StringComparison.Ordinal)
            .Replace("{value}", ValueOf(parameters, name), StringComparison.Ordinal));
        var text = Canonical.Prefix.Replace("{secret}", secret, StringComparison.Ordinal)
            + string.Join(Canonical.Join, pairs)
            + Canonical.Suffix.Replace("{secret}", secret, StringComparison.Ordinal);
        return Canonical.LowerCase ? text.ToLowerInvariant() : text;
    }

    public string Sign(IReadOnlyDictionary<string, string> parameters, string secret)
    {
        var text = Encoding.UTF8.GetBytes(StringToSign(parameters, secret));
        var digest = Digest switch
        {
            SigningDigest.Sha256 => SHA256.HashData(text),
            SigningDigest.HmacSha256 => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text),
            SigningDigest.Md5 => Md5(text),
            _ => throw new InvalidOperationException($"No digest {Digest}."),
        };
        return UpperCaseSignature ? Convert.ToHexString(digest) : Convert.ToHexStringLower(digest);
    }

    /// <summary>Whether the signature sent is the right one; takes the same time wherever it differs.</summary>
    public bool Verify(IReadOnlyDictionary<string, string> parameters, string secret) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Sign(parameters, secret)),
            Encoding.UTF8.GetBytes(parameters.GetValueOrDefault(Signature, "")));

    /// <summary>
    /// Why a signature may be wrong, in Chinese. Says only what a holder of the secret can have done: without the secret none of
    /// the likely slips gives a match.
    /// </summary>
    public string ExplainMismatch(IReadOnlyDictionary<string, string> parameters, string secret)
    {
        const int longestTried = 64 * 1024;
        var general = $"请核对：密钥是否为本 {KeyId} 的密钥；参数是否按名称排序、用原文（不做 URL 编码）拼接；data 是否与发送的文字完全一致";

        // Each try is a digest over the whole request, and anybody can send a wrong signature: large ones are not tried.
        if (parameters.Values.Sum(value => value.Length) > longestTried) return general;

        var sent = parameters.GetValueOrDefault(Signature, "");
        var right = Sign(parameters, secret);
        if (sent.Equals(right, StringComparison.OrdinalIgnoreCase)) return $"{Signature} 的内容正确，但应为{(UpperCaseSignature ? "大写" : "小写")}十六进制";

        if (IgnoresCase && (this with { Canonical = Canonical with { LowerCase = false } }).Sign(parameters, secret).Equals(sent, StringComparison.OrdinalIgnoreCase))
        {
            return "待签名字符串（包括密钥）要整体转成小写后再计算摘要";
        }

        var unsigned = Canonical.Names.FirstOrDefault(name => parameters.ContainsKey(name)
            && (this with { Canonical = Canonical with { Names = [.. Canonical.Names.Where(other => other != name)] } }).Sign(parameters, secret).Equals(sent, StringComparison.OrdinalIgnoreCase));
        return unsigned is null ? general : $"参数“{unsigned}”没有参加签名";
    }

    /// <summary>The instant the sender wrote, read in Beijing time; null when it does not have the profile's form.</summary>
    public DateTimeOffset? TimestampOf(IReadOnlyDictionary<string, string> parameters) =>
        DateTime.TryParseExact(parameters.GetValueOrDefault(Timestamp), TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, Zone)
            : null;

    public string WriteTimestamp(DateTimeOffset instant) => instant.ToOffset(Zone).ToString(TimestampFormat, CultureInfo.InvariantCulture);

    public bool IsWithinWindow(DateTimeOffset sent, DateTimeOffset now) => (sent - now).Duration() <= TimeSpan.FromMinutes(SkewMinutes);

    /// <summary>
    /// What must not come twice under one key. In the form that was signed: where letter case is not signed, a nonce in other
    /// letter case is the same nonce, or a replay would need nothing but the shift key.
    /// </summary>
    public string NonceOf(IReadOnlyDictionary<string, string> parameters)
    {
        var nonce = parameters[Nonce ?? Signature];
        return IgnoresCase ? nonce.ToLowerInvariant() : nonce;
    }

    private ParameterFault Wrong(string text) => new(Answers.BadRequest, text);

    private ParameterFault Missing(string name, string text) => new(Answers.Missing.GetValueOrDefault(name, Answers.BadRequest), text);

    private List<string> KnownParameters()
    {
        List<string> known = [KeyId, Timestamp, Signature, .. Fixed.Keys, .. Optional];
        if (Nonce is not null) known.Add(Nonce);
        if (Method is not null) known.Add(Method);
        if (Data is not null) known.Add(Data);
        known.AddRange(Canonical.Names.Where(name => name.StartsWith('$') && !known.Contains(name)));
        return known;
    }

    private string ValueOf(IReadOnlyDictionary<string, string> parameters, string name)
    {
        var value = parameters.GetValueOrDefault(name) ?? Fixed.GetValueOrDefault(name, "");
        return value.Length == 0 && name == Data && Canonical.EmptyBody is { } empty ? empty : value;
    }

    private static bool IsToken(string value, int longest) =>
        value.Length <= longest && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '+' or '/' or '=');

    private static string Shown(string name) => name.Length <= 32 ? Masking.Text(name) : "…";

    /// <summary>The interfaces of 2018 to 2020 ask for it; what we issue ourselves is signed with HMAC-SHA256.</summary>
#pragma warning disable CA5351
    private static byte[] Md5(byte[] text) => MD5.HashData(text);
#pragma warning restore CA5351
}

/// <summary>Where the parameters of a request stand.</summary>
public enum SigningTransport
{
    /// <summary>All in a form-urlencoded body.</summary>
    Form,

    /// <summary>In the query string; the body is the message and takes part under the name of the data parameter.</summary>
    Query,

    /// <summary>In headers; the body takes part through its SHA-256.</summary>
    Header,
}

public enum SigningDigest
{
    Sha256,
    HmacSha256,
    Md5,
}

/// <summary>How the parameters become one text.</summary>
public sealed record CanonicalForm
{
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>True: as listed, a missing one counts as empty. False: those present, in ASCII order.</summary>
    public required bool IsListed { get; init; }

    /// <summary>One parameter, with <c>{name}</c> and <c>{value}</c>.</summary>
    public required string Pair { get; init; }

    public required string Join { get; init; }

    /// <summary>What stands before, with <c>{secret}</c> where it goes.</summary>
    public required string Prefix { get; init; }

    public required string Suffix { get; init; }

    /// <summary>Whether the whole text, secret included, is lower-cased before the digest: the usual cause of 签名校验错误.</summary>
    public required bool LowerCase { get; init; }

    /// <summary>What an empty body signs as; null: as nothing.</summary>
    public string? EmptyBody { get; init; }
}

/// <summary>What the profile calls its answers (<c>code</c> on the wire).</summary>
public sealed record AnswerCodes(string Ok, string BadRequest, string BadSignature, string NoAccess, string BadAddress, string OverLimit)
{
    /// <summary>A timestamp that cannot be read or is too far from now.</summary>
    public required string BadTimestamp { get; init; }

    /// <summary>By parameter, where the interface has a code of its own for a missing one.</summary>
    public required IReadOnlyDictionary<string, string> Missing { get; init; }
}

/// <summary>The members of an answer: the national platform's are <c>{ code, message, data }</c>.</summary>
/// <param name="Result">A member that says true or false; null where the code alone says it.</param>
public sealed record AnswerMembers(string Code, string Message, string Data, string? Result);

/// <summary>What is wrong with the parameters of a request.</summary>
/// <param name="Code">One of the profile's <see cref="AnswerCodes"/>.</param>
/// <param name="Text">In Chinese.</param>
public sealed record ParameterFault(string Code, string Text);

/// <summary>How much one key may bring, and all keys of its holder together.</summary>
/// <param name="Records">Records of one message; null: as many as the message's own definition says.</param>
public sealed record IngestLimits(int BodyBytes, int RequestsPerMinute, int? Records = null)
{
    /// <summary>Requests of one key that are looked into at one moment; a few more wait.</summary>
    public int RequestsAtOnce { get; init; } = 32;

    public int HolderRequestsPerMinute { get; init; } = 4 * RequestsPerMinute;

    public int HolderRequestsAtOnce { get; init; } = 64;

    /// <summary>Bytes of a body that must arrive in a second, on average and after five seconds' grace.</summary>
    public int BytesPerSecond { get; init; } = 16 * 1024;
}

/// <summary>Where a standard comes from and how far it can be trusted, for the screen and for the reader of the file.</summary>
public sealed record StandardStatus(string Chinese, string English);
