using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Http;

/// <summary>Endpoints begin instances or are waited for, and the burst that takes a request may answer it, once.</summary>
public sealed class EndpointTests
{
    [Fact]
    public void A_request_begins_an_instance_which_answers_in_the_same_burst()
    {
        var flow = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "orders/{id}", begins: true) + "," + HttpFlows.Respond("out", """
                "statusCode": 201, "content": { "typeName": "Object", "expression": { "type": "Lambda", "value": "vars.content.name" } },
                "responseHeaders": { "typeName": "Object", "expression": { "type": "Object", "value": { "X-Order": "17" } } }
                """),
            "in>out");

        var burst = HttpFlows.Begin(flow, "in", HttpFlows.Post("orders/17", new JsonObject { ["name"] = "甲" }));

        var reply = Assert.Single(burst.Effects.OfType<Effect.WriteResponse>()).Reply;
        Assert.Equal((201, "甲", "text/plain"), (reply.Status, reply.Content, reply.ContentType));
        Assert.Equal([new HttpHeader("X-Order", "17")], reply.Headers);
        Assert.Equal(InstanceStatus.Finished, burst.State.Status);
        Assert.Equal("c-1", burst.State.CorrelationId);
        Assert.DoesNotContain(burst.Effects, effect => effect is Effect.ExpectMessage);
    }

    [Fact]
    public void A_wait_is_one_bookmark_for_each_method_and_leaves_none_behind()
    {
        var flow = HttpFlows.Flow(HttpFlows.Endpoint("in", "Orders/{id}", """["post", "PUT"]"""));
        var waiting = HttpFlows.Begin(flow);

        var expected = waiting.Effects.OfType<Effect.ExpectMessage>().ToList();
        Assert.Equal(["POST ORDERS/{}", "PUT ORDERS/{}"], expected.Select(wait => wait.Key));
        Assert.All(expected, wait => Assert.Contains(wait.Key, HttpEndpoints.KeysOf(wait.Key.Split(' ')[0], "/orders/17")));

        var done = HttpFlows.Go(flow, waiting, new Stimulus.MessageArrived(expected[1].Id.ToString(), HttpFlows.Post("orders/17", "x").ToJson()));

        Assert.Equal(expected.Select(wait => wait.Id.ToString()).Order(), done.Effects.OfType<Effect.StopExpecting>().Select(met => met.BookmarkId).Order());
        Assert.Empty(done.State.Bookmarks);
        Assert.Equal(InstanceStatus.Finished, done.State.Status);
    }

    [Fact]
    public void A_loop_back_to_the_endpoint_waits_for_the_next_request()
    {
        var flow = HttpFlows.Flow(HttpFlows.Endpoint("in", "ticks", begins: true) + "," + HttpFlows.Line("tick"), "in>tick", "tick>in");

        var first = HttpFlows.Begin(flow, "in", HttpFlows.Post("ticks", null));
        var second = HttpFlows.Go(flow, first, new Stimulus.MessageArrived(first.State.Bookmarks[0].Id, HttpFlows.Post("ticks", null).ToJson()));

        Assert.Equal(["tick"], HttpFlows.Lines(first));
        Assert.Equal(["tick"], HttpFlows.Lines(second));
        Assert.Single(second.State.Bookmarks);
    }

    [Fact]
    public void An_answer_after_a_wait_or_a_second_one_has_no_request_to_go_to()
    {
        var twice = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true) + "," + HttpFlows.Respond("out", "\"content\": \"1\"") + "," + HttpFlows.Respond("again", "\"content\": \"2\""), "in>out", "out>again");
        var late = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true) + """, { "type": "Elsa.Event", "id": "wait", "eventName": "go" },""" + HttpFlows.Respond("out", "\"content\": \"1\""), "in>wait", "wait>out");

        var answeredTwice = HttpFlows.Begin(twice, "in", HttpFlows.Post("a", null));
        var waiting = HttpFlows.Begin(late, "in", HttpFlows.Post("a", null));
        var tooLate = HttpFlows.Go(late, waiting, new Stimulus.MessageArrived(waiting.State.Bookmarks[0].Id, null));

        Assert.Equal("1", Assert.Single(answeredTwice.Effects.OfType<Effect.WriteResponse>()).Reply.Content);
        Assert.Equal("again", Assert.Single(answeredTwice.State.Incidents).ActivityId);
        Assert.Contains("no request to answer", Assert.Single(tooLate.State.Incidents).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(tooLate.Effects, effect => effect is Effect.WriteResponse);
    }

    [Fact]
    public void Too_much_content_goes_through_its_own_port_without_the_content()
    {
        var flow = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true, more: ", \"exposeRequestTooLargeOutcome\": true") + "," + HttpFlows.Respond("sorry", "\"statusCode\": 413"), "in.Request too large>sorry");

        Assert.Equal(["Done", "Request too large"], flow.Find("in")!.Ports);
        var burst = HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null) with { RefusedBy = HttpEndpoints.TooLarge });

        Assert.Equal(413, Assert.Single(burst.Effects.OfType<Effect.WriteResponse>()).Reply.Status);
    }

    [Fact]
    public void Files_come_as_descriptions_and_the_first_of_them_by_itself()
    {
        var file = new HttpFile(Guid.NewGuid(), "a.pdf", 17, "application/pdf", "00", "papers");
        var flow = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true, more: """, "files": { "typeName": "Object", "memoryReference": { "id": "status" } }, "file": { "typeName": "Object", "memoryReference": { "id": "route" } }""")
            + "," + HttpFlows.Respond("out", """ "content": { "typeName": "Object", "expression": { "type": "Lambda", "value": "new(vars.status as files, vars.route as file)" } } """), "in>out");

        var burst = HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null) with { Files = [file, file with { Name = "b.pdf" }] });

        var said = JsonNode.Parse(Assert.Single(burst.Effects.OfType<Effect.WriteResponse>()).Reply.Content!)!;
        Assert.Equal(file, HttpFile.Read(said["file"]));
        Assert.Equal("b.pdf", said["files"]![1]!["name"]!.ToString());
    }

    [Theory]
    [InlineData("exposeFileTooLargeOutcome", "File too large")]
    [InlineData("exposeInvalidFileExtensionOutcome", "Invalid file extension")]
    [InlineData("exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type")]
    public void Files_that_are_not_taken_go_through_the_ports_of_elsa(string input, string port)
    {
        var flow = HttpFlows.Flow(HttpFlows.Endpoint("in", "a", begins: true, more: $", \"{input}\": true") + "," + HttpFlows.Line("other"), $"in.{port}>other");

        Assert.Equal(["Done", port], flow.Find("in")!.Ports);
        Assert.Equal([port], HttpEndpoints.TriggersOf(flow).Single().Settings.Exposed);
        Assert.Equal(["other"], HttpFlows.Lines(HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null) with { RefusedBy = port })));
    }

    [Fact]
    public void What_an_endpoint_asks_of_a_request_is_the_same_of_a_wait()
    {
        const string Limits = """
            , "requestSizeLimit": 5000000, "requestTimeout": "00:00:20", "fileSizeLimit": 100, "exposeFileTooLargeOutcome": true,
            "allowedFileExtensions": { "typeName": "String[]", "expression": { "type": "Object", "value": ["PDF", ".png"] } },
            "blockedFileExtensions": { "typeName": "String[]", "expression": { "type": "Object", "value": ["exe"] } },
            "allowedMimeTypes": { "typeName": "String[]", "expression": { "type": "Object", "value": ["application/pdf"] } }
            """;
        var begins = HttpEndpoints.TriggersOf(HttpFlows.Flow(HttpFlows.Endpoint("in", "a", begins: true, more: Limits))).Single().Settings;
        var waiting = HttpFlows.Begin(HttpFlows.Flow(HttpFlows.Endpoint("in", "a", more: Limits)));
        var waits = EndpointSettings.FromPayload(WorkflowState.FromJson(waiting.State.ToJson()).Bookmarks.Single().Payload)!;

        foreach (var settings in (EndpointSettings[])[begins, waits])
        {
            Assert.Equal((5_000_000, HttpEndpoints.LargestContent, TimeSpan.FromSeconds(20)), (settings.RequestLimit, settings.ContentLimit, settings.Timeout));
            Assert.Equal(100, settings.Files.SizeLimit);
            Assert.Equal([HttpEndpoints.FileTooLarge], settings.Exposed);
            Assert.True(settings.Files.TakesEnding("A.pdf") && settings.Files.TakesEnding("a.PNG"));
            Assert.False(settings.Files.TakesEnding("a.exe") || settings.Files.TakesEnding("pdf") || settings.Files.TakesEnding("a.pdf.doc"));
            Assert.True(settings.Files.TakesType("application/PDF") && !settings.Files.TakesType("image/png"));
        }
    }

    [Theory]
    [InlineData("\"Set-Cookie\": \"session=1\"")]
    [InlineData("\"Content-Security-Policy\": \"default-src *\"")]
    [InlineData("\"Access-Control-Allow-Origin\": \"*\"")]
    [InlineData("\"Transfer-Encoding\": \"chunked\"")]
    [InlineData("\"X-A\": \"a\\r\\nSet-Cookie: b\"")]
    [InlineData("\"X-A: b\\r\\nX-B\": \"c\"")]
    public void A_flow_sets_no_header_that_is_the_platforms(string header)
    {
        var flow = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true)
            + "," + HttpFlows.Respond("out", $$$"""
                "responseHeaders": { "typeName": "Object", "expression": { "type": "Object", "value": { {{{header}}} } } }
                """), "in>out");

        var burst = HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null));

        Assert.Single(burst.State.Incidents);
        Assert.DoesNotContain(burst.Effects, effect => effect is Effect.WriteResponse);
    }

    [Theory]
    [InlineData("404", 404)]
    [InlineData("\"NotFound\"", 404)]
    [InlineData("\"503\"", 503)]
    public void A_status_is_a_number_or_a_name(string written, int status)
    {
        var flow = HttpFlows.Flow(HttpFlows.Endpoint("in", "a", begins: true) + "," + HttpFlows.Respond("out", $"\"statusCode\": {written}"), "in>out");

        Assert.Equal(status, Assert.Single(HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null)).Effects.OfType<Effect.WriteResponse>()).Reply.Status);
    }

    [Theory]
    [InlineData("\"Okay\"")]
    [InlineData("99")]
    [InlineData("1000")]
    public void A_status_that_is_none_is_an_incident_and_not_silently_200(string written)
    {
        var flow = HttpFlows.Flow(HttpFlows.Endpoint("in", "a", begins: true) + "," + HttpFlows.Respond("out", $"\"statusCode\": {written}"), "in>out");

        Assert.Contains("status code", Assert.Single(HttpFlows.Begin(flow, "in", HttpFlows.Post("a", null)).State.Incidents).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders/{id}", "/Orders/17", true)]
    [InlineData("/orders/{id}/", "orders/17", true)]
    [InlineData("orders/{id}", "orders", false)]
    [InlineData("orders/{id}", "orders/17/lines", false)]
    [InlineData("orders/new", "orders/17", false)]
    public void A_path_is_found_by_its_segments(string path, string asked, bool isFound)
    {
        var parsed = HttpPath.Parse(path, out _)!;

        Assert.Equal(isFound, HttpPath.KeysOf(asked).Contains(parsed.Key));
        Assert.Equal(isFound, parsed.Match(asked) is not null);
    }

    [Fact]
    public void What_is_written_out_counts_before_a_parameter()
    {
        var keys = HttpPath.KeysOf("orders/new").ToList();

        Assert.True(keys.IndexOf(HttpPath.Parse("orders/new", out _)!.Key) < keys.IndexOf(HttpPath.Parse("orders/{id}", out _)!.Key));
        Assert.True(keys.IndexOf(HttpPath.Parse("orders/{id}", out _)!.Key) < keys.IndexOf(HttpPath.Parse("{kind}/new", out _)!.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("../secrets")]
    [InlineData("orders/{id:int}")]
    [InlineData("orders/{id?}")]
    [InlineData("orders/{*rest}")]
    [InlineData("orders/{id}/{id}")]
    [InlineData("a/b/c/d/e/f/g/h/i")]
    [InlineData("a?b=c")]
    public void What_is_no_path_is_refused(string path) => Assert.Null(HttpPath.Parse(path, out _));
}
