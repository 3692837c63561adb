using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>Guangzhou, National Day 2022: the review passes its deadline, the bureau answers the warning, approves late and issues the key.</summary>
public sealed class GuangzhouTests
{
    [Fact]
    public async Task A_late_review_is_warned_about_answered_and_done()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T10:00");
        var applicant = await stage.ClientAsync("yi");
        var number = await applicant.ApplyAsYiAsync(DemoPeople.Guangzhou);
        await stage.SettleAsync();

        var officer = await stage.SignInAsync("gz-officer", javaScript: true);
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("2022-10-10（周一）");
        await officer.LookAsync("30-case-review");

        await stage.WaitUntilAsync("2022-10-11T09:30");
        await officer.GoAsync($"/cases/{number}");
        await officer.LookAsync("31-case-overdue");
        var vendor = await stage.SignInAsync("yi", javaScript: true);
        await vendor.GoAsync($"/cases/{number}");
        await vendor.LookAsync("32-case-overdue-vendor");
        await officer.GoAsync("/warnings");
        await officer.LookAsync("33-warnings");
        await officer.FollowAsync("核实反馈：");
        await officer.SeesAsync("审核超时核实反馈");
        await officer.LookAsync("34-warning-task");
    }
}
