using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Http;

/// <summary>A request is ordered by an effect and its result comes back as a message; the flow goes on by what came of it.</summary>
public sealed class SendingTests
{
    private const string Codes = """ "expectedStatusCodes": { "typeName": "Int32[]", "expression": { "type": "Object", "value": [200, 404] } }, """;

    [Fact]
    public void A_request_is_ordered_with_what_the_step_says_and_waited_for_under_its_own_id()
    {
        var flow = HttpFlows.Flow(HttpFlows.Send("ask", """
            "method": "POST", "content": { "typeName": "Object", "expression": { "type": "Lambda", "value": "new (1 as amount)" } },
            "authorization": "secret:orders", "requestHeaders": { "typeName": "Object", "expression": { "type": "Object", "value": { "X-Trace": ["a", "b"] } } },
            "enableResiliency": true,
            """));

        var burst = HttpFlows.Begin(flow);

        var order = Assert.Single(burst.Effects.OfType<Effect.SendRequest>());
        Assert.Equal(order.Id.ToString(), Assert.Single(burst.State.Bookmarks).Id);
        Assert.Equal(("POST", "https://api.example.com/v1/orders", "application/json", """{"amount":1}""", true),
            (order.Request.Method, order.Request.Url, order.Request.ContentType, order.Request.Content, order.Request.RetriesBusy));
        Assert.Equal([new HttpHeader("X-Trace", "a"), new HttpHeader("X-Trace", "b"), new HttpHeader("Authorization", "secret:orders")], order.Request.Headers);
    }

    [Theory]
    [InlineData(200, "ok,both")]
    [InlineData(404, "missing,both")]
    [InlineData(500, "other,both")]
    public void An_answer_goes_on_by_its_status_code_and_by_Done_together(int status, string lines)
    {
        var flow = HttpFlows.Flow(
            $"{HttpFlows.Send("ask", Codes)},{HttpFlows.Line("ok")},{HttpFlows.Line("missing")},{HttpFlows.Line("other")},{HttpFlows.Line("both")}",
            "ask.200>ok", "ask.404>missing", "ask.Unmatched status code>other", "ask>both");
        Assert.Equal(["200", "404", "Unmatched status code", "Done", "Failed to connect", "Timeout"], flow.Find("ask")!.Ports);

        var burst = Answered(flow, new RequestResult(RequestEnd.Answered, status, new() { ["ETag"] = "1" }, "application/json", """{"name":"甲"}""", null, 1));

        Assert.Equal(lines.Split(','), HttpFlows.Lines(burst));
        Assert.Equal(InstanceStatus.Finished, burst.State.Status);
    }

    [Fact]
    public void What_was_answered_is_kept_where_the_step_puts_it()
    {
        var flow = HttpFlows.Flow(HttpFlows.Send("ask", "") + """, { "type": "Elsa.Event", "id": "wait", "eventName": "go" }""", "ask>wait");

        var burst = Answered(flow, new RequestResult(RequestEnd.Answered, 200, [], "application/problem+json; charset=utf-8", """{"name":"甲"}""", null, 1));

        Assert.Equal("甲", (string?)burst.State.VariablesOf(flow)["content"]!["name"]);
        Assert.Equal("200", burst.State.VariablesOf(flow)["status"]!.ToString());
    }

    [Theory]
    [InlineData(RequestEnd.NotConnected, "Failed to connect")]
    [InlineData(RequestEnd.TooMuch, "Failed to connect")]
    [InlineData(RequestEnd.Refused, "Failed to connect")]
    [InlineData(RequestEnd.TimedOut, "Timeout")]
    public void Without_an_answer_the_flow_goes_the_way_that_is_drawn_for_it(RequestEnd end, string port)
    {
        var flow = HttpFlows.Flow($"{HttpFlows.Send("ask", "")},{HttpFlows.Line("sorry")}", $"ask.{port}>sorry");

        var burst = Answered(flow, Without(end));

        Assert.Equal(["sorry"], HttpFlows.Lines(burst));
        Assert.Equal("对方没有答复", (string?)Assert.Single(burst.Journal, entry => entry.Event == "Error").Details!["message"]);
        // What was not allowed is somebody's to put right, whatever the flow does about it.
        Assert.Equal(end == RequestEnd.Refused, burst.Effects.Any(effect => effect is Effect.RaiseIncident));
    }

