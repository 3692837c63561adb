using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Batch;
using Xunit.Abstractions;

namespace WorkflowEngine.Workflows.Tests.Conformance;

/// <summary>Definitions with the answers that Elsa 3.7.1 gave. Every deliberate difference is a line of docs/compatibility.md.</summary>
public sealed class ElsaFlowTests(ITestOutputHelper output)
{
    private static readonly string[] Compared = ["status", "subStatus", "lines", "journal", "variables"];

    [Fact]
    public void Flows_answer_as_elsa_does_unless_the_difference_is_written_down()
    {
        var documented = RepositoryFiles.Read("docs/compatibility.md");
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "elsa-flows.json")));
        var scores = new SortedDictionary<string, (int Agree, int All)>(StringComparer.Ordinal);
        var surprises = new List<string>();
        foreach (var @case in cases.RootElement.EnumerateArray())
        {
            var name = @case.GetProperty("name").GetString()!;
            var isScript = @case.GetProperty("script").GetBoolean();
            foreach (var expected in @case.GetProperty("expected").EnumerateObject())
            {
                var answer = JsonNode.Parse(FlowBatch.Answer(Request(@case, expected.Name)))!.AsObject();
                if (expected.Value.ValueKind == JsonValueKind.Null)
                {
                    Assert.False(answer.ContainsKey("error"), $"{name} ({expected.Name}): {answer["error"]}");
                    continue;
                }

                var agrees = isScript ? answer.ContainsKey("error") : Agrees(expected.Value, answer);
                var group = $"{(isScript ? "script" : Text(@case, "group") ?? "basic")} {expected.Name}";
                var score = scores.GetValueOrDefault(group);
                scores[group] = (score.Agree + (agrees ? 1 : 0), score.All + 1);
                if (!agrees && !documented.Contains($"`{name}`", StringComparison.Ordinal))
                {
                    surprises.Add($"{name} ({expected.Name})");
                }
            }
        }

        foreach (var (group, (agree, all)) in scores)
        {
            output.WriteLine($"{group}: {agree} of {all}");
        }

        Assert.Empty(surprises);
    }

    private static string Request(JsonElement @case, string mode)
    {
        var request = new JsonObject
        {
            ["definition"] = JsonNode.Parse(@case.GetProperty("definition").GetRawText()),
            ["plan"] = JsonNode.Parse(@case.GetProperty("plan").GetRawText()),
            ["mode"] = mode,
        };
        if (@case.TryGetProperty("with", out var with))
        {
            request["with"] = JsonNode.Parse(with.GetRawText());
        }

        return request.ToJsonString();
    }

    private static bool Agrees(JsonElement expected, JsonObject answer)
    {
        if (expected.TryGetProperty("error", out _) || answer.ContainsKey("error"))
        {
            return expected.TryGetProperty("error", out _) && answer.ContainsKey("error");
        }

        return Compared.All(member => JsonNode.DeepEquals(JsonNode.Parse(expected.GetProperty(member).GetRawText()), answer[member]))
            && Bookmarks(JsonNode.Parse(expected.GetProperty("bookmarks").GetRawText())!).SequenceEqual(Bookmarks(answer["bookmarks"]!));
    }

    private static IEnumerable<string> Bookmarks(JsonNode bookmarks) =>
        bookmarks.AsArray().Select(b => $"{b!["activityId"]} {b["name"]}").Order(StringComparer.Ordinal);

    private static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetString() : null;
}
