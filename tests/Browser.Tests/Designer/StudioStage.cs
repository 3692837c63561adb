using Microsoft.Playwright;
using WorkflowEngine.Browser.Tests.Support;

namespace WorkflowEngine.Browser.Tests.Designer;

/// <summary>One host for all that is looked at in Elsa Studio, and one page of each person: starting Studio's runtime is what costs, changing what it shows is quick.</summary>
public sealed class StudioStage : IAsyncLifetime
{
    /// <summary>An element that is put in at once meets the leavings of the one before.</summary>
    private const int Leaving = 1_500;

    private readonly Dictionary<string, Visitor> _people = [];

    public BrowserStage Stage { get; private set; } = null!;

    public async Task InitializeAsync() => Stage = await BrowserStage.SetAsync("2022-09-30T09:00");

    public Task DisposeAsync() => Stage.DisposeAsync().AsTask();

    public async Task<Visitor> AsAsync(string userName)
    {
        if (_people.TryGetValue(userName, out var known)) return known;

        var visitor = await Stage.SignInAsync(userName, javaScript: true);
        _people.Add(userName, visitor);
        return visitor;
    }

    /// <summary>The editor with a flow, or the viewer with a case. Where Studio runs already, only its element is changed.</summary>
    public static async Task OpenAsync(IPage page, string element, string attribute, string id)
    {
        if (!page.Url.Contains("/studio/", StringComparison.Ordinal))
        {
            await page.GotoAsync(element == "elsa-workflow-instance-viewer" ? $"/studio/workflows/instances/{id}/view" : $"/studio/workflows/definitions/{id}/edit");
        }
        else
        {
            await page.EvaluateAsync(
                """
                async ([element, attribute, id, leaving]) => {
                  const place = document.getElementById('studio');
                  place.replaceChildren();
                  await new Promise(done => setTimeout(done, leaving));
                  const studio = document.createElement(element);
                  studio.setAttribute('remote-endpoint', `${location.origin}/elsa/api`);
                  studio.setAttribute(attribute, id);
                  place.append(studio);
                }
                """,
                new object[] { element, attribute, id, Leaving });
        }

        await page.Locator("elsa-activity-wrapper").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    public static Task OpenFlowAsync(IPage page, string flow) => OpenAsync(page, "elsa-workflow-definition-editor", "definition-id", flow);

    /// <summary>Presses a button of the editor, which are icons without words.</summary>
    /// <param name="drawn">How its icon begins.</param>
    public static Task PressAsync(IPage page, string drawn) => page.Locator($"button:has(path[d^='{drawn}']):visible").First.ClickAsync();

    public const string Save = "M17 3H5c-1.11";
    public const string Publish = "M19.35 10.04";

    /// <summary>What the editor sends when something is saved or published.</summary>
    public static Task<IResponse> SavedAsync(IPage page) =>
        page.WaitForResponseAsync(response => response.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal) && response.Request.Method == "POST");
}
