using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Http;

/// <summary>Flows answer with files and download them; what a file is and whose, the host says.</summary>
public sealed class FileTests
{
    private static readonly HttpFile Paper = new(Guid.NewGuid(), "a.pdf", 17, "application/pdf", "00");

    [Theory]
    [InlineData("vars.content.id")]
    [InlineData("vars.content")]
    [InlineData("vars.content.all")]
    public void A_file_is_named_by_its_id_its_description_or_a_list_of_one(string expression)
    {
        var burst = Give(expression, known: true);

        var reply = Assert.Single(burst.Effects.OfType<Effect.WriteResponse>()).Reply;
        Assert.Equal((200, Paper with { Name = "证明.pdf" }, null, "application/pdf"), (reply.Status, reply.File, reply.Content, reply.ContentType));
        Assert.Equal(InstanceStatus.Finished, burst.State.Status);
    }

    [Fact]
    public void A_file_that_is_none_of_the_instance_is_an_incident_and_answers_nothing()
    {
        var burst = Give("vars.content.id", known: false);

        Assert.Contains("none of this instance", Assert.Single(burst.State.Incidents).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(burst.Effects, effect => effect is Effect.WriteResponse);
    }

    [Theory]
    [InlineData("vars.content.many", "can send one")]
    [InlineData("\"paper\"", "is no file")]
    [InlineData("17", "is no file")]
    public void What_is_not_one_file_is_an_incident(string expression, string message) =>
        Assert.Contains(message, Assert.Single(Give(expression, known: true).State.Incidents).Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_to_send_is_answered_without_content() =>
        Assert.Equal(204, Assert.Single(Give("vars.content.none", known: true).Effects.OfType<Effect.WriteResponse>()).Reply.Status);

    [Fact]
    public void A_download_is_a_request_whose_answer_is_a_file_and_the_flow_gets_its_description()
    {
        var flow = Downloading("fetch.200>done");
        var waiting = HttpFlows.Begin(flow);
        var order = Assert.Single(waiting.Effects.OfType<Effect.SendRequest>());

        var came = HttpFlows.Go(flow, waiting, new Stimulus.MessageArrived(order.Id.ToString(), new RequestResult(RequestEnd.Answered, 200, [], "application/pdf", null, null, 1) { File = Paper }.ToJson()));

        Assert.True(order.Request.IsDownload);
        Assert.Equal([Paper.Name], HttpFlows.Lines(came));
    }

    [Theory]
    [InlineData(RequestEnd.NotKept, 2)]
    [InlineData(RequestEnd.TooMuch, 1)]
    public void A_file_that_is_not_kept_is_an_incident_whatever_is_drawn(RequestEnd end, int incidents)
    {
        var result = new RequestResult(end, 200, [], null, null, "不接受", 1);
        var drawn = Downloading("fetch.200>done", "fetch.Failed to connect>failed");
        var notDrawn = Downloading("fetch.200>done");

        var both = new[] { drawn, notDrawn }.Select(flow =>
        {
            var waiting = HttpFlows.Begin(flow);
            return HttpFlows.Go(flow, waiting, new Stimulus.MessageArrived(waiting.State.Bookmarks[0].Id, result.ToJson()));
        }).ToList();

        Assert.Equal(["failed"], HttpFlows.Lines(both[0]));
        Assert.Equal(incidents, both.Sum(burst => burst.Effects.OfType<Effect.RaiseIncident>().Count()));
        Assert.Empty(HttpFlows.Lines(both[1]));
    }

    private static WorkflowDefinition Downloading(params string[] edges) => HttpFlows.Flow(
        """
        { "type": "Elsa.DownloadHttpFile", "id": "fetch", "url": "https://api.example.com/a.pdf", "result": { "typeName": "Object", "memoryReference": { "id": "content" } },
          "expectedStatusCodes": { "typeName": "Int32[]", "expression": { "type": "Object", "value": [200] } } },
        { "type": "Elsa.WriteLine", "id": "done", "text": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.content.name" } } },
        """ + HttpFlows.Line("failed"), edges);

    private static Burst Give(string expression, bool known)
    {
        var flow = HttpFlows.Flow(
            HttpFlows.Endpoint("in", "a", begins: true) + $$"""
            , { "type": "Elsa.WriteFileHttpResponse", "id": "give", "filename": "证明.pdf",
                "content": { "typeName": "Object", "expression": { "type": "Lambda", "value": "{{expression.Replace("\"", "\\\"", StringComparison.Ordinal)}}" } } }
            """, "in>give");
        var content = Paper.ToJson();
        content["all"] = new JsonArray(Paper.ToJson());
        content["many"] = new JsonArray(Paper.ToJson(), Paper.ToJson());
        content["none"] = new JsonArray();
        var state = WorkflowState.New(Guid.NewGuid(), flow, null);
        var start = new Stimulus.Start("in", [], null, HttpFlows.Post("a", content));
        // As the host does: it looks when the flow asks, for a file of this very instance.
        var key = HttpFile.KeyOf(state.InstanceId, Paper.Id);
        var now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(8));
        return WorkflowRunner.Run(flow, state, start, Facts.None, now) switch
        {
            RunResult.NeedFacts need => Assert.IsType<RunResult.Ran>(
                WorkflowRunner.Run(flow, state, start, need.Keys.Single() == key && known ? Facts.None.With(key, Paper) : Facts.None.WithUnknown(key), now)).Burst,
            var ran => Assert.IsType<RunResult.Ran>(ran).Burst,
        };
    }
}
