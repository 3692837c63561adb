using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>T2: Zhanjiang, Spring Festival 2023. The test runs over, ends 联调延期 with two defects, and the vendor applies again with its former answers.</summary>
public sealed class ZhanjiangTests
{
    private const string Authority = "440800";

    [Fact]
    public async Task A_test_postponed_for_two_defects_is_applied_for_again()
    {
        await using var stage = await BrowserStage.SetAsync("2023-01-16T09:30", new DemoGuest(Authority, Roles.Officer));
        var applicant = await stage.ClientAsync("yi");
        var number = await applicant.ApplyAsYiAsync(Authority);
        await stage.SettleAsync();
        var clerk = await stage.ClientAsync(stage.At(Authority, Roles.Officer));
        var officer = await stage.SignInAsync(stage.At(Authority, Roles.Officer), javaScript: true);
        var vendor = await stage.SignInAsync("yi", javaScript: true);
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("2023-01-19（周四） 24:00 前办结");

        await stage.WaitUntilAsync("2023-01-18T10:00");
        await clerk.CompleteAsync(number, "review", "Approved");
        await stage.SettleAsync();
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("2023-01-30（周一） 24:00 前办结");
        await officer.SeesAsync("跳过春节假期（1月21日—1月27日）");

        var device = await SendFaultyAsync(stage, vendor);
        await CannotPostponeYetAsync(stage, officer);
        await PostponeAsync(stage, officer, number);
        await vendor.GoAsync($"/cases/{number}");
        Assert.Equal("提交回执 测试密钥发放 临期提醒 超时告知 核实反馈 联调延期", await vendor.LettersAsync());
        await stage.WaitUntilAsync("2023-02-01T11:05");
        var refused = await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded("x"), stage.Now, CancellationToken.None);
        Assert.Contains("密钥已于 2023-02-01 11:00 停用", refused.Message, StringComparison.Ordinal);

        var again = await ApplyAgainAsync(stage, vendor, officer, number);
        await SucceedAsync(stage, clerk, vendor, officer, again);

