using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Batch;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Tests.Definitions;

namespace WorkflowEngine.Bench;

/// <summary>
/// Mutates the conformance cases for as long as is wanted. A finding is an answer that admits a defect, one that took too long, one that is no JSON, a problem
/// without a place, and a definition that is not written as it was read. Each finding is printed with its request; the exit code is 1 when there was one.
/// The slowest request of all is kept in a file, whether it is a finding or not.
/// </summary>
internal static class FlowFuzz
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    public static int Run(double minutes, int seed)
    {
        var mutator = new FlowMutator(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "elsa-flows.json")), seed);
        var watch = Stopwatch.StartNew();
        var (requests, errors, findings, slowest) = (0L, 0L, 0, new Slowest(TimeSpan.Zero, 0, ""));
        while (watch.Elapsed < TimeSpan.FromMinutes(minutes) && findings < 20)
        {
            var line = mutator.Next();
            var cpu = Samples.Cpu;
            var answer = FlowBatch.Answer(line);
            var took = Samples.CpuSince(cpu);
            requests++;
            slowest = took > slowest.Took ? new Slowest(took, requests, line) : slowest;
            errors += answer.StartsWith("{\"error\"", StringComparison.Ordinal) ? 1 : 0;
            if (Finding(line, answer, took) is { } finding)
            {
                findings++;
                Console.WriteLine($"{finding}\n{line}\n");
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {requests:N0} requests in {watch.Elapsed.TotalMinutes:N1} minutes, {errors:N0} refused with a reason, {findings} findings, slowest {slowest.Took.TotalSeconds:N1} s of CPU, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024} MB"));
        slowest.Keep(seed);
        return findings == 0 ? 0 : 1;
    }

    private static string? Finding(string line, string answer, TimeSpan took)
    {
        if (answer.Contains(FlowBatch.Defect, StringComparison.Ordinal))
        {
            return answer;
        }

        if (took > Slow)
        {
            return $"took {took.TotalSeconds:N1} s of CPU";
        }

        try
        {
            JsonDocument.Parse(answer).Dispose();
            using var request = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 256 });
            return request.RootElement.ValueKind == JsonValueKind.Object && request.RootElement.TryGetProperty("definition", out var definition) ? ReadingFinding(definition.GetRawText()) : null;
        }
        catch (JsonException broken)
        {
            return answer.StartsWith("{\"error\"", StringComparison.Ordinal) ? null : $"the answer to a broken request: {broken.Message}";
        }
    }

    private static string? ReadingFinding(string json)
    {
        var read = WorkflowDefinition.Read(json, "fuzzed.json");
        if (read.Definition is { } definition && definition.Write() != json)
        {
            return "the definition is not written as it was read";
        }

        return read.Definition is null && read.Problems.Count == 0
            ? "refused without a reason"
            : read.Problems.FirstOrDefault(p => p.Line < 1 || p.Column < 1) is { } lost ? $"a problem without a place: {lost.Code}" : null;
    }

    private sealed record Slowest(TimeSpan Took, long Number, string Line)
    {
        public void Keep(int seed)
        {
            var path = Path.Combine(Path.GetTempPath(), $"slowest-flow-{seed}.json");
            File.WriteAllText(path, Line);
            Console.WriteLine($"the slowest is request {Number}, {Line.Length / 1024} KB: {path}");
        }
    }
}
