using System.Text.Json.Nodes;
using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>T8: Zhongshan, Labour Day 2025. A complaint that is untrue, filed after the test's limit, ends the application.</summary>
public sealed class ZhongshanTests
{
    private const string Authority = "442000";

    [Fact]
    public async Task An_untrue_complaint_ends_the_overdue_application()
    {
        await using var stage = await BrowserStage.SetAsync("2025-04-23T10:00", new DemoGuest(Authority, Roles.Officer), new DemoGuest(Authority, Roles.Leader));
        var applicant = await stage.ClientAsync("yi");
        var number = await applicant.ApplyAsYiAsync(Authority);
        await stage.SettleAsync();
        var clerk = await stage.ClientAsync(stage.At(Authority, Roles.Officer));
        var officer = await stage.SignInAsync(stage.At(Authority, Roles.Officer), javaScript: true);
        var vendor = await stage.SignInAsync("yi", javaScript: true);

        await stage.WaitUntilAsync("2025-04-24T09:00");
        await clerk.CompleteAsync(number, "review", "Approved");
        await stage.SettleAsync();
        await TestInVainAsync(stage, vendor, number);
        await AnswerAsync(stage, clerk, officer, number);
        var complaint = await ComplainAsync(stage, vendor, number);
        await DecideAsync(stage, clerk, officer, complaint);

        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("已办结 · 投诉不属实");
        await vendor.SeesAsync("已收回");
        await vendor.SeesAsync("重新申请");
        Assert.Equal("提交回执 测试密钥发放 临期提醒 超时告知 核实反馈 办件终止", await vendor.LettersAsync());
        await vendor.LookAsync("52-ended");
        await vendor.GoAsync($"/cases/{complaint}");
        await vendor.SeesAsync("已办结 · 不属实");
        await vendor.SeesAsync("申请复核");
        await vendor.SeesAsync("签名串没有转为小写");
        Assert.Equal("投诉回执 投诉受理 核处结果", await vendor.LettersAsync());
        Assert.Empty(officer.Complaints);
        Assert.Empty(vendor.Complaints);
    }

    private static async Task TestInVainAsync(BrowserStage stage, Visitor vendor, string number)
    {
        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("还剩 5 个工作日，含 4 月 27 日调休");
        await vendor.SeesAsync("2025-04-30（周三） 24:00 前办结");
        var (appid, secret) = await vendor.FetchKeyAsync();
        var device = stage.Device("national-1.2.1", appid, secret);
        foreach (var (instant, times) in new[] { ("2025-04-25T10:00", 200), ("2025-04-27T10:00", 112) })
        {
            await stage.WaitUntilAsync(instant);
            for (var i = 0; i < times; i++)
            {
                await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded("x"), stage.Now, CancellationToken.None, signWith: new string('0', 32));
            }

            await stage.SettleAsync();
        }
    }

    private static async Task AnswerAsync(BrowserStage stage, PlatformClient clerk, Visitor officer, string number)
    {
        await stage.WaitUntilAsync("2025-05-06T10:00");
        await officer.GoAsync($"/cases/{number}");
        await officer.LookAsync("49-overdue");
        await officer.GoAsync("/warnings");
        await officer.SeesAsync("2025-05-01 00:00 发出");
        await officer.SeesAsync("2025-05-07（周三） 24:00 前反馈");
        await clerk.CompleteAsync(number, "test-warning", "Answered", new JsonObject { ["cause"] = "其他", ["account"] = "企业签名有误，已提供协助。", ["plannedDate"] = "2025-05-09" });
        await stage.SettleAsync();
        await officer.GoAsync("/warnings");
        await officer.SeesAsync("没有待核实反馈的预警");
    }

    private static async Task<string> ComplainAsync(BrowserStage stage, Visitor vendor, string number)
    {
        await stage.WaitUntilAsync("2025-05-06T17:50");
        var complaint = await vendor.ComplainAsync(number, "测试密钥不可用", "所有请求都返回签名校验错误。");
        await vendor.SeesAsync("2025-05-08（周四） 24:00 前办结");
        return complaint;
    }

    private static async Task DecideAsync(BrowserStage stage, PlatformClient clerk, Visitor officer, string complaint)
    {
        await stage.WaitUntilAsync("2025-05-07T11:00");
        await clerk.CompleteAsync(complaint, "acknowledge", "Accepted");
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2025-05-12T16:00");
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("核实投诉");
        await officer.SeesAsync("2025-05-13（周二） 24:00 前办结");
        await officer.SeesAsync("办理中，已超过规定时限");
        await officer.SeesAsync("被拒绝 312 次");
        await officer.TickAsync("不属实");
        await officer.PressAsync("提交");
        await officer.SeesAsync("“核实情况”未填写");
        await officer.LookAsync("50-verification");

        await stage.WaitUntilAsync("2025-05-12T16:10");
        await officer.TickAsync("不属实");
        await officer.FillAsync("核实情况", "密钥有效；签名串没有转为小写，属企业软件问题。");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        var leader = await stage.ClientAsync(stage.At(Authority, Roles.Leader));
        await leader.CompleteAsync(complaint, "sign", "Signed");
        await stage.SettleAsync();
        await officer.GoAsync($"/cases/{complaint}");
        await officer.LookAsync("51-complaint-unfounded");
    }
}
