using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Standards;

/// <summary>Reads <c>signing.json</c>: strictly, because a profile that is misread either lets strangers in or keeps vendors out.</summary>
internal sealed class SigningProfileReader
{
    private static readonly string[] Members =
    [
        "profile", "title", "status", "messages", "transport", "parameters", "fixed", "optional", "timestampFormat", "skewMinutes",
        "stringToSign", "digest", "signatureCase", "secretLength", "fieldEncryption", "answers", "answerMembers", "limits",
    ];

    private static readonly Dictionary<string, SigningTransport> Transports = new(StringComparer.Ordinal)
    {
        ["form"] = SigningTransport.Form, ["query"] = SigningTransport.Query, ["header"] = SigningTransport.Header,
    };

    private static readonly Dictionary<string, SigningDigest> Digests = new(StringComparer.Ordinal)
    {
        ["sha256"] = SigningDigest.Sha256, ["hmac-sha256"] = SigningDigest.HmacSha256, ["md5"] = SigningDigest.Md5,
    };

    private static readonly Dictionary<string, bool> Orders = new(StringComparer.Ordinal) { ["sorted"] = false, ["listed"] = true };

    private static readonly Dictionary<string, bool> Cases = new(StringComparer.Ordinal) { ["lower"] = false, ["upper"] = true };

    private static readonly Dictionary<string, bool> Ciphers = new(StringComparer.Ordinal) { [FieldCipher.Name] = true };

    private readonly string _path;
    private readonly ProblemList _problems;
    private readonly MemberReader _reader;

    private SigningProfileReader(string path, ProblemList problems)
    {
        _path = path;
        _problems = problems;
        _reader = new MemberReader(path, problems);
    }

    /// <summary>Null when the file is not an object; otherwise a profile that counts only while there are no problems.</summary>
    public static (SigningProfile Profile, string? Messages, LocatedJson At)? Read(string json, string path, string id, ProblemList problems)
    {
        var reader = new SigningProfileReader(path, problems);
        if (LocatedJson.Parse(path, json, problems) is not { } root || !reader._reader.IsObject(root, "the file", "文件内容")) return null;

        return (reader.Profile(root, id), reader._reader.OptionalText(root, "messages"), root);
    }

    private SigningProfile Profile(LocatedJson root, string id)
    {
        _problems.RefuseUnknownMembers(_path, root, Members);
        var written = _reader.RequiredText(root, "profile");
        if (written.Length > 0 && written != id)
        {
            Wrong(root["profile"]!, $"the profile is called '{written}' and its folder '{id}'; they must be the same", $"profile“{written}”应与文件夹名“{id}”一致");
        }

        var parameters = Object(root, "parameters", ["keyId", "timestamp", "nonce", "signature", "method", "data"]);
        var profile = new SigningProfile
        {
            Id = id,
            Title = _reader.RequiredText(root, "title"),
            Status = StatusReader.Read(root, _path, _reader, _problems),
            Transport = Choice(root, "transport", Transports),
            KeyId = _reader.RequiredText(parameters, "keyId"),
            Timestamp = _reader.RequiredText(parameters, "timestamp"),
            Nonce = _reader.OptionalText(parameters, "nonce"),
            Signature = _reader.RequiredText(parameters, "signature"),
            Method = _reader.OptionalText(parameters, "method"),
            Data = _reader.OptionalText(parameters, "data"),
            Fixed = Texts(root, "fixed"),
            Optional = _reader.Texts(root, "optional", most: 20),
            TimestampFormat = _reader.RequiredText(root, "timestampFormat"),
            SkewMinutes = Count(root, "skewMinutes", 1, 60),
            Canonical = Canonical(root),
            Digest = Choice(root, "digest", Digests),
            UpperCaseSignature = Choice(root, "signatureCase", Cases),
            SecretLength = _reader.Count(root, "secretLength", 16, 128),
            EncryptsFields = root["fieldEncryption"] is not null && Choice(root, "fieldEncryption", Ciphers),
            Answers = Answers(root),
            AnswerMembers = MembersOf(root),
            Limits = Limits(root),
        };
        CheckCoverage(profile, root);
        return profile;
    }

