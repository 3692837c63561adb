using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Replays;

/// <summary>What came of reading a file of past cases.</summary>
/// <param name="Period">Null when there is a problem.</param>
public sealed record PastCaseResult(PastPeriod? Period, IReadOnlyList<Problem> Problems);

/// <summary>
/// Past cases as a file: JSON lines, the first <c>{"until": …}</c>, each other one a case. The format is in docs/simulate.zh.md. Problems name the line and the member.
/// </summary>
public static class PastCaseFile
{
    public const int MostCases = 200_000;

    private const int MostInLine = 4 * 1024 * 1024;
    private const int MostOfACase = 10_000;

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz"];

    /// <param name="path">Told with problems.</param>
    /// <param name="content">What is in force: the forms whose fields the cases may have.</param>
    public static PastCaseResult Read(string path, IEnumerable<string> lines, ContentSet content)
    {
        var problems = new ProblemList();
        var cases = new List<PastCase>();
        var numbers = new Dictionary<string, int>();
        DateTimeOffset? until = null;
        var at = 0;
        foreach (var line in lines)
        {
            at++;
            if (string.IsNullOrWhiteSpace(line)) continue;

            var ofLine = new LineReader(path, content);
            if (until is null) until = ofLine.Until(line);
            else if (ofLine.Case(line) is { } past)
            {
                if (!numbers.TryAdd(past.Number, at)) ofLine.Problems.Add(ProblemCodes.DuplicateName, path, 1, 1, null, $"'number': the case '{past.Number}' stands in line {numbers[past.Number]} already", $"“number”：办件“{past.Number}”在第 {numbers[past.Number]} 行已经有了");
                cases.Add(past);
            }

            // A line is read by itself, so whatever is wrong stands in its line 1.
            foreach (var problem in ofLine.Problems.All) problems.Add(problem with { Line = at });
            if (cases.Count > MostCases) problems.Add(ProblemCodes.TooLarge, path, at, 1, null, $"at most {MostCases} cases are read", $"最多读取 {MostCases} 个办件");
            if (cases.Count > MostCases || problems.All.Count >= ProblemList.Most || until is null) break;
        }

        if (at == 0 || (until is null && !problems.HasErrors)) problems.Add(ProblemCodes.Missing, path, 1, 1, null, "the file is empty; its first line is {\"until\": …}", "文件是空的；第一行应为 {\"until\": …}");
        return new PastCaseResult(
            problems.HasErrors ? null : new PastPeriod(until!.Value, [.. cases.OrderBy(past => past.At).ThenBy(past => past.Number, StringComparer.Ordinal)]), problems.All);
    }

    /// <summary>The period as lines of a file. Confidential cases are left out: a file goes further than a database.</summary>
    public static IEnumerable<string> Write(PastPeriod period)
    {
        yield return new JsonObject { ["until"] = Iso(period.Until) }.ToJsonString(Written);
        foreach (var past in period.Cases.Where(past => !past.IsConfidential))
        {
            var line = new JsonObject
            {
                ["number"] = past.Number,
                ["flow"] = past.Flow,
                ["authority"] = past.Authority,
                ["applicant"] = past.Applicant,
                ["kind"] = past.Kind,
                ["at"] = Iso(past.At),
                ["values"] = past.Values.DeepClone(),
            };
            if (past.Continues is { } from) line["continues"] = from;
            if (past.IsContext) line["context"] = true;
            line["acts"] = new JsonArray(
            [
                .. past.Acts.Select(act => new JsonObject
                {
                    ["at"] = Iso(act.At), ["step"] = act.Step, ["organisation"] = act.Organisation, ["role"] = act.Role, ["outcome"] = act.Outcome, ["values"] = act.Values.DeepClone(),
                }),
            ]);
            line["requests"] = new JsonArray(
            [
                .. past.Requests.Select(request => new JsonObject
                {
                    ["at"] = Iso(request.At), ["key"] = request.Key, ["method"] = request.Method, ["accepted"] = request.IsAccepted, ["code"] = request.Code,
                    ["times"] = request.Times, ["records"] = request.Records, ["workers"] = request.Workers,
                }),
            ]);
            yield return line.ToJsonString(Written);
        }
    }

    private static string Iso(DateTimeOffset instant) => instant.ToOffset(Deadlines.Shanghai).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    /// <summary>One line.</summary>
    private sealed class LineReader(string file, ContentSet content)
    {
        private static readonly string[] Kinds = ["vendor", "contractor"];

        public ProblemList Problems { get; } = new();

        private MemberReader Reader => field ??= new MemberReader(file, Problems);

        public DateTimeOffset? Until(string line)
        {
            if (Parse(line, "the first line", "第一行") is not { } json) return null;

            Problems.RefuseUnknownMembers(file, json, ["until"]);
            return Instant(json, "until");
        }

