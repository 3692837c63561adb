using System.Text;
using System.Text.Json;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// Checks messages of one standard: first their structure by the standard's own definitions (F1 to F5), then what the values say
/// by the conformance rules of the province (V1 and on). Everything is told at once, as the law asks of a request for correction.
/// Immutable; safe to share between threads.
/// </summary>
public sealed class MessageChecker
{
    /// <summary>The rule set that judges values, by its workflow name.</summary>
    public const string ConformanceRules = "interface-conformance";

    /// <summary>The deepest message of any known standard is 5 deep.</summary>
    private const int MaxDepth = 12;

    /// <summary>Fields, values and brackets of a message: a full batch of any known standard stays below 10,000.</summary>
    private const int MaxTokens = 50_000;

    private const string PermitList = "builderLicenses";
    private const string PermitNumber = ".builderLicenseNum";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly MessageStandard _standard;
    private readonly MessageCatalogue _catalogue;
    private readonly RegionRegister _regions;
    private readonly RuleSet _rules;

    /// <exception cref="ArgumentException">The standard has no messages.</exception>
    public MessageChecker(MessageStandard standard, RegionRegister regions, RuleSet rules)
    {
        _standard = standard;
        _catalogue = standard.Messages ?? throw new ArgumentException($"The standard '{standard.Id}' has no messages.", nameof(standard));
        _regions = regions;
        _rules = rules;
    }

    /// <summary>Structure and values together, without what a register of projects knows.</summary>
    /// <param name="data">The message as JSON text, as it was signed.</param>
    public MessageReport Check(string method, string data, CheckContext context) => Judge(Read(method, data, context), [], context);

    /// <summary>
    /// The message's structure. What the rules want to know of a register of projects is asked in <see cref="ReadMessage.Questions"/>; <see cref="Judge"/> takes the answers.
    /// </summary>
    /// <param name="data">The message as JSON text, as it was signed.</param>
    public ReadMessage Read(string method, string data, CheckContext context)
    {
        var findings = new FindingList();
        if (!_catalogue.Messages.TryGetValue(method, out var message))
        {
            var near = DidYouMean.Nearest(method, _catalogue.Messages.Keys);
            findings.Add(
                FindingLevel.Reject, Place.Message.Member("method"), "F1-method", $"没有方法“{Masking.Text(method)}”",
                near is null ? $"可用的方法：{string.Join("、", _catalogue.Messages.Keys)}" : $"是否应为“{near}”？方法名区分大小写", _catalogue.Basis);
            return new ReadMessage(Masking.Text(method), null, findings, []);
        }

        var (document, fault) = Parse(data);
        if (document is null)
        {
            findings.Add(
                FindingLevel.Reject, Place.Message.Member("data"), "F2-json", $"data {fault}",
                "请发送一个 JSON 对象的文字，签名和发送用同一段文字，不要在签名后重新排版", $"{_catalogue.Basis} {method}");
            return new ReadMessage(method, message, findings, []);
        }

        using (document)
        {
            return new ReadMessage(method, message, findings, Read(document.RootElement, message, context, findings));
        }
    }

    /// <summary>What the values say, by the rules.</summary>
    /// <param name="known">What the register knows of each record, in the order of the questions; empty: nobody was asked, and rules that need it hold without a word.</param>
    public MessageReport Judge(ReadMessage read, IReadOnlyList<Dictionary<string, object?>> known, CheckContext context)
    {
        var today = DateOnly.FromDateTime(context.BusinessNow.DateTime);
        for (var index = 0; index < read.Records.Count; index++)
        {
            JudgeRecord(read.Definition!, read.Records[index], index < known.Count ? known[index] : null, context, today, read.Findings);
        }

        var found = read.Findings.ToList();
        return new MessageReport(
            read.Method, read.Definition, found, read.Records.Count,
            found.Any(finding => finding.Level == FindingLevel.Reject)
                ? []
                : [.. read.Records.Select(record => new CheckedRecord(record.Index, record.Reading.Values, record.Reading.Sealed, record.Reading.Identity) { Images = record.Reading.Images })]);
    }

