using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>
/// Guangzhou, National Day 2022: the review passes its deadline, the bureau answers the warning, approves late; the key does not
/// work, the complaint is found true, a new key is issued, tested, and the case ends well.
/// </summary>
public sealed class GuangzhouTests
{
    private const string Review = "材料审核";
    private const string Authority = DemoPeople.Guangzhou;

    [Fact]
    public async Task A_late_review_is_warned_about_and_answered_and_a_true_complaint_leads_to_a_new_key_and_联调成功()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T10:00", new DemoGuest(Authority, Roles.Leader), new DemoGuest(Authority, Roles.SupportUnit));
        var applicant = await stage.ClientAsync("yi");
        var number = await applicant.ApplyAsYiAsync(Authority);
        await stage.SettleAsync();
        var officer = await stage.SignInAsync("gz-officer", javaScript: true);
        var vendor = await stage.SignInAsync("yi", javaScript: true);

        await ReviewBecomesLateAsync(stage, officer, vendor, number);
        await AnswerWarningAsync(stage, officer, number);
        await ApproveLateAsync(stage, officer, number);
        var complaint = await ComplainAsync(stage, vendor, number);
        await VerifyAsync(stage, officer, number, complaint);
        await ReissueAsync(stage, officer, vendor, number);
        await TestAgainAsync(stage, officer, vendor, number, complaint);