    private CanonicalForm Canonical(LocatedJson root)
    {
        var form = Object(root, "stringToSign", ["names", "order", "pair", "join", "prefix", "suffix", "lowerCase", "emptyBody"]);
        return new CanonicalForm
        {
            Names = _reader.Texts(form, "names", most: 40),
            IsListed = Choice(form, "order", Orders),
            Pair = _reader.RequiredText(form, "pair"),
            Join = _reader.OptionalText(form, "join") ?? "",
            Prefix = _reader.OptionalText(form, "prefix") ?? "",
            Suffix = _reader.OptionalText(form, "suffix") ?? "",
            LowerCase = _reader.Flag(form, "lowerCase"),
            EmptyBody = _reader.OptionalText(form, "emptyBody"),
        };
    }

    private AnswerCodes Answers(LocatedJson root)
    {
        string[] members = ["ok", "badRequest", "badSignature", "noAccess", "badAddress", "overLimit"];
        var answers = Object(root, "answers", [.. members, "badTimestamp", "missing"]);
        string Code(int index) => _reader.RequiredText(answers, members[index]);
        return new AnswerCodes(Code(0), Code(1), Code(2), Code(3), Code(4), Code(5))
        {
            BadTimestamp = _reader.OptionalText(answers, "badTimestamp") ?? Code(1),
            Missing = Texts(answers, "missing"),
        };
    }

    private AnswerMembers MembersOf(LocatedJson root)
    {
        if (root["answerMembers"] is null) return new AnswerMembers("code", "message", "data", Result: null);

        var members = Object(root, "answerMembers", ["code", "message", "data", "result"]);
        return new AnswerMembers(
            _reader.RequiredText(members, "code"), _reader.RequiredText(members, "message"), _reader.RequiredText(members, "data"), _reader.OptionalText(members, "result"));
    }

    private IngestLimits Limits(LocatedJson root)
    {
        var limits = Object(root, "limits", ["bodyBytes", "requestsPerMinute", "records", "requestsAtOnce", "holderRequestsPerMinute", "holderRequestsAtOnce", "bytesPerSecond"]);
        var read = new IngestLimits(Count(limits, "bodyBytes", 1024, 12 * 1024 * 1024), Count(limits, "requestsPerMinute", 1, 100_000), _reader.Count(limits, "records", 1, 1_000));
        return read with
        {
            RequestsAtOnce = _reader.Count(limits, "requestsAtOnce", 1, 1_000) ?? read.RequestsAtOnce,
            HolderRequestsPerMinute = _reader.Count(limits, "holderRequestsPerMinute", 1, 1_000_000) ?? read.HolderRequestsPerMinute,
            HolderRequestsAtOnce = _reader.Count(limits, "holderRequestsAtOnce", 1, 10_000) ?? read.HolderRequestsAtOnce,
            BytesPerSecond = _reader.Count(limits, "bytesPerSecond", 1, 1024 * 1024) ?? read.BytesPerSecond,
        };
    }

