using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A vendor's devices: their key is fetched once on the platform, as it is shown once; with it they send right and faulty messages.</summary>
internal sealed class DeviceDesk(IPlatform platform, Chronicle told)
{
    /// <exception cref="StoryException">There is no such key, or it cannot be fetched any more.</exception>
    public async ValueTask<DeedDone> SendAsync(Deed.Send send, StoryCase @case, Participant actor, string holder, CancellationToken ct)
    {
        var devices = await platform.DevicesAsync(actor, @case, send.Key, ct);
        if (devices.Fetched is { } appid) told.Tell(platform.Now, holder, "在平台领取测试密钥（只显示一次）", $"appid {appid}");

        var answers = new List<Answer>();
        foreach (var batch in send.Batches)
        {
            for (var time = 0; time < batch.Times; time++)
            {
                foreach (var method in batch.Messages) answers.Add(await SendAsync(method, batch.Fault, devices, ct));
            }
        }

        await platform.WaitUntilAsync(platform.Now, ct);
        var requests = (await platform.RequestsAsync(actor, devices.KeyId, ct)).Where(request => request.ReceivedAt == platform.Now).ToList();
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

    private ValueTask<Answer> SendAsync(string method, MessageFault? fault, IDevices devices, CancellationToken ct)
    {
        var number = fault switch
        {
            MessageFault.UndecryptableId => "无法解密",
            MessageFault.WrongCheckDigit => devices.Encrypt(TestMessages.WorkerMistyped),
            _ => devices.Encrypt(TestMessages.Worker),
        };
        return devices.SendAsync(method, Message(method, fault, number), fault == MessageFault.WrongSignature ? new string('0', 32) : null, fault == MessageFault.UnknownKey, ct);
    }

    private JsonObject Message(string method, MessageFault? fault, string number) => method switch
    {
        TestMessages.WorkerAdd => TestMessages.WorkerAdded(
            number, fault == MessageFault.UnknownWorkType ? "777" : "010", fault == MessageFault.OversizeFace ? TestMessages.LargePicture : TestMessages.Picture),
        TestMessages.EntryExitAdd => TestMessages.Entered(number, platform.Now),
        _ => TestMessages.Attended(number, platform.Now, withDirection: fault != MessageFault.MissingDirection, fault == MessageFault.OversizeFace ? TestMessages.LargePicture : null),
    };
}