    [Theory]
    [InlineData(RequestEnd.NotConnected)]
    [InlineData(RequestEnd.TimedOut)]
    public void Without_an_answer_and_without_a_way_the_step_is_an_incident(RequestEnd end)
    {
        var flow = HttpFlows.Flow($"{HttpFlows.Send("ask", "")},{HttpFlows.Line("next")}", "ask>next");

        var burst = Answered(flow, Without(end));

        Assert.Empty(HttpFlows.Lines(burst));
        Assert.Contains("对方没有答复", Assert.Single(burst.State.Incidents).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{\"name\":1,\"name\":2}")]
    [InlineData("{\"name\":")]
    public void An_answer_that_is_no_sound_json_is_the_text_that_came(string content)
    {
        var flow = HttpFlows.Flow(
            HttpFlows.Send("ask", "") + """, { "type": "Elsa.WriteLine", "id": "say", "text": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "content" } } } }""", "ask>say");

        Assert.Equal([content], HttpFlows.Lines(Answered(flow, new RequestResult(RequestEnd.Answered, 200, [], "application/json", content, null, 1))));
    }

    [Fact]
    public void A_request_nobody_waits_for_any_more_is_cancelled_and_its_answer_comes_too_late()
    {
        var flow = HttpFlows.Flow(
            $$"""{ "type": "Elsa.Start", "id": "start" }, {{HttpFlows.Send("ask", "")}}, { "type": "Elsa.Event", "id": "stop", "eventName": "stop" }, { "type": "Elsa.End", "id": "end" }""",
            "start>ask", "start>stop", "stop>end");
        var waiting = HttpFlows.Begin(flow);
        var order = Assert.Single(waiting.Effects.OfType<Effect.SendRequest>()).Id.ToString();

        var stopped = HttpFlows.Go(flow, waiting, new Stimulus.MessageArrived(waiting.State.Bookmarks.Single(bookmark => bookmark.Id != order).Id, null));

        Assert.Equal(order, Assert.Single(stopped.Effects.OfType<Effect.CancelRequest>()).RequestId);
        Assert.IsType<RunResult.NotWaiting>(WorkflowRunner.Run(
            flow, stopped.State, new Stimulus.MessageArrived(order, Without(RequestEnd.TimedOut).ToJson()), Facts.None, new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("\"authorization\": \"Bearer 42\",", "credential")]
    [InlineData("\"requestHeaders\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": { \"Authorization\": \"Basic eA==\" } } },", "credential")]
    [InlineData("\"requestHeaders\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": { \"Host\": \"169.254.169.254\" } } },", "'Host'")]
    [InlineData("\"requestHeaders\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": { \"Idempotency-Key\": \"mine\" } } },", "'Idempotency-Key'")]
    [InlineData("\"requestHeaders\": { \"typeName\": \"Object\", \"expression\": { \"type\": \"Object\", \"value\": { \"X\": \"a\\nHost: b\" } } },", "line breaks")]
    public void A_step_that_asks_for_what_it_may_not_is_an_incident_and_orders_nothing(string members, string problem)
    {
        var burst = HttpFlows.Begin(HttpFlows.Flow(HttpFlows.Send("ask", members)));

        Assert.Contains(problem, Assert.Single(burst.State.Incidents).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(burst.Effects, effect => effect is Effect.SendRequest);
    }

    [Theory]
    [InlineData("gopher://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/v1/orders")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://example.com\\@evil.example/")]
    [InlineData("https://example.com/\\r\\nX: y")]
    [InlineData("https://example.com/#here")]
    public void An_address_that_is_none_is_an_incident(string url)
    {
        var flow = HttpFlows.Flow($$"""{ "type": "Elsa.FlowSendHttpRequest", "id": "ask", "url": "{{url.Replace("\\@", "\\\\@", StringComparison.Ordinal)}}" }""");

        Assert.Contains("cannot be used", Assert.Single(HttpFlows.Begin(flow).State.Incidents).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RequestEnd.Answered, 200, "ok")]
    [InlineData(RequestEnd.Answered, 500, "other")]
    [InlineData(RequestEnd.NotConnected, 0, "nobody")]
    [InlineData(RequestEnd.TimedOut, 0, "late")]
    public void The_embedded_form_runs_the_activity_of_what_came_of_it(RequestEnd end, int status, string line)
    {
        var flow = HttpFlows.Flow(
            $$"""
            { "type": "Elsa.SendHttpRequest", "id": "ask", "url": "https://api.example.com/", "expectedStatusCodes": [{ "statusCode": 200, "activity": {{HttpFlows.Line("ok")}} }],
              "unmatchedStatusCode": {{HttpFlows.Line("other")}}, "failedToConnect": {{HttpFlows.Line("nobody")}}, "timeout": {{HttpFlows.Line("late")}} }, {{HttpFlows.Line("then")}}
            """, "ask>then");

        var burst = Answered(flow, new RequestResult(end, status, [], null, null, "对方没有答复", 1));

        Assert.Equal([line, "then"], HttpFlows.Lines(burst));
    }

    private static Burst Answered(WorkflowDefinition flow, RequestResult result)
    {
        var waiting = HttpFlows.Begin(flow);
        return HttpFlows.Go(flow, waiting, new Stimulus.MessageArrived(Assert.Single(waiting.State.Bookmarks).Id, JsonNode.Parse(result.ToJson().ToJsonString())));
    }

    private static RequestResult Without(RequestEnd end) => new(end, 0, [], null, null, "对方没有答复", 5);
}
