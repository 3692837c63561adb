using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// What happens to a request, in this order: key, signature, time, stage, rate, message, one transaction, answer. Nothing of the
/// message is looked at before its signature is known to be right.
/// </summary>
public sealed class IngestService(Checkers checkers, KeyRing keys, IngestStore store, Refusals refusals, KeyRates rates, BusinessClock clock, SystemClock system)
{
    /// <summary>Asks what became of an upload; answered here and stored nowhere.</summary>
    public const string ResultQuery = "AsyncHandleResult.Query";

    private const string UnknownMethod = "F1-method";

    /// <param name="transport">How the parameters came: a key of another transport's profile does not fit here.</param>
    /// <param name="bodySha256">Of the raw body, to tell a repeated request from another one with the same nonce.</param>
    public async Task<IngestResponse> HandleAsync(SigningTransport transport, SigningProfile spoken, IReadOnlyDictionary<string, string> parameters, byte[] bodySha256, CancellationToken ct)
    {
        if (spoken.FaultOf(parameters) is { } fault)
        {
            return IngestResponse.Refused(new IngestAnswer(spoken.Answers.BadRequest, $"请求参数错误：{fault}。"));
        }

        var content = checkers.Content;
        var keyId = parameters[spoken.KeyId];
        if (await keys.FindAsync(keyId, ct) is not { } credential
            || !content.Standards.TryGetValue(credential.SigningProfile, out var standard)
            || standard.Signing.Transport != transport
            || standard.Signing.FaultOf(parameters) is not null)
        {
            return IngestResponse.Refused(new IngestAnswer(
                spoken.Answers.NoAccess, $"{spoken.KeyId} 未登记或不属于本接口，请在平台“密钥”页面核对 {spoken.KeyId} 和接口地址。"));
        }

        var profile = standard.Signing;
        if (!profile.Verify(parameters, credential.Secret))
        {
            var advice = profile.ExplainMismatch(parameters, credential.Secret);
            refusals.Add(credential, content.Id, "S2-signature", profile.Answers.BadSignature, "签名校验错误", advice, profile.Title);
            return IngestResponse.Refused(new IngestAnswer(profile.Answers.BadSignature, $"签名校验错误：{advice}。"));
        }

        return new IngestResponse(await AnswerAsync(content, standard, credential, parameters, bodySha256, ct), IsSigned: true);
    }

    private async Task<IngestAnswer> AnswerAsync(
        ContentSet content, MessageStandard standard, SigningCredential credential, IReadOnlyDictionary<string, string> parameters, byte[] bodySha256, CancellationToken ct)
    {
        var profile = standard.Signing;
        var codes = profile.Answers;
        var now = clock.Now;
        if (credential.RevokedAt is { } revoked && revoked <= now)
        {
            return new IngestAnswer(codes.NoAccess, $"密钥已于 {revoked.ToOffset(BusinessClock.Offset):yyyy-MM-dd HH:mm} 停用，请在平台“密钥”页面查看现行密钥。");
        }

        if (!profile.IsWithinWindow(profile.TimestampOf(parameters)!.Value, now))
        {
            var message = $"timestamp 与平台时间相差超过 {profile.SkewMinutes} 分钟，平台当前时间为 {now:yyyy-MM-dd HH:mm:ss}（北京时间）";
            refusals.Add(credential, content.Id, "S3-timestamp", codes.BadRequest, message, "请校准发送端时钟，发送前再生成 timestamp 和签名", profile.Title);
            return new IngestAnswer(codes.BadRequest, $"{message}，请校准时钟后重新签名发送。");
        }

        using var permit = rates.Acquire(credential, profile.Limits);
        if (!permit.IsAcquired)
        {
            return new IngestAnswer(codes.OverLimit, $"访问超过限制：每个密钥每分钟最多 {profile.Limits.RequestsPerMinute} 次请求，请降低频率，把多条记录合并到一个请求。", HttpStatus: StatusCodes.Status429TooManyRequests);
        }

        if (checkers.For(content, standard) is not { } checker)
        {
            return new IngestAnswer(codes.NoAccess, $"标准“{standard.Title}”的报文定义尚未导入，请联系主管部门。");
        }

        var method = parameters[profile.Method!];
        var definition = standard.Messages!.Messages.GetValueOrDefault(method);
        if (definition is { Stages.Count: > 0 } && !definition.Stages.Contains(credential.Stage.ToString()))
        {
            return new IngestAnswer(codes.NoAccess, $"{(credential.Stage.ToString() == "Test" ? "测试" : "正式")}密钥不能使用方法“{method}”（{definition.Title}），请换用{(credential.Stage.ToString() == "Test" ? "正式" : "测试")}密钥。");
        }

        if (definition is { IsUpload: false } && method != ResultQuery)
        {
            return new IngestAnswer(codes.NoAccess, $"本平台尚未开放查询方法“{method}”，可用 {ResultQuery} 查询处理结果。");
        }

        var report = checker.Check(method, parameters[profile.Data!], new CheckContext
        {
            BusinessNow = now,
            AuthorityArea = content.Regions.Authority(credential.AuthorityId)?.AreaCode ?? "",
            Stage = credential.Stage.ToString(),
            Decrypt = cipher => FieldCipher.Decrypt(cipher, credential.Secret),
        });
        if (method == ResultQuery) return await ResultAsync(report, profile, credential, ct);

        return await StoreAsync(report, content, profile, credential, parameters, bodySha256, now, ct);
    }

