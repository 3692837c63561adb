using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using static WorkflowEngine.Host.Tests.Designer.DesignerWorld;

namespace WorkflowEngine.Host.Tests.Designer;

/// <summary>A running case as designers look at it: where it stands, how it came there, and that it goes on while somebody looks.</summary>
[Collection(DesignerCollection.Name)]
public sealed class InstanceApiTests(DesignerWorld world)
{
    /// <summary>Ends each message of the hub's protocol.</summary>
    private const char End = '\u001e';

    [Fact]
    public async Task A_running_case_shows_its_journal_its_steps_and_where_it_waits_and_no_contents_of_forms()
    {
        var province = await world.AsAsync("gd-officer");
        var number = await Platform.SubmitAsync(await world.AsAsync("jia"));

        var list = (await PostAsync(province, "/workflow-instances", new JsonObject { ["page"] = 0, ["pageSize"] = 10, ["searchTerm"] = number, ["statuses"] = new JsonArray("Running") })).Body!;
        var line = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal((number, "Running", "Suspended"), (line["id"]!.GetValue<string>(), line["status"]!.GetValue<string>(), line["subStatus"]!.GetValue<string>()));
        Assert.Empty((await PostAsync(province, "/workflow-instances", new JsonObject { ["pageSize"] = 10, ["searchTerm"] = number, ["status"] = "Finished" })).Body!["items"]!.AsArray());
        var version = (await GetAsync(province, $"/workflow-definitions?versionOptions=&Ids={line["definitionVersionId"]}")).Body!["items"]!.AsArray();
        Assert.Equal(Platform.Flow, Assert.Single(version)!["definitionId"]!.GetValue<string>());

        var (_, journal, _) = await PostAsync(province, $"/workflow-instances/{number}/journal?skip=0&take=100", new JsonObject { ["filter"] = new JsonObject { ["excludedActivityTypes"] = new JsonArray("Elsa.Flowchart") } });
        var started = journal!["items"]!.AsArray().Single(entry => entry!["activityId"]!.GetValue<string>() == "review" && entry["eventName"]!.GetValue<string>() == "Started")!;
        Assert.Equal(("材料审核", "Workflow1:procedure:review"), (started["activityName"]!.GetValue<string>(), started["nodeId"]!.GetValue<string>()));
        var two = (await GetAsync(province, $"/workflow-instances/{number}/journal?skip=1&take=2")).Body!;
        Assert.Equal(2, two["items"]!.AsArray().Count);
        Assert.True(two["totalCount"]!.GetValue<int>() > 2);

        var report = (await PostAsync(province, "/activity-executions/report", new JsonObject { ["workflowInstanceId"] = number, ["activityNodeIds"] = new JsonArray("Workflow1:procedure:review") })).Body!;
        var badge = Assert.Single(report["stats"]!.AsArray())!;
        Assert.Equal((1, 0, true), (badge["startedCount"]!.GetValue<int>(), badge["completedCount"]!.GetValue<int>(), badge["isBlocked"]!.GetValue<bool>()));
        var runs = (await GetAsync(province, $"/activity-executions/list?WorkflowInstanceId={number}&ActivityNodeId=Workflow1:procedure:review")).Body!["items"]!.AsArray();
        var run = (await GetAsync(province, $"/activity-executions/by-id?id={Assert.Single(runs)!["id"]}")).Body!;
        Assert.Equal("Running", run["status"]!.GetValue<string>());

        var whole = await GetAsync(province, $"/workflow-instances/{number}");
        var variables = await GetAsync(province, $"/workflow-instances/{number}/variables");
        var exported = await GetAsync(province, $"/workflow-instances/{number}/export");
        Assert.Contains("（表单内容，见办件页）", variables.Body!["items"]!.AsArray().Select(variable => variable!["value"]!.GetValue<string>()));
        Assert.Contains("\"eventName\": \"Started\"", exported.Text, StringComparison.Ordinal);
        foreach (var text in (string[])[whole.Text, variables.Text, exported.Text]) Assert.DoesNotContain("91350100M000100Y43", text, StringComparison.Ordinal);
        Assert.Equal("Running", (await GetAsync(province, $"/workflow-instances/{number}/execution-state")).Body!["status"]!.GetValue<string>());

        using var zip = new ZipArchive(await BytesAsync(province, "/bulk-actions/export/workflow-instances", new JsonObject { ["ids"] = new JsonArray(number, "no-such-case") }));
        Assert.Equal([$"{number}.json"], zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task Nothing_is_done_to_a_case_here_and_only_the_province_looks()
    {
        var number = await Platform.SubmitAsync(await world.AsAsync("jia"));
        var province = await world.AsAsync("gd-officer");
        foreach (var path in (string[])[$"/cancel/workflow-instances/{number}", "/alterations/workflows/retry", "/bulk-actions/cancel/workflow-instances", "/bulk-actions/delete/workflow-instances/by-id"])
        {
            var (status, refusal, _) = await PostAsync(province, path, new JsonObject { ["ids"] = new JsonArray(number) });
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("这里只能查看", refusal!["errors"]!["root"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(province, "/workflow-instances/no-such-case/export")).Status);
        foreach (var other in (string[])["gd-policy", "jia", "sz-officer"]) Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(await world.AsAsync(other), $"/workflow-instances/{number}")).Status);
    }

    /// <summary>SignalR's own protocol over a web socket, as the client in Elsa Studio speaks it.</summary>
    [Fact]
    public async Task Who_looks_at_a_case_is_told_when_it_goes_on()
    {
        var number = await Platform.SubmitAsync(await world.AsAsync("jia"));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var hub = await ConnectAsync("gd-officer", limit.Token);
        await SendAsync(hub, """{"protocol":"json","version":1}""", limit.Token);
        await SendAsync(hub, new JsonObject { ["type"] = 1, ["invocationId"] = "1", ["target"] = "ObserveInstanceAsync", ["arguments"] = new JsonArray(number) }.ToJsonString(), limit.Token);

        var told = new List<string>();
        await foreach (var message in HearAsync(hub, limit.Token))
        {
            // The hub looks at the case from here on.
            if (message["invocationId"] is not null) await GoOnAsync(number);
            if (message["target"]?.GetValue<string>() is { } target) told.Add(target);
            if (told.Count == 3) break;
        }

        Assert.Equal(["WorkflowExecutionLogUpdatedAsync", "ActivityExecutionLogUpdatedAsync", "WorkflowInstanceUpdatedAsync"], told);
    }

    [Fact]
    public async Task What_stands_within_a_step_is_told_with_the_way_to_it()
    {
        var policy = await world.AsAsync("gd-policy");
        var version = (await OpenFlowAsync(policy, Platform.Flow, "Published"))["id"]!.GetValue<string>();

        var root = (await GetAsync(policy, $"/workflow-definitions/subgraph/{version}")).Body!;
        Assert.Equal("Workflow1:procedure", root["nodeId"]!.GetValue<string>());
        Assert.Contains(root["children"]!.AsArray(), child => child!["nodeId"]!.GetValue<string>() == "Workflow1:procedure:review");
        var step = (await GetAsync(policy, $"/workflow-definitions/subgraph/{version}?parentNodeId=Workflow1:procedure:review")).Body!;
        Assert.Equal("review", step["activity"]!["id"]!.GetValue<string>());

        var way = (await GetAsync(policy, $"/workflow-definitions/subgraph/segments/{version}?childNodeId=Workflow1:procedure:review")).Body!;
        Assert.Equal(("Workflow1:procedure", "Workflow1:procedure:review"), (way["container"]!["nodeId"]!.GetValue<string>(), way["childNode"]!["nodeId"]!.GetValue<string>()));
        Assert.Empty(way["pathSegments"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(policy, $"/workflow-definitions/subgraph/{version}?parentNodeId=Workflow1:elsewhere")).Status);
    }

    private async Task GoOnAsync(string number)
    {
        var officer = await world.AsAsync("sz-officer");
        using var done = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
    }

    private static async Task<MemoryStream> BytesAsync(PlatformClient person, string path, JsonNode body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await person.SendContentAsync($"/elsa/api{path}", content, CancellationToken.None);
        return new MemoryStream(await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A web socket with somebody's session.</summary>
    private async Task<ClientWebSocket> ConnectAsync(string userName, CancellationToken ct)
    {
        var cookies = new CookieContainer();
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = world.Stage.Address };
        using var signedIn = await http.PostAsJsonAsync("/api/session", new { userName, password = world.Stage.PasswordOf(userName) }, ct);
        signedIn.EnsureSuccessStatusCode();
        var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        await socket.ConnectAsync(new UriBuilder(world.Stage.Address) { Scheme = "ws", Path = "/elsa/hubs/workflow-instance" }.Uri, ct);
        return socket;
    }

    private static Task SendAsync(WebSocket hub, string message, CancellationToken ct) =>
        hub.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, ct);

    /// <summary>What the hub says, message by message; several may come at once.</summary>
    private static async IAsyncEnumerable<JsonNode> HearAsync(WebSocket hub, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        var heard = new StringBuilder();
        while (true)
        {
            var received = await hub.ReceiveAsync(buffer, ct);
            heard.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            var parts = heard.ToString().Split(End);
            heard.Clear().Append(parts[^1]);
            foreach (var part in parts[..^1]) yield return JsonNode.Parse(part)!;
        }
    }
}