        public PastCase? Case(string line)
        {
            if (Parse(line, "a case", "办件") is not { } json) return null;

            Problems.RefuseUnknownMembers(file, json, ["number", "flow", "authority", "applicant", "kind", "at", "values", "continues", "context", "acts", "requests"]);
            var past = new PastCase
            {
                Number = Reader.RequiredText(json, "number"),
                Flow = Reader.RequiredText(json, "flow"),
                Authority = Reader.RequiredText(json, "authority"),
                Applicant = Reader.RequiredText(json, "applicant"),
                Kind = Kind(json),
                At = Instant(json, "at") ?? default,
                Values = Values(json),
                Continues = Reader.OptionalText(json, "continues"),
                IsContext = Reader.Flag(json, "context"),
                Acts = [.. Reader.Array(json, "acts", MostOfACase, required: false).Select(Act).OfType<PastAct>()],
                Requests = [.. Reader.Array(json, "requests", MostOfACase, required: false).Select(Request).OfType<PastRequest>()],
            };
            if (content.Regions.Authority(past.Authority) is null && past.Authority.Length > 0) Unknown(json, "authority", past.Authority, content.Regions.Authorities.Select(authority => authority.Id));
            if (OfferForm(past.Flow) is { } form && json["values"] is { IsObject: true } values) FormWords.Check(values, form, file, Problems);
            InOrder(json, "acts", past.At, [.. past.Acts.Select(act => act.At)]);
            InOrder(json, "requests", past.At, [.. past.Requests.Select(request => request.At)]);
            return past;
        }

        private Forms.FormDefinition? OfferForm(string flow) => Filing.OfferedFlows.Find(content, flow)?.Form;

        private PastAct? Act(LocatedJson json)
        {
            if (!Reader.IsObject(json, "an act", "办理")) return null;

            Problems.RefuseUnknownMembers(file, json, ["at", "step", "organisation", "role", "outcome", "values"]);
            return new PastAct(
                Instant(json, "at") ?? default, Reader.RequiredText(json, "step"), Reader.RequiredText(json, "organisation"), Reader.RequiredText(json, "role"), Reader.RequiredText(json, "outcome"), Values(json));
        }

        private PastRequest? Request(LocatedJson json)
        {
            if (!Reader.IsObject(json, "a request", "报文请求")) return null;

            Problems.RefuseUnknownMembers(file, json, ["at", "key", "method", "accepted", "code", "times", "records", "workers"]);
            var times = Reader.Count(json, "times", 1, int.MaxValue) ?? 1;
            return new PastRequest(
                Instant(json, "at") ?? default, Reader.Count(json, "key", 1, 1000) ?? 1, Reader.RequiredText(json, "method"), Reader.Flag(json, "accepted"), Reader.OptionalText(json, "code") ?? "",
                times, Reader.Count(json, "records", 0, int.MaxValue) ?? 0, Reader.Count(json, "workers", 0, int.MaxValue) ?? 0);
        }

        private LocatedJson? Parse(string line, string english, string chinese)
        {
            if (line.Length > MostInLine)
            {
                Problems.Add(ProblemCodes.TooLarge, file, 1, 1, null, $"the line has {line.Length} characters; at most {MostInLine} are read", $"这一行有 {line.Length} 个字符，最多 {MostInLine} 个");
                return null;
            }

            return LocatedJson.Parse(file, line, Problems) is { } json && Reader.IsObject(json, english, chinese) ? json : null;
        }

        private DateTimeOffset? Instant(LocatedJson owner, string member)
        {
            var text = Reader.RequiredText(owner, member);
            if (LocalInstant.Parse(text) is { } local) return local;
            if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)) return instant.ToOffset(Deadlines.Shanghai);

            if (text.Length > 0)
            {
                Problems.Add(
                    ProblemCodes.WrongValue, file, owner[member]!, $"'{member}' must be an instant: 2023-03-06 10:00 (China time) or 2023-03-06T10:00:00+08:00",
                    $"“{member}”应为时刻：2023-03-06 10:00（北京时间）或 2023-03-06T10:00:00+08:00");
            }

            return null;
        }

        private JsonObject Values(LocatedJson owner)
        {
            if (owner["values"] is not { } values) return [];

            return Reader.IsObject(values, "'values'", "“values”") ? values.ToNode()!.AsObject() : [];
        }

        private string Kind(LocatedJson json)
        {
            var kind = Reader.OptionalText(json, "kind") ?? Kinds[0];
            if (!Kinds.Contains(kind)) Unknown(json, "kind", kind, Kinds);
            return kind;
        }

        private void InOrder(LocatedJson json, string member, DateTimeOffset from, IReadOnlyList<DateTimeOffset> instants)
        {
            if (from == default || instants.Contains(default) || (instants.FirstOrDefault(from) >= from && instants.Zip(instants.Skip(1)).All(pair => pair.First <= pair.Second))) return;

            Problems.Add(
                ProblemCodes.WrongValue, file, json[member]!, $"'{member}' must be in the order of time, none before the case was filed", $"“{member}”应按时间先后排列，不得早于提交的时刻");
        }

        private void Unknown(LocatedJson json, string member, string given, IEnumerable<string> known)
        {
            var all = known.ToList();
            Problems.Add(
                ProblemCodes.UnknownName, file, json[member]!, $"'{member}': there is no '{given}'{DidYouMean.Of(given, all)}", $"“{member}”：没有“{given}”{DidYouMean.Chinese(given, all)}");
        }
    }
}
