using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>A simulated host, met by its people over HTTP.</summary>
public sealed class HttpPlatform : IPlatform
{
    private const int MostPages = 20;

    private readonly Stage _stage;
    private readonly StoryPeople _people;
    private readonly Dictionary<string, Devices> _fetched = [];

    private HttpPlatform(Stage stage, StoryPeople people)
    {
        _stage = stage;
        _people = people;
    }

    public DateTimeOffset Now => _stage.Now;

    public WorkingDayCalendar Calendar => _stage.Calendar;

    /// <summary>Plays the story on a host of its own.</summary>
    /// <param name="content">What the story was read against: the content of the settings' folder.</param>
    /// <exception cref="StoryException">The stage cannot be set: the content is refused.</exception>
    public static async Task<Chronicle> PlayAsync(HostSettings settings, Scenario scenario, ContentSet content, CancellationToken ct)
    {
        // The host watches this folder; a story that changes content must not change the reader's own.
        using var copy = scenario.Content.Count > 0 || scenario.Acts.Any(act => act.Deed is Deed.Publish) ? ContentFolderCopy.Of(content, scenario.Content) : null;
        var cast = new StoryCast(scenario, content);
        var host = settings with
        {
            ContentRoot = copy?.Path ?? settings.ContentRoot,
            DemoGuests = StoryPeople.Of(scenario, content, cast),
        };
        await using var stage = await Stage.SetAsync(host, scenario.Acts[0].At - StoryPlayer.BeforeFirstAct, ct);
        return await StoryPlayer.PlayAsync(scenario, new HttpPlatform(stage, new StoryPeople(stage, cast)), cast, ct, problem => problem is HttpRequestException);
    }

    public async ValueTask WaitUntilAsync(DateTimeOffset instant, CancellationToken ct) => await _stage.WaitUntilAsync(instant, ct);

    public async ValueTask<Filed> FileAsync(Participant by, string flow, string authorityId, JsonObject values, CancellationToken ct)
    {
        using var response = await (await _people.AsAsync(by, ct)).SendAsync("/api/cases", new NewCase(flow, authorityId, values), ct);
        return response.IsSuccessStatusCode
            ? new Filed((await PlatformClient.BodyAsync<OpenedCase>(response, ct)).Number, authorityId, null)
            : new Filed(null, authorityId, await PlatformRefusal.OfAsync(response, ct));
    }

    public async ValueTask<string?> FinishAsync(Participant by, string taskId, string outcome, JsonObject values, CancellationToken ct)
    {
        using var response = await (await _people.AsAsync(by, ct)).SendAsync($"/api/tasks/{taskId}/complete", new TaskAnswer(outcome, values), ct);
        return response.IsSuccessStatusCode ? null : await PlatformRefusal.OfAsync(response, ct);
    }

    public async ValueTask<JsonObject> UploadAsync(Participant by, string name, byte[] content, CancellationToken ct) =>
        await (await _people.AsAsync(by, ct)).UploadAsync(name, content, ct);

    public async ValueTask PublishAsync(IReadOnlyList<ContentChange> changes, CancellationToken ct) =>
        await _stage.PublishAsync(files => ContentChanges.Apply(files, changes), ct);

    public async ValueTask<CaseSight> LookAsync(StoryCase @case, CancellationToken ct) =>
        await CasePicture.TakeAsync(@case.Number, await _people.ReadersAsync(@case.ApplicantId, @case.AuthorityId, ct), ct);

    public async ValueTask<string?> MayNotReadAsync(Participant person, StoryCase @case, CancellationToken ct)
    {
        using var response = await (await _people.AsAsync(person, ct)).ReadAsync($"/api/cases/{@case.Number}", ct);
        return response.IsSuccessStatusCode ? null : $"HTTP {(int)response.StatusCode}";
    }

    public async ValueTask<string> LetterAsync(Participant reader, NoticeSight notice, CancellationToken ct) =>
        (await (await _people.AsAsync(reader, ct)).GetAsync<NoticeView>($"/api/notices/{notice.Id}", ct)).Text;

