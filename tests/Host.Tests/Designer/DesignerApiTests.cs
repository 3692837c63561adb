using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Host.CommandLine;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Portal.Contents;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Definitions;
using static WorkflowEngine.Host.Tests.Designer.DesignerWorld;

namespace WorkflowEngine.Host.Tests.Designer;

/// <summary>Flows are opened, changed and published by the API that Elsa Studio speaks.</summary>
[Collection(DesignerCollection.Name)]
public sealed class DesignerApiTests(DesignerWorld world)
{
    private const string VendorFile = "workflows/guangdong/vendor-integration.json";

    [Fact]
    public async Task Every_definition_that_elsa_loads_goes_in_and_comes_out_without_loss()
    {
        var policy = await world.AsAsync("gd-policy");
        using var cases = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Designer", "elsa-flows.json")));
        var tried = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var @case in cases.RootElement.EnumerateArray())
        {
            var text = @case.GetProperty("definition").GetRawText();
            var name = @case.GetProperty("name").GetString()!;
            if (WorkflowDefinition.Read(text, name).Definition is not { } definition || !seen.Add(definition.DefinitionId)) continue;

            var (status, opened, said) = await PostAsync(policy, "/workflow-definitions/import", text);
            Assert.True(status == HttpStatusCode.OK, $"{name}: {said}");
            AsStudioSendsIt(opened!.AsObject());
            var (saved, refusal) = await SaveAsync(policy, opened.AsObject());
            Assert.True(refusal is null, $"{name}: {refusal}");
            Assert.True(saved!["id"]!.GetValue<string>() == opened["id"]!.GetValue<string>(), $"{name}: a draft that nobody changed was written anew: {await ExportAsync(policy, definition.DefinitionId)}");
            Assert.True(text == await ExportAsync(policy, definition.DefinitionId), $"{name}: came out changed");
            tried++;
        }

