namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>
/// Two small sound flows, one in Elsa's words and one of ours, and the defects that are planted in them, one at a time. What follows from a defect of necessity is
/// named with it; everything else that would be told is a false alarm.
/// </summary>
internal static class PlantedDefects
{
    public const string Plain = "workflows/orders.json";
    public const string Case = "workflows/leave.json";

    private const string Driver = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    private const string PlainFlow = $$$"""
        { "id": "orders-1", "definitionId": "orders", "name": "Orders", "createdAt": "2024-03-01T00:00:00Z", "version": 1,
          "variables": [
            { "id": "v-amount", "name": "amount", "typeName": "Int32", "value": "0", "storageDriverTypeName": "{{{Driver}}}" },
            { "id": "v-price", "name": "price", "typeName": "Int32", "storageDriverTypeName": "{{{Driver}}}" },
            { "id": "v-answer", "name": "answer", "typeName": "Object", "storageDriverTypeName": "{{{Driver}}}" } ],
          "inputs": [ { "name": "customer", "type": "String" } ],
          "outputs": [ { "name": "total", "type": "Int32" } ],
          "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "options": { "activationStrategyType": "Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core" },
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
            { "id": "start", "type": "Elsa.Start" },
            { "id": "ask", "type": "Elsa.RunTask", "taskName": "ask", "result": { "typeName": "Object", "memoryReference": { "id": "v-answer" } } },
            { "id": "greet", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Input", "value": { "name": "customer" } } } },
            { "id": "quote", "type": "Elsa.SetVariable", "variable": { "id": "v-price" }, "value": { "typeName": "Int32", "expression": { "type": "Lambda", "value": "vars.amount + 1" } } },
            { "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.price > 10" } } },
            { "id": "big", "type": "Elsa.RunTask", "taskName": "big" },
            { "id": "small", "type": "Elsa.Delay", "timeSpan": "00:10:00" },
            { "id": "fork", "type": "Elsa.FlowFork", "branches": { "typeName": "Object", "expression": { "type": "Object", "value": ["Left", "Right"] } } },
            { "id": "left", "type": "Elsa.RunTask", "taskName": "left" },
            { "id": "right", "type": "Elsa.Event", "eventName": "paid" },
            { "id": "join", "type": "Elsa.FlowJoin", "mode": "WaitAll" },
            { "id": "set", "type": "Elsa.SetVariable", "variable": { "id": "v-amount" }, "value": 5 },
            { "id": "inner", "type": "Elsa.Sequence", "activities": [
              { "id": "each", "type": "Elsa.For", "start": 1, "end": 3, "step": 1, "body":
                { "id": "note", "type": "Elsa.If", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.amount > 3" } }, "then":
                  { "id": "more", "type": "Elsa.SetVariable", "variable": { "id": "v-amount" }, "value": 7 } } } ] },
            { "id": "pick", "type": "Elsa.FlowSwitch", "cases": [
              { "label": "Low", "condition": { "type": "Lambda", "value": "vars.amount < 5" } },
              { "label": "High", "condition": { "type": "Lambda", "value": "vars.amount > 50" } } ] },
            { "id": "low", "type": "Elsa.WriteLine", "text": "low" },
            { "id": "high", "type": "Elsa.PublishEvent", "eventName": "settled" },
            { "id": "other", "type": "Elsa.SetOutput", "outputName": "total", "outputValue": 1 },
            { "id": "end", "type": "Elsa.Finish" } ],
          "connections": [
            { "source": { "activity": "start" }, "target": { "activity": "ask" } },
            { "source": { "activity": "ask" }, "target": { "activity": "greet" } },
            { "source": { "activity": "greet" }, "target": { "activity": "quote" } },
            { "source": { "activity": "quote" }, "target": { "activity": "decide" } },
            { "source": { "activity": "decide", "port": "True" }, "target": { "activity": "big" } },
            { "source": { "activity": "decide", "port": "False" }, "target": { "activity": "small" } },
            { "source": { "activity": "big" }, "target": { "activity": "fork" } },
            { "source": { "activity": "small" }, "target": { "activity": "fork" } },
            { "source": { "activity": "fork", "port": "Left" }, "target": { "activity": "left" } },
            { "source": { "activity": "fork", "port": "Right" }, "target": { "activity": "right" } },
            { "source": { "activity": "left" }, "target": { "activity": "join" } },
            { "source": { "activity": "right" }, "target": { "activity": "join" } },
            { "source": { "activity": "join" }, "target": { "activity": "set" } },
            { "source": { "activity": "set" }, "target": { "activity": "inner" } },
            { "source": { "activity": "inner" }, "target": { "activity": "pick" } },
            { "source": { "activity": "pick", "port": "Low" }, "target": { "activity": "low" } },
            { "source": { "activity": "pick", "port": "High" }, "target": { "activity": "high" } },
            { "source": { "activity": "pick", "port": "Default" }, "target": { "activity": "other" } },
            { "source": { "activity": "low" }, "target": { "activity": "end" } },
            { "source": { "activity": "high" }, "target": { "activity": "end" } },
            { "source": { "activity": "other" }, "target": { "activity": "end" } } ] } }
        """;

