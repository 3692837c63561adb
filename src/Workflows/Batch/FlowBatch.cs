using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Batch;

/// <summary>
/// The verb <c>flow batch</c>: one JSON request in, one JSON answer out. Runs a definition by a plan in memory, without host or database.
/// The plan's times are its own: timers fire as soon as nothing else is left to do.
/// </summary>
public static class FlowBatch
{
    /// <summary>How an answer begins that admits a defect of this program; no request may bring it about.</summary>
    public const string Defect = "the engine failed on this request";

    private const int MaxChildren = 100;

    private const int MaxLine = 16 * 1024 * 1024;

    /// <summary>Answers one line; what cannot be answered is an answer with <c>error</c>. Never throws.</summary>
    public static string Answer(string jsonLine)
    {
        try
        {
            return Respond(jsonLine).ToJsonString(Conversion.Json);
        }
        catch (BadRequest bad)
        {
            return Error(bad.Message);
        }
        catch (JsonException broken)
        {
            return Error($"the request is not readable JSON: {broken.Message}");
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            return Error($"{Defect}: {defect.GetType().Name}: {defect.Message}");
        }
    }

    private static JsonObject Respond(string line)
    {
        if (line.Length > MaxLine)
        {
            throw new BadRequest("the request is larger than 16 MB");
        }

        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = JsonSource.MaxDepth });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new BadRequest("a request is a JSON object with definition, plan, mode and with");
        }

        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is not ("definition" or "plan" or "mode" or "with"))
            {
                throw new BadRequest($"unknown request member '{member.Name}'");
            }
        }

        if (!root.TryGetProperty("definition", out var drawn))
        {
            throw new BadRequest("the request has no definition");
        }

        var children = ReadChildren(root);
        var definition = Runnable(Read(drawn, "definition", [.. children.Select(c => c.Definition)]));
        var plan = FlowPlan.Read(root);
        return new PlanRun(definition, children, plan, UsesTokens(root)).Run();
    }

    private static bool UsesTokens(JsonElement root)
    {
        if (!root.TryGetProperty("mode", out var mode) || mode.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        return mode.ValueKind == JsonValueKind.String && mode.GetString() is "counter" or "token"
            ? mode.GetString() == "token"
            : throw new BadRequest("mode must be counter or token");
    }

    /// <summary>Other flows that a plan may need. One with a script is an error as soon as it is used, and none before.</summary>
    private static List<OtherFlow> ReadChildren(JsonElement root)
    {
        if (!root.TryGetProperty("with", out var with) || with.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (with.ValueKind != JsonValueKind.Array)
        {
            throw new BadRequest("with must be a list of definitions");
        }

        if (with.GetArrayLength() > MaxChildren)
        {
            throw new BadRequest($"with may hold {MaxChildren} definitions at most");
        }

        var alone = with.EnumerateArray().Select((child, i) => Read(child, $"with[{i}]", []).Definition).ToList();
        return [.. with.EnumerateArray().Select((child, i) => Read(child, $"with[{i}]", alone))];
    }

    private static OtherFlow Read(JsonElement drawn, string path, IReadOnlyList<WorkflowDefinition> used)
    {
        var result = WorkflowDefinition.Read(drawn.GetRawText(), path, used);
        var script = result.Problems.FirstOrDefault(p => p.Code == InputReader.ScriptCode)?.ToString();
        return result.Definition is { } definition
            ? new OtherFlow(definition, script)
            : throw new BadRequest(script ?? string.Join("; ", result.Problems.Where(p => p.Severity == ProblemSeverity.Error)));
    }

    private static WorkflowDefinition Runnable(OtherFlow flow) => flow.Script is { } script ? throw new BadRequest(script) : flow.Definition;

    private static string Error(string message) => new JsonObject { ["error"] = message }.ToJsonString(Conversion.Json);
}

/// <summary>A flow that was read.</summary>
/// <param name="Script">Why it cannot be run, when it holds a script.</param>
internal sealed record OtherFlow(WorkflowDefinition Definition, string? Script);

/// <summary>A request that is not understood; told to the caller as it is.</summary>
internal sealed class BadRequest(string message) : Exception(message);
