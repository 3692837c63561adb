using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Filing;

/// <summary>What a flow says of its steps in plain words, read without running it.</summary>
public static class StepInputs
{
    /// <summary>What is written there, when it is written and not computed.</summary>
    public static string? Literal(this ActivityNode activity, string input)
    {
        if (activity.Inputs.GetValueOrDefault(input) is not { ExpressionType: "Literal", RawValue: { } raw }) return null;
        return raw.StartsWith('"') ? JsonSerializer.Deserialize<string>(raw) : raw;
    }
}
