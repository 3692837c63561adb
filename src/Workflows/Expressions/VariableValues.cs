using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Expressions;

/// <summary>Initial values of variables, written in files as text.</summary>
internal static class VariableValues
{
    public static object? Initial(VariableDefinition variable)
    {
        if (variable.Value is not { } text || variable.Type is not { } type)
        {
            return null;
        }

        try
        {
            return variable.IsArray && !text.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal)
                ? Conversion.To(new[] { text }, type.Clr)
                : Conversion.To(text, type.Clr);
        }
        catch (ConversionException)
        {
            return Conversion.Default(type.Clr);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
