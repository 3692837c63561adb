using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>What came of an act.</summary>
/// <param name="What">One line; null when nobody did anything.</param>
/// <param name="Refusal">The platform's words when it refused.</param>
public sealed record DeedDone(string? What, IReadOnlyList<string> Details, string? Refusal = null)
{
    public static DeedDone Nothing { get; } = new(null, []);

    /// <summary>Answer codes of the messages, in the order of sending.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];

    /// <summary>Messages that were taken as right.</summary>
    public int Stored { get; init; }

    /// <summary>Fields that the findings about the messages name.</summary>
    public IReadOnlyCollection<string> Findings { get; init; } = [];
}

/// <summary>Does what the people of a story do.</summary>
internal sealed class StoryDeeds(IPlatform platform, StoryCast cast, List<StoryCase> cases, Chronicle told)
{
    private readonly DeviceDesk _devices = new(platform, told);

    /// <exception cref="StoryException">The act cannot be tried at all.</exception>
    public ValueTask<DeedDone> DoAsync(Act act, CancellationToken ct)
    {
        var actor = act.Who!;
        return act.Deed switch
        {
            Deed.Submit submit => SubmitAsync(submit, actor, ct),
            Deed.Finish finish => FinishAsync(finish, actor, ct),
            Deed.Send send when cases.Find(@case => @case.Name == send.Case) is { } @case => _devices.SendAsync(send, @case, actor, cast.NameOf(actor), ct),
            Deed.Send send => throw new StoryException($"办件“{send.Case}”没有开立，无法发送报文。"),
            Deed.Publish publish => PublishAsync(publish, ct),
            var other => throw new InvalidOperationException($"Unknown deed {other}."),
        };
    }

    /// <summary>The requests of the case's keys, as its applicant reads them.</summary>
    public async ValueTask<IReadOnlyList<RequestSight>> MessagesAsync(StoryCase @case, CancellationToken ct)
    {
        var lines = new List<RequestSight>();
        if (cast.Enterprise(@case.ApplicantId) is not { Kind: EnterpriseKind.Vendor }) return lines;

        foreach (var key in @case.Sight.Keys) lines.AddRange(await platform.RequestsAsync(new Participant(@case.ApplicantId, null, ""), key.Id, ct));
        return lines;
    }

    /// <summary>The case that an act opened out of another one; null when there is none that the story does not know yet.</summary>
    public async ValueTask<StoryCase?> FindNewCaseAsync(string name, string openedBy, CancellationToken ct)
    {
        if (cases.Find(@case => @case.Name == openedBy) is not { } parent) return null;

        return await platform.FindNewCaseAsync(parent, [.. cases.Select(@case => @case.Number)], ct) is { Number: { } number } found
            ? new StoryCase(name, number, parent.ApplicantId, found.AuthorityId)
            : null;
    }

    private async ValueTask<DeedDone> SubmitAsync(Deed.Submit submit, Participant actor, CancellationToken ct)
    {
        var filed = await platform.FileAsync(actor, submit.Flow, submit.AuthorityId, await FilledAsync(submit.Answers, actor, null, ct), ct);
        var what = $"向{cast.NameOf(submit.AuthorityId)}提交《{cast.FormOf(submit.Flow)}》";
        if (filed.Number is not { } number) return new DeedDone(what, [], filed.Refusal);

        cases.Add(new StoryCase(submit.Case, number, actor.OrganisationId, submit.AuthorityId));
        return new DeedDone(what, [$"办件编号 {number}"]);
    }

    private async ValueTask<DeedDone> FinishAsync(Deed.Finish finish, Participant actor, CancellationToken ct)
    {
        if (cases.Find(@case => @case.Name == finish.Case) is not { } @case) throw new StoryException($"办件“{finish.Case}”没有开立，无法办理“{finish.Step}”。");

        // What fell due on the way to this instant may have opened the task.
        @case.Sight = await platform.LookAsync(@case, ct);
        var tasks = @case.Sight.Tasks.Where(task => task.Step == finish.Step).ToList();
        var task = tasks.Find(task => task.IsOpen && task.OrganisationId == actor.OrganisationId) ?? tasks.Find(task => task.IsOpen) ?? tasks.LastOrDefault();
        if (task is null) return new DeedDone($"办理“{finish.Step}”", [], "没有这一步任务：还没有走到，或流程没有经过它。");

        var label = task.Outcomes.FirstOrDefault(outcome => outcome.Name == finish.Outcome)?.Label ?? finish.Outcome;
        var refusal = await platform.FinishAsync(actor, task.Id, finish.Outcome, await FilledAsync(finish.Answers, actor, @case, ct), ct);
        return new DeedDone($"{task.Title}：{label}", [], refusal);
    }

    private async ValueTask<DeedDone> PublishAsync(Deed.Publish publish, CancellationToken ct)
    {
        await platform.PublishAsync(publish.Changes, ct);
        return new DeedDone("修改内容并生效", [.. publish.Changes.Select(change => change.ToString())]);
    }

    /// <summary>The form as it is sent: names and numbers put in, files handed in first.</summary>
    private async ValueTask<JsonObject> FilledAsync(Answers answers, Participant actor, StoryCase? @case, CancellationToken ct)
    {
        var values = (JsonObject)Put(answers.Values, actor, @case)!;
        foreach (var (field, names) in answers.Files)
        {
            var handles = new JsonArray();
            foreach (var name in names) handles.Add(await platform.UploadAsync(actor, name, Papers.Named(name), ct));
            values[field] = handles;
        }

        return values;
    }

    private JsonNode? Put(JsonNode? node, Participant actor, StoryCase? @case) => node switch
    {
        JsonObject owner => new JsonObject(owner.Select(member => KeyValuePair.Create(member.Key, Put(member.Value, actor, @case)))),
        JsonArray list => new JsonArray([.. list.Select(item => Put(item, actor, @case))]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Contains('{', StringComparison.Ordinal) => JsonValue.Create(Put(text, actor, @case)),
        _ => node?.DeepClone(),
    };

    private string Put(string text, Participant actor, StoryCase? @case)
    {
        var enterprise = cast.Enterprise(actor.OrganisationId);
        var put = new StringBuilder(text).Replace("{企业名称}", enterprise?.FullName ?? actor.Written).Replace("{信用代码}", actor.OrganisationId);
        foreach (var known in cases) put.Replace(string.Create(CultureInfo.InvariantCulture, $"{{办件编号:{known.Name}}}"), known.Number);
        return put.Replace("{办件编号}", (@case ?? cases.FirstOrDefault())?.Number ?? "").ToString();
    }
}
