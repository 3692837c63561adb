using System.Text.Json.Nodes;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>A vendor's devices: their key is fetched once on the platform, as it is shown once; with it they send right and faulty messages.</summary>
internal sealed class DeviceDesk(Stage stage, Chronicle told)
{
    private const int MostPages = 20;

    private readonly Dictionary<string, RevealedKey> _fetched = [];

    /// <exception cref="StoryException">There is no such key, or it cannot be fetched any more.</exception>
    public async Task<DeedDone> SendAsync(Deed.Send send, StoryCase @case, string holder, PlatformClient vendor, CancellationToken ct)
    {
        var keys = (await vendor.GetAsync<List<CredentialLine>>("/api/credentials", ct)).Where(key => key.CaseNumber == @case.Number).OrderBy(key => key.IssuedAt).ToList();
        var key = (send.Key is { } number ? keys.ElementAtOrDefault(number - 1) : keys.LastOrDefault()) ?? throw new StoryException($"办件“{@case.Name}”没有可以使用的密钥。");
        var secret = await FetchAsync(key, holder, vendor, ct);
        var device = stage.Device(key.SigningProfile, secret.Appid, secret.Appsecret);
        var stranger = stage.Device(key.SigningProfile, new string('0', secret.Appid.Length), secret.Appsecret);

        var answers = new List<NationalAnswer>();
        foreach (var batch in send.Batches)
        {
            for (var time = 0; time < batch.Times; time++)
            {
                foreach (var method in batch.Messages) answers.Add(await SendAsync(method, batch.Fault, device, stranger, ct));
            }
        }

        await stage.SettleAsync(ct);
        var requests = (await RequestsAsync(vendor, key.Id, ct)).Where(request => request.ReceivedAt == stage.Now).ToList();
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
            Stored = requests.Count(request => request.Accepted),
            Findings = findings.Select(found => found.finding.Field).Where(field => field.Length > 0).ToHashSet(),
        };
    }

    /// <summary>What the platform has of a key's requests, oldest first.</summary>
    public static async Task<IReadOnlyList<ConformanceLine>> RequestsAsync(PlatformClient vendor, string credentialId, CancellationToken ct)
    {
        var lines = new List<ConformanceLine>();
        for (var page = 0; page < MostPages; page++)
        {
            var requests = (await vendor.GetAsync<ConformanceView>($"/api/conformance/{credentialId}?page={page}", ct)).Requests;
            lines.AddRange(requests.Items);
            if (requests.Items.Count == 0 || lines.Count >= requests.Total) break;
        }

        return [.. lines.OrderBy(line => line.ReceivedAt)];
    }

    private async Task<RevealedKey> FetchAsync(CredentialLine key, string holder, PlatformClient vendor, CancellationToken ct)
    {
        if (_fetched.TryGetValue(key.Id, out var known)) return known;

        var secret = await vendor.PostAsync<RevealedKey>($"/api/credentials/{key.Id}/reveal", body: null, ct);
        _fetched.Add(key.Id, secret);
        using var again = await vendor.SendAsync($"/api/credentials/{key.Id}/reveal", body: null, ct);
        if (again.StatusCode != System.Net.HttpStatusCode.Conflict) told.Differs($"密钥 {secret.Appid} 只能领取一次，再次领取平台答复 HTTP {(int)again.StatusCode}。");
        told.Tell(stage.Now, holder, "在平台领取测试密钥（只显示一次）", $"appid {secret.Appid}");
        return secret;
    }

    private Task<NationalAnswer> SendAsync(string method, MessageFault? fault, NationalClient device, NationalClient stranger, CancellationToken ct)
    {
        var number = fault switch
        {
            MessageFault.UndecryptableId => "无法解密",
            MessageFault.WrongCheckDigit => device.Encrypt(TestMessages.WorkerMistyped),
            _ => device.Encrypt(TestMessages.Worker),
        };
        var message = Message(method, fault, number);
        return (fault == MessageFault.UnknownKey ? stranger : device).SendAsync(
            method, message, stage.Now, ct, fault == MessageFault.WrongSignature ? new string('0', 32) : null);
    }

    private JsonObject Message(string method, MessageFault? fault, string number) => method switch
    {
        TestMessages.WorkerAdd => TestMessages.WorkerAdded(
            number, fault == MessageFault.UnknownWorkType ? "777" : "010", fault == MessageFault.OversizeFace ? TestMessages.LargePicture : TestMessages.Picture),
        TestMessages.EntryExitAdd => TestMessages.Entered(number, stage.Now),
        _ => TestMessages.Attended(number, stage.Now, withDirection: fault != MessageFault.MissingDirection, fault == MessageFault.OversizeFace ? TestMessages.LargePicture : null),
    };
}
