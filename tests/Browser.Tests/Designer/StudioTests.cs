using Microsoft.Playwright;
using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Browser.Tests.Designer;

/// <summary>
/// 流程设计器: the unmodified Elsa Studio changes a limit in the shipped flow, is refused with the reason on the screen, and what is published for a stated reason binds the next case.
/// One story for all of it: opening Studio is what costs.
/// </summary>
public sealed class StudioTests
{
    private const string Editor = "/studio/workflows/definitions/guangdong-vendor-integration/edit";

    [Fact]
    public async Task A_limit_is_changed_in_elsa_studio_refused_by_the_stories_and_published_for_a_reason()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T09:00");
        using var vendor = await stage.ClientAsync("yi");
        using var officer = await stage.ClientAsync("sz-officer");
        var before = await vendor.ApplyAsync(DemoPeople.Shenzhen, "乙智能有限公司", DemoPeople.VendorYi, "工地通闸机");
        var policy = await stage.SignInAsync("gd-policy", javaScript: true);
        var strangers = new List<string>();
        policy.Page.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !new Uri(request.Url).IsLoopback) strangers.Add(request.Url);
        };

        await policy.GoAsync(Editor);
        await ChooseStepAsync(policy.Page, "材料审核");
        var saved = policy.Page.WaitForResponseAsync(response => response.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal) && response.Request.Method == "POST");
        var limit = policy.Page.Locator(".mud-input-control:has(label:has-text('时限（工作日）')) input").First;
        Assert.Equal("3", await limit.InputValueAsync());
        await limit.FillAsync("2");
        await limit.BlurAsync();
        Assert.Equal(200, (await saved).Status);

        // What the stories contradict is refused in Studio, in words, and the draft is kept.
        await policy.Page.Locator("button.mud-primary-text:has(path[d^='M19.35 10.04']):visible").First.ClickAsync();
        await Assertions.Expect(policy.Page.Locator(".mud-snackbar").First).ToContainTextAsync("情景与改动不符");

        await policy.FollowAsync("检查、试算与发布");
        await policy.SeesAsync("3 → 2 个工作日");
        await policy.SeesAsync("与情景所述不符");
        await policy.FillAsync("仍要发布的理由（必填）", "新通知要求两个工作日，情景另行修订。");
        await policy.PressAsync("发布");
        await policy.SeesAsync("第 2 版 · 现行");

        var after = await vendor.ApplyAsync(DemoPeople.Shenzhen, "乙智能有限公司", DemoPeople.VendorYi, "工地通闸机二代");
        Assert.Equal(new DateOnly(2022, 10, 10), await DueAsync(officer, before));
        Assert.Equal(new DateOnly(2022, 10, 9), await DueAsync(officer, after));
        Assert.Empty(strangers);
        // The one refusal, and nothing that the content security policy stopped.
        Assert.DoesNotContain(policy.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
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

    private static async Task<DateOnly?> DueAsync(Host.Walkthrough.PlatformClient officer, string number) =>
        (await officer.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None)).Tasks.Single(task => task.ActivityId == "review").Line.DueDate;
}
