using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Cases.Linked;

/// <summary>
/// A host with three small procedures: a permit (许可), of which a vendor may have one open for each product, which may be withdrawn and handed on, and an
/// objection (异议) about a permit, in confidence when asked, which may be handed on too; a repair (维修), which is the technical support unit's work; and a
/// tip (举报) to an authority of Guangdong, of which one enterprise may have two open and file three a day.
/// </summary>
public sealed class SmallOffice : IAsyncLifetime
{
    public const string Permit = "permit";
    public const string Objection = "objection";
    public const string Repair = "repair";
    public const string Tip = "tip";

    /// <summary>A county of Guangzhou.</summary>
    public const string Liwan = "440103";

    /// <summary>The technical support unit of Guangzhou, which sits in the bureau's organisation.</summary>
    public const string GuangzhouSupport = $"{DemoPeople.Guangzhou}-{Roles.SupportUnit}";

    public const string JiaName = "甲科技有限公司";

    private const string Transfer = """
        { "id": "transfer", "type": "Gov.TransferCase",
          "authority": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.review.target" } },
          "values": { "typeName": "Object", "expression": { "type": "Lambda", "value": "vars.filed" } } }
        """;

    private static int s_products;

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();
    private readonly SignedIn _people = new();

    public Stage Stage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        WriteContent();
        Stage = await Platform.OpenAsync(TestSettings.New with
        {
            DataFolder = _data.Path,
            ContentRoot = _content.Path,
            DemoGuests = [new DemoGuest(DemoPeople.Guangzhou, Roles.SupportUnit)],
        });
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    public Task<PlatformClient> AsAsync(string userName) => _people.AsAsync(Stage, userName);

    /// <summary>A product that nobody has applied for yet.</summary>
    public static string NewProduct() => $"实名通 {Interlocked.Increment(ref s_products)}";

    /// <summary>甲科技 asks for a permit for a product.</summary>
    public async Task<HttpResponseMessage> ApplyAsync(string product, string authority = DemoPeople.Shenzhen, JsonObject? paper = null, string? key = null)
    {
        var values = new JsonObject { ["companyName"] = JiaName, ["uscc"] = DemoPeople.VendorJia, ["product"] = product };
        if (paper is not null) values["paper"] = new JsonArray(paper);
        return await (await AsAsync("jia")).SendAsync("/api/cases", new NewCase(Permit, authority, values), CancellationToken.None, key);
    }

    public async Task<string> PermitAsync(JsonObject? paper = null) => await NumberAsync(await ApplyAsync(NewProduct(), paper: paper));

    /// <summary>Somebody objects.</summary>
    public async Task<HttpResponseMessage> ObjectAsync(string who, string authority, string? about, bool isConfidential = false, JsonObject? evidence = null)
    {
        var values = new JsonObject { ["facts"] = "不予办理，没有说明理由。", ["confidential"] = isConfidential ? "yes" : "no" };
        if (about is not null) values["about"] = about;
        if (evidence is not null) values["evidence"] = new JsonArray(evidence);
        return await (await AsAsync(who)).SendAsync("/api/cases", new NewCase(Objection, authority, values), CancellationToken.None);
    }

