using WorkflowEngine.Browser.Tests.Support;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>我的投诉, written at the screen, from the page of the case that it is about.</summary>
internal static class ComplaintForm
{
    /// <returns>办件编号 of the complaint.</returns>
    public static async Task<string> ComplainAsync(this Visitor vendor, string about, string ground, string account)
    {
        await vendor.GoAsync($"/cases/{about}");
        await vendor.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "投诉", Exact = true }).ClickAsync();
        await vendor.SeesAsync("实名制管理数据对接违规行为举报表");
        Assert.Equal(about, await vendor.Page.GetByLabel("所涉办件编号").InputValueAsync());
        await vendor.ChooseAsync("事由", ground);
        await vendor.FillAsync("情况说明", account);
        await vendor.AttachAsync("证据材料", "网关应答截图.pdf");
        await vendor.ChooseAsync("是否申请对被投诉单位保密", "否");
        await vendor.FillAsync("联系人", "陈敏");
        await vendor.FillAsync("联系电话", "13800138000");
        await vendor.TickAsync("本单位承诺所反映的情况真实");
        await vendor.LookAsync($"complaint-form-{about}");
        await vendor.PressAsync("提交");
        await vendor.SeesAsync("已提交，办件编号");
        return new Uri(vendor.Page.Url).Segments[^1];
    }
}
