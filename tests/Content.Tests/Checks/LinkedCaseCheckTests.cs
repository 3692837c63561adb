using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>What a flow says of filing, of other cases, of events and of clocks is checked before anybody files.</summary>
public sealed class LinkedCaseCheckTests
{
    [Fact]
    public void A_flow_that_is_about_other_cases_is_accepted()
    {
        Assert.Empty(Problems(Flow()));
    }

    [Theory]
    [InlineData("\"roles\": \"vendor-admin, contractor\"", "\"roles\": \"vendor-admin, contracter\"", "role-not-of-party", "did you mean 'contractor'?")]
    [InlineData("\"uniqueBy\": \"productName\"", "\"uniqueBy\": \"prodctName\"", "unknown-name", "did you mean 'productName'?")]
    [InlineData("\"link\": \"productName\"", "\"link\": \"number\"", "unknown-name", "names the field 'number'")]
    [InlineData("\"vendor\": \"productName\"", "\"vendor\": \"vendorName\"", "unknown-name", "names the field 'vendorName'")]
    [InlineData("\"vendor\": \"productName\"", "\"vendor\": \"\"", "unknown-name", "'vendor'")]
    [InlineData("\"numberPrefix\": \"TS\"", "\"numberPrefix\": \"ts-1\"", "wrong-value", "capital letters")]
    [InlineData("\"confidential\": \"productName\"", "\"confidential\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Variable\", \"value\": { \"id\": \"v-found\" } } }", "wrong-value", "must be a literal")]
    [InlineData("\"province\": \"440000\"", "\"province\": \"440300\"", "unknown-name", "names the province '440300'")]
    [InlineData("\"maxOpen\": 20", "\"maxOpen\": 0", "wrong-value", "nobody could file")]
    [InlineData("\"maxPerDay\": 10", "\"maxPerDay\": -1", "wrong-value", "nobody could file")]
    [InlineData("linked.outcome ==", "linked.outcom ==", "lambda", "outcom")]
    [InlineData("earlier.Any(e => e.open == true)", "earlier.Count()", "lambda", "Boolean")]
    [InlineData("values.productName ==", "values.prodctName ==", "lambda", "prodctName")]
    [InlineData("!linked.Any(c => c.open == true)", "!linked.Any(c => c.opened == true)", "lambda", "opened")]
    [InlineData("vars.found.Any(c => c.outcome", "vars.found.Any(c => c.outcomes", "lambda", "outcomes")]
    [InlineData("\"event\": \"test-key-reissue\", \"outcome\": \"Reissued\"", "\"event\": \"test-key-reissue\", \"outcome\": \"Renewed\"", "outcome-not-drawn", "can end with 'Renewed'")]
    [InlineData("\"event\": \"test-key-reissue\", \"outcome\": \"Reissued\"", "\"event\": \"test-key-reissue\", \"outcome\": \"Yes\"", "duplicate-name", "is decided by event 'test-key-reissue' and offered to a person too")]
    [InlineData("\"id\": \"more\", \"type\": \"Gov.ExtendClock\", \"clock\": \"verify\"", "\"id\": \"more\", \"type\": \"Gov.ExtendClock\", \"clock\": \"verifi\"", "clock-never-started", "did you mean 'verify'?")]
    public void What_is_misspelt_is_found(string right, string wrong, string code, string words)
    {
        var flow = Flow();
        Assert.Contains(right, flow, StringComparison.Ordinal);
        var problems = Problems(flow.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Code == code && problem.Message.Contains(words, StringComparison.Ordinal) && !string.IsNullOrEmpty(problem.Chinese));
    }

    private static List<Problem> Problems(string flow) =>
        [.. ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { ["workflows/x.json"] = flow }).Problems.Where(problem => problem.File == "workflows/x.json")];

    private static string Flow() => """
        { "definitionId": "x", "name": "x", "variables": [
            { "id": "v-found", "name": "found", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" } ],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
            { "id": "submit", "type": "Gov.Submission", "customProperties": { "canStartWorkflow": true }, "form": "vendor-application",
              "roles": "vendor-admin, contractor", "numberPrefix": "TS", "uniqueBy": "productName", "link": "productName", "vendor": "productName", "confidential": "productName",
              "province": "440000", "maxOpen": 20, "maxPerDay": 10,
              "refusals": { "typeName": "Object", "expression": { "type": "Object", "value": [
                { "condition": "linked == null || linked.outcome == \"已撤回\"", "message": "不能投诉。" },
                { "condition": "linked.values.anything == \"x\"", "message": "不能投诉。" },
                { "condition": "earlier.Any(e => e.open == true)", "message": "已有在办的投诉。" },
                { "condition": "vendorCases.Any(c => c.outcome == \"联调成功\")", "message": "已经接入。" },
                { "condition": "values.productName == \"\" && case.linkedTo != null", "message": "请填写。" } ] } } },
            { "id": "find", "type": "Gov.FindCases", "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } } },
            { "id": "start", "type": "Gov.StartClock", "clock": "verify", "limit": 5 },
            { "id": "more", "type": "Gov.ExtendClock", "clock": "verify", "days": 5 },
            { "id": "known", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found.Any(c => c.outcome == \"联调成功\")" } } },
            { "id": "verify", "type": "Gov.HumanTask", "title": "核实", "party": "authority", "role": "officer", "form": "review", "clock": "verify",
              "events": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "event": "test-key-reissue", "outcome": "Reissued" } ] } },
              "guards": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "outcome": "Yes", "condition": "!linked.Any(c => c.open == true)", "message": "还有未办结的投诉。" } ] } },
              "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "name": "Yes", "label": "是" } ] } } },
            { "id": "warn", "type": "Gov.RaiseWarning", "level": "authority.parent.parent", "title": "督办", "form": "warning-answer" },
            { "id": "tell", "type": "Gov.SendNotice", "notice": "deadline-reminder", "party": "vendor", "role": "vendor-admin" },
            { "id": "said", "type": "Elsa.WriteLine", "text": "x" },
            { "id": "close", "type": "Gov.CloseCase", "outcome": "完" } ],
          "connections": [
            { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "find" } },
            { "source": { "activity": "find", "port": "Done" }, "target": { "activity": "start" } },
            { "source": { "activity": "start", "port": "Done" }, "target": { "activity": "more" } },
            { "source": { "activity": "more", "port": "Done" }, "target": { "activity": "known" } },
            { "source": { "activity": "known", "port": "True" }, "target": { "activity": "verify" } },
            { "source": { "activity": "known", "port": "False" }, "target": { "activity": "verify" } },
            { "source": { "activity": "verify", "port": "Yes" }, "target": { "activity": "close" } },
            { "source": { "activity": "verify", "port": "Reissued" }, "target": { "activity": "close" } },
            { "source": { "activity": "verify", "port": "Overdue" }, "target": { "activity": "warn" } },
            { "source": { "activity": "warn", "port": "Answered" }, "target": { "activity": "tell" } },
            { "source": { "activity": "tell", "port": "Done" }, "target": { "activity": "said" } } ] } }
        """;
}