    /// <summary>The 办件编号 of the case that was opened.</summary>
    public static async Task<string> NumberAsync(HttpResponseMessage opened)
    {
        using (opened)
        {
            var text = await opened.Content.ReadAsStringAsync();
            Assert.True(opened.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!["number"]!.GetValue<string>();
        }
    }

    private void WriteContent()
    {
        var root = HostSettings.ContentRootFrom(null);
        foreach (var file in Directory.GetFiles(Path.Combine(root, "rules", "calendars")).Append(Path.Combine(root, "rules", "regions.json")))
        {
            Write(Path.GetRelativePath(root, file), File.ReadAllText(file));
        }

        Write("workflows/forms/permit.json", Form(
            """{ "name": "companyName", "label": "企业名称", "type": "text", "required": true }""",
            """{ "name": "uscc", "label": "统一社会信用代码", "type": "uscc", "required": true }""",
            """{ "name": "product", "label": "产品", "type": "text", "required": true }""",
            """{ "name": "paper", "label": "材料", "type": "file", "accept": [".pdf"], "maxFiles": 2 }"""));
        Write("workflows/forms/objection.json", Form(
            """{ "name": "about", "label": "关联办件", "type": "text" }""",
            """{ "name": "facts", "label": "事实", "type": "textarea", "required": true }""",
            """{ "name": "confidential", "label": "是否保密", "type": "select", "required": true, "options": [{ "value": "yes", "label": "是" }, { "value": "no", "label": "否" }] }""",
            """{ "name": "evidence", "label": "证据", "type": "file", "accept": [".pdf"], "maxFiles": 2 }"""));
        Write("workflows/forms/decision.json", Form("""{ "name": "target", "label": "接收单位", "type": "text" }"""));
        Write("workflows/permit.json", Flow(
            Permit,
            "许可",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "permit", "numberPrefix": "XK", "uniqueBy": "product", "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }""",
                """{ "id": "correlate", "type": "Elsa.Correlate", "correlationId": { "typeName": "String", "expression": { "type": "Lambda", "value": "case.number" } } }""",
                Task("review", "authority", "officer", ["Approved", "Transferred"], """
                    "events": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "event": "objection-upheld", "outcome": "Overruled" }] } },
                    "result": { "typeName": "Object", "memoryReference": { "id": "v-review" } },
                    """),
                Task("withdraw", "applicant", "vendor-admin", ["Withdrawn"], """ "optional": true, """),
                Transfer,
                Close("permitted", "已许可"), Close("overruled", "复核后许可"), Close("handed-on", "已转办"), Close("withdrawn", "已撤回"),
            ],
            "submit > correlate", "correlate > review", "correlate > withdraw", "review.Approved > permitted", "review.Overruled > overruled",
            "review.Transferred > transfer", "transfer > handed-on", "withdraw.Withdrawn > withdrawn"));
        Write("workflows/objection.json", Flow(
            Objection,
            "异议",
            [
                """
                { "id": "submit", "type": "Gov.Submission", "form": "objection", "numberPrefix": "YY", "roles": "vendor-admin,contractor", "link": "about", "confidential": "confidential",
                  "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }
                """,
                """{ "id": "notice", "type": "Gov.SendNotice", "notice": "objection-filed", "party": "authority", "role": "officer" }""",
                Task("verify", "authority", "officer", ["Upheld", "Unfounded", "Transferred"], """
                    "result": { "typeName": "Object", "memoryReference": { "id": "v-review" } },
                    "data": { "typeName": "Object", "expression": { "type": "Lambda", "value": "new (vars.filed as objection)" } },
                    """),
                """
                { "id": "tell", "type": "Elsa.PublishEvent", "eventName": "objection-upheld",
                  "correlationId": { "typeName": "String", "expression": { "type": "Lambda", "value": "case.linkedTo" } } }
                """,
                Transfer,
                Close("upheld", "属实"), Close("unfounded", "不属实"), Close("handed-on", "已转办"),
            ],
            "submit > notice", "notice > verify", "verify.Upheld > tell", "tell > upheld", "verify.Unfounded > unfounded", "verify.Transferred > transfer", "transfer > handed-on"));
        Write("workflows/repair.json", Flow(
            Repair,
            "维修",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "permit", "numberPrefix": "WX", "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }""",
                Task("repair", "authority", Roles.SupportUnit, ["Repaired"], """
                    "data": { "typeName": "Object", "expression": { "type": "Lambda", "value": "new (vars.filed as order)" } },
                    """),
                Close("repaired", "已修复"),
            ],
            "submit > repair", "repair.Repaired > repaired"));
        Write("workflows/tip.json", Flow(
            Tip,
            "举报",
            [
                """
                { "id": "submit", "type": "Gov.Submission", "form": "objection", "numberPrefix": "JB", "roles": "vendor-admin,contractor",
                  "province": "440000", "maxOpen": 2, "maxPerDay": 3, "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }
                """,
                Task("verify", "authority", "officer", ["Closed"], ""),
                Close("closed", "已处理"),
            ],
            "submit > verify", "verify.Closed > closed"));
        Write("templates/objection-filed.subject", "异议 {{ case.number }}：{{ applicant.name }}");
        Write("templates/objection-filed.html", "<p>{{ applicant.name }}提出异议（{{ case.title }}）。</p>");
        Write("templates/objection-filed.txt", "{{ applicant.name }}提出异议（{{ case.title }}）。");
        Write("templates/objection-filed.model.json", """
            { "letter": "L10", "title": "异议", "model": { "case": { "number": "String", "title": "String" }, "applicant": { "name": "String" } },
              "sample": { "case": { "number": "YY-2022-440300-000001", "title": "某企业 · 异议" }, "applicant": { "name": "某企业" } } }
            """);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_content.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Form(params string[] fields) => $$"""{ "title": "表单", "fields": [{{string.Join(",", fields)}}] }""";

    private static string Task(string id, string party, string role, string[] outcomes, string more) => $$"""
        { "id": "{{id}}", "type": "Gov.HumanTask", "title": "{{id}}", "party": "{{party}}", "role": "{{role}}", "form": "decision", {{more}}
          "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{{string.Join(",", outcomes.Select(outcome => $$"""{ "name": "{{outcome}}", "label": "{{outcome}}" }"""))}}] } } }
        """;

    private static string Close(string id, string outcome) => $$"""{ "id": "{{id}}", "type": "Gov.CloseCase", "outcome": "{{outcome}}" }""";

    private static string Flow(string id, string name, string[] steps, params string[] edges) => $$"""
        {
          "id": "{{id}}-1", "definitionId": "{{id}}", "name": "{{name}}", "version": 1, "isLatest": true, "isPublished": true,
          "variables": [{{Variable("filed")}}, {{Variable("review")}}],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", edges.Select(Edge))}}] }
        }
        """;

    private static string Variable(string name) => $$"""
        { "id": "v-{{name}}", "name": "{{name}}", "typeName": "Object", "isArray": false, "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }
        """;

    private static string Edge(string drawn)
    {
        var ends = drawn.Split(" > ");
        var source = ends[0].Split('.');
        return $$"""{ "source": { "activity": "{{source[0]}}", "port": "{{(source.Length > 1 ? source[1] : "Done")}}" }, "target": { "activity": "{{ends[1]}}", "port": "In" } }""";
    }
}