    private const string CaseFlow = $$$"""
        { "id": "leave-1", "definitionId": "leave", "name": "请假", "version": 1,
          "variables": [
            { "id": "v-request", "name": "request", "typeName": "Object", "storageDriverTypeName": "{{{Driver}}}" },
            { "id": "v-earlier", "name": "earlier", "typeName": "Object", "storageDriverTypeName": "{{{Driver}}}" } ],
          "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
            { "id": "submit", "type": "Gov.Submission", "customProperties": { "canStartWorkflow": true }, "form": "leave", "roles": "contractor", "numberPrefix": "QJ", "uniqueBy": "day", "province": "440000",
              "refusals": { "typeName": "Object", "expression": { "type": "Object", "value": [
                { "condition": "earlier.Any(c => c.outcome == \"准假\" && c.flow == \"leave\")", "message": "已经请过假。" } ] } },
              "result": { "typeName": "Object", "memoryReference": { "id": "v-request" } } },
            { "id": "find", "type": "Gov.FindCases", "scope": "applicant", "flow": "leave", "result": { "typeName": "Object", "memoryReference": { "id": "v-earlier" } } },
            { "id": "decide", "type": "Gov.HumanTask", "title": "审批", "party": "authority", "role": "officer", "form": "decision",
              "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [
                { "name": "Granted", "label": "同意" },
                { "name": "Refused", "label": "不同意" } ] } },
              "guards": { "typeName": "Object", "expression": { "type": "Object", "value": [
                { "outcome": "Refused", "condition": "values.reason != null", "message": "请写明理由。" } ] } },
              "clock": "decision",
              "limit": 3,
              "reminder": 1 },
            { "id": "remind", "type": "Gov.SendNotice", "notice": "leave-note", "party": "authority", "role": "officer" },
            { "id": "late", "type": "Gov.RaiseWarning", "title": "逾期", "form": "decision", "colour": "Red", "limit": 2 },
            { "id": "late-answered", "type": "Gov.SendNotice", "notice": "leave-note", "party": "applicant" },
            { "id": "wait", "type": "Gov.WorkingDayTimer", "days": 2 },
            { "id": "tell", "type": "Gov.SendNotice", "notice": "leave-note", "party": "applicant" },
            { "id": "grant", "type": "Gov.CloseCase", "outcome": "准假" },
            { "id": "refuse", "type": "Gov.CloseCase", "outcome": "不准" } ],
          "connections": [
            { "source": { "activity": "submit" }, "target": { "activity": "find" } },
            { "source": { "activity": "find" }, "target": { "activity": "decide" } },
            { "source": { "activity": "decide", "port": "Granted" }, "target": { "activity": "wait" } },
            { "source": { "activity": "decide", "port": "Refused" }, "target": { "activity": "tell" } },
            { "source": { "activity": "decide", "port": "Reminder" }, "target": { "activity": "remind" } },
            { "source": { "activity": "decide", "port": "Overdue" }, "target": { "activity": "late" } },
            { "source": { "activity": "late", "port": "Answered" }, "target": { "activity": "late-answered" } },
            { "source": { "activity": "late", "port": "Overdue" }, "target": { "activity": "late-answered" } },
            { "source": { "activity": "wait" }, "target": { "activity": "grant" } },
            { "source": { "activity": "tell" }, "target": { "activity": "refuse" } } ] } }
        """;

    /// <summary>The two flows with what they need, and nothing else: reading them takes milliseconds.</summary>
    public static IReadOnlyDictionary<string, string> Content { get; } = new Dictionary<string, string>
    {
        ["rules/calendars/cn.json"] = ShippedContent.Files["rules/calendars/cn.json"],
        ["rules/regions.json"] = ShippedContent.Files["rules/regions.json"],
        ["workflows/forms/leave.json"] = """
            { "title": "请假", "fields": [
              { "name": "day", "label": "日期", "type": "date", "required": true },
              { "name": "idCard", "label": "身份证号", "type": "text", "maxLength": 18, "personal": true } ] }
            """,
        ["workflows/forms/decision.json"] = """
            { "title": "审批", "fields": [ { "name": "reason", "label": "理由", "type": "textarea", "maxLength": 100, "requiredWhenOutcome": ["Refused"] } ] }
            """,
        ["templates/leave-note.model.json"] = """
            { "letter": "L01", "title": "告知", "model": { "case": { "number": "String" }, "vars": { "request": { "day": "String" } }, "clocks": { "decision": { "due": "DateOnly" } } },
              "sample": { "case": { "number": "QJ-1" }, "vars": { "request": { "day": "2024-03-04" } }, "clocks": { "decision": { "due": "2024-03-06" } } } }
            """,
        ["templates/leave-note.html"] = "<p>办件 {{ case.number }}：{{ vars.request.day }}，{{ clocks.decision.due }}</p>",
        ["templates/leave-note.txt"] = "办件 {{ case.number }}：{{ vars.request.day }}，{{ clocks.decision.due }}",
        ["templates/leave-note.subject"] = "办件 {{ case.number }}",
        [Plain] = PlainFlow,
        [Case] = CaseFlow,
    };