    private async Task<IngestAnswer> StoreAsync(
        MessageReport report, ContentSet content, SigningProfile profile, SigningCredential credential, IReadOnlyDictionary<string, string> parameters, byte[] bodySha256,
        DateTimeOffset now, CancellationToken ct)
    {
        // What is no message of the standard at all is answered at once; what is one is answered by its result.
        var unreadable = report.Definition is null || report.Findings.Any(finding => finding.Rule == "F2-json");
        var (code, message) = unreadable
            ? (profile.Answers.BadRequest, $"请求参数错误：{report.Findings[0]}。")
            : (profile.Answers.Ok, $"已接收，请用 {ResultQuery} 查询处理结果。");
        var id = Guid.CreateVersion7(system.Now);
        var stored = await store.StoreAsync(
            new IngestDelivery
            {
                Id = id,
                CredentialId = credential.Id,
                Nonce = profile.NonceOf(parameters),
                // The figures are kept by method: names that a sender invents are one, or each would be a row that every later look adds up.
                Method = report.Definition is null ? UnknownMethod : report.Method,
                Accepted = report.IsAccepted,
                Code = code,
                Message = message,
                BodySha256 = bodySha256,
                ReleaseId = content.Id,
                Records = [.. report.Records.Select(record => Deliver(record, report.Definition!, credential))],
                Findings = [.. report.Findings.Select(Deliver)],
                BusinessNow = now,
            },
            ct);
        return stored switch
        {
            IngestResult.Replayed { Earlier: var earlier } when CryptographicOperations.FixedTimeEquals(earlier.BodySha256, bodySha256) =>
                IngestAnswer.WithSerial(earlier.Code, earlier.Message, earlier.Id),
            IngestResult.Replayed => new IngestAnswer(
                profile.Answers.BadRequest, $"{profile.Nonce ?? "签名"} 已在另一个请求中使用过：请每次请求换一个新的随机数并重新签名；重试同一请求时正文必须完全相同。"),
            _ => IngestAnswer.WithSerial(code, message, id),
        };
    }

    /// <summary>The result of an upload: 20 stored, 10 failed with every finding. Processing is part of receiving, so 0 (waiting) never occurs.</summary>
    private async Task<IngestAnswer> ResultAsync(MessageReport report, SigningProfile profile, SigningCredential credential, CancellationToken ct)
    {
        if (!report.IsAccepted)
        {
            return new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：{report.Findings[0]}。");
        }

        var serial = report.Records[0].Values[IngestAnswer.SerialCode]!.GetValue<string>();
        if (!Guid.TryParse(serial, out var id) || await store.FindReceiptAsync(credential.Id, id, ct) is not { } receipt)
        {
            return new IngestAnswer(profile.Answers.BadRequest, $"没有序列码为“{Masking.Text(serial)}”的请求，请使用本密钥上传时返回的 {IngestAnswer.SerialCode}。");
        }

        return new IngestAnswer(profile.Answers.Ok, "成功", new JsonObject
        {
            [IngestAnswer.SerialCode] = receipt.Id.ToString("N"),
            ["status"] = receipt.Accepted ? 20 : 10,
            ["result"] = receipt.Findings.Count == 0 ? "处理成功" : string.Join('\n', receipt.Findings.Select(Sentence)),
            ["findings"] = new JsonArray([.. receipt.Findings.Select(finding => (JsonNode)new JsonObject
            {
                ["path"] = finding.Path,
                ["field"] = finding.Field,
                ["rule"] = finding.Rule,
                ["level"] = finding.Level == Storage.Ingest.FindingLevel.Reject ? "reject" : "warn",
                ["message"] = finding.Message,
                ["advice"] = finding.Advice,
                ["basis"] = finding.Basis,
            })]),
        });
    }

    private static string Sentence(IngestFinding finding) =>
        $"{(finding.Level == Storage.Ingest.FindingLevel.Warn ? "提醒：" : "")}{finding.Path}{finding.Message}{(finding.Advice.Length > 0 ? $"。{finding.Advice}" : "")}";

    private static IngestFinding Deliver(Finding finding) => new(
        finding.Record, finding.Path, finding.Field, finding.Rule,
        finding.Level == Content.Standards.FindingLevel.Reject ? Storage.Ingest.FindingLevel.Reject : Storage.Ingest.FindingLevel.Warn,
        finding.Message, finding.Basis, finding.Advice);

    private static IngestRecord Deliver(CheckedRecord record, MessageDefinition definition, SigningCredential credential) => new(
        record.Index, KeyOf(record, definition, credential), Accepted: true, record.Values,
        new JsonObject(record.Sealed.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))), record.Identity);

    /// <summary>
    /// What makes two records the same: the fields that the standard names, else all. Keyed with the secret, because an ID number
    /// takes part and a bare digest of one is found by trying.
    /// </summary>
    private static string KeyOf(CheckedRecord record, MessageDefinition definition, SigningCredential credential)
    {
        var parts = new StringBuilder();
        var names = definition.RecordKey.Count > 0 ? definition.RecordKey : [.. record.Values.Select(value => value.Key), .. record.Sealed.Keys];
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var value = record.Sealed.GetValueOrDefault(name) ?? record.Values[name]?.ToJsonString() ?? "";
            parts.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}={value.Length}:{value};");
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(credential.Secret), Encoding.UTF8.GetBytes(parts.ToString())));
    }
}

/// <summary>An answer, and whether the request was signed by the key it names.</summary>
public sealed record IngestResponse(IngestAnswer Answer, bool IsSigned)
{
    public static IngestResponse Refused(IngestAnswer answer) => new(answer, IsSigned: false);
}
