using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Designer;

/// <summary>Tests that share one host on which content is written and published; they follow one another.</summary>
[CollectionDefinition(Name)]
public sealed class DesignerCollection : ICollectionFixture<DesignerWorld>
{
    public const string Name = "designer";
}

/// <summary>A host of its own with the shipped content without its stories, and people who draw flows at the API that Elsa Studio speaks.</summary>
public sealed class DesignerWorld : IAsyncLifetime
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();
    private readonly SignedIn _people = new();

    public Stage Stage { get; private set; } = null!;

    public string ContentFolder => _content.Path;

    public string DataFolder => _data.Path;

    public async Task InitializeAsync()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        Stage = await OpenAsync();
    }

    public Task<Stage> OpenAsync() => Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    public Task<PlatformClient> AsAsync(string userName) => _people.AsAsync(Stage, userName);

    /// <summary>Tests share the flows: what another one left as a draft is thrown away.</summary>
    public static async Task ForgetDraftAsync(PlatformClient policy, string definitionId)
    {
        if (!(await OpenFlowAsync(policy, definitionId))["isPublished"]!.GetValue<bool>()) await PostAsync(policy, $"/workflow-definitions/{definitionId}", "", HttpMethod.Delete);
    }

    public static async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> GetAsync(PlatformClient person, string path)
    {
        using var answer = await person.ReadAsync($"/elsa/api{path}", CancellationToken.None);
        return await ReadAsync(answer);
    }

    public static async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> PostAsync(PlatformClient person, string path, JsonNode body, HttpMethod? method = null) =>
        await PostAsync(person, path, body.ToJsonString(), method);

    public static async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> PostAsync(PlatformClient person, string path, string body, HttpMethod? method = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await person.SendContentAsync($"/elsa/api{path}", content, CancellationToken.None, method: method);
        return await ReadAsync(answer);
    }

    public static async Task<JsonObject> OpenFlowAsync(PlatformClient person, string definitionId, string version = "Latest")
    {
        var (status, body, text) = await GetAsync(person, $"/workflow-definitions/by-definition-id/{definitionId}?versionOptions={version}");
        Assert.True(status == HttpStatusCode.OK, text);
        return body!.AsObject();
    }

    /// <summary>What was saved; the refusal's words where it was refused.</summary>
    public static async Task<(JsonObject? Saved, string? Refusal)> SaveAsync(PlatformClient person, JsonObject flow, bool publish = false)
    {
        var (status, body, text) = await PostAsync(person, "/workflow-definitions", new JsonObject { ["model"] = flow.DeepClone(), ["publish"] = publish });
        if (status == HttpStatusCode.BadRequest) return (null, string.Join('\n', body!["errors"]!["root"]!.AsArray().Select(reason => reason!.GetValue<string>())));

        Assert.True(status == HttpStatusCode.OK, text);
        return (body!["workflowDefinition"]!.AsObject(), null);
    }

    public static async Task<string> ExportAsync(PlatformClient person, string definitionId) => (await GetAsync(person, $"/workflow-definitions/{definitionId}/export")).Text;

    public static JsonObject Step(JsonObject flow, string id) => flow["root"]!["activities"]!.AsArray().Select(step => step!.AsObject()).Single(step => step["id"]!.GetValue<string>() == id);

    /// <summary>Types a value into the box of an input, as Elsa Studio writes it.</summary>
    public static void Type(JsonObject flow, string step, string input, string value) => Step(flow, step)[input] = new JsonObject
    {
        ["typeName"] = "Int32", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value }, ["memoryReference"] = new JsonObject { ["id"] = $"{step}:input-9" },
    };

    /// <summary>A page as it is read, without the marks of HTML.</summary>
    public static async Task<string> PageAsync(PlatformClient person, string path)
    {
        using var answer = await person.ReadAsync(path, CancellationToken.None);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Presses a button of a page: what the platform answers, and where it leads.</summary>
    public static async Task<(HttpStatusCode Status, string Page, string? Next)> PressAsync(PlatformClient person, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await person.SendContentAsync(path, form, CancellationToken.None);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), answer.Headers.Location?.ToString());
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0 ? JsonNode.Parse(text, null, Deep) : null, text);
    }
}
