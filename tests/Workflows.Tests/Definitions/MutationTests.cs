using System.Diagnostics;
using System.Text.Json;
using WorkflowEngine.Workflows.Batch;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>A minute of the mutation fuzzer, beside the other tests; <c>./bench fuzz flow --minutes N</c> runs it for longer.</summary>
public sealed class MutationTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(1);

    [Fact]
    public void Mutated_definitions_never_break_the_engine()
    {
        var mutator = new FlowMutator(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "elsa-flows.json")), seed: 20221010);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Enough)
        {
            var line = mutator.Next();
            var answer = FlowBatch.Answer(line);
            Assert.False(answer.Contains(FlowBatch.Defect, StringComparison.Ordinal), $"{answer}\n{line}");
            using var json = JsonDocument.Parse(answer);
        }
    }
}
