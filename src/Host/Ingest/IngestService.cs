using System.Security.Cryptography;
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
public sealed class IngestService(Checkers checkers, KeyRing keys, IngestStore store, GroupCommit group, IngestFlows flows, IngestQueries queries, Refusals refusals, KeyRates rates, BusinessClock clock)
{
    /// <param name="spoken">The profile whose address the request went to. The key's own decides; one that arrives in another way does not fit here.</param>
    /// <param name="sha256">Of the raw request, to tell a repeated one from another one with the same nonce.</param>
    public async Task<IngestResponse> HandleAsync(SigningProfile spoken, ReceivedRequest request, byte[] sha256, CancellationToken ct)
    {
        var parameters = request.Parameters;
        if (MessageGate.FaultOf(spoken, parameters) is { } fault) return IngestResponse.Refused(fault, spoken);

        var content = checkers.Content;
        SigningCredential? credential;
        try
        {
            credential = await keys.FindAsync(parameters[spoken.KeyId], ct);
        }
        catch (KeysUnknownException)
        {
            return new IngestResponse(
                new IngestAnswer(spoken.Answers.OverLimit, "平台暂时无法核对密钥：请稍后用相同的正文重试。", HttpStatus: StatusCodes.Status503ServiceUnavailable), IsSigned: true, spoken);
        }

        if (credential is null
            || !content.Standards.TryGetValue(credential.SigningProfile, out var standard)
            || standard.Signing.Transport != spoken.Transport
            || standard.Signing.FaultOf(parameters) is not null)
        {
            return IngestResponse.Refused(MessageGate.UnknownKey(spoken), spoken);
        }

        var profile = standard.Signing;
        if (MessageGate.OfSignature(profile, parameters, credential.Secret) is { } unsigned)
        {
            Count(unsigned, credential, content);
            return IngestResponse.Refused(unsigned, profile);
        }

        return new IngestResponse(await AnswerAsync(content, standard, credential, request, sha256, ct), IsSigned: true, profile);
    }

    private async Task<IngestAnswer> AnswerAsync(
        ContentSet content, MessageStandard standard, SigningCredential credential, ReceivedRequest request, byte[] sha256, CancellationToken ct)
    {
        var profile = standard.Signing;
        var parameters = request.Parameters;
        var now = clock.Now;
        if (MessageGate.OfKey(profile, credential.RevokedAt, now) is { } over) return IngestAnswer.Of(over);

        if (MessageGate.OfTime(profile, parameters, now) is { } late)
        {
            Count(late, credential, content);
            return IngestAnswer.Of(late);
        }

        using var permit = await rates.AcquireAsync(credential, profile.Limits, ct);
        if (permit.Refusal is { } refusal) return new IngestAnswer(profile.Answers.OverLimit, refusal, HttpStatus: StatusCodes.Status429TooManyRequests);

        if (checkers.For(content, standard) is not { } checker) return IngestAnswer.Of(MessageGate.NoMessages(standard));

        var method = request.MethodOf(profile);
        if (MessageGate.OfMethod(standard, method, credential.Stage.ToString()) is { } barred) return IngestAnswer.Of(barred);

        var context = new CheckContext
        {
            BusinessNow = now,
            AuthorityArea = content.Regions.Authority(credential.AuthorityId)?.AreaCode ?? "",
            Stage = credential.Stage.ToString(),
            Permit = credential.Permit,
            Decrypt = cipher => FieldCipher.Decrypt(cipher, credential.Secret),
        };
        var data = request.DataOf(profile);
        var read = checker.Read(method, data, context);
        if (method == MessageGate.ResultQuery) return await ResultAsync(checker.Judge(read, [], context), profile, credential, ct);
        if (read.Definition is { Of: not null }) return await queries.AnswerAsync(checker.Judge(read, [], context), standard.Messages!, profile, credential, ct);

        var id = Guid.CreateVersion7(now);
        IngestDelivery? delivery = null;
        var arrival = new Arrival(
            credential, profile.NonceOf(parameters), read, [.. read.Questions.Select(question => Ask(question, credential, method))], data.Length,
            known => delivery = Deliver(checker.Judge(read, [.. known.Select(Facts)], context), id, content, profile, credential, parameters, sha256, now),
            // Writers do not end with their senders' connections.
            judged => flows.RunAsync(judged, judged.Signals.Count == 0 ? [] : (JsonObject)judged.Signals[0].Payload!, credential, content, CancellationToken.None));
        if (!group.TryAdd(arrival))
        {
            return new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：平台繁忙，请稍后用相同的正文重试。", HttpStatus: StatusCodes.Status503ServiceUnavailable);
        }

        // A sender that hangs up keeps nobody else's request out of the group, nor its own.
        return await arrival.Result.WaitAsync(ct) switch
        {
            IngestResult.Replayed { Earlier: var earlier } when CryptographicOperations.FixedTimeEquals(earlier.BodySha256, sha256) =>
                IngestAnswer.WithSerial(earlier.Code, earlier.Message, earlier.Id),
            IngestResult.Replayed => new IngestAnswer(
                profile.Answers.BadRequest, profile.Nonce is { } nonce
                    ? $"{nonce} 已在另一个请求中使用过：请每次请求换一个新的随机数并重新签名；重试同一请求时必须与原请求完全相同。"
                    : $"{profile.Signature} 已在另一个请求中使用过：请换一个新的 {profile.Timestamp} 并重新签名；重试同一请求时必须与原请求完全相同。"),
            IngestResult.Failed failed => throw new InvalidOperationException($"The database refuses request {id:N}: {failed.Message}"),
            _ => IngestAnswer.WithSerial(delivery!.Code, delivery.Message, id),
        };
    }