    private List<ReadRecord> Read(JsonElement root, MessageDefinition message, CheckContext context, FindingList findings)
    {
        var today = DateOnly.FromDateTime(context.BusinessNow.DateTime);
        var reader = new FieldReader(
            _catalogue, message, _standard.Signing, new ValueFacts(_regions, today, context.AuthorityArea), context, findings);
        var head = reader.Read(root, message.Fields, Place.Message, aside: message.RecordList);
        if (message.AnyOf.Count > 0 && !message.AnyOf.Any(name => head.Values.ContainsKey(name) || head.Sealed.ContainsKey(name)))
        {
            findings.Add(
                FindingLevel.Reject, Place.Message, "F1-required", $"{string.Join("、", message.AnyOf)} 至少填写一项", "请补上其中一项", $"{_catalogue.Basis} {message.Method}");
        }

        if (message.RecordList is not { } listName)
        {
            return [new ReadRecord(0, head, head.Facts, Batch.Alone, Place.Message)];
        }

        var list = message.Fields.First(field => field.Name == listName);
        var at = Place.Message.Member(listName);
        if (!root.TryGetProperty(listName, out var sent) || sent.ValueKind == JsonValueKind.Null)
        {
            if (list.Required)
            {
                findings.Add(FindingLevel.Reject, at, "F1-required", $"“{list.Title}”不能为空", "请至少发送一条", $"{_catalogue.Basis} {message.Method} {listName}");
            }

            return [];
        }

        // All are read before one is judged: what stands out in a message is how its records resemble one another.
        List<(ObjectReading Record, Place Place)> read = [.. from entry in reader.Items(sent, list, at)
                                                            where entry.Item.ValueKind == JsonValueKind.Object
                                                            select (reader.Read(entry.Item, list.Fields, entry.Place), entry.Place)];
        var batches = Batch.Of(read.ConvertAll(entry => entry.Record), message);
        var records = new List<ReadRecord>();
        foreach (var (record, place) in read)
        {
            var facts = new Dictionary<string, object?>(head.Facts, StringComparer.Ordinal);
            foreach (var (name, fact) in record.Facts)
            {
                facts[name] = fact;
            }

            foreach (var (name, value) in head.Values)
            {
                record.Values.TryAdd(name, value?.DeepClone());
            }

            records.Add(new ReadRecord(place.Record!.Value, record, facts, batches[records.Count], place));
        }

        return records;
    }

    /// <summary>Whether a project is told of that does not hold the permit.</summary>
    private static bool IsOfOtherPermit(ObjectReading record, string permit) =>
        record.Values.ContainsKey(PermitList)
        && !record.Sealed.Any(field => field.Key.StartsWith(PermitList, StringComparison.Ordinal) && field.Key.EndsWith(PermitNumber, StringComparison.Ordinal)
            && field.Value.Trim().Equals(permit.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Puts one record before the conformance rules.</summary>
    private void JudgeRecord(MessageDefinition message, ReadRecord read, Dictionary<string, object?>? known, CheckContext context, DateOnly today, FindingList findings)
    {
        var (now, place) = (context.BusinessNow.DateTime, read.Place);
        var facts = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["record"] = read.Facts,
            ["batch"] = read.Batch.Facts,
            ["context"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["method"] = message.Method, ["stage"] = context.Stage, ["authority"] = context.AuthorityArea, ["now"] = now, ["today"] = now.Date,
                ["isOtherPermit"] = context.Permit is { } permit && IsOfOtherPermit(read.Reading, permit),
            },
        };
        if (known is not null) facts["known"] = known;
        var report = _rules.Evaluate(facts, new RuleRun { BusinessDate = today, Now = context.BusinessNow });
        if (report.Fault is { } fault)
        {
            // Our own mistake, which the vendor cannot mend: the record is taken, and somebody must look.
            findings.Add(
                FindingLevel.Warn, place, "F0-rules", "规则集无法判断本条记录，请联系主管部门", $"请把本条提示转给主管部门：{Masking.Sentence(fault.Message)}", _catalogue.Basis);
            return;
        }

        foreach (var failure in report.Failures)
        {
            var field = failure.Field?.Split('.')[^1] ?? "";
            var ownedByRecord = message.RecordList is null || message.RecordFields.Any(known => known.Name == field);
            var level = failure.IsUndecided || failure.Severity == RuleSeverity.Warn ? FindingLevel.Warn : FindingLevel.Reject;
            findings.Add(
                level, (ownedByRecord ? place : Place.Message).Member(field), failure.RuleName,
                failure.IsUndecided ? $"规则“{failure.RuleName}”无法判断，请联系主管部门" : Masking.Sentence(failure.ErrorMessage ?? failure.RuleName),
                failure.Advice ?? "", failure.LegalBasis?.ToString() ?? _catalogue.Basis);
        }
    }

    /// <summary>
    /// The text as a document, or why it is none, in Chinese. Walks the tokens first without building anything, so that depth,
    /// size and escapes are known to be harmless before the document is made.
    /// </summary>
    private static (JsonDocument? Document, string Fault) Parse(string data)
    {
        var bytes = Encoding.UTF8.GetBytes(data);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        var tokens = 0;
        try
        {
            while (reader.Read())
            {
                if (tokens == 0 && reader.TokenType != JsonTokenType.StartObject) return (null, "应为一个 JSON 对象（以 { 开头）");
                if (++tokens > MaxTokens) return (null, $"过大：超过 {MaxTokens} 个字段和值");
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            }

            return (JsonDocument.Parse(bytes, Strict), "");
        }
        catch (InvalidOperationException)
        {
            return (null, "含有无效的 \\u 转义字符");
        }
        catch (JsonException wrong)
        {
            // The parser's own words may quote the text, so only the place is passed on.
            return (null, reader.CurrentDepth >= MaxDepth - 1
                ? $"嵌套超过 {MaxDepth} 层"
                : $"不是合法的 JSON（第 {(wrong.LineNumber ?? 0) + 1} 行附近），或有重复的字段名");
        }
    }
}
