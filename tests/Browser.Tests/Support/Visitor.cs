using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace WorkflowEngine.Browser.Tests.Support;

/// <summary>
/// One person at one browser, in the words of somebody who looks at the screen. Remembers what the console complained of:
/// script errors and everything that the content security policy refused.
/// </summary>
public sealed class Visitor(IPage page, bool javaScript)
{
    /// <summary>Set to a folder to keep a picture of every page that a test looks at.</summary>
    private static readonly string? PictureFolder = Environment.GetEnvironmentVariable("WORKFLOWENGINE_PICTURES");

    private const int TelephoneWidth = 390;

    /// <summary>The console's word for an answer like 404 or 422: expected where a test provokes one.</summary>
    private const string FailedLoad = "Failed to load resource";

    private readonly List<string> _complaints = Listen(page);

    public IPage Page { get; } = page;

    /// <summary>What went wrong in the browser so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public async Task<int> GoAsync(string path) => (await Page.GotoAsync(path))!.Status;

    public Task FillAsync(string label, string text) => Page.GetByLabel(label).First.FillAsync(text);

    public Task ChooseAsync(string label, string option) => Page.GetByLabel(label).First.SelectOptionAsync(new SelectOptionValue { Label = option });

    public Task TickAsync(string label) => Page.GetByLabel(label).First.CheckAsync();

    /// <summary>Presses the button that is on the screen; the invisible one that catches the Enter key is not meant.</summary>
    public Task PressAsync(string button) => Page.Locator($"button:not(.form-default-button):has-text('{button}')").First.ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link }).First.ClickAsync();

    public Task AttachAsync(string label, string fileName) => Page.GetByLabel(label).First.SetInputFilesAsync(new FilePayload
    {
        Name = fileName,
        MimeType = "application/pdf",
        Buffer = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
    });

    /// <summary>Fetches the newest key as its holder does: the one answer that shows the secret.</summary>
    public async Task<(string AppId, string Secret)> FetchKeyAsync()
    {
        await GoAsync("/keys");
        await Page.Locator("a.lead-link").First.ClickAsync();
        await PressAsync("显示密钥");
        await SeesAsync("请立即复制保存");
        return (await Page.Locator(".secret .mono").First.InnerTextAsync(), await Page.Locator("#secret").InnerTextAsync());
    }

    /// <summary>What a step of the picture says of itself.</summary>
    public Task<string> StepAsync(string id) => Page.Locator($"[data-step='{id}'] > title").First.TextContentAsync()!;

    /// <summary>The kinds of the letters on a case's page, in order: what stands in 【】.</summary>
    public async Task<string> LettersAsync() =>
        string.Join(' ', (await Page.Locator("section:has(h2:text-is('通知')) a[href^='/notices/']").AllInnerTextsAsync()).Select(subject => subject.Split('【', '】')[1]));

    /// <summary>Waits until the text is on the screen. Pictures have bodies of their own.</summary>
    public Task SeesAsync(string text) => Assertions.Expect(Page.Locator("html > body")).ToContainTextAsync(text);

    public Task SeesNotAsync(string text) => Assertions.Expect(Page.Locator("html > body")).Not.ToContainTextAsync(text);

    /// <summary>
    /// Looks at the page: keeps a picture when asked for, and, where script may run, tries it at the width of a telephone and has
    /// axe look for barriers.
    /// </summary>
    public async Task LookAsync(string name)
    {
        await KeepPictureAsync(name);
        if (!javaScript) return;

        await FitsATelephoneAsync(name);

        // Axe cannot enter a frame in which nothing may run, and would wait for it for ever.
        var frames = await Page.Locator("iframe").CountAsync();
        for (var i = 0; i < frames; i++) await Page.Locator("iframe").First.EvaluateAsync("frame => frame.remove()");

        var barriers = (await Page.RunAxe(Barriers)).Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();
        Assert.True(barriers.Count == 0, $"{name}: {string.Join("; ", barriers.Select(Told))}");
    }

    /// <summary>Keeps a picture when asked for; of what is not ours nothing else is looked at.</summary>
    public async Task KeepPictureAsync(string name)
    {
        if (PictureFolder is not { Length: > 0 } folder) return;

        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}{(javaScript ? "" : "-plain")}.png"), FullPage = true });
    }

    /// <summary>Nothing reaches over the edge, and no sheet is squeezed into a strip.</summary>
    private async Task FitsATelephoneAsync(string name)
    {
        var before = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(TelephoneWidth, 844);
        var widest = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        var narrowest = await Page.EvaluateAsync<int>("Math.min(innerWidth, ...[...document.querySelectorAll('main .sheet')].map(sheet => sheet.clientWidth))");
        await Page.SetViewportSizeAsync(before.Width, before.Height);
        Assert.True(widest <= TelephoneWidth, $"{name}: the page is {widest} px wide on a telephone of {TelephoneWidth} px");
        Assert.True(narrowest >= TelephoneWidth * 3 / 4, $"{name}: a sheet is squeezed to {narrowest} px on a telephone of {TelephoneWidth} px");
    }

    /// <summary>What passes need not be written out, node by node, and carried over.</summary>
    private static AxeRunOptions Barriers => new() { ResultTypes = [ResultType.Violations] };

    private static string Told(AxeResultItem barrier) => $"{barrier.Id} ({barrier.Help}): {string.Join(" | ", barrier.Nodes.Select(node => node.Html))}";

    private static List<string> Listen(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.StartsWith(FailedLoad, StringComparison.Ordinal)) complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => complaints.Add($"{page.Url}: {error}");
        return complaints;
    }
}
