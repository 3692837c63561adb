using System.Text.Json;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>Reads <c>expect</c>: one object, or a list with one for each case that is looked at.</summary>
internal sealed class ExpectationReader(string file, ScenarioVocabulary vocabulary, StoryWords words, ProblemList problems)
{
    private const int Most = 100;

    private static readonly string[] Known =
        ["case", "refused", "tasks", "options", "clocks", "warnings", "notices", "quiet", "outcome", "keys", "traffic", "readers", "notReaders", "opens"];

    private readonly MemberReader _reader = new(file, problems);

    public IReadOnlyList<Expectation> Read(LocatedJson json, string? caseOfAct) =>
        [.. (json.IsArray ? json.Items : [json]).Where(item => _reader.IsObject(item, "an expectation", "预期")).Select(item => One(item, caseOfAct))];

    private Expectation One(LocatedJson json, string? caseOfAct)
    {
        problems.RefuseUnknownMembers(file, json, Known);
        var @case = words.Case(json, caseOfAct) ?? "";
        var expected = new Expectation
        {
            Case = @case,
            Line = json.Line,
            Refused = Refused(json),
            Tasks = json["tasks"] is null ? null : [.. Objects(json, "tasks", ["step", "of", "start", "due", "provisional"]).Select(item => Task(item, @case))],
            Options = json["options"] is { } options ? [.. options.Items.Select(item => words.Step(item, @case)?.Id ?? "")] : null,
            Clocks = json["clocks"] is { } clocks ? [.. clocks.Members.Select(Clock)] : null,
            Warnings = json["warnings"] is null ? null : [.. Objects(json, "warnings", ["step", "of", "due"]).Select(item => Warning(item, @case))],
            Notices = json["notices"] is { } notices ? [.. notices.Members.SelectMany(Notice)] : null,
            Quiet = _reader.Flag(json, "quiet"),
            Outcome = json["outcome"] is { } outcome ? new ExpectedOutcome(outcome.Kind == JsonValueKind.Null ? null : outcome.Text) : null,
            Keys = json["keys"] is { } keys ? Keys(keys) : null,
            Traffic = json["traffic"] is { } traffic ? Traffic(traffic) : null,
            Readers = json["readers"] is { } readers ? words.People(readers.Items) : null,
            NotReaders = json["notReaders"] is { } others ? words.People(others.Items) : null,
            Opens = _reader.OptionalText(json, "opens"),
        };
        if (expected.Opens is { } opened && words.Cases.TryGetValue(@case, out var flow) && !words.Cases.TryAdd(opened, flow))
        {
            problems.Add(ProblemCodes.DuplicateName, file, json["opens"]!, $"there is already a case '{opened}'", $"前面已有名为“{opened}”的办件");
        }

        return expected;
    }

    /// <summary>True, or words that the reason contains.</summary>
    private string? Refused(LocatedJson json)
    {
        switch (json["refused"])
        {
            case null or { Kind: JsonValueKind.False }:
                return null;
            case { Kind: JsonValueKind.True }:
                return "";
            case { IsString: true } words:
                return words.Text;
            case var other:
                problems.Add(ProblemCodes.WrongValue, file, other, "'refused' must be true or the words of the reason", "“refused”应为 true 或拒绝理由中的文字");
                return null;
        }
    }

    private ExpectedTask Task(LocatedJson item, string @case)
    {
        var hasNoLimit = item["due"] is { Kind: JsonValueKind.Null };
        return new ExpectedTask(
            StepOf(item, @case), words.Person(item["of"], anyRole: true), words.Date(item["start"]), hasNoLimit ? null : words.Date(item["due"]), hasNoLimit,
            item["provisional"] is null ? null : _reader.Flag(item, "provisional"));
    }

    private ExpectedWarning Warning(LocatedJson item, string @case) => new(StepOf(item, @case), words.Person(item["of"], anyRole: true), words.Date(item["due"]));

    private ExpectedClock Clock(LocatedMember member)
    {
        problems.RefuseUnknownMembers(file, member.Value, ["used", "left", "running"]);
        return new ExpectedClock(
            member.Name, _reader.Count(member.Value, "used", 0, 10_000), _reader.Count(member.Value, "left", -10_000, 10_000),
            member.Value["running"] is null ? null : _reader.Flag(member.Value, "running"));
    }

    /// <summary><c>"TEMPLATE": PERSON | [PERSONS] | { "to": …, "says": [TEXTS] }</c>.</summary>
    private IEnumerable<ExpectedNotice> Notice(LocatedMember member)
    {
        if (!vocabulary.Notices.Contains(member.Name))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, member.Line, member.Column, null,
                $"there is no notice '{member.Name}'{DidYouMean.Of(member.Name, vocabulary.Notices)}", $"没有名为“{member.Name}”的文书{DidYouMean.Chinese(member.Name, vocabulary.Notices)}");
        }

        var (to, says) = (member.Value, (IReadOnlyList<string>)[]);
        if (member.Value.IsObject)
        {
            problems.RefuseUnknownMembers(file, member.Value, ["to", "says"]);
            says = member.Value["says"] is { IsString: true } one ? [one.Text] : _reader.Texts(member.Value, "says", Most);
            if (member.Value["to"] is not { } addressed)
            {
                problems.Add(ProblemCodes.Missing, file, member.Value, "'to' is missing: who gets it", "缺少“to”：发给谁");
                return [];
            }

            to = addressed;
        }

        return words.People(to.IsArray ? to.Items : [to], anyRole: true).Select(person => new ExpectedNotice(member.Name, person, says));
    }

    private ExpectedKeys Keys(LocatedJson json)
    {
        problems.RefuseUnknownMembers(file, json, ["active", "revoked"]);
        return new ExpectedKeys(_reader.Count(json, "active", 0, 100), _reader.Count(json, "revoked", 0, 100));
    }

    private ExpectedTraffic Traffic(LocatedJson json)
    {
        problems.RefuseUnknownMembers(file, json, ["answers", "stored", "findings"]);
        var answers = json["answers"]?.Members.ToDictionary(answer => answer.Name, answer => _reader.Count(json["answers"]!, answer.Name, 0, 100_000) ?? 0);
        return new ExpectedTraffic(answers, _reader.Count(json, "stored", 0, 100_000), _reader.Texts(json, "findings", Most));
    }

    private string StepOf(LocatedJson item, string @case)
    {
        if (item["step"] is { } step) return words.Step(step, @case)?.Id ?? "";

        problems.Add(ProblemCodes.Missing, file, item, "'step' is missing", "缺少“step”");
        return "";
    }

    private IEnumerable<LocatedJson> Objects(LocatedJson json, string member, string[] known)
    {
        foreach (var item in _reader.Array(json, member, Most, required: false).Where(item => _reader.IsObject(item, $"an entry of '{member}'", $"“{member}”的每一项")))
        {
            problems.RefuseUnknownMembers(file, item, known);
            yield return item;
        }
    }
}
