using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>A value that arrives while a case runs and is none of the wanted type is an incident: it never decides a case as a silent default.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("Int32", "\"three\"", null)]
    [InlineData("Int32", "\"3\"", "3")]
    [InlineData("Int32", "\"7.5\"", null)]
    [InlineData("Boolean", "\"yes\"", null)]
    [InlineData("Boolean", "\"true\"", "True")]
    [InlineData("DateTimeOffset", "\"tomorrow\"", null)]
    [InlineData("Guid", "12", null)]
    [InlineData("TimeSpan", "true", null)]
    [InlineData("Double", "\"1e400\"", null)]
    [InlineData("Int32", "\"\"", "")]
    public void What_a_task_answers_is_converted_or_told(string type, string answer, string? prints)
    {
        var json = $$$"""
            {"definitionId":"f","variables":[
               {"id":"raw","name":"raw","typeName":"Object","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"},
               {"id":"v","name":"v","typeName":"{{{type}}}","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
             "root":{"id":"s","type":"Elsa.Sequence","activities":[
               {"id":"ask","type":"Elsa.RunTask","taskName":"t","result":{"typeName":"Object","memoryReference":{"id":"raw"} } },
               {"id":"set","type":"Elsa.SetVariable","variable":{"id":"v"},"value":{"typeName":"Object","expression":{"type":"Variable","value":{"id":"raw"} } } },
               {"id":"say","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Variable","value":{"id":"v"} } } }]} }
            """;
        var definition = WorkflowDefinition.Read(json, "f.json").Definition!;
        var now = new DateTimeOffset(2024, 6, 4, 9, 0, 0, TimeSpan.FromHours(8));
        var asked = Run(WorkflowState.New(Guid.Empty, definition, null), new Stimulus.Start(null, [], null));
        var burst = Run(asked.State, new Stimulus.MessageArrived(asked.State.Bookmarks[0].Id, JsonNode.Parse(answer)));
        if (prints is null)
        {
            Assert.Equal("set", Assert.Single(burst.State.Incidents).ActivityId);
            Assert.Equal(InstanceSubStatus.Faulted, burst.State.SubStatus);
        }
        else
        {
            Assert.Equal(prints, Assert.Single(burst.Effects.OfType<Effect.WriteLine>()).Text);
        }

        Burst Run(WorkflowState state, Stimulus stimulus) => Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(definition, state, stimulus, Facts.None, now)).Burst;
    }
}
