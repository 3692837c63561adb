using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A vendor's devices: their key is fetched once on the platform, as it is shown once; with it they send right and faulty messages.</summary>
internal sealed class DeviceDesk(IPlatform platform, Chronicle told)
{
    /// <summary>The sites that devices have told of, by case: a second key of the case goes on with the first one's.</summary>
    private readonly Dictionary<string, TestSite> _sites = new(StringComparer.Ordinal);

    /// <exception cref="StoryException">There is no such key, or it cannot be fetched any more.</exception>
    public async ValueTask<DeedDone> SendAsync(Deed.Send send, StoryCase @case, Participant actor, string holder, CancellationToken ct)
    {
        var devices = await platform.DevicesAsync(actor, @case, send.Key, ct);
        if (devices.Fetched is { } appid) told.Tell(platform.Now, holder, "在平台领取测试密钥（只显示一次）", $"appid {appid}");

        var site = await SiteAsync(devices, @case, holder, ct);
        var answers = new List<Answer>();
        foreach (var batch in send.Batches)
        {
            for (var time = 0; time < batch.Times; time++)
            {
                foreach (var method in batch.Messages) answers.Add(await SendAsync(method, batch.Fault, devices, site, ct));
            }
        }

        await platform.WaitUntilAsync(platform.Now, ct);
        var requests = (await platform.RequestsAsync(actor, devices.KeyId, ct)).Where(request => request.ReceivedAt == platform.Now && !Tells(request.Method)).ToList();
        var findings = requests.SelectMany(request => request.Findings.Select(finding => (request, finding))).ToList();
        return new DeedDone(
            $"发送 {answers.Count} 个请求",
            [
                .. answers.GroupBy(answer => (answer.Method, answer.Code, answer.Message)).Select(group => $"{group.Key.Method} × {group.Count()}：{group.Key.Code} {group.Key.Message}"),
                .. findings.DistinctBy(found => (found.finding.Path, found.finding.Rule)).Select(found =>
                    $"{found.request.Method} {found.finding.Path}：{found.finding.Message}（{found.finding.Rule}；{found.finding.Basis}）{found.finding.Advice}"),
            ])
        {
            Answers = [.. answers.Select(answer => answer.Code)],
            Stored = requests.Count(request => request.IsAccepted),
            Findings = findings.Select(found => found.finding.Field).Where(field => field.Length > 0).ToHashSet(),
        };
    }

    /// <summary>A key of one project tells of it before anything else: the contractor, the project, a team. Where that is refused, nothing more is known and what follows is refused too.</summary>
    private async ValueTask<TestSite> SiteAsync(IDevices devices, StoryCase @case, string holder, CancellationToken ct)
    {
        if (devices.Permit is not { } permit) return TestSite.Untold;
        if (_sites.TryGetValue(@case.Name, out var known)) return known;

        var area = @case.AuthorityId[..6];
        await devices.SendAsync(TestMessages.CorpUpload, TestMessages.Contracting(area), signWith: null, isUnknown: false, ct);
        var project = await devices.SendAsync(TestMessages.ProjectAdd, TestMessages.Project(area, permit, devices.Encrypt(permit)), signWith: null, isUnknown: false, ct);
        if (project.Given is not { } code) return TestSite.Untold;

        var team = await devices.SendAsync(TestMessages.TeamAdd, TestMessages.Team(code), signWith: null, isUnknown: false, ct);
        told.Tell(platform.Now, holder, "先上传企业、项目和班组", $"项目编码 {code}");
        return _sites[@case.Name] = new TestSite(code, long.Parse(team.Given ?? "0", CultureInfo.InvariantCulture));
    }

    private static bool Tells(string method) => method is TestMessages.CorpUpload or TestMessages.ProjectAdd or TestMessages.TeamAdd;

    private ValueTask<Answer> SendAsync(string method, MessageFault? fault, IDevices devices, TestSite site, CancellationToken ct)
    {
        var number = fault switch
        {
            MessageFault.UndecryptableId => "无法解密",
            MessageFault.WrongCheckDigit => devices.Encrypt(TestMessages.WorkerMistyped),
            _ => devices.Encrypt(TestMessages.Worker),
        };
        return devices.SendAsync(method, Message(method, fault, number, site), fault == MessageFault.WrongSignature ? new string('0', 32) : null, fault == MessageFault.UnknownKey, ct);
    }

    private JsonObject Message(string method, MessageFault? fault, string number, TestSite site) => method switch
    {
        TestMessages.WorkerAdd => TestMessages.WorkerAdded(
            number, fault == MessageFault.UnknownWorkType ? "777" : "010", fault == MessageFault.OversizeFace ? TestMessages.LargePicture : TestMessages.Picture, site),
        TestMessages.EntryExitAdd => TestMessages.Entered(number, platform.Now, site),
        _ => TestMessages.Attended(number, platform.Now, withDirection: fault != MessageFault.MissingDirection, fault == MessageFault.OversizeFace ? TestMessages.LargePicture : null, site),
    };
}
