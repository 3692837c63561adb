using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>
/// The shipped flow with one thing made wrong at a time: the mistake is found at its line, in words that help, and nothing
/// else is reported with it.
/// </summary>
public sealed class PlantedDefectTests
{
    private const string Flow = ShippedContent.FlowPath;

    public static TheoryData<Defect> Defects =>
    [
        new("the edge from review to the key is removed", Flow,
            """
                  { "source": { "activity": "review", "port": "Approved" }, "target": { "activity": "issue-test-key", "port": "In" } },

            """, "",
            "outcome-not-drawn", "\"name\": \"Approved\"", "step 'review' (材料审核) can end with 'Approved', but no edge leaves by it") { Also = "unreachable-step" },
        new("an edge goes to a step that does not exist", Flow,
            "{ \"activity\": \"issue-test-key\", \"port\": \"In\" }", "{ \"activity\": \"isue-test-key\", \"port\": \"In\" }",
            "unknown-step", "isue-test-key", "goes to 'isue-test-key', which is not a step, did you mean 'issue-test-key'?") { Only = "{ \"activity\": \"review\", \"port\": \"Approved\" }, \"target\": ", Also = "outcome-not-drawn unreachable-step" },
        new("an edge begins at a step that does not exist", Flow,
            "{ \"activity\": \"resume-review-clock\", \"port\": \"Done\" }", "{ \"activity\": \"resume-review-clok\", \"port\": \"Done\" }",
            "unknown-step", "resume-review-clok", "begins at 'resume-review-clok', which is not a step, did you mean 'resume-review-clock'?") { Also = "unreachable-step dead-end" },
        new("an edge leaves by an outcome that the task does not have", Flow,
            "{ \"activity\": \"correct\", \"port\": \"Resubmitted\" }", "{ \"activity\": \"correct\", \"port\": \"Resubmited\" }",
            "unknown-outcome", "\"Resubmited\"", "did you mean 'Resubmitted'? (it has: Overdue, Resubmitted, Reminder") { Also = "outcome-not-drawn" },
        new("an outcome of the rules is not drawn", Flow,
            """
                  { "source": { "activity": "check-materials", "port": "Fail" }, "target": { "activity": "review", "port": "In" } },
                  { "source": { "activity": "check-materials", "port": "Fail" }, "target": { "activity": "receipt", "port": "In" } },

            """, "",
            "outcome-not-drawn", "\"id\": \"check-materials\"", "can end with 'Fail', but no edge leaves by it"),
        new("a step waits for the loop that only it begins", Flow,
            "\"id\": \"check-materials\",", "\"customProperties\": { \"mergeMode\": \"Converge\" }, \"id\": \"check-materials\",",
            "ends-by-chance", "\"id\": \"submit\"", "after step 'submit' (企业提交接入申请) only an optional task, or an event that may never happen, leads to an end"),
        new("an edge is drawn twice", Flow,
            "      { \"source\": { \"activity\": \"success-notice\", \"port\": \"Done\" }, \"target\": { \"activity\": \"close-succeeded\", \"port\": \"In\" } }",
            """
                  { "source": { "activity": "success-notice", "port": "Done" }, "target": { "activity": "close-succeeded", "port": "In" } },
                  { "source":  { "activity": "success-notice", "port": "Done" }, "target": { "activity": "close-succeeded", "port": "In" } }
            """,
            "duplicate-edge", "{ \"source\":  {", "from 'success-notice' (Done) to 'close-succeeded' is drawn twice"),
        new("the last edge is missing", Flow,
            """
                  { "source": { "activity": "success-notice", "port": "Done" }, "target": { "activity": "close-succeeded", "port": "In" } },

            """, "",
            "dead-end", "\"id\": \"success-notice\"", "has no way on and does not close the case") { Also = "unreachable-step" },
        new("the correction leads nowhere", Flow,
            """
                  { "source": { "activity": "merge-correction", "port": "Done" }, "target": { "activity": "check-materials", "port": "In" } },

            """, "",
            "dead-end", "\"id\": \"merge-correction\"", "has no way on and does not close the case"),
        new("every decision only leads round again", "workflows/guangdong/complaint-review.json",
            """
                  { "source": { "activity": "decide", "port": "Confirmed" }, "target": { "activity": "confirmed-notice", "port": "In" } },
                  { "source": { "activity": "decide", "port": "Reversed" }, "target": { "activity": "reversed-notice", "port": "In" } },
            """,
            """
                  { "source": { "activity": "decide", "port": "Confirmed" }, "target": { "activity": "find-complaint", "port": "In" } },
                  { "source": { "activity": "decide", "port": "Reversed" }, "target": { "activity": "find-complaint", "port": "In" } },
            """,
            "never-ends", "\"id\": \"submit\"", "no path leads to an end") { Also = "unreachable-step" },
        new("a loop is entered beside its head", Flow,
            "{ \"source\": { \"activity\": \"merge-correction\", \"port\": \"Done\" }, \"target\": { \"activity\": \"check-materials\", \"port\": \"In\" } }",
            "{ \"source\": { \"activity\": \"merge-correction\", \"port\": \"Done\" }, \"target\": { \"activity\": \"receipt\", \"port\": \"In\" } }, { \"source\": { \"activity\": \"receipt\", \"port\": \"Done\" }, \"target\": { \"activity\": \"review\", \"port\": \"In\" } }",
            "loop-entry", "\"activity\": \"merge-correction\", \"port\": \"Done\"", "the loop can also be entered elsewhere"),
        new("a late review moves the case on by itself", Flow,
            "{ \"source\": { \"activity\": \"review\", \"port\": \"Overdue\" }, \"target\": { \"activity\": \"review-warning\", \"port\": \"In\" } }",
            "{ \"source\": { \"activity\": \"review\", \"port\": \"Overdue\" }, \"target\": { \"activity\": \"issue-test-key\", \"port\": \"In\" } }",
            "side-edge", "\"port\": \"Overdue\" }, \"target\": { \"activity\": \"issue-test-key\"", "leads from side port 'Overdue' of 'review' into the main path at 'issue-test-key'") { Also = "unreachable-step" },
        new("the answer to a warning moves the case on", Flow,
            "{ \"source\": { \"activity\": \"review-warning\", \"port\": \"Answered\" }, \"target\": { \"activity\": \"review-answered-above\", \"port\": \"In\" } }",
            "{ \"source\": { \"activity\": \"review-warning\", \"port\": \"Answered\" }, \"target\": { \"activity\": \"success-notice\", \"port\": \"In\" } }",
            "side-edge", "\"port\": \"Answered\" }, \"target\": { \"activity\": \"success-notice\"", "'review-warning', which only a side port reaches") { Also = "unreachable-step" },
        new("a limit without anything that happens when it passes", Flow,
            """
                  { "source": { "activity": "self-rectify", "port": "Overdue" }, "target": { "activity": "self-rectify-late", "port": "In" } },

            """, "",
            "overdue-not-drawn", "\"value\": 5", "draw an edge from its port Overdue") { After = "\"id\": \"self-rectify\"", Also = "unreachable-step" },
        new("a form that does not exist", Flow,
            "\"value\": \"correction\" } },", "\"value\": \"corection\" } },",
            "unknown-name", "\"corection\" }", "the form 'corection', which does not exist, did you mean 'correction'?") { Only = "\"form\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", " },
        new("a rule set that does not exist", Flow,
            "\"value\": \"material-completeness\"", "\"value\": \"material-completness\"",
            "unknown-name", "material-completness", "the rule set 'material-completness', which does not exist, did you mean 'material-completeness'?"),
        new("a notice that does not exist", Flow,
            "\"value\": \"integration-succeeded\"", "\"value\": \"integration-suceeded\"",
            "unknown-name", "integration-suceeded", "the notice 'integration-suceeded', which does not exist, did you mean 'integration-succeeded'?"),
        new("a signing profile that does not exist", Flow,
            "\"value\": \"national-1.2.1\"", "\"value\": \"national-1.21\"",
            "unknown-name", "national-1.21", "did you mean 'national-1.2.1'?"),
        new("an unknown activity type", Flow,
            "\"type\": \"Gov.CloseCase\"", "\"type\": \"Gov.CloseCas\"",
            "unknown-activity-type", "\"id\": \"close-succeeded\"", "Gov.CloseCas") { Only = "\"id\": \"close-succeeded\",\n        " },
        new("a clock that no task starts is resumed", Flow,
            "\"clock\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } }," + "\n" + "        \"mode\":",
            "\"clock\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"reveiw\" } }," + "\n" + "        \"mode\":",
            "clock-never-started", "\"reveiw\"", "speaks of clock 'reveiw', which no task starts, did you mean 'review'?"),
        new("a letter to a party that the case does not have", Flow,
            "\"party\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"applicant\" } }",
            "\"party\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"aplicant\" } }",
            "unknown-name", "\"aplicant\"", "the party 'aplicant', which does not exist, did you mean 'applicant'?")
            { Only = "\"notice\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"integration-succeeded\" } },\n        " },
        new("a task for somebody whom the party does not have", Flow,
            "\"role\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"officer\" } },\n        \"form\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } }",
            "\"role\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"vendor-admin\" } },\n        \"form\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } }",
            "role-not-of-party", "\"value\": \"vendor-admin\"", "role 'vendor-admin' of party 'authority', which has no such role") { After = "\"title\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"材料审核\"" },
        new("an output goes to a variable that is not declared", Flow,
            "\"memoryReference\": { \"id\": \"v-credential\" }", "\"memoryReference\": { \"id\": \"v-credentail\" }",
            "unknown-variable", "v-credentail", "the variable 'v-credentail', which is not declared, did you mean 'v-credential'?"),
        new("an expression names a variable that is not declared", Flow,
            "\"type\": \"Variable\", \"value\": { \"id\": \"v-credential\" }", "\"type\": \"Variable\", \"value\": { \"id\": \"v-credentials\" }",
            "unknown-variable", "v-credentials", "did you mean 'v-credential'?") { Only = "\"type\": \"Gov.AwaitConformance\",\n        \"version\": 1,\n        \"metadata\": { \"displayText\": \"等待密钥核对和增量测试\", \"description\": \"满足规则集 conformance-delta 即可。\", \"designer\": { \"position\": { \"x\": 960, \"y\": 1560 }, \"size\": { \"width\": 200, \"height\": 70 } } },\n        \"credential\": { \"typeName\": \"String\", \"expression\": { " },
        new("a JavaScript expression", Flow,
            "\"type\": \"Lambda\", \"value\": \"vars.round + 1\"", "\"type\": \"JavaScript\", \"value\": \"getVariable('round') + 1\"",
            "script-expression", "\"JavaScript\"", "never run here; write it as a Lambda, e.g. { \"type\": \"Lambda\", \"value\": \"vars.round + 1\" }"),
        new("a Lambda that does not parse", Flow,
            "\"value\": \"vars.round + 1\"", "\"value\": \"vars.round + \"",
            "lambda", "\"vars.round + \"", "the Lambda of step 'count-round' cannot be used"),
        new("a Lambda reads a variable that is not there", Flow,
            "\"value\": \"vars.round + 1\"", "\"value\": \"vars.rund + 1\"",
            "lambda", "\"vars.rund + 1\"", "did you mean 'round'?"),
        new("a Lambda reads a field that the form does not have", Flow,
            "\"value\": \"new (vars.credential as credential)\"", "\"value\": \"new (vars.application.produktName as credential)\"",
            "lambda", "produktName", "did you mean 'productName'?"),
        new("a condition that is no yes or no", Flow,
            "\"condition\": \"task.overdue\"", "\"condition\": \"vars.round\"",
            "lambda", "\"vars.round\"", "interface-test"),
        new("a guard for an outcome that the task does not have", Flow,
            "{ \"outcome\": \"Succeeded\", \"condition\"", "{ \"outcome\": \"Suceeded\", \"condition\"",
            "unknown-outcome", "\"Suceeded\"", "did you mean 'Succeeded'?"),
        new("a member that the activity does not have", Flow,
            "\"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 3 } }", "\"limt\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 3 } }",
            "unknown-input", "\"limt\"", "'limt' is not an input of Gov.HumanTask")
            { Only = "\"clock\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } },\n        ", Also = "clock-never-started" },
        new("two steps have one id", Flow,
            "\"id\": \"receipt\"", "\"id\": \"review\"",
            "duplicate-id", "\"id\": \"review\"", "the id 'review' is used twice") { After = "\"v-review\" } }" },
        new("a rule set is not given what it judges", Flow,
            "\"value\": \"new (vars.application as application, vars.proof != null as proven)\"", "\"value\": \"new (vars.application as aplication, vars.proof != null as proven)\"",
            "rule-fact-missing", "as aplication", "judges 'application', which step 'check-materials' does not give it, did you mean 'aplication'?"),
        new("a rule judges what no form asks", "workflows/forms/vendor-application.json",
            "\"name\": \"commitment\"", "\"name\": \"promise\"",
            "rule-fact-missing", "", "judges 'application.commitment', which no form gives to 'vars.application'") { FoundIn = Flow, Place = "\"facts\"", Also = "lambda" },
        new("a variable that is forgotten while the case waits", Flow,
            "\"typeName\": \"Int32\", \"isArray\": false, \"value\": \"0\", \"storageDriverTypeName\": \"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core\" }",
            "\"typeName\": \"Int32\", \"isArray\": false, \"value\": \"0\" }",
            "variable-not-kept", "\"value\": \"0\" }", "variable 'round' has no storageDriverTypeName"),
        new("a letter wants what the step does not give", Flow,
            "new (\\\"接口测试联调\\\" as step, vars.testAnswer as answer)\" } }\n      },\n      {\n        \"id\": \"test-supervise\"",
            "new (vars.testAnswer as answer)\" } }\n      },\n      {\n        \"id\": \"test-supervise\"",
            "notice-model-missing", "new (vars.testAnswer as answer)", "notice 'warning-answered' uses 'step', which step 'test-answered-vendor' of this flow does not give it"),
        new("a letter wants a clock that the flow does not have", "templates/conformance-met.model.json",
            "\"clocks\": { \"test\": { \"due\": \"DateOnly\" } }", "\"clocks\": { \"test\": { \"due\": \"DateOnly\" }, \"retest\": { \"due\": \"DateOnly\" } }",
            "notice-sample-fails", "\"sample\"", "'clocks.retest' is missing"),
        new("a letter uses a member that is not declared", "templates/test-key-issued.txt",
            "{{ case.number }}", "{{ case.numbr }}",
            "notice-unknown-member", "case.numbr", "numbr"),
        new("a letter whose template does not parse", "templates/overdue-notice.html",
            "{{ applicant.name }}：", "{{ applicant.name ：",
            "notice-syntax", "{{ applicant.name ：", "the template cannot be read"),
        new("a letter whose sample has a wrong date", "templates/deadline-reminder.model.json",
            "\"due\": \"2022-10-10\"", "\"due\": \"2022/10/10\"",
            "notice-sample-fails", "\"sample\"", "'task.due' is not a DateOnly"),
        new("a letter declares an unknown type", "templates/deadline-reminder.model.json",
            "\"remaining\": \"Int32\"", "\"remaining\": \"Int23\"",
            "wrong-value", "\"Int23\"", "did you mean 'Int32'?") { Also = "notice-unknown-member" },
        new("a form asks for something with an outcome that no task has", "workflows/forms/review.json",
            "\"requiredWhenOutcome\": [\"Returned\"]", "\"requiredWhenOutcome\": [\"Retuned\"]",
            "unknown-outcome", "\"Retuned\"", "no task with this form has the outcome 'Retuned', did you mean 'Returned'?"),
        new("a form member that forms do not have", "workflows/forms/interface-test.json",
            "\"maxLength\": 1000", "\"maxLenght\": 1000",
            "unknown-member", "\"maxLenght\"", "did you mean 'maxLength'?") { Only = "\"Conclusion\", \"type\": \"textarea\", " },
        new("a rule reads a fact that is not declared", "rules/guangdong/material-completeness.json",
            "CreditCode.IsValid(application.uscc)", "CreditCode.IsValid(application.usc)",
            "type", "application.usc)", "did you mean 'uscc'?"),
        new("a rule that does not parse", "rules/guangdong/material-completeness.json",
            "application.standardVersion == \\\"V1.3\\\"", "application.standardVersion == \\\"V1.3",
            "syntax", "application.standardVersion == ", ""),
        new("an example that does not come out as written", "rules/guangdong/material-completeness.cases.json",
            "\"expect\": { \"passed\": false, \"failures\": [\"credit-code-valid\"] }", "\"expect\": { \"passed\": true, \"failures\": [] }",
            "rule-case-fails", "\"passed\": true, \"failures\": [] }", "expected passed, got not passed with failures credit-code-valid") { After = "统一社会信用代码最后一位写错" },
        new("a calendar day that is no date", "rules/calendars/cn.json",
            "\"2022-10-08\"", "\"2022-10-38\"",
            "calendar-date", "2022-10-38", "'2022-10-38' is not a date"),
    ];

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_planted_defect_is_found_at_its_place_and_nothing_else_is(Defect defect)
    {
        var passage = defect.Only + defect.Passage;
        var files = ShippedContent.With(defect.File, passage, defect.Only + defect.Instead);

        var result = ShippedContent.Read(files);

        Assert.Null(result.Set);
        var errors = result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        var found = errors.FirstOrDefault(problem => problem.Code == defect.Code && problem.Message.Contains(defect.Words, StringComparison.Ordinal));
        Assert.True(found is not null, $"{defect.Code} “{defect.Words}” is not among:\n{result.Report}");
        var file = defect.FoundIn ?? defect.File;
        var text = files[file];
        var from = defect.After.Length == 0 ? 0 : text.IndexOf(defect.After, StringComparison.Ordinal);
        var line = ShippedContent.LineOf(text[from..], defect.Place) + text.AsSpan(0, from).Count('\n') + defect.LinesBelow;
        var near = defect.Place.StartsWith("\"id\"", StringComparison.Ordinal) ? 1 : 0;
        Assert.Equal((file, true), (found.File, found.Line >= line - near && found.Line <= line));
        Assert.False(string.IsNullOrEmpty(found.Chinese), $"no Chinese: {found}");
        Assert.Equal(found.Path.Count > 0, found.Message.Contains("; it happens after: ", StringComparison.Ordinal));

        var expected = defect.Also.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(defect.Code).ToHashSet();
        Assert.Equal(expected.Order(), errors.Select(problem => problem.Code).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(PlantedDefects.InElsasWords), MemberType = typeof(PlantedDefects))]
    [MemberData(nameof(PlantedDefects.InOurWords), MemberType = typeof(PlantedDefects))]
    public void A_defect_in_a_small_flow_is_told_with_its_step_and_nothing_else_is(Planted defect)
    {
        var files = new Dictionary<string, string>(PlantedDefects.Content);
        var edits = new[] { (defect.Passage, defect.Instead), defect.AndInstead ?? default, (defect.Without, "") };
        foreach (var (passage, instead) in edits.Where(edit => edit.Item1 is { Length: > 0 }))
        {
            Assert.True(files[defect.File].Split(passage).Length == 2, $"{defect.File} does not have exactly once: {passage}");
            files[defect.File] = files[defect.File].Replace(passage, instead, StringComparison.Ordinal);
        }

        var result = ShippedContent.Read(files, ["example.org"]);

        var found = result.Problems.FirstOrDefault(problem => problem.Code == defect.Code && problem.ActivityId == defect.Step && problem.Message.Contains(defect.Words, StringComparison.Ordinal));
        Assert.True(found is not null, $"{defect.Code} “{defect.Words}” at {defect.Step} is not among:\n{result.Report}");
        var file = defect.FoundIn ?? defect.File;
        Assert.Equal((file, ShippedContent.LineOf(files[file], defect.Place)), (found.File, found.Line));
        Assert.False(string.IsNullOrEmpty(found.Chinese), $"no Chinese: {found}");
        var expected = defect.Also.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(defect.Code).ToHashSet();
        Assert.True(expected.SetEquals(result.Problems.Select(problem => problem.Code)), $"not {string.Join(", ", expected)} alone:\n{result.Report}");
    }

    /// <summary>Of the flows that real Elsa brings to their end in either mode, none is said to stand still, to circle or to be without an end.</summary>
    [Fact]
    public void Flows_that_elsa_brings_to_their_end_are_left_in_peace()
    {
        var files = new Dictionary<string, string>(PlantedDefects.Content);
        foreach (var @case in JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedContent.Root, "tests/Workflows.Tests/Conformance/elsa-flows.json")))!.AsArray())
        {
            var name = (string)@case!["name"]!;
            if (!(bool)@case["script"]! && new[] { "counter", "token" }.All(mode => (string?)@case["expected"]![mode]?["subStatus"] == "Finished"))
            {
                var definition = @case["definition"]!.DeepClone();
                definition["definitionId"] = name;
                files[$"workflows/{name}.json"] = definition.ToJsonString();
            }
        }

        var result = ShippedContent.Read(files);

        string[] codes = ["stands-still", "circles", "never-ends", "ends-by-chance", "ends-unclosed", "dead-end", "loop-entry", "no-trigger", "two-starts"];
        Assert.InRange(files.Count, 300, 500);
        Assert.DoesNotContain(result.Problems, problem => codes.Contains(problem.Code));
        Assert.InRange(result.Problems.Count, 1, 499);
    }

    [Fact]
    public void The_small_flows_are_sound_as_they_are()
    {
        var result = ShippedContent.Read(PlantedDefects.Content);
        Assert.True(result.Set is not null && result.Problems.Count == 0, result.Report.ToString());
    }

    [Theory]
    [InlineData("Elsa.Sequence")]
    [InlineData("Elsa.Flowchart")]
    public void A_script_is_refused_wherever_it_hides(string container)
    {
        var flow = $$"""
            {"definitionId": "x", "root": {"type": "{{container}}", "id": "outer", "activities": [
              {"id": "inner", "type": "Elsa.Sequence", "activities": [
                {"id": "w", "type": "Elsa.WriteLine",
                 "text": {"typeName": "String", "expression": {"type": "JavaScript", "value": "1"} } }] }], "connections": [] } }
            """;

        var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { ["workflows/x.json"] = flow });

        var problem = Assert.Single(result.Problems);
        Assert.Equal(("script-expression", 4), (problem.Code, problem.Line));
    }

    [Fact]
    public void A_reminder_that_comes_at_once_is_a_warning_and_does_not_prevent_publishing()
    {
        const string Limit = "\"clock\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } },\n        \"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": ";
        var files = ShippedContent.With(Flow, Limit + "3 }", Limit + "1 }");

        var result = ShippedContent.Read(files);

        Assert.NotNull(result.Set);
        Assert.Equal(("reminder-too-early", ProblemSeverity.Warning), (Assert.Single(result.Problems).Code, result.Problems[0].Severity));
    }

    [Fact]
    public void A_letter_that_reads_what_may_not_be_there_yet_is_told_with_the_way_there()
    {
        var result = ShippedContent.Read(ShippedContent.With(Flow, "new (\\\"企业撤回申请\\\" as reason, vars.credential != null", "new (\\\"企业撤回申请\\\" as reason, vars.credential.Length > 0"));
        var problem = result.Problems.First(problem => problem.Code == "read-before-written");
        Assert.Equal(("withdrawn-vendor", ProblemSeverity.Warning), (problem.ActivityId, problem.Severity));
        Assert.Contains("can read the variable 'credential' before any step has written it", problem.Message, StringComparison.Ordinal);
        Assert.Contains("withdraw (Withdrawn)", problem.Message, StringComparison.Ordinal);
    }

    /// <param name="Name">What is wrong, as a sentence.</param>
    /// <param name="File">Where.</param>
    /// <param name="Passage">What the file says.</param>
    /// <param name="Instead">What it says instead.</param>
    /// <param name="Code">The problem's code.</param>
    /// <param name="Place">Text on the line where the problem must be found; an id stands one line below its activity.</param>
    /// <param name="Words">Words of the message.</param>
    public sealed record Defect(string Name, string File, string Passage, string Instead, string Code, string Place, string Words)
    {
        /// <summary>Codes of what follows from the defect of necessity.</summary>
        public string Also { get; init; } = "";

        /// <summary>Text before the passage that makes it the only one.</summary>
        public string Only { get; init; } = "";

        /// <summary>Text after which the place is looked for.</summary>
        public string After { get; init; } = "";

        public int LinesBelow { get; init; }

        /// <summary>The file in which the problem shows, when it is another one.</summary>
        public string? FoundIn { get; init; }

        public override string ToString() => Name;
    }
}