        Assert.Empty(officer.Complaints);
        Assert.Empty(vendor.Complaints);
    }

    private static async Task ReviewBecomesLateAsync(BrowserStage stage, Visitor officer, Visitor vendor, string number)
    {
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("还剩 3 个工作日，含 10 月 8 日、10 月 9 日调休");
        await officer.SeesAsync("2022-10-10（周一） 24:00 前办结");
        await officer.SeesAsync("跳过国庆节假期（10月1日—10月7日）");

        await stage.WaitUntilAsync("2022-10-10T23:59");
        await officer.GoAsync("/warnings");
        await officer.SeesAsync("没有待核实反馈的预警");

        await stage.WaitUntilAsync("2022-10-11T09:30");
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("已超 1 个工作日");
        Assert.Equal("材料审核：办理中，已超 1 个工作日，2022-10-10（周一）到期", await officer.StepAsync("review"));
        Assert.Equal("审核超时：核实反馈：待核实反馈，还剩 2 个工作日，2022-10-13（周四）到期", await officer.StepAsync("review-warning"));
        await officer.LookAsync("30-case-overdue");

        // The enterprise sees that the step is late, and nothing of the warning.
        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("已超 1 个工作日");
        Assert.Equal(0, await vendor.Page.Locator("[data-step='review-warning']").CountAsync());
        Assert.Equal(403, await vendor.GoAsync("/warnings"));
    }

    private static async Task AnswerWarningAsync(BrowserStage stage, Visitor officer, string number)
    {
        await officer.GoAsync("/");
        await officer.FollowAsync("预警");
        await officer.SeesAsync(number);
        await officer.SeesAsync("“材料审核”应于 2022-10-10（周一）前办结，至今未办结，已超期 1 个工作日");
        await officer.SeesAsync("2022-10-11 00:00 发出");
        await officer.SeesAsync("2022-10-13（周四） 24:00 前反馈");
        await officer.LookAsync("31-warnings");

        await officer.FollowAsync("核实反馈：");
        await officer.SeesAsync("审核超时核实反馈");
        await officer.LookAsync("32-warning-task");
        await officer.ChooseAsync("超时原因", "人员不足");
        await officer.FillAsync("核实情况", "国庆后申请集中，经办人员不足，已调配人员。");
        await officer.FillAsync("计划办结日期", "2022-10-12");
        await officer.PressAsync("核实反馈");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();

        await officer.GoAsync("/warnings?view=all");
        await officer.SeesAsync("已反馈");
        await officer.SeesAsync("黄慧（广州经办）");
        await officer.SeesAsync("国庆后申请集中");
        await officer.SeesAsync("2022-10-12");
        await officer.LookAsync("33-warning-answered");
    }

    private static async Task ApproveLateAsync(BrowserStage stage, Visitor officer, string number)
    {
        await stage.WaitUntilAsync("2022-10-12T10:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync(Review);
        await officer.TickAsync("符合要求，发放测试密钥");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await officer.GoAsync($"/cases/{number}");
        Assert.Equal("材料审核：2022-10-12 符合要求，超期 2 个工作日", await officer.StepAsync("review"));
        await officer.SeesAsync("2022-10-19（周三） 24:00 前办结");
    }

    private static async Task<string> ComplainAsync(BrowserStage stage, Visitor vendor, string number)
    {
        var (appid, _) = await vendor.FetchKeyAsync();
        await stage.WaitUntilAsync("2022-10-13T09:00");
        var device = stage.Device("national-1.2.1", appid, new string('0', 32));
        await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded("x"), stage.Now, CancellationToken.None);
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2022-10-14T09:00");
        var complaint = await vendor.ComplainAsync(number, "测试密钥不可用", "领取的测试密钥在市级系统没有启用，所有请求都被拒绝。");
        await vendor.SeesAsync("签收投诉");
        await vendor.SeesAsync("2022-10-18（周二） 24:00 前办结");
        await vendor.SeesAsync(number);
        await vendor.LookAsync("34-complaint");
        return complaint;
    }

    private static async Task VerifyAsync(BrowserStage stage, Visitor officer, string number, string complaint)
    {
        await stage.WaitUntilAsync("2022-10-14T15:00");
        var handler = await stage.ClientAsync("gz-officer");
        await handler.CompleteAsync(complaint, "acknowledge", "Accepted");
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2022-10-17T10:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("核实投诉");
        await officer.SeesAsync("2022-10-21（周五） 24:00 前办结");
        await officer.SeesAsync("系统记录");
        await officer.SeesAsync("被拒绝 1 次");
        await officer.SeesAsync("网关应答截图.pdf");
        await officer.LookAsync("35-verification");
        await officer.TickAsync("属实");
        await officer.FillAsync("核实情况", "经查，密钥在市级系统未启用，投诉属实。");
        await officer.ChooseAsync("事由", "测试密钥不可用");
        await officer.ChooseAsync("结论", "属实");
        await officer.FillAsync("整改要求", "重新提供测试密钥。");
        await officer.FillAsync("整改期限（工作日）", "3");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");

        var leader = await stage.ClientAsync(stage.At(Authority, Roles.Leader));
        await leader.CompleteAsync(complaint, "sign", "Signed");
        await stage.SettleAsync();
        await officer.GoAsync($"/cases/{complaint}");
        await officer.SeesAsync("2022-10-20（周四） 24:00 前办结");
        Assert.Contains("属实", await officer.StepAsync("verify"), StringComparison.Ordinal);
        await officer.LookAsync("36-complaint-upheld");
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("与本办件有关的办件");
    }

    private static async Task ReissueAsync(BrowserStage stage, Visitor officer, Visitor vendor, string number)
    {
        await stage.WaitUntilAsync("2022-10-18T14:00");
        var support = await stage.SignInAsync(stage.At(Authority, Roles.SupportUnit), javaScript: true);
        await support.GoAsync("/tasks");
        await support.FollowAsync("限期整改");
        await support.SeesAsync("2022-10-20（周四） 24:00 前办结");
        await support.SeesAsync("经查，密钥在市级系统未启用，投诉属实。");
        await support.SeesNotAsync("申请人已申请保密");
        await support.TickAsync("重新发放测试密钥");
        await support.FillAsync("整改措施", "密钥已在市级系统启用并重新生成。");
        await support.LookAsync("38-rectification");
        await support.PressAsync("提交");
        await support.SeesAsync("已办理。");
        Assert.Equal(403, await support.GoAsync($"/cases/{number}"));
        Assert.Empty(support.Complaints);
        await stage.SettleAsync();

        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("2022-10-25（周二） 24:00 前办结");
        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("已收回");
    }

    private static async Task TestAgainAsync(BrowserStage stage, Visitor officer, Visitor vendor, string number, string complaint)
    {
        var (appid, secret) = await vendor.FetchKeyAsync();
        await stage.WaitUntilAsync("2022-10-19T10:00");
        var device = stage.Device("national-1.2.1", appid, secret);
        await device.SendFullSetAsync(stage.Now);
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2022-10-20T10:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.TickAsync("联调成功");
        await officer.FillAsync("联调结论说明", "重新发放密钥后三类报文均已入库。");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();

        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("已办结 · 联调成功");
        await vendor.SeesAsync("“接口测试联调”本轮结束：重新发放测试密钥");
        Assert.Equal("提交回执 超时告知 核实反馈 测试密钥发放 临期提醒 重新发放 一致性检查 联调成功", await vendor.LettersAsync());
        await vendor.LookAsync("37-case-succeeded");
        await vendor.GoAsync($"/cases/{complaint}");
        await vendor.SeesAsync("已办结 · 属实-重新联调成功");
        Assert.Equal("投诉回执 投诉受理 核处结果 整改完成 投诉办结", await vendor.LettersAsync());
    }
}
