using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Walkthrough;

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

/// <summary>Does what the people of a story do, over HTTP.</summary>
internal sealed class StoryDeeds(Stage stage, StoryPeople people, List<StoryCase> cases, Chronicle told)
{
    private const int MostPages = 20;

    private readonly DeviceDesk _devices = new(stage, told);

    /// <exception cref="StoryException">The act cannot be tried at all.</exception>
    public async Task<DeedDone> DoAsync(Act act, CancellationToken ct)
    {
        var actor = act.Who!;
        var client = await people.AsAsync(actor, ct);
        return act.Deed switch
        {
            Deed.Submit submit => await SubmitAsync(submit, actor, client, ct),
            Deed.Finish finish => await FinishAsync(finish, actor, client, ct),
            Deed.Send send when cases.Find(@case => @case.Name == send.Case) is { } @case => await _devices.SendAsync(send, @case, people.NameOf(actor), client, ct),
            Deed.Send send => throw new StoryException($"办件“{send.Case}”没有开立，无法发送报文。"),
            Deed.Publish publish => await PublishAsync(publish, ct),
            var other => throw new InvalidOperationException($"Unknown deed {other}."),
        };
    }

    /// <summary>The requests of the case's keys, as its applicant reads them.</summary>
    public async Task<IReadOnlyList<ConformanceLine>> MessagesAsync(StoryCase @case, CancellationToken ct)
    {
        var lines = new List<ConformanceLine>();
        if (people.Enterprise(@case.ApplicantId) is not { Kind: EnterpriseKind.Vendor }) return lines;

        var vendor = await people.AsAsync(new Participant(@case.ApplicantId, null, ""), ct);
        foreach (var key in @case.Picture.Keys) lines.AddRange(await DeviceDesk.RequestsAsync(vendor, key.Id, ct));
        return lines;
    }

    /// <summary>The case that an act opened out of another one; null when there is none that the story does not know yet.</summary>
    public async Task<StoryCase?> FindNewCaseAsync(string name, string openedBy, CancellationToken ct)
    {
        if (cases.Find(@case => @case.Name == openedBy) is not { } parent) return null;

        var province = (await people.ReadersAsync(parent.ApplicantId, parent.AuthorityId, ct))[0];
        for (var page = 0; page < MostPages; page++)
        {
            var lines = (await province.GetAsync<Page<CaseLine>>($"/api/cases?page={page}", ct)).Items;
            if (lines.FirstOrDefault(line => line.ApplicantId == parent.ApplicantId && cases.All(@case => @case.Number != line.Number)) is { } line)
            {
                return new StoryCase(name, line.Number, line.ApplicantId, line.AuthorityId);
            }

            if (lines.Count == 0) break;
        }

        return null;
    }

    private async Task<DeedDone> SubmitAsync(Deed.Submit submit, Participant actor, PlatformClient client, CancellationToken ct)
    {
        var order = new NewCase(submit.Flow, submit.AuthorityId, await FilledAsync(submit.Answers, actor, null, client, ct));
        using var response = await client.SendAsync("/api/cases", order, ct);
        var what = $"向{people.NameOf(submit.AuthorityId)}提交《{people.FormOf(submit.Flow)}》";
        if (!response.IsSuccessStatusCode) return new DeedDone(what, [], await PlatformRefusal.OfAsync(response, ct));

        var opened = await PlatformClient.BodyAsync<OpenedCase>(response, ct);
        cases.Add(new StoryCase(submit.Case, opened.Number, actor.OrganisationId, submit.AuthorityId));
        return new DeedDone(what, [$"办件编号 {opened.Number}"]);
    }

    private async Task<DeedDone> FinishAsync(Deed.Finish finish, Participant actor, PlatformClient client, CancellationToken ct)
    {
        if (cases.Find(@case => @case.Name == finish.Case) is not { } @case) throw new StoryException($"办件“{finish.Case}”没有开立，无法办理“{finish.Step}”。");

        // What fell due on the way to this instant may have opened the task.
        @case.Picture = await CasePicture.TakeAsync(@case.Number, await people.ReadersAsync(@case.ApplicantId, @case.AuthorityId, ct), ct);
        var tasks = @case.Picture.Tasks.Where(task => task.ActivityId == finish.Step).ToList();
        var task = tasks.Find(task => task.Line.Open && task.Line.OrganisationId == actor.OrganisationId) ?? tasks.Find(task => task.Line.Open) ?? tasks.LastOrDefault();
        if (task is null) return new DeedDone($"办理“{finish.Step}”", [], "没有这一步任务：还没有走到，或流程没有经过它。");

        var label = task.Outcomes.FirstOrDefault(outcome => outcome.Name == finish.Outcome)?.Label ?? finish.Outcome;
        var answer = new TaskAnswer(finish.Outcome, await FilledAsync(finish.Answers, actor, @case, client, ct));
        using var response = await client.SendAsync($"/api/tasks/{task.Line.Id}/complete", answer, ct);
        return new DeedDone($"{task.Line.Title}：{label}", [], response.IsSuccessStatusCode ? null : await PlatformRefusal.OfAsync(response, ct));
    }

    private async Task<DeedDone> PublishAsync(Deed.Publish publish, CancellationToken ct)
    {
        await stage.PublishAsync(files => ContentChanges.Apply(files, publish.Changes), ct);
        return new DeedDone("修改内容并生效", [.. publish.Changes.Select(change => change.ToString())]);
    }

    /// <summary>The form as it is sent: names and numbers put in, files handed in first.</summary>
    private async Task<JsonObject> FilledAsync(Answers answers, Participant actor, StoryCase? @case, PlatformClient client, CancellationToken ct)
    {
        var values = (JsonObject)Put(answers.Values, actor, @case)!;
        foreach (var (field, names) in answers.Files)
        {
            var handles = new JsonArray();
            foreach (var name in names) handles.Add(await client.UploadAsync(name, Papers.Named(name), ct));
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
        var enterprise = people.Enterprise(actor.OrganisationId);
        var put = new StringBuilder(text).Replace("{企业名称}", enterprise?.FullName ?? actor.Written).Replace("{信用代码}", actor.OrganisationId);
        foreach (var known in cases) put.Replace(string.Create(CultureInfo.InvariantCulture, $"{{办件编号:{known.Name}}}"), known.Number);
        return put.Replace("{办件编号}", (@case ?? cases.FirstOrDefault())?.Number ?? "").ToString();
    }
}
