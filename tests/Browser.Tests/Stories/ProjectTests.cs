using System.Text.Json.Nodes;
using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>A contractor connects a project of Shenzhen over National Day 2022: applies, is told what fails, fetches the formal key; another project keeps its interface.</summary>
public sealed class ProjectTests
{
    private const string Product = "工地通闸机";

    [Fact]
    public async Task A_contractor_gets_the_formal_key_of_a_new_project_and_nothing_is_asked_of_an_old_one()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-19T09:00");
        await ConnectProductAsync(stage);
        var contractor = await stage.SignInAsync("bing", javaScript: true);
        var officer = await stage.SignInAsync("sz-officer", javaScript: true);

        await stage.WaitUntilAsync("2022-09-28T10:00");
        await contractor.GoAsync("/apply");
        await contractor.FollowAsync("广东省新开工项目数据对接及正式密钥办理");
        await contractor.SeesAsync("任何单位要求改用的，可以投诉");
        await contractor.LookAsync("70-project-form");
        await FillAsync(contractor, "深圳某安置房", "440300202209190101", "2022-09-19");
        await contractor.ChooseAsync("拟用的接口", "全省通用接口（《接口标准》V1.3）");
        await contractor.FillAsync("软硬件企业统一社会信用代码", DemoPeople.VendorYi);
        await contractor.FillAsync("产品名称", Product);
        await contractor.FillAsync("产品版本", "3.0");
        await contractor.PressAsync("提交");
        await contractor.SeesAsync("没有“联调成功”的记录");
        await contractor.LookAsync("71-product-not-connected");
        await contractor.FillAsync("产品版本", "2.1.0");
        await contractor.PressAsync("提交");
        await contractor.SeesAsync("已提交，办件编号");
        await contractor.SeesAsync("2022-10-08（周六） 24:00 前办结");
        await contractor.SeesAsync("项目属于哪一类：使用全省通用接口");
        await contractor.SeesNotAsync("测试请求");
        await contractor.LookAsync("72-project-case");
        var number = new Uri(contractor.Page.Url).Segments[^1];
        await stage.SettleAsync();

        await FailAndIssueAsync(stage, officer, number);

        var (appid, secret) = await contractor.FetchKeyAsync();
        await contractor.LookAsync("76-formal-key");
        await contractor.SeesAsync("正式密钥");
        await stage.Device("national-1.2.1", appid, secret).SendFullSetAsync(stage.Now);
        await stage.SettleAsync();
        await contractor.GoAsync($"/cases/{number}");
        await contractor.SeesAsync("已办结 · 已对接");
        Assert.Equal("申请回执 办理结果 办理结果", await contractor.LettersAsync());
        await contractor.LookAsync("77-connected");

        await KeepAsync(stage, contractor);
        await InformedAsync(stage, number);
        Assert.Empty(contractor.Complaints);
        Assert.Empty(officer.Complaints);
    }

    private static async Task ConnectProductAsync(BrowserStage stage)
    {
        var vendor = await stage.ClientAsync("yi");
        var clerk = await stage.ClientAsync("sz-officer");
        var number = await vendor.ApplyAsYiAsync(DemoPeople.Shenzhen);
        await stage.SettleAsync();
        await clerk.CompleteAsync(number, "review", "Approved");
        await stage.SettleAsync();
        var screen = await stage.SignInAsync("yi", javaScript: false);
        var (appid, secret) = await screen.FetchKeyAsync();
        await stage.Device("national-1.2.1", appid, secret).SendFullSetAsync(stage.Now);
        await stage.SettleAsync();
        await clerk.CompleteAsync(number, "interface-test", "Succeeded");
        await stage.SettleAsync();
    }

    private static async Task FillAsync(Visitor contractor, string project, string permit, string start)
    {
        await contractor.ChooseAsync("受理单位", "深圳市住房和建设局");
        await contractor.FillAsync("施工总承包企业", "丙建设有限公司");
        await contractor.FillAsync("统一社会信用代码", DemoPeople.ContractorBing);
        await contractor.FillAsync("项目名称", project);
        await contractor.FillAsync("施工许可证号", permit);
        await contractor.FillAsync("开工日期", start);
        await contractor.FillAsync("项目联系人", "赵强");
        await contractor.FillAsync("联系电话", "13900139000");
        await contractor.TickAsync("本企业承诺所填内容");
    }

    private static async Task FailAndIssueAsync(BrowserStage stage, Visitor officer, string number)
    {
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("项目数据对接和正式密钥");
        await officer.SeesAsync("深圳某安置房");
        await officer.SeesAsync("使用全省通用接口");
        await officer.LookAsync("73-connect-task");
        await officer.GoAsync($"/cases/{number}");
        await officer.LookAsync("74-officer-case");
        await officer.FollowAsync("登记对接未成功");
        await officer.ChooseAsync("原因在哪一方", "软硬件产品不符合接口标准");
        await officer.FillAsync("未成功的原因", "考勤记录缺少进出方向。");
        await officer.LookAsync("75-failure");
        await officer.PressAsync("登记未成功");
        await officer.SeesAsync("已办理。");
        await stage.SettleAsync();

        var clerk = await stage.ClientAsync("sz-officer");
        await stage.WaitUntilAsync("2022-10-08T15:00");
        await clerk.CompleteAsync(number, "connect", "Issued", new JsonObject { ["acceptedOn"] = "2022-09-28", ["connectedOn"] = "2022-10-08" });
        await stage.SettleAsync();
    }

    private static async Task KeepAsync(BrowserStage stage, Visitor contractor)
    {
        await contractor.GoAsync("/apply/guangdong-project-access");
        await FillAsync(contractor, "深圳某老项目", "440300202203190102", "2022-03-19");
        await contractor.ChooseAsync("拟用的接口", "原有接口");
        await contractor.FillAsync("首次正常传输数据的日期", "2022-06-01");
        await contractor.PressAsync("提交");
        await contractor.SeesAsync("已办结 · 无需办理");
        await stage.SettleAsync();
        await contractor.GoAsync(new Uri(contractor.Page.Url).AbsolutePath);
        await contractor.SeesAsync("保持原有数据接口");
        await contractor.LookAsync("78-kept");
    }

    private static async Task InformedAsync(BrowserStage stage, string number)
    {
        var province = await stage.SignInAsync("gd-officer", javaScript: true);
        await province.GoAsync("/notices");
        await province.SeesAsync("已得到密钥");
        await province.GoAsync($"/cases/{number}");
        await province.SeesAsync("已办结 · 已对接");

        // The vendor has its letters and not the contractor's case.
        var vendor = await stage.SignInAsync("yi", javaScript: true);
        Assert.Equal(404, await vendor.GoAsync($"/cases/{number}"));
        await vendor.GoAsync("/notices");
        await vendor.FollowAsync("【请配合对接】");
        await vendor.SeesAsync("深圳市住房和建设局");
        await vendor.LookAsync("79-vendor-letter");
        Assert.Empty(vendor.Complaints);
    }
}