    public async ValueTask<Filed?> FindNewCaseAsync(StoryCase openedBy, IReadOnlyCollection<string> known, CancellationToken ct)
    {
        var province = (await _people.ReadersAsync(openedBy.ApplicantId, openedBy.AuthorityId, ct))[0];
        for (var page = 0; page < MostPages; page++)
        {
            var lines = (await province.GetAsync<Page<CaseLine>>($"/api/cases?page={page}", ct)).Items;
            if (lines.FirstOrDefault(line => line.ApplicantId == openedBy.ApplicantId && !known.Contains(line.Number)) is { } line) return new Filed(line.Number, line.AuthorityId, null);

            if (lines.Count == 0) break;
        }

        return null;
    }

    public async ValueTask<IDevices> DevicesAsync(Participant holder, StoryCase @case, int? number, CancellationToken ct)
    {
        var vendor = await _people.AsAsync(holder, ct);
        var keys = (await vendor.GetAsync<List<CredentialLine>>("/api/credentials", ct)).Where(key => key.CaseNumber == @case.Number).OrderBy(key => key.IssuedAt).ToList();
        var key = (number is { } place ? keys.ElementAtOrDefault(place - 1) : keys.LastOrDefault()) ?? throw new StoryException($"办件“{@case.Name}”没有可以使用的密钥。");
        if (_fetched.TryGetValue(key.Id, out var known))
        {
            known.Fetched = null;
            return known;
        }

        var secret = await vendor.PostAsync<RevealedKey>($"/api/credentials/{key.Id}/reveal", body: null, ct);
        using var again = await vendor.SendAsync($"/api/credentials/{key.Id}/reveal", body: null, ct);
        if (again.StatusCode != HttpStatusCode.Conflict) throw new StoryException($"密钥 {secret.Appid} 只能领取一次，再次领取平台答复 HTTP {(int)again.StatusCode}。");

        var devices = new Devices(
            _stage, key, _stage.Device(key.SigningProfile, secret.Appid, secret.Appsecret), _stage.Device(key.SigningProfile, new string('0', secret.Appid.Length), secret.Appsecret))
        {
            Fetched = secret.Appid,
        };
        _fetched.Add(key.Id, devices);
        return devices;
    }

    public async ValueTask<IReadOnlyList<RequestSight>> RequestsAsync(Participant holder, string keyId, CancellationToken ct)
    {
        var vendor = await _people.AsAsync(holder, ct);
        var lines = new List<ConformanceLine>();
        for (var page = 0; page < MostPages; page++)
        {
            var requests = (await vendor.GetAsync<ConformanceView>($"/api/conformance/{keyId}?page={page}", ct)).Requests;
            lines.AddRange(requests.Items);
            if (requests.Items.Count == 0 || lines.Count >= requests.Total) break;
        }

        return
        [
            .. lines.OrderBy(line => line.ReceivedAt).Select(line => new RequestSight(
                line.Id.ToString("N"), line.Method, line.Accepted, line.Code, line.ReceivedAt,
                [.. line.Findings.Select(found => new FindingTold(found.Path, found.Field, found.Rule, found.Level.ToString(), found.Message, found.Basis, found.Advice))])),
        ];
    }

    public async ValueTask<string?> FaultAsync(CancellationToken ct) =>
        (await _stage.ReadinessAsync(ct)).Reconciled is { Ever: > 0 and var found } ? $"巡检在没有人为改动的办件中发现 {found} 处缺失。" : null;

    private sealed class Devices(Stage stage, CredentialLine key, DeviceClient right, DeviceClient stranger) : IDevices
    {
        public string KeyId => key.Id;

        public string? Permit => key.Permit;

        public string? Fetched { get; set; }

        public string Encrypt(string plain) => right.Encrypt(plain);

        public async ValueTask<Answer> SendAsync(string method, JsonObject message, string? signWith, bool isUnknown, CancellationToken ct)
        {
            var answer = await (isUnknown ? stranger : right).SendAsync(method, message, stage.Now, ct, signWith);
            var told = method is TestMessages.ProjectAdd or TestMessages.TeamAdd && answer.RequestSerialCode is { } serial ? await right.ResultAsync(serial, stage.Now, ct) : null;
            return new Answer(answer.Method, answer.Code, answer.Message) { Given = told?.Status == 20 ? told.Data?["result"]?.ToString() : null };
        }
    }
}