        Assert.Empty(officer.Complaints);
        Assert.Empty(vendor.Complaints);
    }

    /// <summary>Attendance with a face of 60 KB, and a number that cannot be decrypted.</summary>
    private static async Task<DeviceClient> SendFaultyAsync(BrowserStage stage, Visitor vendor)
    {
        var (appid, secret) = await vendor.FetchKeyAsync();
        await stage.WaitUntilAsync("2023-01-19T10:00");
        var device = stage.Device("national-1.2.1", appid, secret);
        await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(device.Encrypt(TestMessages.Worker), stage.Now, face: TestMessages.LargePicture), stage.Now, CancellationToken.None);
        await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended("x", stage.Now), stage.Now, CancellationToken.None);
        await stage.SettleAsync();
        return device;
    }

    private static async Task CannotPostponeYetAsync(BrowserStage stage, Visitor officer)
    {
        await stage.WaitUntilAsync("2023-01-29T16:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.SeesAsync("还剩 1 个工作日");
        await officer.TickAsync("联调延期");
        await FillDefectAsync(officer, 0);
        await officer.PressAsync("提交");
        await officer.SeesAsync("本次提交未被接收");
    }

    private static async Task PostponeAsync(BrowserStage stage, Visitor officer, string number)
    {
        await stage.WaitUntilAsync("2023-02-01T11:00");
        await officer.GoAsync("/warnings");
        await officer.SeesAsync("2023-01-31 00:00 发出");
        await officer.SeesAsync("2023-02-02（周四） 24:00 前反馈");
        await officer.FollowAsync("核实反馈：");
        await officer.ChooseAsync("超时原因", "设备或软件不符合《接口标准》V1.3（责任方：企业）");
        await officer.FillAsync("核实情况", "照片超过 50 KB，证件号码不能解密。");
        await FillDefectAsync(officer, 0);
        await officer.PressAsync("再加一条");
        await officer.SeesAsync("第 2 条");
        await FillDefectAsync(officer, 1);
        await officer.PressAsync("核实反馈");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();

        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.TickAsync("联调延期");
        await FillDefectAsync(officer, 0);
        await officer.PressAsync("再加一条");
        await officer.SeesAsync("第 2 条");
        await FillDefectAsync(officer, 1);
        await officer.LookAsync("40-postpone");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();

        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("已办结 · 联调延期");
        await officer.SeesAsync("已收回");
        await officer.SeesNotAsync("预警待反馈");
        await officer.LookAsync("41-postponed");

        // The cause was the enterprise's: not counted against the authority.
        await officer.FollowAsync("统计");
        await officer.SeesAsync("办理情况统计");
        Assert.Equal("1", await officer.Page.Locator("td[data-name='预警：企业原因']").First.InnerTextAsync());
        Assert.Equal("0", await officer.Page.Locator("td[data-name='预警：计入']").First.InnerTextAsync());
        await officer.SeesAsync("联调延期 1 次");
        await officer.LookAsync("43-statistics");
    }

    private static async Task<string> ApplyAgainAsync(BrowserStage stage, Visitor vendor, Visitor officer, string number)
    {
        await stage.WaitUntilAsync("2023-02-06T09:00");
        await vendor.GoAsync($"/cases/{number}");
        await vendor.FollowAsync("重新申请");
        await vendor.SeesAsync($"已按办件 {number} 的申请内容预填");
        Assert.Equal("工地通闸机", await vendor.Page.GetByLabel("产品名称").InputValueAsync());
        Assert.Equal("13800138000", await vendor.Page.GetByLabel("联系电话").InputValueAsync());
        Assert.Equal(number, await vendor.Page.GetByLabel("原办件编号").InputValueAsync());
        Assert.Equal(Authority, await vendor.Page.GetByLabel("受理单位").InputValueAsync());
        await vendor.SeesNotAsync("已上传");
        await vendor.LookAsync("42-apply-again");

        foreach (var paper in new[] { "营业执照", "授权书", "产品说明", "接口自测报告", "承诺书" }) await vendor.AttachAsync(paper, $"{paper}.pdf");
        await vendor.FillAsync("原来的问题", "照片大小");
        await vendor.Page.GetByLabel("整改情况").First.FillAsync("照片压缩到 50 KB 以下，证件号码按标准加密。");
        await vendor.TickAsync("本企业承诺所填内容和所附材料真实有效");
        await vendor.PressAsync("提交");
        await vendor.SeesAsync("已提交，办件编号");
        await vendor.SeesAsync("2023-02-09（周四） 24:00 前办结");
        await vendor.SeesAsync(number);
        var again = new Uri(vendor.Page.Url).Segments[^1];
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync(again);

        // Nobody fills a form with somebody else's case.
        var stranger = await stage.SignInAsync("jia", javaScript: false);
        Assert.Equal(404, await stranger.GoAsync($"/apply/guangdong-vendor-integration?from={number}"));
        return again;
    }

    private static async Task SucceedAsync(BrowserStage stage, PlatformClient clerk, Visitor vendor, Visitor officer, string again)
    {
        await stage.WaitUntilAsync("2023-02-08T14:00");
        await clerk.CompleteAsync(again, "review", "Approved");
        await stage.SettleAsync();
        await vendor.GoAsync($"/cases/{again}");
        await vendor.SeesAsync("2023-02-15（周三） 24:00 前办结");
        var (appid, secret) = await vendor.FetchKeyAsync();
        await stage.WaitUntilAsync("2023-02-09T10:00");
        await stage.Device("national-1.2.1", appid, secret).SendFullSetAsync(stage.Now);
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2023-02-14T17:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.TickAsync("联调成功");
        await officer.FillAsync("联调结论说明", "三类报文均已入库，原来的问题已经整改。");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();
        await vendor.GoAsync($"/cases/{again}");
        await vendor.SeesAsync("已办结 · 联调成功");
    }

    private static async Task FillDefectAsync(Visitor officer, int row)
    {
        await officer.Page.GetByLabel("依据").Nth(row).SelectOptionAsync(new Microsoft.Playwright.SelectOptionValue { Index = 1 });
        await officer.Page.GetByLabel("报文编号或设备").Nth(row).FillAsync("WorkerAttendance.Add");
        await officer.Page.GetByLabel("实际情况").Nth(row).FillAsync(row == 0 ? "照片 64 KB" : "证件号码不能解密");
        await officer.Page.GetByLabel("应当").Nth(row).FillAsync(row == 0 ? "不超过 50 KB" : "按附录加密");
    }
}
