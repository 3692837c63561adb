using System.Text.Json.Nodes;
using Microsoft.Playwright;
using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Portal.Contents;
using WorkflowEngine.Host.Portal.Contents.Files;
using WorkflowEngine.Storage.Cases;
using static WorkflowEngine.Browser.Tests.Designer.StudioStage;

namespace WorkflowEngine.Browser.Tests.Designer;

/// <summary>流程设计器: the unmodified Elsa Studio with the shipped flows, in the browser of policy staff and of somebody who only looks.</summary>
public sealed class StudioTests(StudioStage studio) : IClassFixture<StudioStage>
{
    private const string VendorFlow = "guangdong-vendor-integration";
    private const string ReviewFlow = "guangdong-complaint-review";

    [Fact]
    public async Task Every_shipped_flow_opens_and_is_saved_unchanged()
    {
        var policy = await studio.AsAsync("gd-policy");
        foreach (var flow in (string[])["guangdong-complaint", "guangdong-project-access", VendorFlow, ReviewFlow])
        {
            await OpenFlowAsync(policy.Page, flow);
            var before = await VersionAsync(policy.Page, flow);
            var saving = SavedAsync(policy.Page);
            await PressAsync(policy.Page, Save);

            Assert.Equal((flow, 200), (flow, (await saving).Status));
            Assert.Equal((flow, before), (flow, await VersionAsync(policy.Page, flow)));
        }
    }

