using System.Text.Json.Nodes;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>One small flow for each way of waiting.</summary>
public static class SmallFlows
{
    /// <summary>Waits a day.</summary>
    public const string Pause = "pause";

    /// <summary>A person decides within five working days, is reminded and warned about.</summary>
    public const string Decide = "decide";

    /// <summary>The step at which cases begin.</summary>
    public const string Filed = "filed";

    /// <summary>Waits for the event <c>ring</c>.</summary>
    public const string Listen = "listen";

    /// <summary>Starts <see cref="Pause"/> and waits for its end.</summary>
    public const string Parent = "parent";

    /// <summary>Two waits beside one another.</summary>
    public const string Forked = "forked";

    /// <summary>Starts three <see cref="Pause"/> and waits for them.</summary>
    public const string Many = "many";

    /// <summary>Publishes <c>ring</c>.</summary>
    public const string Publish = "publish";

    /// <summary>Sends a request and waits for the answer.</summary>
    public const string Ask = "ask";

    /// <summary>Waits five working days.</summary>
    public const string Days = "days";

    /// <summary>Waits for work outside, <see cref="Job"/>.</summary>
    public const string Work = "work";

    /// <summary>Of the work outside.</summary>
    public const string Job = "translate";

    /// <summary>Waits for messages of the kind <see cref="Record"/>.</summary>
    public const string Data = "data";

    /// <summary>A kind of message.</summary>
    public const string Record = "WorkerAttendance.Add";

    /// <summary>Steps that keep nothing outside the state but what the instance's own row tells of it.</summary>
    public const string Plain = "plain";

    /// <summary>Fails at once, and each time that it is tried again.</summary>
    public const string Broken = "broken";

    /// <param name="asked">The system that <see cref="Ask"/> asks; null: there is no such flow.</param>
    public static void Write(FlowFolder content, Uri? asked = null)
    {
        content.Write("workflows/forked.json", $$"""
            { "definitionId": "forked", "name": "forked", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
              "root": { "type": "Elsa.Flowchart", "id": "flow",
                "activities": [
                  { "id": "begin", "type": "Elsa.WriteLine", "text": "begin" },
                  { "id": "one", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }, { "id": "two", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }, {{End}} ],
                "connections": [{{Edge("begin", "Done", "one")}}, {{Edge("begin", "Done", "two")}}, {{Edge("one", "Done", "end")}}, {{Edge("two", "Done", "end")}}] } }
            """);
        content.Write("workflows/many.json", Flow(
            Many, """
            { "id": "children", "type": "Elsa.BulkDispatchWorkflows", "workflowDefinitionId": "pause",
              "items": { "typeName": "Object", "expression": { "type": "Object", "value": [1, 2, 3] } } }
            """,
            End).Replace(Edge("children", "Done", "end"), Edge("children", "Completed", "end"), StringComparison.Ordinal));
        content.Write("workflows/publish.json", Flow(Publish, """{ "id": "tell", "type": "Elsa.PublishEvent", "eventName": "ring" }""", End));
        content.Write("workflows/broken.json", Flow(Broken, """{ "id": "fail", "type": "Elsa.Fault", "code": "x", "message": "按要求中断" }"""));
        content.Write("workflows/days.json", Flow(
            Days, """{ "id": "wait", "type": "Gov.WorkingDayTimer", "days": { "typeName": "Int32", "expression": { "type": "Literal", "value": 5 } } }""", End));
        content.Write("workflows/work.json", Flow(Work, $$"""{ "id": "ask", "type": "Elsa.RunTask", "taskName": "{{Job}}" }""", End));
        content.Write("workflows/data.json", Flow(Data, $$"""{ "id": "hear", "type": "Gov.DataIngest", "method": "{{Record}}" }""", End, """{ "id": "refused", "type": "Elsa.WriteLine", "text": "refused" }""")
            .Replace(Edge("hear", "Done", "end"), Edge("hear", "Accepted", "end"), StringComparison.Ordinal)
            .Replace(Edge("end", "Done", "refused"), Edge("hear", "Rejected", "refused"), StringComparison.Ordinal));
        content.Write("workflows/plain.json", Flow(
            Plain, """{ "id": "group", "type": "Elsa.Correlate", "correlationId": "one" }""", """{ "id": "name", "type": "Elsa.SetName", "value": "一" }""",
            """{ "id": "wait", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }""", End));
        if (asked is not null)
        {
            content.Write("workflows/ask.json", Flow(
                Ask, $$"""{ "id": "ask", "type": "Elsa.FlowSendHttpRequest", "url": "{{asked}}v1/entries", "method": "POST", "content": "entry", "contentType": "text/plain" }""", End));
        }

        content.Write("workflows/forms/note.json", """{ "title": "表单", "fields": [{ "name": "mark", "label": "标记", "type": "text" }] }""");
        content.Write("workflows/pause.json", Flow(Pause, """{ "id": "wait", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }""", End));
        content.Write("workflows/listen.json", Flow(Listen, """{ "id": "hear", "type": "Elsa.Event", "eventName": "ring" }""", End));
        content.Write("workflows/parent.json", Flow(
            Parent, """
            { "id": "child", "type": "Elsa.DispatchWorkflow", "workflowDefinitionId": "pause", "waitForCompletion": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } } }
            """,
            End));
        content.Write("workflows/decide.json", Flow(
            Decide, """{ "id": "filed", "type": "Gov.Submission", "customProperties": { "canStartWorkflow": true }, "form": "note", "roles": "vendor-admin" }""",
            """
            { "id": "review", "type": "Gov.HumanTask", "title": "材料审核", "party": "authority", "role": "officer", "form": "note",
              "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": 5 } },
              "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "办结" }] } } }
            """,
            """{ "id": "end", "type": "Gov.CloseCase", "outcome": "已办结" }""",
            """{ "id": "late", "type": "Elsa.WriteLine", "text": "late" }""")
            .Replace(Edge("end", "Done", "late"), Edge("review", "Overdue", "late"), StringComparison.Ordinal));
    }

    private const string End = """{ "id": "end", "type": "Elsa.WriteLine", "text": "end" }""";

    /// <summary>Steps that follow one another.</summary>
    public static string Flow(string id, params string[] steps)
    {
        var names = steps.Select(step => JsonNode.Parse(step)!["id"]!.GetValue<string>()).ToArray();
        var edges = names.Zip(names.Skip(1), (from, to) => Edge(from, "Done", to));
        return $$"""
            { "definitionId": "{{id}}", "name": "{{id}}", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
              "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", edges)}}] } }
            """;
    }

    private static string Edge(string from, string port, string to) => $$"""{ "source": { "activity": "{{from}}", "port": "{{port}}" }, "target": { "activity": "{{to}}", "port": "In" } }""";
}
