using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>What came in goes out: over every published definition and every flow that is shipped.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Every_definition_is_written_as_it_was_read()
    {
        foreach (var (name, json) in Definitions())
        {
            Assert.True(WorkflowDefinition.Read(json, name).Definition is not { } read || read.Write() == json, name);
        }
    }

    [Fact]
    public void Every_activity_and_connection_of_a_file_is_in_the_definition_with_its_place_on_the_canvas()
    {
        foreach (var (name, json) in Definitions())
        {
            var read = WorkflowDefinition.Read(json, name);
            if (read.Definition is not { } definition || read.Problems.Any(p => p.Code is "unknown-step" or "unknown-activity-type" or "unknown-activity-version"))
            {
                continue;
            }

            using var document = JsonDocument.Parse(json);
            var drawn = new List<(string Id, string Type, double? X)>();
            var connections = Collect(Member(document.RootElement, "root"), drawn);
            Assert.Equal(drawn.Order(), definition.Activities.Where(a => a.Type != "Elsa.Workflow" && (drawn.Count > 0 || a.Id != "Sequence1")).Select(a => (a.Id, a.Type, a.Position?.X)).Order());
            Assert.Equal(connections, definition.Activities.Sum(a => a.Connections.Count));
        }
    }

    [Fact]
    public void Numbers_unknown_members_order_and_spaces_survive()
    {
        const string Json = """
            { "zz" : [1, 1.0, 1e2, -0, 12345678901234567890.10],
              "root": {"metadata":{"designer":{"position":{"x":-180.50,"y":1E+2},"ports":{"Done":"r"}}}, "type":"Elsa.WriteLine","id":"w", "mine": {"b":1,"a":null}, "text":"\u00e9 é"},
              "definitionId":"d", "name" : null }
            """;
        Assert.Equal(Json, WorkflowDefinition.Read(Json, "x.json").Definition!.Write());
    }

    private static IEnumerable<(string Name, string Json)> Definitions()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "elsa-flows.json")));
        foreach (var @case in cases.RootElement.EnumerateArray())
        {
            yield return (@case.GetProperty("name").GetString()!, @case.GetProperty("definition").GetRawText());
        }

        foreach (var flow in RepositoryFiles.Under("workflows").Where(f => Path.GetDirectoryName(f) != Path.Combine("workflows", "forms") && !f.EndsWith(".scenarios.json", StringComparison.Ordinal)))
        {
            yield return (flow, RepositoryFiles.Read(flow));
        }
    }

    /// <summary>Every activity below an element, wherever it stands; the number of connections.</summary>
    private static int Collect(JsonElement? at, List<(string Id, string Type, double? X)> activities)
    {
        switch (at)
        {
            case { ValueKind: JsonValueKind.Array } list:
                return list.EnumerateArray().Sum(item => Collect(item, activities));
            case { ValueKind: JsonValueKind.Object } element:
                if (Text(element, "type") is { } type && type.Contains('.', StringComparison.Ordinal) && Member(element, "expression") is null)
                {
                    var position = Member(Member(Member(element, "metadata"), "designer"), "position");
                    var number = 1 + activities.Count(a => a.Type == type);
                    var id = Text(element, "id") is { Length: > 0 } written ? written : $"{type[(type.LastIndexOf('.') + 1)..]}{number}";
                    activities.Add((id, type, Member(position, "x")?.GetDouble()));
                }

                var own = Member(element, "connections") is { } drawn ? Items(drawn).Select(c => c.GetRawText()).Distinct(StringComparer.Ordinal).Count() : 0;
                return own + element.EnumerateObject().Where(m => !m.NameEquals("connections")).Sum(m => Collect(m.Value, activities));
            default:
                return 0;
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray()
        : Member(list, "$values") is { ValueKind: JsonValueKind.Array } values ? values.EnumerateArray() : [];

    private static JsonElement? Member(JsonElement? owner, string name)
    {
        foreach (var member in owner is { ValueKind: JsonValueKind.Object } element ? element.EnumerateObject() : [])
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