    [Fact]
    public async Task A_step_is_dragged_in_and_connected_and_what_cannot_be_carried_out_is_refused_in_chinese()
    {
        var page = (await studio.AsAsync("gd-policy")).Page;
        await OpenFlowAsync(page, ReviewFlow);
        await page.Locator(".mud-expand-panel-header", new() { HasText = "政务" }).First.ClickAsync();
        var canvas = page.Locator(".graph-container");
        var size = (await canvas.BoundingBoxAsync())!;
        var dropped = SavedAsync(page);
        await page.Locator("[draggable=true]:visible", new() { HasText = "发送通知" }).First.DragToAsync(canvas, new() { TargetPosition = new() { X = 60, Y = size.Height - 60 } });
        Assert.Equal(200, (await dropped).Status);

        // What is selected has handles over its ports.
        await page.Mouse.ClickAsync(size.X + 20, size.Y + 20);
        var connected = SavedAsync(page);
        await DrawAsync(page, await PortAsync(page, "[data-cell-id='late']", "Done"), await PortAsync(page, ".x6-node >> nth=-1", "In"));
        Assert.Equal(200, (await connected).Status);
        Assert.Contains("{\"source\":{\"activity\":\"late\",\"port\":\"Done\"}", await (await page.APIRequest.GetAsync(FlowPath(ReviewFlow))).TextAsync(), StringComparison.Ordinal);

        await PressAsync(page, Publish);
        await Assertions.Expect(page.Locator(".mud-snackbar", new() { HasText = "必须写明“notice”（通知模板）" }).First).ToBeVisibleAsync();
        Assert.DoesNotContain("\"isPublished\":true", await (await page.APIRequest.GetAsync(FlowPath(ReviewFlow))).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_draw_the_same_flow_the_second_is_told_of_the_first()
    {
        var page = (await studio.AsAsync("gd-policy")).Page;
        await OpenFlowAsync(page, "guangdong-project-access");
        await SaveElsewhereAsync("guangdong-project-access");

        var name = page.Locator(".mud-input-control:has(label:has-text('说明')) textarea").First;
        await name.FillAsync("第二个人的说明");
        await name.BlurAsync();

        await Assertions.Expect(page.Locator(".mud-snackbar", new() { HasText = "您的修改没有保存" }).First).ToContainTextAsync("何策");
    }

    [Fact]
    public async Task Who_only_looks_sees_a_running_case_in_the_picture_in_chinese_and_cannot_publish()
    {
        using var vendor = await studio.Stage.ClientAsync("jia");
        var number = await vendor.ApplyAsync(DemoPeople.Shenzhen, "甲科技有限公司", DemoPeople.VendorJia, "实名通");
        var reader = await studio.AsAsync("gd-officer");

        await OpenAsync(reader.Page, "elsa-workflow-instance-viewer", "instance-id", number);
        await reader.SeesAsync("材料审核");
        await reader.SeesAsync("经过");
        await reader.SeesAsync("等待中");
        await reader.KeepPictureAsync("instance-viewer");
        using (var officer = await studio.Stage.ClientAsync("sz-officer")) await officer.CompleteAsync(number, "review", "Approved");
        await reader.SeesAsync("发放测试密钥");

        await OpenFlowAsync(reader.Page, ReviewFlow);
        await Assertions.Expect(reader.Page.Locator($"button:has(path[d^='{Publish}'])")).ToHaveCountAsync(0);
        await Assertions.Expect(reader.Page.Locator($"button:has(path[d^='{Save}'])")).ToHaveCountAsync(0);
        Assert.DoesNotContain(reader.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_is_changed_in_elsa_studio_refused_by_the_stories_and_published_for_a_reason()
    {
        using var vendor = await studio.Stage.ClientAsync("yi");
        using var officer = await studio.Stage.ClientAsync("sz-officer");
        var before = await vendor.ApplyAsync(DemoPeople.Shenzhen, "乙智能有限公司", DemoPeople.VendorYi, "工地通闸机");
        var policy = await studio.AsAsync("gd-policy");
        var strangers = new List<string>();
        policy.Page.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !new Uri(request.Url).IsLoopback) strangers.Add(request.Url);
        };

        await OpenFlowAsync(policy.Page, VendorFlow);
        await ChooseStepAsync(policy.Page, "材料审核");
        var saved = SavedAsync(policy.Page);
        var limit = policy.Page.Locator(".mud-input-control:has(label:has-text('时限（工作日）')) input").First;
        Assert.Equal("3", await limit.InputValueAsync());
        await limit.FillAsync("2");
        await limit.BlurAsync();
        Assert.Equal(200, (await saved).Status);
        await policy.KeepPictureAsync("designer");

        // What the stories contradict is refused in Studio, in words, and the draft is kept.
        await PressAsync(policy.Page, Publish);
        await Assertions.Expect(policy.Page.Locator(".mud-snackbar", new() { HasText = "情景与改动不符" }).First).ToBeVisibleAsync();

        await policy.GoAsync($"/content/flows/{VendorFlow}");
        await policy.SeesAsync("3 → 2 个工作日");
        await policy.SeesAsync("与情景所述不符");
        await policy.FillAsync("仍要发布的理由（必填）", "新通知要求两个工作日，情景另行修订。");
        await policy.PressAsync("发布");
        await policy.SeesAsync("第 2 版 · 现行");

        var after = await vendor.ApplyAsync(DemoPeople.Shenzhen, "乙智能有限公司", DemoPeople.VendorYi, "工地通闸机二代");
        Assert.Equal(new DateOnly(2022, 10, 10), await DueAsync(officer, before));
        Assert.Equal(new DateOnly(2022, 10, 9), await DueAsync(officer, after));
        Assert.Empty(strangers);
        // The refusals, and nothing that the content security policy stopped.
        Assert.DoesNotContain(policy.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    /// <summary>What is not drawn is written as texts: each page is looked at as people see it, on a telephone too.</summary>
    [Fact]
    public async Task Rules_letters_and_the_calendar_are_written_on_pages_that_tell_what_is_wrong()
    {
        var policy = await studio.AsAsync("gd-policy");
        await policy.GoAsync(FilePages.PathOf("rules/guangdong/material-completeness.json"));
        var text = policy.Page.Locator("#text");
        var rules = await text.InputValueAsync();
        await text.FillAsync(rules.Replace("application.uscc)", "application.usc)", StringComparison.Ordinal));
        await policy.SeesAsync("是否想写“uscc”？");
        await policy.Page.Locator(".editor-found a").First.ClickAsync();
        Assert.StartsWith("usc)", await text.EvaluateAsync<string>("box => box.value.slice(box.selectionStart, box.selectionEnd)"), StringComparison.Ordinal);
        await policy.LookAsync("rules-page");
        await text.FillAsync(rules);

        await policy.GoAsync(FilePages.PathOf("templates/application-receipt.subject"));
        await policy.Page.Locator("#text").FillAsync("【收件回执】{{ case.number }}");
        await policy.PressAsync("预览");
        await Assertions.Expect(policy.Page.FrameLocator("iframe[name='letter-preview']").Locator("body")).ToContainTextAsync("【收件回执】YJDJ-2022");
        await policy.KeepPictureAsync("notice-page");
        await policy.PressAsync("保存草稿");
        await policy.SeesAsync("这份草稿改了什么");
        await policy.LookAsync("notice-draft");

        await policy.GoAsync(FilePages.PathOf("rules/calendars/cn.json"));
        await policy.FillAsync("年份", "2027");
        await policy.FillAsync("通知的文号或网址", "国办发明电〔2026〕0号");
        await policy.FillAsync("放假和上班的日期", "2027-01-01至2027-01-03 元旦 休\n2027-02-05至2027-02-11 春节 休\n2027-02-20 春节 班");
        await policy.PressAsync("导入为草稿");
        await policy.SeesAsync("发布后哪些在办期限会变");
        await policy.LookAsync("calendar-page");
        await policy.PressAsync("删除这份草稿");
        await policy.SeesAsync("第 1 版 · 现行");

        await policy.GoAsync(ContentPages.DriftRoot);
        await policy.LookAsync("drift-page");
        Assert.DoesNotContain(policy.Complaints, complaint => complaint.Contains("/content/", StringComparison.Ordinal));
    }

    /// <summary>The step may lie outside the window: it is found by its name and selected where it is drawn.</summary>
    private static async Task ChooseStepAsync(IPage page, string name)
    {
        var step = page.Locator($"elsa-activity-wrapper:has-text('{name}')").First;
        await step.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await step.DispatchEventAsync("mousedown", new { bubbles = true, button = 0 });
        await step.DispatchEventAsync("mouseup", new { bubbles = true, button = 0 });
        await page.Locator("label:has-text('时限（工作日）')").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    /// <summary>Where a step's port is, once nothing lies over it.</summary>
    private static async Task<(float X, float Y)> PortAsync(IPage page, string step, string port)
    {
        var found = await page.Locator(step).Locator($".x6-port-body[port='{port}']").First.ElementHandleAsync();
        await page.WaitForFunctionAsync("port => { const place = port.getBoundingClientRect(); return port.contains(document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2)); }", found);
        var box = (await found.BoundingBoxAsync())!;
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }

    private static async Task DrawAsync(IPage page, (float X, float Y) from, (float X, float Y) to)
    {
        await page.Mouse.MoveAsync(from.X, from.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 12 });
        await page.Mouse.UpAsync();
    }

    private static string FlowPath(string flow) => $"/elsa/api/workflow-definitions/by-definition-id/{flow}?versionOptions=Latest";

    private static async Task<string> VersionAsync(IPage page, string flow) =>
        JsonNode.Parse(await (await page.APIRequest.GetAsync(FlowPath(flow))).TextAsync())!["id"]!.GetValue<string>();

    /// <summary>The same flow is saved from another place.</summary>
    private async Task SaveElsewhereAsync(string flow)
    {
        using var other = await studio.Stage.ClientAsync("gd-policy");
        var opened = await other.GetAsync<JsonObject>(FlowPath(flow), CancellationToken.None);
        opened["description"] = "第一个人的说明";
        using var saved = await other.SendAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = opened, ["publish"] = false }, CancellationToken.None);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
    }

    private static async Task<DateOnly?> DueAsync(Host.Walkthrough.PlatformClient officer, string number) =>
        (await officer.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None)).Tasks.Single(task => task.ActivityId == "review").Line.DueDate;
}
