using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// A vendor new to Guangdong connects in Shenzhen around the National Day holiday of 2022: files late on 30 September, is
/// returned once, corrects, gets the key, sends messages that fail and reads why, sends right ones, 联调成功. What people
/// do and when is told here; every due date is the platform's.
/// </summary>
public sealed class NationalDayStory
{
    public const string Id = "T1";
    public const string Title = "深圳 · 2022 年国庆 · 首次接入的企业，退回补正一次，联调成功";

    private const string Flow = "guangdong-vendor-integration";
    private const string Succeeded = "联调成功";

    private static readonly DateTimeOffset Start = new(2022, 9, 30, 9, 0, 0, BusinessClock.Offset);

    private readonly Chronicle _told = new(Id, Title);
    private readonly Stage _stage;
    private readonly PlatformClient _vendor;
    private readonly PlatformClient _officer;
    private readonly PlatformClient _province;

    private NationalDayStory(Stage stage, PlatformClient vendor, PlatformClient officer, PlatformClient province)
    {
        _stage = stage;
        _vendor = vendor;
        _officer = officer;
        _province = province;
    }

    /// <summary>Plays the story on a host of its own.</summary>
    /// <exception cref="StoryException">It cannot go on.</exception>
    public static async Task<Chronicle> PlayAsync(HostSettings settings, CancellationToken ct)
    {
        await using var stage = await Stage.SetAsync(settings, Start, ct);
        var story = new NationalDayStory(
            stage, await stage.SignInAsync("jia", ct), await stage.SignInAsync("sz-officer", ct), await stage.SignInAsync("gd-officer", ct));
        await story.PlayAsync(ct);
        return story._told;
    }

    private async Task PlayAsync(CancellationToken ct)
    {
        var number = await SubmitAsync(ct);
        await ReturnAsync(number, ct);
        await CorrectAsync(number, ct);
        await ApproveAsync(number, ct);
        await TestAsync(number, ct);
        await ConcludeAsync(number, ct);
        await CloseAsync(number, ct);
    }

    private async Task<string> SubmitAsync(CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-09-30T16:40", ct);
        var values = new JsonObject
        {
            ["companyName"] = "甲科技有限公司",
            ["uscc"] = DemoPeople.VendorJia,
            ["productName"] = "实名通考勤一体机",
            ["productVersion"] = "2.1.0",
            ["productType"] = "软硬件一体",
            ["standardVersion"] = "V1.3",
            ["entry"] = "1",
            ["contactName"] = "王晓",
            ["contactPhone"] = "13800138000",
            ["contactEmail"] = "jia@example.com",
            ["businessLicence"] = await UploadAsync("营业执照.pdf", ct),
            ["authorisation"] = await UploadAsync("授权书.pdf", ct),
            ["productDescription"] = await UploadAsync("产品说明.pdf", ct),
            ["commitment"] = await UploadAsync("承诺书.pdf", ct),
            ["truth"] = true,
        };
        var opened = await _vendor.PostAsync<OpenedCase>("/api/cases", new NewCase(Flow, DemoPeople.Shenzhen, values), ct);
        await _stage.SettleAsync(ct);

        var review = await OpenTaskAsync(opened.Number, "review", ct);
        _told.Tell(_stage.Now, "甲科技", "提交接入申请（缺接口自测报告），收到提交回执", $"办件编号 {opened.Number}", DueLine("材料审核", review.Line));
        return opened.Number;
    }

    private async Task ReturnAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-08T10:00", ct);
        var review = await OpenTaskAsync(number, "review", ct);
        var findings = (review.Data?["findings"] as JsonArray ?? review.Data?["findings"]?["failures"] as JsonArray)?.Select(finding => finding?["message"]?.ToString()).OfType<string>() ?? [];
        var values = new JsonObject
        {
            ["defects"] = new JsonArray(new JsonObject
            {
                ["item"] = "接口自测报告",
                ["clause"] = "161号 二（四）材料清单",
                ["problem"] = "没有上传接口自测报告",
                ["expected"] = "按《接口标准》V1.3 逐项自测并上传报告",
            }),
        };
        await CompleteAsync(_officer, review, "Returned", values, ct);

