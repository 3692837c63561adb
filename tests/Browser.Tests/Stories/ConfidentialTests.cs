using WorkflowEngine.Browser.Tests.Support;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>A contractor complains in confidence and without a case; the bureau complained of handles it and does not learn who it was.</summary>
public sealed class ConfidentialTests
{
    private const string Contractor = "丙建设";

    [Fact]
    public async Task A_contractor_complains_without_a_case_and_stays_unnamed()
    {
        await using var stage = await BrowserStage.SetAsync("2024-03-05T10:00");
        var contractor = await stage.SignInAsync("bing", javaScript: true);
        await contractor.GoAsync("/");
        await contractor.LookAsync("60-contractor-desk");
        await contractor.FollowAsync("申请与投诉");
        await contractor.SeesNotAsync("广东省实名制软硬件接入联调");
        await contractor.FollowAsync("广东省实名制管理数据对接投诉");
        await contractor.ChooseAsync("受理单位", "广州市住房和城乡建设局");
        await contractor.ChooseAsync("事由", "指定采购特定软硬件产品");
        await contractor.FillAsync("所涉项目", "天河某住宅项目");
        await contractor.FillAsync("情况说明", "要求本项目只能购买某一品牌的考勤机。");
        await contractor.ChooseAsync("是否申请对被投诉单位保密", "是，不向被投诉单位透露投诉人");
        await contractor.FillAsync("联系人", "赵强");
        await contractor.FillAsync("联系电话", "13900139000");
        await contractor.TickAsync("本单位承诺所反映的情况真实");
        await contractor.PressAsync("提交");
        await contractor.SeesAsync("已提交，办件编号");
        await contractor.SeesAsync("2024-03-07（周四） 24:00 前办结");
        await contractor.SeesAsync("核实投诉共 15 个工作日，已用 0 个，2024-03-26（周二）到期");
        var complaint = new Uri(contractor.Page.Url).Segments[^1];
        await stage.SettleAsync();

        await HandleUnnamedAsync(stage, complaint);

        // What the procedure leaves to the complainant is the contractor's as well.
        await contractor.GoAsync($"/cases/{complaint}");
        await contractor.FollowAsync("撤回投诉");
        await contractor.SeesAsync("撤回后流程随即结束");
        await contractor.LookAsync("62-withdraw");
        await contractor.FillAsync("撤回原因", "已经协商解决。");
        await contractor.TickAsync("确认撤回");
        await contractor.PressAsync("撤回投诉");
        await contractor.SeesAsync("办件已进入下一环节");
        await stage.SettleAsync();
        await contractor.GoAsync($"/cases/{complaint}");
        await contractor.SeesAsync("已办结 · 撤回");
        Assert.Empty(contractor.Complaints);
    }

    private static async Task HandleUnnamedAsync(BrowserStage stage, string complaint)
    {
        var handler = await stage.SignInAsync("gz-officer", javaScript: true);
        Assert.Equal(404, await handler.GoAsync($"/cases/{complaint}"));
        await handler.GoAsync("/tasks");
        await handler.FollowAsync("签收投诉");
        await handler.SeesAsync("要求本项目只能购买某一品牌的考勤机。");
        await handler.SeesAsync("申请人已申请保密");
        await handler.SeesNotAsync(Contractor);
        await handler.SeesNotAsync("13900139000");
        await handler.LookAsync("61-confidential");
        await handler.TickAsync("受理");
        await handler.PressAsync("提交");
        await handler.SeesAsync("已办理。");
        await handler.GoAsync("/notices");
        await handler.SeesAsync(complaint);
        await handler.SeesNotAsync(Contractor);
        Assert.Empty(handler.Complaints);

        var province = await stage.SignInAsync("gd-officer", javaScript: false);
        await province.GoAsync($"/cases/{complaint}");
        await province.SeesAsync("丙建设有限公司");
        await province.SeesAsync("投诉人申请对被投诉单位保密");
    }
}
