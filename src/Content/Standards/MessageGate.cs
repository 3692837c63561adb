using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Standards;

/// <summary>What the sender of a request is told.</summary>
/// <param name="Code">One of the profile's codes.</param>
/// <param name="Message">Chinese: what is wrong and what to do.</param>
public sealed record GateAnswer(string Code, string Message)
{
    /// <summary>Set where the key's holder finds a refusal among its requests: what is wrong, without the advice.</summary>
    public RefusedRequest? Counted { get; init; }
}

/// <summary>A line among a key's requests that stands for one that was not believed.</summary>
/// <param name="Rule">In the place of the method, which nobody has read.</param>
/// <param name="Basis">The signing profile that the request broke.</param>
public sealed record RefusedRequest(string Rule, string Message, string Advice, string Basis);

/// <summary>What a request must pass before its message is read, in this order; each answers null when it may go on.</summary>
public static class MessageGate
{
    /// <summary>The profile that the ingest address speaks before a key has said which one is its own.</summary>
    public const string SpokenProfile = "national-1.2.1";

    /// <summary>Asks what became of an upload.</summary>
    public const string ResultQuery = "AsyncHandleResult.Query";

    /// <summary>Methods that a sender invents are one in the figures, or each would be a line that every later look adds up.</summary>
    public const string UnknownMethod = "F1-method";

    public static GateAnswer? FaultOf(SigningProfile spoken, IReadOnlyDictionary<string, string> parameters) =>
        spoken.FaultOf(parameters) is { } fault ? new GateAnswer(fault.Code, $"请求参数错误：{fault.Text}。请改正后重新签名发送。") : null;

    public static GateAnswer UnknownKey(SigningProfile spoken) =>
        new(spoken.Answers.NoAccess, $"{spoken.KeyId} 未登记或不属于本接口，请在平台“密钥”页面核对 {spoken.KeyId} 和接口地址。");

    public static GateAnswer? OfSignature(SigningProfile profile, IReadOnlyDictionary<string, string> parameters, string secret)
    {
        if (profile.Verify(parameters, secret)) return null;

        var advice = profile.ExplainMismatch(parameters, secret);
        return new GateAnswer(profile.Answers.BadSignature, $"签名校验错误：{advice}。") { Counted = new RefusedRequest("S2-signature", "签名校验错误", advice, profile.Title) };
    }

    /// <param name="now">Business time.</param>
    public static GateAnswer? OfKey(SigningProfile profile, DateTimeOffset? revokedAt, DateTimeOffset now) => revokedAt is { } revoked && revoked <= now
        ? new GateAnswer(profile.Answers.NoAccess, $"密钥已于 {revoked.ToOffset(Deadlines.Shanghai):yyyy-MM-dd HH:mm} 停用，请在平台“密钥”页面查看现行密钥。")
        : null;

    /// <param name="now">Business time.</param>
    public static GateAnswer? OfTime(SigningProfile profile, IReadOnlyDictionary<string, string> parameters, DateTimeOffset now)
    {
        if (profile.IsWithinWindow(profile.TimestampOf(parameters)!.Value, now)) return null;

        var message = $"{profile.Timestamp} 与平台时间相差超过 {profile.SkewMinutes} 分钟，平台当前时间为 {now:yyyy-MM-dd HH:mm:ss}（北京时间）";
        return new GateAnswer(profile.Answers.BadTimestamp, $"{message}，请校准时钟后重新签名发送。")
        {
            Counted = new RefusedRequest("S3-timestamp", message, $"请校准发送端时钟，发送前再生成 {profile.Timestamp} 和签名", profile.Title),
        };
    }

    public static GateAnswer NoMessages(MessageStandard standard) => new(standard.Signing.Answers.NoAccess, $"标准“{standard.Title}”的报文定义尚未导入，请联系主管部门。");

    /// <param name="stage"><c>Test</c> or <c>Formal</c>.</param>
    public static GateAnswer? OfMethod(MessageStandard standard, string method, string stage)
    {
        var definition = standard.Messages!.Messages.GetValueOrDefault(method);
        if (definition is { Stages.Count: > 0 } && !definition.Stages.Contains(stage))
        {
            var isTest = stage == "Test";
            return new GateAnswer(standard.Signing.Answers.NoAccess, $"{(isTest ? "测试" : "正式")}密钥不能使用方法“{method}”（{definition.Title}），请换用{(isTest ? "正式" : "测试")}密钥。");
        }

        return definition is { IsUpload: false, Of: null } && method != ResultQuery
            ? new GateAnswer(standard.Signing.Answers.NoAccess, $"本平台尚未开放查询方法“{method}”，可用 {ResultQuery} 查询处理结果。")
            : null;
    }

    /// <summary>The answer to a message that was read. What is no message of the standard at all is answered at once; what is one is answered by its result.</summary>
    public static GateAnswer Answer(SigningProfile profile, MessageReport report) =>
        report.Definition is null || report.Findings.Any(finding => finding.Rule == "F2-json")
            ? new GateAnswer(profile.Answers.BadRequest, $"请求参数错误：{report.Findings[0]}。")
            : new GateAnswer(profile.Answers.Ok, $"已接收，请用 {ResultQuery} 查询处理结果。");

    /// <summary>The method that the figures count the message under.</summary>
    public static string CountedMethod(MessageReport report) => report.Definition is null ? UnknownMethod : report.Method;

    /// <summary>
    /// What makes two records the same: the fields that the standard names, else all. Keyed with the secret, because an ID number
    /// takes part and a bare digest of one is found by trying.
    /// </summary>
    public static string KeyOf(CheckedRecord record, MessageDefinition definition, string secret)
    {
        var parts = new StringBuilder();
        var names = definition.RecordKey.Count > 0 ? definition.RecordKey : [.. record.Values.Select(value => value.Key), .. record.Sealed.Keys];
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var value = record.Sealed.GetValueOrDefault(name) ?? record.Values[name]?.ToJsonString() ?? "";
            parts.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}={value.Length}:{value};");
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(parts.ToString())));
    }
}
