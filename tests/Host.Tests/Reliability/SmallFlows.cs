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

    /// <summary>Waits for the next minute of a schedule.</summary>
    public const string Schedule = "schedule";

    /// <summary>Waits for an interval.</summary>
    public const string Interval = "interval";

    /// <summary>Waits for an instant.</summary>
    public const string Instant = "instant";

    /// <summary>Runs <see cref="Pause"/> and waits for its end.</summary>
    public const string Within = "within";

    /// <summary>A case with a clock that begins before anybody has a task on it, and is given more days.</summary>
    public const string Clocked = "clocked";

    /// <summary>Sends a request and goes on with one step.</summary>
    public const string Send = "send";

    /// <summary>Fetches a file.</summary>
    public const string Fetch = "fetch";

    /// <summary>Begins with a request to <see cref="Door"/> and answers it.</summary>
    public const string Answering = "answering";

    /// <summary>Where <see cref="Answering"/> is asked.</summary>
    public const string Door = "crash/door";

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
        content.Write("workflows/schedule.json", Flow(Schedule, """{ "id": "wait", "type": "Elsa.Cron", "cronExpression": "0 * * * * *" }""", End));
        content.Write("workflows/interval.json", Flow(Interval, """{ "id": "wait", "type": "Elsa.Timer", "interval": "1.00:00:00" }""", End));
        content.Write("workflows/instant.json", Flow(Instant, """{ "id": "wait", "type": "Elsa.StartAt", "dateTime": "2030-01-01T00:00:00+08:00" }""", End));
        content.Write("workflows/within.json", Flow(
            Within, """
            { "id": "child", "type": "Elsa.ExecuteWorkflow", "workflowDefinitionId": "pause", "waitForCompletion": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } } }
            """,
            End));
        content.Write("workflows/answering.json", Flow(
            Answering, $$"""
            { "id": "door", "type": "Elsa.HttpEndpoint", "path": "{{Door}}", "customProperties": { "canStartWorkflow": true },
              "supportedMethods": { "typeName": "Object", "expression": { "type": "Object", "value": ["POST"] } } }
            """,
            """{ "id": "answer", "type": "Elsa.WriteHttpResponse", "content": "收到" }""", """{ "id": "wait", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }""", End));
        content.Write("workflows/clocked.json", Flow(
            Clocked, """{ "id": "filed", "type": "Gov.Submission", "customProperties": { "canStartWorkflow": true }, "form": "note", "roles": "vendor-admin" }""",
            $$"""{ "id": "begin", "type": "Gov.StartClock", "clock": "handling", "limit": {{Number(5)}} }""",
            $$"""{ "id": "more", "type": "Gov.ExtendClock", "clock": "handling", "days": {{Number(2)}} }""",
            """
            { "id": "review", "type": "Gov.HumanTask", "title": "材料审核", "party": "authority", "role": "officer", "form": "note", "clock": "handling",
              "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "办结" }] } } }
            """,
            """{ "id": "end", "type": "Gov.CloseCase", "outcome": "已办结" }""",
            """{ "id": "late", "type": "Elsa.WriteLine", "text": "late" }""")
            .Replace(Edge("end", "Done", "late"), Edge("review", "Overdue", "late"), StringComparison.Ordinal));
        if (asked is not null)
        {
            content.Write("workflows/send.json", Flow(
                Send, $$"""{ "id": "ask", "type": "Elsa.SendHttpRequest", "url": "{{asked}}v1/entries", "method": "POST", "content": "entry", "contentType": "text/plain" }""", End));
            content.Write("workflows/fetch.json", Flow(Fetch, $$"""{ "id": "ask", "type": "Elsa.DownloadHttpFile", "url": "{{asked}}v1/papers/one.pdf", "method": "GET" }""", End));
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

    private static string Number(int value) => $$"""{ "typeName": "Int32", "expression": { "type": "Literal", "value": {{value}} } }""";

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