    /// <summary>What is not signed can be changed on the way: every parameter but the signature must take part, and so must the secret.</summary>
    private void CheckCoverage(SigningProfile profile, LocatedJson root)
    {
        if (root["stringToSign"] is not { IsObject: true } form || root["parameters"] is not { IsObject: true }) return;

        string?[] mustTakePart = [profile.KeyId, profile.Timestamp, profile.Nonce, profile.Method, profile.Data, .. profile.Fixed.Keys, .. profile.Optional];
        foreach (var name in mustTakePart.OfType<string>().Where(name => name.Length > 0 && !profile.Canonical.Names.Contains(name)))
        {
            Wrong(form["names"] ?? form, $"'{name}' takes no part in the signature, so it could be changed on the way; add it to 'names'", $"参数“{name}”没有参加签名，传输中可能被篡改；请加入 names");
        }

        if (profile.Transport == SigningTransport.Header && !profile.Canonical.Names.Contains("$bodySha256"))
        {
            Wrong(form["names"] ?? form, "the body takes no part in the signature; add '$bodySha256' to 'names'", "报文正文没有参加签名；请在 names 中加入 $bodySha256");
        }

        foreach (var name in profile.Canonical.Names.Where(name => name.StartsWith('$') && !profile.Fixed.ContainsKey(name) && !(profile.Transport == SigningTransport.Header && SignedRequest.Computed.Contains(name))))
        {
            Wrong(
                form["names"] ?? form, $"'{name}' is nothing that this transport knows; in headers there are {string.Join(", ", SignedRequest.Computed)}, others need a value in 'fixed'",
                $"这种传输方式没有“{name}”：请求头方式可用 {string.Join("、", SignedRequest.Computed)}，其余应在 fixed 中写明");
        }

        if (profile.Transport != SigningTransport.Header && profile.Data is null)
        {
            Wrong(form["names"] ?? form, "the message takes no part in the signature; name its parameter in 'parameters.data' and in 'names'", "报文没有参加签名：请在 parameters.data 中写明其参数名，并加入 names");
        }

        var keyed = profile.Digest == SigningDigest.HmacSha256;
        var holdsSecret = (profile.Canonical.Prefix + profile.Canonical.Suffix).Contains("{secret}", StringComparison.Ordinal);
        if (keyed == holdsSecret)
        {
            Wrong(
                form,
                keyed ? "HMAC is keyed with the secret already; take it out of 'prefix' and 'suffix'" : "the secret takes no part in the signature; put {secret} into 'prefix' or 'suffix'",
                keyed ? "HMAC 已用密钥计算，prefix 和 suffix 中不应再写 {secret}" : "密钥没有参加签名；请在 prefix 或 suffix 中写入 {secret}");
        }

        if (!profile.Canonical.Pair.Contains("{value}", StringComparison.Ordinal))
        {
            Wrong(form["pair"] ?? form, "'pair' must contain {value}", "pair 中应有 {value}");
        }

        if (profile.EncryptsFields && profile.SecretLength != 32)
        {
            Wrong(root["fieldEncryption"]!, $"{FieldCipher.Name} needs a secret of 32 characters: set 'secretLength' to 32", $"{FieldCipher.Name} 需要 32 位密钥：请把 secretLength 设为 32");
        }
    }

    /// <summary>The object, or an empty one in its place after the problem was told.</summary>
    private LocatedJson Object(LocatedJson owner, string member, string[] members)
    {
        if (owner[member] is not { } value)
        {
            _problems.Add(ProblemCodes.Missing, _path, owner, $"'{member}' is missing", $"缺少“{member}”");
            return owner;
        }

        if (_reader.IsObject(value, $"'{member}'", $"“{member}”")) _problems.RefuseUnknownMembers(_path, value, members);
        return value;
    }

    private Dictionary<string, string> Texts(LocatedJson owner, string member)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (owner[member] is not { } value || !_reader.IsObject(value, $"'{member}'", $"“{member}”")) return texts;

        foreach (var (name, _, _, _) in value.Members)
        {
            texts[name] = _reader.RequiredText(value, name);
        }

        return texts;
    }

    private T Choice<T>(LocatedJson owner, string member, Dictionary<string, T> choices)
        where T : struct
    {
        var word = _reader.RequiredText(owner, member);
        if (choices.TryGetValue(word, out var choice) || word.Length == 0) return choice;

        Wrong(
            owner[member]!,
            $"'{member}' is '{word}'; it can be {string.Join(", ", choices.Keys)}{DidYouMean.Of(word, choices.Keys)}",
            $"“{member}”写的是“{word}”，可用：{string.Join("、", choices.Keys)}");
        return choice;
    }

    private int Count(LocatedJson owner, string member, int least, int most)
    {
        if (owner.IsObject && owner[member] is null) _problems.Add(ProblemCodes.Missing, _path, owner, $"'{member}' is missing", $"缺少“{member}”");
        return _reader.Count(owner, member, least, most) ?? least;
    }

    private void Wrong(LocatedJson at, string english, string chinese) => _problems.Add(ProblemCodes.WrongValue, _path, at, english, chinese);
}

/// <summary>Reads what a standard's file says about its own standing.</summary>
internal static class StatusReader
{
    public static StandardStatus Read(LocatedJson root, string path, MemberReader reader, ProblemList problems)
    {
        if (root["status"] is not { IsObject: true } status)
        {
            problems.Add(
                ProblemCodes.Missing, path, root,
                "'status' is missing: say in 'zh' and 'en' where the text comes from and how official it is", "缺少“status”：请用 zh 和 en 写明来源和是否正式文本");
            return new StandardStatus("", "");
        }

        problems.RefuseUnknownMembers(path, status, ["zh", "en"]);
        return new StandardStatus(reader.RequiredText(status, "zh"), reader.RequiredText(status, "en"));
    }
}