    /// <summary>Nothing else than these follows: see <see cref="PlantedDefectTests"/>.</summary>
    public static TheoryData<Planted> InElsasWords =>
    [
        // Words that are misspelt.
        InPlain("a type that does not exist", "\"type\": \"Elsa.RunTask\", \"taskName\": \"big\"", "\"type\": \"Elsa.RunTaks\", \"taskName\": \"big\"", "unknown-activity-type", "big", "did you mean 'Elsa.RunTask'?"),
        InPlain("a type that does not exist, deep inside", "\"id\": \"more\", \"type\": \"Elsa.SetVariable\"", "\"id\": \"more\", \"type\": \"Elsa.SetVariabel\"", "unknown-activity-type", "more", "did you mean 'Elsa.SetVariable'?"),
        InPlain("a type in other letters", "\"type\": \"Elsa.Finish\"", "\"type\": \"elsa.finish\"", "unknown-activity-type", "end", "did you mean 'Elsa.Finish'?"),
        InPlain("a type of a version that does not exist yet", "\"id\": \"big\",", "\"version\": 9, \"id\": \"big\",", "unknown-activity-version", "big", "is of version 9"),
        InPlain("a property that is written bare and misspelt", "\"text\": \"low\"", "\"txet\": \"low\"", "unknown-member", "low", "did you mean 'text'?"),
        InPlain("a property that is misspelt", "\"text\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Input\"", "\"texts\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Input\"", "unknown-input", "greet", "did you mean 'text'?"),
        InPlain("a property that is needed and misspelt", "\"taskName\": \"left\"", "\"taskNmae\": \"left\"", "unknown-member", "left", "did you mean 'taskName'?") with { Also = "missing" },
        InPlain("cases that are misspelt", "\"cases\": [", "\"casse\": [", "unknown-member", "pick", "did you mean 'cases'?") with { Also = "unknown-outcome" },
        InPlain("a member of the flow that is misspelt", "\"outputs\": [", "\"ouputs\": [", "unknown-member", null, "did you mean 'outputs'?") with { Place = "\"ouputs\"" },
        InPlain("a member of the options that is misspelt", "\"activationStrategyType\"", "\"activationStrategyTyp\"", "unknown-member", null, "did you mean 'activationStrategyType'?") with { Place = "activationStrategyTyp" },
        InPlain("a strategy that does not exist", "AllowAlwaysStrategy", "AllowAlwasStrategy", "unknown-strategy", null, "AllowAlwasStrategy") with { Place = "AllowAlwasStrategy" },
        InPlain("a mode of the flowchart that does not exist", "\"TokenBased\"", "\"TokenBase\"", "unknown-option", null, "did you mean 'TokenBased'?") with { Place = "\"TokenBase\"" },
        InPlain("a mark that a step may begin, misspelt", "\"eventName\": \"paid\"", "\"eventName\": \"paid\", \"customProperties\": { \"canStartWorkfow\": true }", "unknown-member", "right", "did you mean 'canStartWorkflow'?"),
        InPlain("a merge mode that does not exist", "\"id\": \"set\",", "\"customProperties\": { \"mergeMode\": \"Convrge\" }, \"id\": \"set\",", "unknown-option", "set", "did you mean 'Converge'?"),
        InPlain("a join that waits in a way that does not exist", "\"mode\": \"WaitAll\"", "\"mode\": \"WaitAl\"", "unknown-option", "join", "did you mean 'WaitAll'?"),
        InPlain("an expression of no kind", "{ \"type\": \"Input\",", "{ \"type\": \"Inptu\",", "unknown-expression-type", "greet", "did you mean 'Input'?"),
        InPlain("a script", "{ \"type\": \"Lambda\", \"value\": \"vars.price > 10\" }", "{ \"type\": \"JavaScript\", \"value\": \"getPrice() > 10\" }", "script-expression", "decide", "e.g. { \"type\": \"Lambda\", \"value\": \"vars.Price > 10\" }"),
        InPlain("a script deep inside", "{ \"type\": \"Lambda\", \"value\": \"vars.amount > 3\" }", "{ \"type\": \"CSharp\", \"value\": \"Variable.amount > 3\" }", "script-expression", "note", "never run here"),
        InPlain("an activity that only runs scripts", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.RunJavaScript\"", "script-expression", "low", "scripts are not run here"),

        // Edges.
        InPlain("an edge to a step that does not exist", "\"target\": { \"activity\": \"greet\" }", "\"target\": { \"activity\": \"gret\" }", "unknown-step", "ask", "did you mean 'greet'?") with { Place = "\"gret\"", Also = "unreachable-step" },
        InPlain("an edge from a step that does not exist", "\"source\": { \"activity\": \"join\" }", "\"source\": { \"activity\": \"joni\" }", "unknown-step", null, "did you mean 'join'?") with { Place = "\"joni\"", Also = "unreachable-step" },
        InPlain("an outcome that the decision does not have", "\"port\": \"True\"", "\"port\": \"Ture\"", "unknown-outcome", "decide", "did you mean 'True'?") with { Place = "\"Ture\"" },
        InPlain("a case that the switch does not have", "\"port\": \"High\"", "\"port\": \"Hihg\"", "unknown-outcome", "pick", "did you mean 'High'?") with { Place = "\"Hihg\"" },
        InPlain("a branch that the fork does not have", "\"port\": \"Left\"", "\"port\": \"Lfet\"", "unknown-outcome", "fork", "did you mean 'Left'?") with { Place = "\"Lfet\"", Also = "outcome-not-drawn" },
        InPlain("an edge without an end", ", \"target\": { \"activity\": \"quote\" } }", " }", "connection-shape", "flow", "needs source.activity and target.activity") with { Place = "{ \"source\": { \"activity\": \"greet\" } }", Also = "unreachable-step" },
        InPlain("an edge that is drawn twice", Edge("low", "end"), Edge("low", "end") + ", " + Edge("low", "end"), "duplicate-edge", "low", "is drawn twice") with { Place = "\"activity\": \"low\" }, \"target\": { \"activity\": \"end\"" },
        InPlain("an edge out of the end", Edge("other", "end"), Edge("other", "end") + ", " + Edge("end", "ask"), "unknown-outcome", "end", "it ends here") with { Place = "\"source\": { \"activity\": \"end\" }" },
        InPlain("two steps of one id", "\"id\": \"low\"", "\"id\": \"high\"", "duplicate-id", "high", "the id 'high' is used twice") with { Place = "\"settled\"" },
        InPlain("a step that nothing leads to", "{ \"id\": \"end\",", "{ \"id\": \"lost\", \"type\": \"Elsa.WriteLine\", \"text\": \"?\" }, { \"id\": \"end\",", "unreachable-step", "lost", "no path leads to step 'lost'"),
        InPlain("a second start", "{ \"id\": \"end\",", "{ \"id\": \"begin\", \"type\": \"Elsa.Start\" }, { \"id\": \"end\",", "unreachable-step", "begin", "no path leads to step 'begin'"),
        InPlain("a decision without its otherwise", "    " + Edge("decide", "small", "False") + ",\n", "", "unreachable-step", "small", "no path leads to step 'small'"),
        InPlain("a branch that leads nowhere", "[\"Left\", \"Right\"]", "[\"Left\", \"Right\", \"Middle\"]", "outcome-not-drawn", "fork", "nothing is drawn from the branch 'Middle'"),
        InPlain("a branch of the same name", "[\"Left\", \"Right\"]", "[\"Left\", \"Right\", \"Left\"]", "duplicate-name", "fork", "the branch 'Left' twice"),
        InPlain("a case of the same name", "\"label\": \"High\"", "\"label\": \"Low\"", "duplicate-name", "pick", "the case 'Low' twice") with { Place = "> 50", Also = "unknown-outcome" },
        InPlain("a case without a condition", ", \"condition\": { \"type\": \"Lambda\", \"value\": \"vars.amount < 5\" }", "", "missing", "pick", "has no condition") with { Place = "\"Low\" }" },
        InPlain("a case without a name", "\"label\": \"Low\", ", "", "missing", "pick", "has no label") with { Place = "< 5", Also = "unknown-outcome" },
        InPlain("a start that is not read", "\"activities\": [\n    { \"id\": \"start\"", "\"start\": \"greet\", \"activities\": [\n    { \"id\": \"start\"", "start-not-read", "flow", "the flow begins at 'start'") with { Place = "\"start\": \"greet\"" },

        // Ways that never end, or stand still.
        InPlain("a join of ways of which only one is taken", "\"id\": \"fork\", \"type\": \"Elsa.FlowFork\", \"branches\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": [\"Left\", \"Right\"] } }",
            "\"id\": \"fork\", \"type\": \"Elsa.FlowSwitch\", \"cases\": [{ \"label\": \"Left\", \"condition\": { \"type\": \"Lambda\", \"value\": \"vars.amount < 5\" } }, { \"label\": \"Right\", \"condition\": { \"type\": \"Lambda\", \"value\": \"vars.amount >= 5\" } }]",
            "stands-still", "join", "it waits for 'right' (right) too") with { Also = "never-runs" },
        InPlain("the same in counter mode", "\"TokenBased\" },", "\"CounterBased\" },", "never-runs", "join", "step 'join' (join) never runs") with { AndInstead = ("\"id\": \"fork\", \"type\": \"Elsa.FlowFork\", \"branches\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": [\"Left\", \"Right\"] } }", "\"id\": \"fork\", \"type\": \"Elsa.FlowSwitch\", \"cases\": [{ \"label\": \"Left\", \"condition\": { \"type\": \"Lambda\", \"value\": \"vars.amount < 5\" } }, { \"label\": \"Right\", \"condition\": { \"type\": \"Lambda\", \"value\": \"vars.amount >= 5\" } }]") },
        InPlain("a join of which only a run knows how it waits", "\"mode\": \"WaitAll\"", "\"mode\": { \"typeName\": \"Elsa.Workflows.Activities.Flowchart.Models.FlowJoinMode, Elsa.Workflows.Core\", \"expression\": { \"type\": \"Lambda\", \"value\": \"vars.amount > 3 ? \\\"WaitAll\\\" : \\\"WaitAny\\\"\" } }",
            "not-proven", "join", "the ways of step 'join' (join) are computed while it runs"),
        InPlain("a loop that cannot be left", Edge("ask", "greet"), Edge("ask", "ask"), "never-ends", "start", "no path leads to an end") with { Also = "unreachable-step" },
        InPlain("a loop without a wait, whose way out never opens", Edge("decide", "small", "False"), Edge("decide", "again", "False") + ", " + Edge("again", "decide"), "circles", "decide", "asks for 'price', which no step of the loop changes")
            with { AndInstead = ("{ \"id\": \"end\",", "{ \"id\": \"again\", \"type\": \"Elsa.WriteLine\", \"text\": \"again\" }, { \"id\": \"end\","), Also = "unreachable-step" },
        InPlain("a loop without a wait and without a way out", Edge("low", "end"), Edge("low", "low"), "never-ends", "low", "the case would go round for ever; it happens after: decide (True) → fork (Left) → pick (Low)"),
        InPlain("a while whose condition never changes", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.While\", \"condition\": { \"typeName\": \"Boolean\", \"expression\": { \"type\": \"Lambda\", \"value\": \"vars.amount < 5\" } }, \"body\": { \"id\": \"b\", \"type\": \"Elsa.WriteLine\", \"text\": \"b\" }", "circles", "low", "asks for 'amount', which no step of the loop changes"),
        InPlain("a while that is always true", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.While\", \"condition\": true, \"body\": { \"id\": \"b\", \"type\": \"Elsa.RunTask\", \"taskName\": \"b\" }", "never-ends", "pick", "no way leads to an end"),
        InPlain("a loop that counts in steps of nothing", "\"step\": 1", "\"step\": 0", "circles", "each", "counts in steps of 0"),
        InPlain("a loop without a body", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.For\", \"start\": 1, \"end\": 2", "missing", "low", "has no body"),
        InPlain("a loop that is entered at two places", Edge("greet", "quote"), Edge("greet", "quote") + ", " + Edge("start", "fork") + ", " + Edge("set", "ask"), "loop-entry", "set", "let every way into the loop go through 'ask'; it happens after: fork (Left)") with { Place = "\"activity\": \"start\" }, \"target\": { \"activity\": \"fork\"" },
        InPlain("a task that is still open when the flow ends", Edge("right", "join"), Edge("right", "join") + ", " + Edge("right", "end"), "open-at-end", "left", "can still be open when 'end' (end) ends the flow")
            with { AndInstead = ("\"type\": \"Elsa.Event\", \"eventName\": \"paid\"", "\"type\": \"Elsa.RunTask\", \"taskName\": \"pay\""), Also = "never-runs" },
        InPlain("a break out of no loop", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.Break\"", "wrong-value", "low", "is in none") with { Also = "unknown-outcome" },

        // Variables, inputs, outputs.
        InPlain("a Lambda with a variable that does not exist", "\"vars.price > 10\"", "\"vars.prise > 10\"", "lambda", "decide", "did you mean 'price'?"),
        InPlain("a case with a variable that does not exist", "\"vars.amount < 5\"", "\"vars.amuont < 5\"", "lambda", "pick", "did you mean 'amount'?") with { Place = "amuont" },
        InPlain("a variable that does not exist is set", "\"id\": \"set\", \"type\": \"Elsa.SetVariable\", \"variable\": { \"id\": \"v-amount\" }", "\"id\": \"set\", \"type\": \"Elsa.SetVariable\", \"variable\": { \"id\": \"v-amuont\" }", "unknown-variable", "set", "did you mean 'v-amount'?"),
        InPlain("a variable that does not exist is set, deep inside", "\"id\": \"more\", \"type\": \"Elsa.SetVariable\", \"variable\": { \"id\": \"v-amount\" }", "\"id\": \"more\", \"type\": \"Elsa.SetVariable\", \"variable\": { \"id\": \"v-amuont\" }", "unknown-variable", "more", "did you mean 'v-amount'?"),
        InPlain("a result that goes to a variable that does not exist", "\"memoryReference\": { \"id\": \"v-answer\" }", "\"memoryReference\": { \"id\": \"v-anwser\" }", "unknown-variable", "ask", "did you mean 'v-answer'?"),
        InPlain("nothing says which variable is set", "\"variable\": { \"id\": \"v-price\" }, ", "", "missing", "quote", "needs 'variable'"),
        InPlain("a variable that is read and never written", "\"variable\": { \"id\": \"v-price\" }", "\"variable\": { \"id\": \"v-amount\" }", "never-written", "decide", "which no step writes"),
        InPlain("a variable that one way reads before it is written", Edge("greet", "quote"), Edge("greet", "decide"), "read-before-written", "decide", "can read the variable 'price' before any step has written it") with { AndInstead = (Edge("small", "fork"), Edge("small", "quote") + ", " + Edge("quote", "fork")), Without = Edge("quote", "decide") + ",\n    " },
        InPlain("a text is put into a number", "\"variable\": { \"id\": \"v-amount\" }, \"value\": 5", "\"variable\": { \"id\": \"v-amount\" }, \"value\": \"five\"", "literal-type", "set", "'five', which is no Int32"),
        InPlain("a yes or no is put into a number", "\"vars.amount + 1\"", "\"vars.amount > 1\"", "lambda", "quote", "which is of another kind"),
        InPlain("a number is compared with a text", "\"vars.price > 10\"", "\"vars.price == \\\"ten\\\"\"", "lambda", "decide", "is not a Int32"),
        InPlain("a condition that is a number", "\"vars.price > 10\"", "\"vars.price + 10\"", "lambda", "decide", "it must be Boolean"),
        InPlain("a condition that is a variable with a number", "{ \"type\": \"Lambda\", \"value\": \"vars.price > 10\" }", "{ \"type\": \"Variable\", \"value\": { \"id\": \"v-price\" } }", "literal-type", "decide", "the variable 'price' is Int32"),
        InPlain("a condition that is neither yes nor no", "{ \"type\": \"Lambda\", \"value\": \"vars.price > 10\" }", "{ \"type\": \"Literal\", \"value\": \"maybe\" }", "literal-type", "decide", "'maybe' is no Boolean"),
        InPlain("a decision without a condition", ", \"condition\": { \"typeName\": \"Boolean\", \"expression\": { \"type\": \"Lambda\", \"value\": \"vars.price > 10\" } }", "", "missing", "decide", "has no 'condition'"),
        InPlain("a Lambda that does not parse", "\"vars.price > 10\"", "\"vars.price > (10\"", "lambda", "decide", "')' or an operator is expected"),
        InPlain("a Lambda that wants the file system", "\"vars.price > 10\"", "\"System.IO.File.Exists(\\\"/etc/passwd\\\")\"", "lambda", "decide", "'System' is not known here"),
        InPlain("a Lambda that looks behind the values", "\"vars.price > 10\"", "\"vars.GetType() != null\"", "lambda", "decide", "'GetType'"),
        InPlain("a variable of no type", "\"name\": \"amount\", \"typeName\": \"Int32\"", "\"name\": \"amount\", \"typeName\": \"Int23\"", "unknown-variable-type", null, "did you mean 'Int32'?") with { Place = "Int23" },
        InPlain("a first value that is none of the type", "\"value\": \"0\", \"storage", "\"value\": \"zero\", \"storage", "variable-initial", null, "is no Int32") with { Place = "\"zero\"" },
        InPlain("a variable that is kept in an unknown way", "\"value\": \"0\", \"storageDriverTypeName\": \"Elsa.Workflows.WorkflowInstanceStorageDriver", "\"value\": \"0\", \"storageDriverTypeName\": \"Elsa.Workflows.InstanceStorage", "storage-driver", null, "is not known") with { Place = "InstanceStorage," },
        InPlain("two variables of one id", "\"id\": \"v-price\", \"name\": \"price\"", "\"id\": \"v-amount\", \"name\": \"price\"", "duplicate-name", null, "two variables with the id 'v-amount'") with { Place = "\"name\": \"price\"", Also = "unknown-variable" },
        InPlain("two variables of one name", "\"name\": \"answer\"", "\"name\": \"amount\"", "duplicate-name", null, "two variables with the name 'amount'") with { Place = "\"v-answer\", \"name\"" },
        InPlain("an input that does not exist", "\"value\": { \"name\": \"customer\" }", "\"value\": { \"name\": \"custmer\" }", "unknown-name", "greet", "did you mean 'customer'?"),
        InPlain("an input of no type", "\"name\": \"customer\", \"type\": \"String\"", "\"name\": \"customer\", \"type\": \"Strng\"", "unknown-variable-type", null, "did you mean 'String'?") with { Place = "Strng" },
        InPlain("an output that does not exist", "\"outputName\": \"total\"", "\"outputName\": \"totl\"", "unknown-name", "other", "did you mean 'total'?"),
        InPlain("an output without its type", "\"result\": { \"typeName\": \"Object\", \"memoryReference\"", "\"result\": { \"memoryReference\"", "input-without-type", "ask", "would be lost"),
        InPlain("an input without its type", "\"text\": { \"typeName\": \"String\", ", "\"text\": { ", "input-without-type", "greet", "has no typeName"),

        // Times, names, other flows, requests.
        InPlain("a wait of less than nothing", "\"timeSpan\": \"00:10:00\"", "\"timeSpan\": \"-00:10:00\"", "wrong-value", "small", "no time to wait"),
        InPlain("a wait without a unit", "\"timeSpan\": \"00:10:00\"", "\"timeSpan\": \"10\"", "wrong-value", "small", "has no unit and is read as 10 days"),
        InPlain("a wait in words", "\"timeSpan\": \"00:10:00\"", "\"timeSpan\": \"ten minutes\"", "literal-type", "small", "is no TimeSpan"),
        InPlain("an interval of nothing", "\"type\": \"Elsa.Delay\", \"timeSpan\": \"00:10:00\"", "\"type\": \"Elsa.Timer\", \"interval\": \"00:00:00\"", "wrong-value", "small", "no time to wait"),
        InPlain("a schedule of five fields", "\"type\": \"Elsa.Delay\", \"timeSpan\": \"00:10:00\"", "\"type\": \"Elsa.Cron\", \"cronExpression\": \"0 9 * * *\"", "wrong-value", "small", "write the seconds before them: '0 0 9 * * *'"),
        InPlain("a schedule that never comes", "\"type\": \"Elsa.Delay\", \"timeSpan\": \"00:10:00\"", "\"type\": \"Elsa.Cron\", \"cronExpression\": \"0 0 0 30 2 ?\"", "wrong-value", "small", "there is no such day"),
        InPlain("an instant that is past", "\"type\": \"Elsa.Delay\", \"timeSpan\": \"00:10:00\"", "\"type\": \"Elsa.StartAt\", \"dateTime\": \"2020-01-01T00:00:00Z\"", "wrong-value", "small", "was past when the flow was drawn"),
        InPlain("an instant of no calendar", "\"type\": \"Elsa.Delay\", \"timeSpan\": \"00:10:00\"", "\"type\": \"Elsa.StartAt\", \"dateTime\": \"2025-02-30T00:00:00Z\"", "literal-type", "small", "is no DateTimeOffset"),
        InPlain("an event of no name", "\"eventName\": \"paid\"", "\"eventName\": \"\"", "missing", "right", "is empty"),
        InPlain("an event that is spelt otherwise where it is published", "\"eventName\": \"settled\"", "\"eventName\": \"payd\"", "unknown-name", "high", "") with { AndInstead = ("\"type\": \"Elsa.RunTask\", \"taskName\": \"big\"", "\"type\": \"Elsa.PublishEvent\", \"eventName\": \"paid\"") },
        InPlain("a task of no name", ", \"taskName\": \"left\"", "", "missing", "left", "needs 'taskName'"),
        InPlain("a flow that does not exist is started", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.DispatchWorkflow\", \"workflowDefinitionId\": \"laeve\"", "unknown-name", "low", "did you mean 'leave'?"),
        InPlain("a flow is started by the id of a version", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.ExecuteWorkflow\", \"workflowDefinitionId\": \"leave-1\"", "unknown-name", "low", "write 'leave'"),
        InPlain("a flow that starts itself on every way", "\"type\": \"Elsa.RunTask\", \"taskName\": \"ask\"", "\"type\": \"Elsa.ExecuteWorkflow\", \"workflowDefinitionId\": \"orders\", \"waitForCompletion\": true", "circles", "ask", "is this flow on every way"),
        InPlain("a request with a method that does not exist", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.SendHttpRequest\", \"url\": \"https://example.org/\", \"method\": \"PSOT\", \"failedToConnect\": { \"id\": \"n\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }, \"timeout\": { \"id\": \"t\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }", "unknown-option", "low", "did you mean 'POST'?"),
        InPlain("a request to a file", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.SendHttpRequest\", \"url\": \"file:///etc/passwd\", \"failedToConnect\": { \"id\": \"n\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }, \"timeout\": { \"id\": \"t\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }", "http-address", "low", "begin with https://"),
        InPlain("a request to a host that nobody may reach", "\"type\": \"Elsa.WriteLine\", \"text\": \"low\"", "\"type\": \"Elsa.SendHttpRequest\", \"url\": \"https://exmple.org/\", \"failedToConnect\": { \"id\": \"n\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }, \"timeout\": { \"id\": \"t\", \"type\": \"Elsa.WriteLine\", \"text\": \"no\" }", "http-unreachable", "low", "did you mean 'example.org'?"),

        // The file itself.
        InPlain("a version of nothing", "\"version\": 1,", "\"version\": 0,", "wrong-value", null, "a whole number from 1") with { Place = "\"version\": 0" },
        InPlain("an id with blanks", "\"definitionId\": \"orders\"", "\"definitionId\": \"or ders\"", "wrong-value", null, "cannot name a flow") with { Place = "or ders" },
        InPlain("an id that another flow has", "\"definitionId\": \"orders\"", "\"definitionId\": \"leave\"", "duplicate-name", null, "there is already a flow 'leave'") with { Place = "\"definitionId\"" },
        InPlain("a comma too many", "\"version\": 1,", "\"version\": 1,,", "not-json", null, "not readable JSON") with { Place = "\"version\": 1,," },
        InPlain("a comment", "\"version\": 1,", "\"version\": 1, // first", "not-json", null, "JSON") with { Place = "// first" },
        InPlain("a member that is written twice", "\"version\": 1,", "\"version\": 1, \"version\": 1,", "duplicate-member", null, "'version' is written twice") with { Place = "\"version\": 1, \"version\"" },
        InPlain("a text in another encoding", "\"name\": \"Orders\"", "\"name\": \"��\"", "encoding", null, "save the file as UTF-8") with { Place = "\"name\": \"�" },
    ];

    public static TheoryData<Planted> InOurWords =>
    [
        InCase("a form that does not exist", "\"role\": \"officer\", \"form\": \"decision\"", "\"role\": \"officer\", \"form\": \"decison\"", "unknown-name", "decide", "did you mean 'decision'?"),
        InCase("a notice that does not exist", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\"", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-notes\"", "unknown-name", "tell", "did you mean 'leave-note'?"),
        InCase("a party that does not exist", "\"title\": \"审批\", \"party\": \"authority\"", "\"title\": \"审批\", \"party\": \"autority\"", "unknown-name", "decide", "did you mean 'authority'?"),
        InCase("a notice to a party that this case does not have", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"applicant\"", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"vendor\"", "unknown-name", "tell", "the party 'vendor'"),
        InCase("a role that the party does not have", "\"party\": \"authority\", \"role\": \"officer\", \"form\"", "\"party\": \"authority\", \"role\": \"contractor\", \"form\"", "role-not-of-party", "decide", "nobody would get it"),
        InCase("a role that may not file", "\"roles\": \"contractor\"", "\"roles\": \"contractr\"", "role-not-of-party", "submit", "did you mean 'contractor'?"),
        InCase("a province that does not exist", "\"province\": \"440000\"", "\"province\": \"990000\"", "unknown-name", "submit", "the province '990000'"),
        InCase("a field that the form does not have", "\"uniqueBy\": \"day\"", "\"uniqueBy\": \"dya\"", "unknown-name", "submit", "did you mean 'day'?"),
        InCase("a field that holds personal data makes a case the same", "\"uniqueBy\": \"day\"", "\"uniqueBy\": \"idCard\"", "wrong-value", "submit", "holds personal data"),
        InCase("a number that begins in small letters", "\"numberPrefix\": \"QJ\"", "\"numberPrefix\": \"qj\"", "wrong-value", "submit", "capital letters"),
        InCase("a member that a task does not have", "\"clock\": \"decision\",\n", "\"clock\": \"decision\", \"deadline\": 5,\n", "unknown-member", "decide", "has no member 'deadline'") with { Place = "\"deadline\"" },
        InCase("a limit of nothing", "\"limit\": 3", "\"limit\": 0", "wrong-value", "decide", "at least 1") with { Place = "\"limit\": 0" },
        InCase("a limit below nothing", "\"limit\": 3", "\"limit\": -3", "wrong-value", "decide", "at least 1") with { Place = "\"limit\": -3" },
        InCase("a limit of half a day", "\"limit\": 3", "\"limit\": 1.5", "wrong-value", "decide", "whole number of working days") with { Place = "\"limit\": 1.5" },
        InCase("a limit with its unit in words", "\"limit\": 3", "\"limit\": \"3 days\"", "literal-type", "decide", "is no Int32") with { Place = "\"limit\": \"3 days\"" },
        InCase("a limit of centuries", "\"limit\": 3", "\"limit\": 99999", "wrong-value", "decide", "at most") with { Place = "99999" },
        InCase("a reminder before the limit begins", "\"reminder\": 1", "\"reminder\": 5", "reminder-too-early", "decide", "it comes at once") with { Place = "\"reminder\": 5" },
        InCase("a reminder after the limit", "\"reminder\": 1", "\"reminder\": -1", "wrong-value", "decide", "at least 0") with { Place = "\"reminder\": -1" },
        InCase("a reminder that reminds nobody", Edge("decide", "remind", "Reminder") + ",\n    ", "", "outcome-not-drawn", "decide", "nobody is reminded") with { Place = "\"reminder\": 1", Also = "unreachable-step" },
        InCase("a limit that passes without anything", Edge("decide", "late", "Overdue") + ",\n    ", "", "overdue-not-drawn", "decide", "nothing happens when it passes") with { Place = "\"limit\": 3", Also = "unreachable-step" },
        InCase("a way for when a limit passes that there is not", "\"clock\": \"decision\",\n      \"limit\": 3,\n", "", "never-fires", "decide", "by 'Overdue', but the step has neither a limit nor a clock") with { Place = "\"port\": \"Overdue\" }, \"target\": { \"activity\": \"late\"", Also = "notice-model-missing" },
        InCase("a clock that has no limit", "\"limit\": 3,\n", "", "clock-never-started", "decide", "no task says how many working days") with { Place = "\"clock\": \"decision\"" },
        InCase("a clock that nothing starts is stopped", "\"type\": \"Gov.WorkingDayTimer\", \"days\": 2", "\"type\": \"Gov.SuspendClock\", \"clock\": \"decison\"", "clock-never-started", "wait", "did you mean 'decision'?"),
        InCase("a clock that is started twice", "\"type\": \"Gov.FindCases\", \"scope\": \"applicant\", \"flow\": \"leave\", \"result\": { \"typeName\": \"Object\", \"memoryReference\": { \"id\": \"v-earlier\" } }", "\"type\": \"Gov.StartClock\", \"clock\": \"decision\", \"limit\": 5", "clock-started-twice", "decide", "which of the two limits holds") with { Place = "\"limit\": 3" },
        InCase("a clock of no days is started", "\"type\": \"Gov.WorkingDayTimer\", \"days\": 2", "\"type\": \"Gov.StartClock\", \"clock\": \"other\", \"limit\": 0", "wrong-value", "wait", "at least 1"),
        InCase("a clock is extended by nothing", "\"type\": \"Gov.WorkingDayTimer\", \"days\": 2", "\"type\": \"Gov.ExtendClock\", \"clock\": \"decision\", \"days\": 0", "wrong-value", "wait", "at least 1"),
        InCase("a wait from a day that no calendar has", "\"days\": 2", "\"days\": 2, \"from\": \"2024-02-30\"", "wrong-value", "wait", "no date such as"),
        InCase("a wait until an hour that no clock has", "\"days\": 2", "\"days\": 2, \"time\": \"25:00\"", "wrong-value", "wait", "no hour such as"),
        InCase("what happens when time is over, misspelt", "\"limit\": 3", "\"onOverdue\": \"interupt\", \"limit\": 3", "unknown-option", "decide", "did you mean 'interrupt'?") with { Place = "interupt" },
        InCase("a task that is cut off and goes nowhere", "\"limit\": 3", "\"onOverdue\": \"interrupt\", \"limit\": 3", "dead-end", "late-answered", "has no way on and does not close the case") with { Also = "side-edge" },
        InCase("a colour that warnings do not have", "\"colour\": \"Red\"", "\"colour\": \"Rde\"", "unknown-option", "late", "did you mean 'Red'?"),
        InCase("a warning to a level that there is not", "\"colour\": \"Red\"", "\"level\": \"county\", \"colour\": \"Red\"", "unknown-name", "late", "the party 'county'"),
        InCase("an answer to a warning that leads nowhere", Edge("late", "late-answered", "Answered") + ",\n    ", "", "outcome-not-drawn", "late", "can end with 'Answered'"),
        InCase("an answer to a warning that moves the case", Edge("late", "late-answered", "Answered"), Edge("late", "wait", "Answered"), "side-edge", "late", "which only a side port reaches") with { Place = "\"activity\": \"late\", \"port\": \"Answered\"" },
        InCase("an outcome that leads nowhere", Edge("decide", "wait", "Granted") + ",\n    ", "", "outcome-not-drawn", "decide", "can end with 'Granted'") with { Place = "\"Granted\", \"label\"", Also = "unreachable-step" },
        InCase("an outcome that the task does not have", "\"port\": \"Granted\"", "\"port\": \"Grantd\"", "unknown-outcome", "decide", "did you mean 'Granted'?") with { Place = "\"Grantd\"", Also = "outcome-not-drawn" },
        InCase("two outcomes of one name", "\"name\": \"Refused\"", "\"name\": \"Granted\"", "duplicate-name", "decide", "the outcome 'Granted' twice") with { Place = "\"label\": \"不同意\"", Also = "unknown-outcome" },
        InCase("two outcomes that a person cannot tell apart", "\"label\": \"不同意\"", "\"label\": \"同意\"", "duplicate-name", "decide", "nobody could tell them apart") with { Place = "\"Refused\", \"label\"" },
        InCase("an outcome without a label", ", \"label\": \"不同意\"", "", "missing", "decide", "has no 'label'") with { Place = "{ \"name\": \"Refused\" }" },
        InCase("an outcome whose label is misspelt", "\"label\": \"不同意\"", "\"labl\": \"不同意\"", "unknown-member", "decide", "did you mean 'label'?") with { Place = "labl", Also = "missing" },
        InCase("a task without outcomes", "[\n        { \"name\": \"Granted\", \"label\": \"同意\" },\n        { \"name\": \"Refused\", \"label\": \"不同意\" } ]", "[]", "missing", "decide", "has no outcomes") with { Place = "\"outcomes\"", Also = "unknown-outcome" },
        InCase("a guard for an outcome that there is not", "{ \"outcome\": \"Refused\", \"condition\"", "{ \"outcome\": \"Refusd\", \"condition\"", "unknown-outcome", "decide", "did you mean 'Refused'?") with { Place = "Refusd" },
        InCase("a guard without words for the person", ", \"message\": \"请写明理由。\"", "", "missing", "decide", "has no 'message'") with { Place = "values.reason" },
        InCase("a guard that reads a field that there is not", "values.reason", "values.raeson", "lambda", "decide", "did you mean 'reason'?") with { Place = "raeson" },
        InCase("a guard whose condition is misspelt", "\"condition\": \"values.reason", "\"conditon\": \"values.reason", "unknown-member", "decide", "did you mean 'condition'?") with { Place = "conditon", Also = "missing" },
        InCase("a refusal that asks for a flow that there is not", "c.flow == \\\"leave\\\"", "c.flow == \\\"laeve\\\"", "unknown-name", "submit", "did you mean 'leave'?") with { Place = "laeve" },
        InCase("a refusal that asks for an outcome that there is not", "c.outcome == \\\"准假\\\"", "c.outcome == \\\"批准\\\"", "unknown-name", "submit", "no flow closes a case so") with { Place = "批准" },
        InCase("a refusal without words", ", \"message\": \"已经请过假。\"", "", "missing", "submit", "has no 'message'") with { Place = "earlier.Any" },
        InCase("a search for cases of a flow that there is not", "\"flow\": \"leave\"", "\"flow\": \"leaves\"", "unknown-name", "find", "did you mean 'leave'?"),
        InCase("a search of no kind", "\"scope\": \"applicant\"", "\"scope\": \"aplicant\"", "unknown-option", "find", "did you mean 'applicant'?"),
        InCase("a task without a title", "\"title\": \"审批\", ", "", "missing", "decide", "needs 'title'"),
        InCase("a task with a title of no letters", "\"title\": \"审批\"", "\"title\": \" \"", "missing", "decide", "is empty"),
        InCase("a case that is closed with no word", "\"outcome\": \"不准\"", "\"outcome\": \"\"", "missing", "refuse", "is empty"),
        InCase("a way that does not close the case", "\"type\": \"Gov.CloseCase\", \"outcome\": \"不准\"", "\"type\": \"Elsa.Finish\"", "ends-unclosed", "refuse", "without one that closes the case"),
        InCase("a way that ends with a letter", Edge("wait", "grant") + ",\n    ", "", "dead-end", "wait", "end with Gov.CloseCase; it happens after: decide (Granted)") with { Also = "unreachable-step" },
        InCase("a case that nobody can file", "\"type\": \"Gov.Submission\", \"customProperties\": { \"canStartWorkflow\": true }, \"form\": \"leave\", \"roles\": \"contractor\", \"numberPrefix\": \"QJ\", \"uniqueBy\": \"day\", \"province\": \"440000\",", "\"type\": \"Elsa.Start\",", "no-trigger", "decide", "no Gov.Submission begins one") with { Also = "unknown-input" },
        InCase("a filing that does not say that it begins the case", "\"canStartWorkflow\": true", "\"canStartWorkflow\": false", "no-trigger", "submit", "does not say so"),
        InCase("a filing that the case returns to", Edge("wait", "grant"), Edge("wait", "submit"), "no-trigger", "submit", "it could not be filed again") with { Also = "unreachable-step" },
        InCase("two filings", "\"type\": \"Gov.WorkingDayTimer\", \"days\": 2", "\"type\": \"Gov.Submission\", \"customProperties\": { \"canStartWorkflow\": true }, \"form\": \"leave\"", "two-starts", "wait", "a flow has one Gov.Submission"),
        InCase("a decision that is no question", "\"type\": \"Gov.WorkingDayTimer\", \"days\": 2", "\"type\": \"Elsa.FlowDecision\", \"condition\": true", "never-runs", "wait", "is always true") with { AndInstead = (Edge("wait", "grant"), Edge("wait", "grant", "True") + ", " + Edge("wait", "tell", "False")) },
        InCase("a notice deep inside to nobody", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"applicant\"", "\"id\": \"tell\", \"type\": \"Elsa.Sequence\", \"activities\": [{ \"id\": \"deep\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"nobody\" }]", "unknown-name", "deep", "the party 'nobody'"),
        InCase("a variable that is forgotten while the case waits", "\"name\": \"request\", \"typeName\": \"Object\", \"storageDriverTypeName\": \"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core\"", "\"name\": \"request\", \"typeName\": \"Object\"", "variable-not-kept", null, "its value is lost while the case waits") with { Place = "v-request" },
        InCase("a letter that wants what no form asks", "\"name\": \"day\"", "\"name\": \"date\"", "notice-model-missing", "tell", "uses 'vars.request.day'") with { File = "workflows/forms/leave.json", FoundIn = Case, Also = "unknown-name" },
        InCase("a letter with personal data", "\"request\": { \"day\": \"String\" }", "\"request\": { \"day\": \"String\", \"idCard\": \"String\" }", "notice-model-missing", "tell", "uses 'vars.request.idCard'")
            with { File = "templates/leave-note.model.json", FoundIn = Case, AndInstead = ("\"request\": { \"day\": \"2024-03-04\" }", "\"request\": { \"day\": \"2024-03-04\", \"idCard\": \"1\" }") },
        InCase("a letter that uses what it does not declare", "{{ case.number }}：", "{{ case.numbr }}：", "notice-unknown-member", null, "numbr") with { File = "templates/leave-note.txt", Place = "numbr" },
        InCase("a letter whose template does not parse", "{{ case.number }}：", "{{ case.number ：", "notice-syntax", null, "cannot be read") with { File = "templates/leave-note.txt", Place = "case.number" },
        InCase("a field of no kind", "\"type\": \"date\"", "\"type\": \"dat\"", "wrong-value", null, "did you mean 'date'?") with { File = "workflows/forms/leave.json", Place = "\"dat\"" },
        InCase("two fields of one name", "\"name\": \"idCard\"", "\"name\": \"day\"", "duplicate-name", null, "day") with { File = "workflows/forms/leave.json", Place = "身份证号" },
    ];

    private static Planted InPlain(string name, string passage, string instead, string code, string? step, string words) => new(name, Plain, passage, instead, code, step, words);

    private static Planted InCase(string name, string passage, string instead, string code, string? step, string words) => new(name, Case, passage, instead, code, step, words);

    private static string Edge(string from, string to, string? port = null) =>
        $$"""{ "source": { "activity": "{{from}}"{{(port is null ? "" : $", \"port\": \"{port}\"")}} }, "target": { "activity": "{{to}}" } }""";
}

/// <param name="Name">What is wrong, as a sentence.</param>
/// <param name="File">Where.</param>
/// <param name="Passage">What the file says.</param>
/// <param name="Instead">What it says instead.</param>
/// <param name="Code">The problem's code.</param>
/// <param name="Step">The activity that the problem names; null where it is none.</param>
/// <param name="Words">Words of the message.</param>
public sealed record Planted(string Name, string File, string Passage, string Instead, string Code, string? Step, string Words)
{
    /// <summary>Text on the line where the problem is found; of a step its id.</summary>
    public string Place { get; init; } = $"\"id\": \"{Step}\"";

    /// <summary>Codes of what follows from the defect of necessity.</summary>
    public string Also { get; init; } = "";

    /// <summary>A second passage of the same file that belongs to the same defect.</summary>
    public (string Passage, string Instead)? AndInstead { get; init; }

    /// <summary>A passage that the defect leaves out.</summary>
    public string Without { get; init; } = "";

    /// <summary>The file in which the problem shows, when it is another one.</summary>
    public string? FoundIn { get; init; }

    public override string ToString() => Name;
}
