using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Batch;

/// <summary>One step of a plan: which bookmark to resume (activity id, bookmark name, task or event name) and with what.</summary>
internal sealed record PlannedResume(string Match, JsonNode? Result);

/// <summary>How to drive an instance. Without <see cref="Resumes"/> every bookmark is resumed, oldest first.</summary>
internal sealed record FlowPlan(JsonObject Input, string? CorrelationId, IReadOnlyList<PlannedResume>? Resumes)
{
    public static FlowPlan Read(JsonElement request)
    {
        if (!request.TryGetProperty("plan", out var plan) || plan.ValueKind == JsonValueKind.Null)
        {
            return new FlowPlan([], null, null);
        }

        if (plan.ValueKind != JsonValueKind.Object)
        {
            throw new BadRequest("plan must be an object with input, correlationId and resumes, or null");
        }

        JsonObject input = [];
        string? correlation = null;
        List<PlannedResume>? resumes = null;
        foreach (var member in plan.EnumerateObject())
        {
            switch (member.Name)
            {
                case "input":
                    input = member.Value.ValueKind == JsonValueKind.Object ? JsonObject.Create(member.Value.Clone())! : [];
                    break;
                case "correlationId":
                    correlation = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
                    break;
                case "resumes":
                    resumes = ReadResumes(member.Value);
                    break;
                default:
                    throw new BadRequest($"unknown plan member '{member.Name}'");
            }
        }

        return new FlowPlan(input, correlation, resumes);
    }

    private static List<PlannedResume>? ReadResumes(JsonElement list)
    {
        if (list.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new BadRequest("resumes must be a list");
        }

        var resumes = new List<PlannedResume>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("match", out var match) || match.ValueKind != JsonValueKind.String)
            {
                throw new BadRequest("a resume needs 'match', the text that names a bookmark");
            }

            JsonNode? result = null;
            foreach (var member in item.EnumerateObject())
            {
                if (member.Name == "result")
                {
                    result = JsonNode.Parse(member.Value.GetRawText());
                }
                else if (member.Name != "match")
                {
                    throw new BadRequest($"unknown member '{member.Name}' of a resume");
                }
            }

            resumes.Add(new PlannedResume(match.GetString()!, result));
        }

        return resumes;
    }
}