        Assert.InRange(tried, 200, 10_000);
    }

    [Theory]
    [InlineData("guangdong-vendor-integration")]
    [InlineData("guangdong-complaint")]
    [InlineData("guangdong-complaint-review")]
    [InlineData("guangdong-project-access")]
    public async Task A_shipped_flow_is_saved_unchanged_and_a_change_of_one_value_is_a_change_of_one_line(string flow)
    {
        var policy = await world.AsAsync("gd-policy");
        await ForgetDraftAsync(policy, flow);
        var opened = await OpenFlowAsync(policy, flow);
        AsStudioSendsIt(opened);

        var (saved, _) = await SaveAsync(policy, opened);
        Assert.Equal(opened["id"]!.GetValue<string>(), saved!["id"]!.GetValue<string>());

        var lines = (await GetAsync(policy, $"/workflow-definitions/{flow}/export?versionOptions=Published")).Text.Split('\n');
        saved["description"] = "改过的说明";
        var (changed, refusal) = await SaveAsync(policy, saved);
        Assert.Null(refusal);
        var draft = await ExportAsync(policy, flow);
        Assert.Equal(lines.Length, draft.Split('\n').Length);
        Assert.Equal("  \"description\": \"改过的说明\",", Assert.Single(draft.Split('\n').Where((line, index) => line != lines[index])));

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(policy, $"/workflow-definition-versions/{changed!["id"]!.GetValue<string>()}", "", HttpMethod.Delete)).Status);
        Assert.True((await OpenFlowAsync(policy, flow))["isPublished"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_limit_is_changed_and_published_the_next_case_has_it_and_a_running_one_keeps_its_own()
    {
        var policy = await world.AsAsync("gd-policy");
        var vendor = await world.AsAsync("jia");
        var officer = await world.AsAsync("sz-officer");
        var before = await Platform.SubmitAsync(vendor);
        await ForgetDraftAsync(policy, Platform.Flow);
        var flow = await OpenFlowAsync(policy, Platform.Flow);
        var number = flow["version"]!.GetValue<int>();
        AsStudioSendsIt(flow);
        Type(flow, "review", "limit", "2");

        var (published, refusal) = await SaveAsync(policy, flow, publish: true);

        Assert.Null(refusal);
        Assert.Equal((number + 1, true, true), (published!["version"]!.GetValue<int>(), published["isPublished"]!.GetValue<bool>(), published["isLatest"]!.GetValue<bool>()));
        var after = await Platform.SubmitAsync(vendor);
        Assert.Equal(new DateOnly(2022, 10, 10), (await Platform.OpenTaskAsync(officer, before, "review")).Line.DueDate);
        Assert.Equal(new DateOnly(2022, 10, 9), (await Platform.OpenTaskAsync(officer, after, "review")).Line.DueDate);

        var versions = (await GetAsync(policy, $"/workflow-definitions?versionOptions=AllVersions&DefinitionIds={Platform.Flow}&OrderBy=Version&OrderDirection=Descending")).Body!["items"]!.AsArray();
        Assert.Equal([true, false], versions.Take(2).Select(version => version!["isPublished"]!.GetValue<bool>()));
        Assert.Contains("\"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 2 } }", await ExportAsync(policy, Platform.Flow), StringComparison.Ordinal);
        await TheFolderAndTheBrowserAgreeAsync(policy);
    }

    /// <summary>The folder still has the old flow: another file of it comes into force beside what was changed in the browser, the same one does not, and a restart changes nothing.</summary>
    private async Task TheFolderAndTheBrowserAgreeAsync(PlatformClient policy)
    {
        var release = (await world.Stage.ReadinessAsync(CancellationToken.None)).Release;
        await ContentCopy.ChangeAsync(Path.Combine(world.ContentFolder, "workflows/guangdong/complaint-review.json"), "\n  \"name\": \"", "\n  \"name\": \"新");
        while ((await world.Stage.ReadinessAsync(CancellationToken.None)).Release == release) { }

        Assert.Contains("\"value\": 2 } }", await ExportAsync(policy, Platform.Flow), StringComparison.Ordinal);
        Assert.StartsWith("新", (await OpenFlowAsync(policy, "guangdong-complaint-review"))["name"]!.GetValue<string>(), StringComparison.Ordinal);

        release = (await world.Stage.ReadinessAsync(CancellationToken.None)).Release;
        await ContentCopy.ChangeAsync(Path.Combine(world.ContentFolder, VendorFile), ContentCopy.Limit(3), ContentCopy.Limit(5));
        while (!(await PageAsync(policy, "/content")).Contains("两边都改过", StringComparison.Ordinal)) { }

        Assert.Equal(release, (await world.Stage.ReadinessAsync(CancellationToken.None)).Release);
        await APersonDecidesAsync(policy);
    }

    /// <summary>Both ways out of a conflict, by a button; what was decided once is asked about again only when the folder changes again.</summary>
    private async Task APersonDecidesAsync(PlatformClient policy)
    {
        var drift = await PageAsync(policy, ContentPages.DriftRoot);
        Assert.Contains("2 → 5 个工作日", drift, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await SettleAsync(policy, SeenOf(drift, VendorFile), "in-force")).Status);
        Assert.DoesNotContain("两边都改过", await PageAsync(policy, ContentPages.Root), StringComparison.Ordinal);
        Assert.Contains("\"value\": 2 } }", await ExportAsync(policy, Platform.Flow), StringComparison.Ordinal);
        Assert.Contains("只在网页上改过的文件", await PageAsync(policy, ContentPages.DriftRoot), StringComparison.Ordinal);

        await ContentCopy.ChangeAsync(Path.Combine(world.ContentFolder, VendorFile), ContentCopy.Limit(5), ContentCopy.Limit(6));
        while (!(await PageAsync(policy, ContentPages.Root)).Contains("两边都改过", StringComparison.Ordinal)) { }

        Assert.Contains("又改过", (await SettleAsync(policy, SeenOf(drift, VendorFile), "folder")).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await SettleAsync(policy, SeenOf(await PageAsync(policy, ContentPages.DriftRoot), VendorFile), "folder")).Status);
        Assert.Contains(ContentCopy.Limit(6), await ExportAsync(policy, Platform.Flow), StringComparison.Ordinal);
        Assert.DoesNotContain(VendorFile, await PageAsync(policy, ContentPages.DriftRoot), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SettleAsync(await world.AsAsync("gd-officer"), "x", "folder")).Status);
    }

    private static Task<(HttpStatusCode Status, string Page, string? Next)> SettleAsync(PlatformClient policy, string seen, string keep) =>
        PressAsync(policy, $"{ContentPages.DriftRoot}/settle", ("path", VendorFile), ("seen", seen), ("keep", keep), ("reason", "按会议纪要"));

    private static string SeenOf(string page, string path) => page[(page.IndexOf("name=\"seen\" value=\"", page.IndexOf($"value=\"{path}\"", StringComparison.Ordinal), StringComparison.Ordinal) + 19)..][..64];

    /// <summary>The files that are taken away are those that are in force: the same release, found free of errors. A folder that was changed since is told about, and not written over.</summary>
    [Fact]
    public async Task All_that_is_in_force_is_taken_away_as_files_and_is_the_same_release_again()
    {
        var release = (await world.Stage.ReadinessAsync(CancellationToken.None)).Release;
        using var answer = await (await world.AsAsync("gd-officer")).ReadAsync($"{ContentPages.Root}/export.zip", CancellationToken.None);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        using var folder = new TemporaryFolder();

        // As the verbs 'export' and 'check' do, beside the running host.
        var published = (await PublishedContent.OpenAsync(TestSettings.New with { DataFolder = world.DataFolder }, release: null, CancellationToken.None))!;
        Assert.Null(ContentExport.Write(published.Files, folder.Path, mayReplace: false));

        var files = ContentFolder.ReadFiles(folder.Path).Files!;
        Assert.Equal((release, release), (published.ReleaseId, ContentReader.Read(files).Set!.Id));
        Assert.Equal(files.Keys, zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(new FileInfo(Path.Combine(folder.Path, entry.FullName)).Length, entry.Length));

        const string changed = "workflows/forms/supervision-answer.json";
        await File.AppendAllTextAsync(Path.Combine(folder.Path, changed), " ");
        Assert.Contains("--replace", ContentExport.Write(files, folder.Path, mayReplace: false), StringComparison.Ordinal);
        var drift = ContentDrift.Of(ContentFolder.ReadFiles(folder.Path).Files!, published.Synced, published.Files);
        Assert.Equal((changed, ChangedIn.Folder), Assert.Single(drift.Select(file => (file.Path, file.Where))));
        Assert.Null(ContentExport.Write(files, folder.Path, mayReplace: true));
        Assert.Equal(files, ContentFolder.ReadFiles(folder.Path).Files!);
    }

    [Fact]
    public async Task A_second_editor_is_told_whose_work_would_be_written_over()
    {
        var policy = await world.AsAsync("gd-policy");
        var one = await OpenFlowAsync(policy, "guangdong-project-access");
        var other = (JsonObject)one.DeepClone();
        one["description"] = "第一个人的改动";
        var (saved, _) = await SaveAsync(policy, one);
        other["description"] = "第二个人的改动";

        var (_, refusal) = await SaveAsync(policy, other);

        Assert.Contains("何策", refusal, StringComparison.Ordinal);
        Assert.Contains("您的修改没有保存", refusal, StringComparison.Ordinal);
        Assert.Equal("第一个人的改动", (await OpenFlowAsync(policy, "guangdong-project-access"))["description"]!.GetValue<string>());
        var (_, again) = await SaveAsync(policy, saved!);
        Assert.Null(again);
    }

    [Fact]
    public async Task A_flow_that_cannot_be_carried_out_is_kept_as_a_draft_and_not_published_and_the_step_is_named()
    {
        var policy = await world.AsAsync("gd-policy");
        var flow = await OpenFlowAsync(policy, "guangdong-complaint");
        var connections = flow["root"]!["connections"]!.AsArray();
        var lost = connections.First(connection => connection!["source"]!["activity"]!.GetValue<string>() == "acknowledge" && connection["source"]!["port"]!.GetValue<string>() == "Declined")!;
        connections.Remove(lost);

        var (_, refusal) = await SaveAsync(policy, flow, publish: true);

        Assert.Contains("Declined", refusal, StringComparison.Ordinal);
        Assert.Contains("acknowledge", refusal, StringComparison.Ordinal);
        var draft = await OpenFlowAsync(policy, "guangdong-complaint");
        Assert.False(draft["isPublished"]!.GetValue<bool>());
        Assert.True((await OpenFlowAsync(policy, "guangdong-complaint", "Published"))["isPublished"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_reader_sees_flows_without_the_link_to_publish_and_cannot_write()
    {
        var reader = await world.AsAsync("gd-officer");
        var flow = await OpenFlowAsync(reader, "guangdong-project-access", "Published");

        Assert.Equal(["self"], flow["links"]!.AsArray().Select(link => link!["rel"]!.GetValue<string>()));
        Assert.Empty((await GetAsync(reader, "/workflow-definitions?versionOptions=Latest")).Body!["links"]!.AsArray());
        foreach (var path in (string[])["/workflow-definitions", "/workflow-definitions/import", "/workflow-definitions/guangdong-project-access/publish", "/workflow-definitions/guangdong-project-access/retract"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(reader, path, flow)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(await world.AsAsync("jia"), "/workflow-definitions")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(await world.AsAsync("sz-leader"), "/workflow-definitions")).Status);
    }

    [Fact]
    public async Task A_flow_is_begun_published_retracted_and_kept()
    {
        var policy = await world.AsAsync("gd-policy");
        var (begun, refusal) = await SaveAsync(policy, new JsonObject
        {
            ["id"] = null, ["definitionId"] = null, ["name"] = "试办流程", ["description"] = "",
            ["root"] = new JsonObject { ["id"] = "f1", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["name"] = "Flowchart1" },
        });
        Assert.Null(refusal);
        var id = begun!["definitionId"]!.GetValue<string>();
        Assert.False((await GetAsync(policy, $"/workflow-definitions/validation/is-name-unique?name={Uri.EscapeDataString("试办流程")}")).Body!["isUnique"]!.GetValue<bool>());
        Assert.True((await GetAsync(policy, $"/workflow-definitions/validation/is-name-unique?name={Uri.EscapeDataString("试办流程")}&definitionId={id}")).Body!["isUnique"]!.GetValue<bool>());

        begun["root"]!["activities"] = new JsonArray(
            new JsonObject { ["id"] = "s", ["type"] = "Elsa.Start", ["version"] = 1, ["nodeId"] = "Workflow1:f1:s", ["metadata"] = new JsonObject() },
            new JsonObject { ["id"] = "e", ["type"] = "Elsa.Finish", ["version"] = 1, ["nodeId"] = "Workflow1:f1:e", ["metadata"] = new JsonObject() });
        begun["root"]!["connections"] = new JsonArray(new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = "s", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "e", ["port"] = "In" }, ["vertices"] = new JsonArray(),
        });
        var (published, why) = await SaveAsync(policy, begun, publish: true);
        Assert.True(why is null, why);
        Assert.DoesNotContain("nodeId", await ExportAsync(policy, id), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(policy, $"/workflow-definitions/{id}", "", HttpMethod.Delete)).Status);
        var (retracted, now, said) = await PostAsync(policy, $"/workflow-definitions/{id}/retract", new JsonObject());
        Assert.True(retracted == HttpStatusCode.OK, said);
        Assert.False(now!["isPublished"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(policy, $"/workflow-definitions/by-id/{published!["id"]!.GetValue<string>()}")).Status);
        Assert.True((await PostAsync(policy, $"/workflow-definitions/{id}/publish", new JsonObject())).Body!["workflowDefinition"]!["isPublished"]!.GetValue<bool>());
        Assert.Equal(2, (await OpenFlowAsync(policy, id))["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task Several_flows_are_brought_in_published_taken_away_retracted_and_thrown_away_at_once()
    {
        var policy = await world.AsAsync("gd-policy");
        string[] ids = ["many-one", "many-two"];
        foreach (var id in ids) Assert.Equal(HttpStatusCode.OK, (await PostAsync(policy, "/workflow-definitions/import", Small(id))).Status);

        var published = (await PostAsync(policy, "/bulk-actions/publish/workflow-definitions/by-definition-ids", Ids("definitionIds", ids))).Body!;
        Assert.Equal(ids, published["published"]!.AsArray().Select(id => id!.GetValue<string>()));
        var (refused, reasons, _) = await PostAsync(policy, "/bulk-actions/publish/workflow-definitions/by-definition-ids", Ids("definitionIds", ["many-one", "no-such-flow"]));
        Assert.Equal((HttpStatusCode.BadRequest, "no-such-flow：没有这个流程。"), (refused, reasons!["errors"]!["root"]![0]!.GetValue<string>()));

        var versions = new List<string>();
        foreach (var id in ids) versions.Add((await OpenFlowAsync(policy, id))["id"]!.GetValue<string>());
        using var content = new StringContent(Ids("ids", [.. versions]).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await policy.SendContentAsync("/elsa/api/bulk-actions/export/workflow-definitions", content, CancellationToken.None);
        using (var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync()))
        {
            Assert.Equal(["many-one.json", "many-two.json"], zip.Entries.Select(entry => entry.FullName));
            using var reader = new StreamReader(await zip.Entries[0].OpenAsync());
            Assert.Equal(await ExportAsync(policy, "many-one"), await reader.ReadToEndAsync());
        }

        foreach (var id in ids) Assert.Equal(HttpStatusCode.OK, (await PostAsync(policy, "/workflow-definitions/import", Small(id).Replace("小流程", "小流程二", StringComparison.Ordinal))).Status);
        Assert.Equal(2, (await PostAsync(policy, "/bulk-actions/delete/workflow-definitions/by-definition-id", Ids("definitionIds", ids))).Body!["deleted"]!.GetValue<int>());
        var retracted = (await PostAsync(policy, "/bulk-actions/retract/workflow-definitions/by-definition-ids", Ids("definitionIds", ids))).Body!;
        Assert.Equal(ids, retracted["retracted"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(await world.AsAsync("gd-officer"), "/bulk-actions/retract/workflow-definitions/by-definition-ids", Ids("definitionIds", ids))).Status);
    }

    private static JsonObject Ids(string name, string[] ids) => new() { [name] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    private static string Small(string id) => $$"""
        { "id": "{{id}}-1", "definitionId": "{{id}}", "name": "小流程", "version": 1, "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [ { "id": "start", "type": "Elsa.Start" }, { "id": "end", "type": "Elsa.Finish" } ],
          "connections": [ { "source": { "activity": "start", "port": "Done" }, "target": { "activity": "end", "port": "In" } } ] } }
        """;

    [Fact]
    public async Task Every_kind_of_activity_is_described_in_chinese_with_its_ports_and_what_can_be_chosen()
    {
        var policy = await world.AsAsync("gd-policy");
        var kinds = (await GetAsync(policy, "/descriptors/activities?Refresh=True")).Body!["items"]!.AsArray();

        Assert.Equal(ActivityRegistry.Descriptors.Select(kind => kind.Type), kinds.Select(kind => kind!["typeName"]!.GetValue<string>()));
        Assert.All(kinds, kind => Assert.True(kind!["displayName"]!.GetValue<string>().Any(letter => letter > 0x4e00) || kind["typeName"]!.GetValue<string>().StartsWith("Elsa.", StringComparison.Ordinal)));
        var task = kinds.Single(kind => kind!["typeName"]!.GetValue<string>() == "Gov.HumanTask")!;
        var inputs = task["inputs"]!.AsArray();
        Assert.Contains("vendor-application", Input("form")["uiSpecifications"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("dynamic-outcomes", Input("outcomes")["uiHint"]!.GetValue<string>());
        Assert.Equal(["Reminder", "Overdue", "AnsweredLate"], Input("outcomes")["uiSpecifications"]!["DynamicOutcomesOptions"]!["fixedOutcomes"]!.AsArray().Select(port => port!.GetValue<string>()));

        var review = Step(await OpenFlowAsync(policy, Platform.Flow, "Published"), "review");
        Assert.Equal(["Approved", "Returned", "Transferred"], JsonSerializer.Deserialize<string[]>(review["outcomes"]!["expression"]!["value"]!.GetValue<string>())!);
        Assert.StartsWith("Approved = 符合要求", review["outcomeLabels"]!["expression"]!["value"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Workflow1:procedure:review", review["nodeId"]!.GetValue<string>());

        JsonNode Input(string name) => inputs.Single(input => input!["name"]!.GetValue<string>() == name)!;
    }

    /// <summary>What the real Elsa Studio does to a definition that nobody touched (seen in its traffic).</summary>
    private static void AsStudioSendsIt(JsonObject flow)
    {
        flow["links"] = null;
        foreach (var unknown in flow.Where(member => member.Key.StartsWith('$') || member.Key is "metadata").Select(member => member.Key).ToList()) flow.Remove(unknown);
        Sent(flow["root"]);

        static void Sent(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject step:
                    if (step["nodeId"] is not null && step["customProperties"] is JsonObject custom)
                    {
                        custom["canStartWorkflow"] ??= false;
                        custom["runAsynchronously"] ??= false;
                    }

                    if (step["designer"] is JsonObject { } drawn && drawn["position"] is not null) drawn["size"] = new JsonObject { ["width"] = 236.953125, ["height"] = 70 };
                    foreach (var (_, value) in step.ToList()) Sent(value);
                    break;
                case JsonArray items:
                    foreach (var item in items) Sent(item);
                    break;
            }
        }
    }
}