        var correction = await OpenTaskAsync(number, "correct", ct);
        _told.Tell(_stage.Now, "深圳经办", "审核：不符合要求，一次性告知 1 个问题，退回补正", [.. findings.Select(finding => $"系统检查：{finding}"), DueLine("补正材料", correction.Line)]);
    }

    private async Task CorrectAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-08T15:20", ct);
        var correction = await OpenTaskAsync(number, "correct", ct);
        var values = new JsonObject
        {
            ["remedies"] = new JsonArray(new JsonObject { ["item"] = "接口自测报告", ["explanation"] = "已按 V1.3 逐项自测，报告见附件。" }),
            ["selfTestReport"] = await UploadAsync("接口自测报告.pdf", ct),
        };
        await CompleteAsync(_vendor, correction, "Resubmitted", values, ct);

        var review = await OpenTaskAsync(number, "review", ct);
        _told.Tell(_stage.Now, "甲科技", "补正后重新提交，审核时限接着计算", DueLine("材料审核", review.Line));
    }

    private async Task ApproveAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-09T11:00", ct);
        await TellNewNoticesAsync(number, ct);
        var review = await OpenTaskAsync(number, "review", ct);
        await CompleteAsync(_officer, review, "Approved", [], ct);

        var test = await OpenTaskAsync(number, "interface-test", ct);
        _told.Tell(_stage.Now, "深圳经办", "审核：符合要求，平台下发测试密钥", DueLine("接口测试联调", test.Line));
    }

    private async Task TestAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-10T09:30", ct);
        var key = (await _vendor.GetAsync<List<CredentialLine>>("/api/credentials", ct)).Find(credential => credential.CaseNumber == number)
            ?? throw new StoryException($"The vendor sees no key for {number}.");
        var secret = await _vendor.PostAsync<RevealedKey>($"/api/credentials/{key.Id}/reveal", body: null, ct);
        using (var again = await _vendor.SendAsync($"/api/credentials/{key.Id}/reveal", body: null, ct))
        {
            _told.Expect(again.StatusCode == HttpStatusCode.Conflict, $"密钥再次领取应被拒绝，实际返回 HTTP {(int)again.StatusCode}。");
        }

        _told.Tell(_stage.Now, "甲科技", "在平台领取测试密钥（只显示一次）", $"appid {secret.Appid}");

        var device = _stage.Device(key.SigningProfile, secret.Appid, secret.Appsecret);
        await SendFaultyAsync(device, key.Id, ct);
        await SendRightAsync(device, number, key.Id, ct);
    }

    private async Task SendFaultyAsync(NationalClient device, string credentialId, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-10T14:00", ct);
        var worker = device.Encrypt(TestMessages.Worker);
        var faults = new (string What, string? Field, Func<Task<NationalAnswer>> Send)[]
        {
            ("签名用错密钥", null, () => device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), _stage.Now, ct, signWith: new string('0', 32))),
            ("身份证号码校验码错误", "idCardNumber", () => device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(device.Encrypt(TestMessages.WorkerMistyped)), _stage.Now, ct)),
            ("工种代码不存在", "workType", () => device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker, workType: "777"), _stage.Now, ct)),
            ("缺少进出方向", "direction", () => device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, _stage.Now, withDirection: false), _stage.Now, ct)),
        };

        foreach (var (what, field, send) in faults)
        {
            var answer = await send();
            _told.Tell(_stage.Now, "甲科技设备", $"发送 {answer.Method}（{what}）", $"平台应答 {answer.Code} {answer.Message}");
            if (field is null) _told.Expect(answer.Code != "0", $"{what}的请求应被拒绝，平台应答 {answer.Code}。");
        }

        await _stage.SettleAsync(ct);
        var report = await _vendor.GetAsync<ConformanceView>($"/api/conformance/{credentialId}?failedOnly=true", ct);
        var findings = report.Requests.Items.OrderBy(request => request.ReceivedAt).SelectMany(request => request.Findings.Select(finding => (request, finding))).ToList();
        _told.Tell(
            _stage.Now, "甲科技", $"查看联调结果：{report.Requests.Items.Count} 个请求没有通过",
            findings.Select(found => $"{found.request.Method} {found.finding.Path}：{found.finding.Message}（{found.finding.Rule}；{found.finding.Basis}）{found.finding.Advice}"));
        foreach (var (what, field, _) in faults)
        {
            if (field is not null) _told.Expect(findings.Exists(found => found.finding.Field == field), $"“{what}”应指出字段 {field}，联调结果里没有。");
        }
    }

    private async Task SendRightAsync(NationalClient device, string number, string credentialId, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-12T10:15", ct);
        var test = await OpenTaskAsync(number, "interface-test", ct);
        using (var early = await SendCompletionAsync(_officer, test, "Succeeded", [], ct))
        {
            _told.Expect(!early.IsSuccessStatusCode, "一致性检查达到要求之前，不应能选择“联调成功”。");
        }

        var worker = device.Encrypt(TestMessages.Worker);
        NationalAnswer[] answers =
        [
            await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), _stage.Now, ct),
            await device.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(worker, _stage.Now), _stage.Now, ct),
            await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, _stage.Now), _stage.Now, ct),
        ];
        _told.Tell(_stage.Now, "甲科技设备", "改正后重新发送三类报文", answers.Select(answer => $"{answer.Method}：{answer.Code} {answer.Message}"));
        foreach (var answer in answers) _told.Expect(answer.Code == "0", $"改正后的 {answer.Method} 应被接收，平台应答 {answer.Code} {answer.Message}。");

        await _stage.SettleAsync(ct);
        var report = await _vendor.GetAsync<ConformanceView>($"/api/conformance/{credentialId}", ct);
        _told.Expect(report.Requests.Items.Count(request => request.Accepted) >= answers.Length, "改正后的报文没有全部入库。");
        await TellNewNoticesAsync(number, ct);
    }

    private async Task ConcludeAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-13T15:30", ct);
        await TellNewNoticesAsync(number, ct);
        var test = await OpenTaskAsync(number, "interface-test", ct);
        await CompleteAsync(_officer, test, "Succeeded", new JsonObject { ["conclusion"] = "三类报文均已入库，联调完成。" }, ct);
        await _stage.SettleAsync(ct);
        _told.Tell(_stage.Now, "深圳经办", "选择“联调成功”，办件办结");
    }

    private async Task CloseAsync(string number, CancellationToken ct)
    {
        await _stage.WaitUntilAsync("2022-10-15T00:00", ct);
        await TellNewNoticesAsync(number, ct);
        var view = await CaseAsync(_officer, number, ct);
        var key = view.Credentials.Single();
        var requests = (await _vendor.GetAsync<ConformanceView>($"/api/conformance/{key.Id}", ct)).Requests.Items;
        _told.Case = CaseTold.From(view, await NoticesAsync(number, ct), requests);

        _told.Expect(view.Line.Outcome == Succeeded, $"办件结果应为“{Succeeded}”，实际为“{view.Line.Outcome ?? "未办结"}”。");
        _told.Expect(view.Warnings.Count == 0, $"本故事没有超时，实际发出预警 {view.Warnings.Count} 次：{string.Join("；", view.Warnings.Select(warning => warning.Title))}。");
        _told.Expect(view.Tasks.All(task => !task.Line.Open), "办结后仍有未办事项。");
        _told.Expect(view.Incidents.Count == 0, $"办理过程中出现异常：{string.Join("；", view.Incidents.Select(incident => incident.Message))}。");
        foreach (var late in view.Tasks.Where(task => task.ClosedAt > task.Line.OverdueAt)) _told.Expect(false, $"“{late.Line.Title}”超过了应办结日期 {late.Line.DueDate:yyyy-MM-dd}。");
    }

    private readonly HashSet<string> _noticesTold = [];

    /// <summary>Tells the letters that came since the last look, at the time they were sent.</summary>
    private async Task TellNewNoticesAsync(string number, CancellationToken ct)
    {
        foreach (var notice in (await NoticesAsync(number, ct)).OrderBy(notice => notice.SentAt).Where(notice => _noticesTold.Add(notice.Id)))
        {
            if (notice.SentAt > Start) _told.Tell(notice.SentAt, "平台", $"通知{notice.OrganisationName}：{notice.Subject}");
        }
    }

    /// <summary>Each side sees its own letters; together they are all.</summary>
    private async Task<IReadOnlyList<NoticeLine>> NoticesAsync(string number, CancellationToken ct)
    {
        var seen = new Dictionary<string, NoticeLine>();
        foreach (var reader in (PlatformClient[])[_vendor, _officer, _province])
        {
            foreach (var notice in (await CaseAsync(reader, number, ct)).Notices) seen[notice.Id] = notice;
        }

        return [.. seen.Values];
    }

    private static Task<CaseView> CaseAsync(PlatformClient reader, string number, CancellationToken ct) => reader.GetAsync<CaseView>($"/api/cases/{number}", ct);

    private async Task<TaskDetail> OpenTaskAsync(string number, string activity, CancellationToken ct)
    {
        var view = await CaseAsync(_officer, number, ct);
        return view.Tasks.FirstOrDefault(task => task.Line.Open && task.Line.Kind == TaskKind.Work && task.ActivityId == activity)
            ?? throw new StoryException(
                $"{_stage.Now:yyyy-MM-dd HH:mm}：办件 {number} 没有等待办理的步骤“{activity}”；未办的是：{string.Join("、", view.Tasks.Where(task => task.Line.Open).Select(task => task.ActivityId))}"
                + string.Concat(view.Incidents.Select(incident => $"；异常：{incident.Message}")));
    }

    private static Task<HttpResponseMessage> SendCompletionAsync(PlatformClient who, TaskDetail task, string outcome, JsonObject values, CancellationToken ct) =>
        who.SendAsync($"/api/tasks/{task.Line.Id}/complete", new TaskAnswer(outcome, values), ct);

    private async Task CompleteAsync(PlatformClient who, TaskDetail task, string outcome, JsonObject values, CancellationToken ct)
    {
        using var response = await SendCompletionAsync(who, task, outcome, values, ct);
        if (!response.IsSuccessStatusCode) throw new StoryException($"“{task.Line.Title}”→ {outcome}：HTTP {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");

        await response.Content.ReadFromJsonAsync<TaskDone>(ct);
        await _stage.SettleAsync(ct);
    }

    private async Task<JsonArray> UploadAsync(string name, CancellationToken ct)
    {
        var pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
        return [await _vendor.UploadAsync(name, pdf, ct)];
    }

    private static string DueLine(string task, TaskLine line) => line.DueDate is { } due
        ? string.Create(CultureInfo.InvariantCulture, $"{task}：{line.StartDate:yyyy-MM-dd} 起算，应于 {due:yyyy-MM-dd} 前办结{(line.Provisional ? "（暂定）" : "")}")
        : $"{task}：不限时";
}
