using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>
/// Guangzhou, National Day 2022: the review passes its deadline, the bureau answers the warning, approves late and issues the key.
/// </summary>
public sealed class GuangzhouTests
{
    private const string Review = "材料审核";
    private const string Authority = DemoPeople.Guangzhou;

    [Fact]
    public async Task A_late_review_is_warned_about_answered_and_done()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T10:00");
        var applicant = await stage.ClientAsync("yi");
        var number = await applicant.ApplyAsYiAsync(Authority);
        await stage.SettleAsync();
        var officer = await stage.SignInAsync("gz-officer", javaScript: true);
        var vendor = await stage.SignInAsync("yi", javaScript: true);

        await ReviewBecomesLateAsync(stage, officer, vendor, number);
        await AnswerWarningAsync(stage, officer, number);
        await ApproveLateAsync(stage, officer, number);

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
}
