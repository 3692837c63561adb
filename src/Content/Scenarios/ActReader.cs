using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>Reads the acts of one story, in their order: later ones may name the cases that earlier ones opened.</summary>
internal sealed class ActReader(
    string file, ScenarioVocabulary vocabulary, IReadOnlyDictionary<string, StoryEnterprise> enterprises, FormDefaults forms, ProblemList problems)
{
    private const int MostActs = 500;
    private const int MostBatches = 20;
    private const int MostTimes = 1_000;

    /// <summary>Sets of messages by name: what a first test sends, and what one with an evidence from elsewhere sends.</summary>
    private static readonly Dictionary<string, string[]> Sets = new()
    {
        ["full"] = ["ProjectWorker.Add", "WorkerEntryExit.Add", "WorkerAttendance.Add"],
        ["delta"] = ["WorkerAttendance.Add"],
    };

    private static readonly Dictionary<string, MessageFault> Faults = new()
    {
        ["wrong-signature"] = MessageFault.WrongSignature,
        ["unknown-key"] = MessageFault.UnknownKey,
        ["oversize-face"] = MessageFault.OversizeFace,
        ["undecryptable-id"] = MessageFault.UndecryptableId,
        ["wrong-check-digit"] = MessageFault.WrongCheckDigit,
        ["unknown-work-type"] = MessageFault.UnknownWorkType,
        ["missing-direction"] = MessageFault.MissingDirection,
    };

    private static readonly string[] Deeds = ["submit", "task", "send", "change", "calendar"];

    private readonly MemberReader _reader = new(file, problems);
    private readonly StoryWords _words = new(file, vocabulary, enterprises, problems);

    public IReadOnlyList<Act> Acts(LocatedJson story)
    {
        var expectations = new ExpectationReader(file, vocabulary, _words, problems);
        var acts = new List<Act>();
        var before = DateTimeOffset.MinValue;
        foreach (var item in _reader.Array(story, "acts", MostActs, required: true))
        {
            if (!_reader.IsObject(item, "an act", "一步")) continue;

            problems.RefuseUnknownMembers(
                file, item, ["at", "who", "submit", "authority", "task", "outcome", "send", "key", "change", "calendar", "case", "values", "note", "expect"]);
            if (item["at"] is null) problems.Add(ProblemCodes.Missing, file, item, "'at' is missing: when does it happen", "缺少“at”：什么时候");

            var at = _words.Instant(item["at"]) ?? before;
            if (at < before) problems.Add(ProblemCodes.WrongValue, file, item["at"]!, "this act lies before the one above it; time does not go back", "这一步早于上一步，时间不能倒退");
            before = at;

            var who = _words.Person(item["who"]);
            var deed = DeedOf(item);
            if (deed is not null && item["who"] is null) problems.Add(ProblemCodes.Missing, file, item, "'who' is missing: who does it", "缺少“who”：由谁办理");

            var expected = item["expect"] is { } expect ? expectations.Read(expect, CaseOf(deed)) : [];
            acts.Add(new Act(at, item.Line, who, deed, expected) { Note = _reader.OptionalText(item, "note") });
        }

        return acts;
    }

    private static string? CaseOf(Deed? deed) => deed switch
    {
        Deed.Submit submit => submit.Case,
        Deed.Finish finish => finish.Case,
        Deed.Send send => send.Case,
        _ => null,
    };

    private Deed? DeedOf(LocatedJson item)
    {
        var written = Deeds.Where(deed => item[deed] is not null).ToList();
        if (written.Count > 1)
        {
            problems.Add(
                ProblemCodes.WrongValue, file, item[written[1]]!,
                $"one act is one of {string.Join(", ", Deeds)}; this one has {string.Join(" and ", written)}", $"一步只能是 {string.Join("、", Deeds)} 之一，这里写了 {string.Join("、", written)}");
        }

        return written.FirstOrDefault() switch
        {
            "submit" => Submit(item, item["submit"]!),
            "task" => Finish(item, item["task"]!),
            "send" => Send(item, item["send"]!),
            "change" => new Deed.Publish(new ContentChangeReader(file, vocabulary, problems).Changes(item, "change")),
            "calendar" when _reader.IsObject(item["calendar"]!, "'calendar'", "“calendar”") => new Deed.Publish(new ContentChangeReader(file, vocabulary, problems).Calendar(item["calendar"]!)),
            _ => null,
        };
    }

    private Deed.Submit? Submit(LocatedJson item, LocatedJson flow)
    {
        if (!vocabulary.Flows.Contains(flow.Text))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, flow, $"there is no flow '{flow.Text}'{DidYouMean.Of(flow.Text, vocabulary.Flows)}", $"没有名为“{flow.Text}”的流程{DidYouMean.Chinese(flow.Text, vocabulary.Flows)}");
            return null;
        }

        var authority = _reader.RequiredText(item, "authority");
        if (authority.Length > 0 && !vocabulary.Authorities.Contains(authority))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, item["authority"]!,
                $"there is no authority '{authority}'{DidYouMean.Of(authority, vocabulary.Authorities)}", $"没有代码为“{authority}”的主管部门{DidYouMean.Chinese(authority, vocabulary.Authorities)}");
        }

        var name = _reader.OptionalText(item, "case") ?? StoryWords.OnlyCase;
        var answers = Answers(item, vocabulary.OpeningForm(flow.Text), outcome: null);
        if (!_words.Cases.TryAdd(name, flow.Text))
        {
            problems.Add(
                ProblemCodes.DuplicateName, file, item["case"] ?? item,
                $"there is already a case '{name}'; give this one a name of its own with 'case'", $"前面已有名为“{name}”的办件，请用“case”另起一个名字");
        }

        return new Deed.Submit(flow.Text, authority, name, answers);
    }

    private Deed.Finish? Finish(LocatedJson item, LocatedJson task)
    {
        if (_words.Case(item) is not { } name || _words.Step(task, name) is not { } step) return null;

        var outcome = _reader.OptionalText(item, "outcome") ?? (step.Outcomes.Count == 1 ? step.Outcomes[0] : _reader.RequiredText(item, "outcome"));
        if (outcome.Length > 0 && step.Outcomes.Count > 0 && !step.Outcomes.Contains(outcome))
        {
            problems.Add(
                ProblemCodes.UnknownOutcome, file, item["outcome"]!,
                $"step '{step.Id}' has no outcome '{outcome}'{DidYouMean.Of(outcome, step.Outcomes)} (outcomes: {string.Join(", ", step.Outcomes)})",
                $"步骤“{step.Id}”没有结果“{outcome}”{DidYouMean.Chinese(outcome, step.Outcomes)}（可用：{string.Join("、", step.Outcomes)}）");
        }

        return new Deed.Finish(name, step.Id, outcome, Answers(item, step.Form, outcome));
    }

    private Answers Answers(LocatedJson item, FormDefinition? form, string? outcome)
    {
        var own = item["values"] is { } values && _reader.IsObject(values, "'values'", "“values”") ? values : null;
        if (form is null) return new Answers(own?.ToNode()?.AsObject() ?? [], new Dictionary<string, IReadOnlyList<string>>());

        if (own is not null) FormWords.Check(own, form, file, problems);
        return forms.Fill(form, outcome, own?.ToNode()?.AsObject() ?? []);
    }

    private Deed.Send? Send(LocatedJson item, LocatedJson send)
    {
        if (_words.Case(item) is not { } name) return null;

        var batches = (send.IsArray ? send.Items : [send]).Take(MostBatches).Select(Batch).OfType<MessageBatch>().ToList();
        return new Deed.Send(name, _reader.Count(item, "key", 1, 100), batches);
    }

    /// <summary><c>"full"</c>, or <c>{ "messages": "full" | METHOD | [METHODS], "fault"?, "times"? }</c>.</summary>
    private MessageBatch? Batch(LocatedJson json)
    {
        if (json.IsString) return new MessageBatch(Messages(json), null, 1);
        if (!_reader.IsObject(json, "messages to send", "要发送的报文")) return null;

        problems.RefuseUnknownMembers(file, json, ["messages", "fault", "times"]);
        if (json["messages"] is not { } messages)
        {
            problems.Add(ProblemCodes.Missing, file, json, "'messages' is missing", "缺少“messages”");
            return null;
        }

        MessageFault? fault = null;
        if (_reader.OptionalText(json, "fault") is { } written)
        {
            if (Faults.TryGetValue(written, out var known)) fault = known;
            else
            {
                problems.Add(
                    ProblemCodes.UnknownName, file, json["fault"]!,
                    $"there is no fault '{written}'{DidYouMean.Of(written, Faults.Keys)} (known: {string.Join(", ", Faults.Keys)})",
                    $"没有名为“{written}”的差错{DidYouMean.Chinese(written, Faults.Keys)}（可用：{string.Join("、", Faults.Keys)}）");
            }
        }

        return new MessageBatch(Messages(messages), fault, _reader.Count(json, "times", 1, MostTimes) ?? 1);
    }

    private List<string> Messages(LocatedJson json)
    {
        var names = new List<string>();
        foreach (var item in json.IsArray ? json.Items : [json])
        {
            if (Sets.TryGetValue(item.Text, out var set)) names.AddRange(set);
            else if (Sets["full"].Contains(item.Text)) names.Add(item.Text);
            else
            {
                var known = Sets.Keys.Concat(Sets["full"]).ToList();
                problems.Add(
                    ProblemCodes.UnknownName, file, item,
                    $"there are no messages '{item.Text}' to send{DidYouMean.Of(item.Text, known)} (known: {string.Join(", ", known)})",
                    $"没有可发送的报文“{item.Text}”{DidYouMean.Chinese(item.Text, known)}（可用：{string.Join("、", known)}）");
            }
        }

        return names;
    }
}