    private static IngestDelivery Deliver(
        MessageReport report, Guid id, ContentSet content, SigningProfile profile, SigningCredential credential, IReadOnlyDictionary<string, string> parameters, byte[] sha256, DateTimeOffset now)
    {
        var (code, message) = MessageGate.Answer(profile, report);
        return new IngestDelivery
        {
            Id = id,
            CredentialId = credential.Id,
            Nonce = profile.NonceOf(parameters),
            Method = MessageGate.CountedMethod(report),
            Accepted = report.IsAccepted,
            Code = code,
            Message = message,
            BodySha256 = sha256,
            ReleaseId = content.Id,
            Records = [.. report.Records.Select(record => Deliver(record, report.Definition!, credential))],
            Findings = [.. report.Findings.Select(Deliver)],
            Signals = report.Definition is { IsUpload: true } ? Told(report, credential, id) : [],
            BusinessNow = now,
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
            ["result"] = receipt.Accepted && receipt.Allotted is { } number ? number : receipt.Findings.Count == 0 ? "处理成功" : string.Join('\n', receipt.Findings.Select(Sentence)),
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

    /// <summary>To the steps that wait for messages of the kind, of any key or of this one. Nothing of a person, and no value of the message: a flow asks for what it may see.</summary>
    private static IngestSignal[] Told(MessageReport report, SigningCredential credential, Guid id)
    {
        var message = new JsonObject
        {
            ["method"] = report.Method, ["accepted"] = report.IsAccepted, ["records"] = report.RecordCount, ["credential"] = credential.Id, [IngestAnswer.SerialCode] = id.ToString("N"),
            ["rules"] = new JsonArray([.. report.Findings.Select(finding => finding.Rule).Distinct(StringComparer.Ordinal).Select(rule => (JsonNode)rule)]),
        };
        return
        [
            new IngestSignal(IngestStore.MessageName, report.Method, message),
            new IngestSignal(IngestStore.MessageName, $"{credential.Id}/{report.Method}", message.DeepClone()),
        ];
    }

    private static string Sentence(IngestFinding finding) =>
        $"{(finding.Level == Storage.Ingest.FindingLevel.Warn ? "提醒：" : "")}{finding.Path}{finding.Message}{(finding.Advice.Length > 0 ? $"。{finding.Advice}" : "")}";

    private static IngestFinding Deliver(Finding finding) => new(
        finding.Record, finding.Path, finding.Field, finding.Rule,
        finding.Level == Content.Standards.FindingLevel.Reject ? Storage.Ingest.FindingLevel.Reject : Storage.Ingest.FindingLevel.Warn,
        finding.Message, finding.Basis, finding.Advice);

    private static IngestRecord Deliver(CheckedRecord record, MessageDefinition definition, SigningCredential credential) => new(
        record.Index, MessageGate.KeyOf(record, definition, credential.Secret), Accepted: true, record.Values,
        new JsonObject(record.Sealed.Concat(record.Images).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))), record.Identity)
    {
        WageCard = record.Sealed.GetValueOrDefault("payRollBankCardNumber"), Manager = record.Sealed.GetValueOrDefault("pmIDCardNumber"),
    };

    private static RegisterAsked Ask(RegisterQuestion question, SigningCredential credential, string method) => new(question.ProjectCode, question.CorpCode, question.TeamSysNo, question.TeamName)
    {
        CredentialId = credential.Id, Method = method,
        Person = question.Person, WageCard = question.WageCard, At = question.At, PayMonth = question.PayMonth, Image = question.Image,
        Latitude = question.Latitude, Longitude = question.Longitude, OwnNumber = question.OwnNumber,
    };

    /// <summary>Under the names that the rule set declares for <c>known</c>.</summary>
    private static Dictionary<string, object?> Facts(RegisterKnown known) => new(StringComparer.Ordinal)
    {
        ["projectIsKnown"] = known.ProjectIsKnown, ["hasOtherProject"] = known.HasOtherProject, ["corpIsKnown"] = known.CorpIsKnown, ["corpIsParticipant"] = known.CorpIsParticipant,
        ["teamBelongsToCorp"] = known.TeamBelongsToCorp, ["teamNameIsTaken"] = known.TeamNameIsTaken, ["workerIsInTeam"] = known.WorkerIsInTeam,
        ["enteredOn"] = known.EnteredOn?.ToDateTime(TimeOnly.MinValue), ["leftOn"] = known.LeftOn?.ToDateTime(TimeOnly.MinValue), ["projectStatus"] = known.ProjectStatus,
        ["metresFromSite"] = known.MetresFromSite, ["minutesSinceOtherProject"] = known.MinutesSinceOtherProject, ["sameImage"] = known.SameImage,
        ["attendedDays"] = known.AttendedDays, ["wageCardIsOnRecord"] = known.WageCardIsOnRecord,
    };

    private void Count(GateAnswer refusal, SigningCredential credential, ContentSet content)
    {
        if (refusal.Counted is { } line) refusals.Add(credential, content.Id, line.Rule, refusal.Code, line.Message, line.Advice, line.Basis);
    }
}

/// <summary>An answer, and whether the request was signed by the key it names.</summary>
/// <param name="Profile">In whose words the answer is.</param>
public sealed record IngestResponse(IngestAnswer Answer, bool IsSigned, SigningProfile Profile)
{
    public static IngestResponse Refused(GateAnswer refusal, SigningProfile profile) => new(IngestAnswer.Of(refusal), IsSigned: false, profile);
}
