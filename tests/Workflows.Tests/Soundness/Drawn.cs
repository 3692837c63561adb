using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Soundness;

/// <summary>A flowchart in short: <c>step kind</c> and <c>step.Port > step</c>, separated by semicolons.</summary>
internal static class Drawn
{
    /// <summary>
    /// Kinds: <c>submit</c>, <c>task(A,B)</c> with outcomes, <c>option(A)</c> that nobody has to do, <c>wait</c>, <c>decide</c> (True, False), <c>never</c> (a decision
    /// written as false), <c>join(WaitAll)</c>, <c>merge(Merge)</c> a step with that merge mode, <c>warn</c> (Answered), <c>close</c>, <c>end</c>, <c>say</c>.
    /// </summary>
    public static WorkflowDefinition Flow(string mode, string steps, string edges)
    {
        var flowchart = new JsonObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. Parts(steps).Select(Step)]),
            ["connections"] = new JsonArray([.. Parts(edges).Select(Edge)]),
        };
        var definition = new JsonObject
        {
            ["definitionId"] = "drawn",
            ["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = mode },
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "v", ["name"] = "v", ["typeName"] = "Boolean", ["storageDriverTypeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }),
            ["root"] = flowchart,
        };
        var result = WorkflowDefinition.Read(definition.ToJsonString(), "drawn.json");
        return result.Problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Error) is { } wrong
            ? throw new InvalidOperationException(wrong.ToString())
            : result.Definition!;
    }

    private static string[] Parts(string text) => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static JsonNode Step(string text)
    {
        var (id, kind) = (text[..text.IndexOf(' ')], text[(text.IndexOf(' ') + 1)..]);
        var of = kind.Contains('(') ? kind[(kind.IndexOf('(') + 1)..^1] : "";
        var step = new JsonObject { ["id"] = id };
        switch (kind.Split('(')[0])
        {
            case "submit":
                step["type"] = "Gov.Submission";
                step["form"] = Literal("String", "form");
                break;
            case "task" or "option":
                step["type"] = "Gov.HumanTask";
                foreach (var name in new[] { "title", "party", "role", "form" }) step[name] = Literal("String", name);
                step["outcomes"] = new JsonObject
                {
                    ["typeName"] = "Object",
                    ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = new JsonArray([.. of.Split(',').Select(name => new JsonObject { ["name"] = name, ["label"] = name })]) },
                };
                if (kind.StartsWith("option", StringComparison.Ordinal)) step["optional"] = Literal("Boolean", true);
                break;
            case "wait":
                step["type"] = "Elsa.RunTask";
                step["taskName"] = Literal("String", "t");
                break;
            case "decide":
                step["type"] = "Elsa.FlowDecision";
                step["condition"] = new JsonObject { ["typeName"] = "Boolean", ["expression"] = new JsonObject { ["type"] = "Variable", ["value"] = new JsonObject { ["id"] = "v" } } };
                break;
            case "never":
                step["type"] = "Elsa.FlowDecision";
                step["condition"] = Literal("Boolean", false);
                break;
            case "join":
                step["type"] = "Elsa.FlowJoin";
                step["mode"] = Literal("String", of);
                break;
            case "merge":
                step["type"] = "Elsa.WriteLine";
                step["customProperties"] = new JsonObject { ["mergeMode"] = of };
                break;
            case "warn":
                step["type"] = "Gov.RaiseWarning";
                step["title"] = Literal("String", "t");
                step["form"] = Literal("String", "f");
                break;
            case "close":
                step["type"] = "Gov.CloseCase";
                step["outcome"] = Literal("String", id);
                break;
            case "end":
                step["type"] = "Elsa.End";
                break;
            case "say":
                step["type"] = "Elsa.WriteLine";
                break;
            default:
                throw new ArgumentException($"unknown kind in '{text}'", nameof(text));
        }

        return step;
    }

    private static JsonNode Edge(string text)
    {
        var ends = text.Split('>', StringSplitOptions.TrimEntries);
        var from = ends[0].Split('.');
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = from[0], ["port"] = from.Length > 1 ? from[1] : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }

    private static JsonObject Literal(string type, JsonNode value) =>
        new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
}
