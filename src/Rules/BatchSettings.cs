using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>Reads the settings of a batch request: the original's <c>ReSettings</c> by their names, and <c>Compat</c>.</summary>
internal static class BatchSettings
{
    // Settings that only say how the original does its work, not what it answers.
    private static readonly string[] WithoutEffect =
        ["UseFastExpressionCompiler", "EnableParallelRuleCompilation", "AutoRegisterInputType", "CacheConfig", "CustomActions"];

    private static readonly string[] Known =
    [
        "Compat", "EnableExceptionAsErrorMessage", "IgnoreException", "EnableFormattedErrorMessage", "EnableScopedParams",
        "IsExpressionCaseSensitive", "EnableExceptionAsErrorMessageForRuleExpressionParsing", "AutoExecuteActions",
        "NestedRuleExecutionMode", "CustomTypes", .. WithoutEffect,
    ];

    /// <summary>Null when all is well, else what is wrong.</summary>
    public static string? Read(JsonElement? json, bool compat, out RuleSettings settings)
    {
        settings = new RuleSettings { Compat = compat };
        if (json is not { } given)
        {
            return null;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            return "'settings' is an object";
        }

        foreach (var member in given.EnumerateObject())
        {
            if (!Known.Contains(member.Name, StringComparer.Ordinal))
            {
                return $"'{member.Name}' is not a setting{DidYouMean.Of(member.Name, Known)}";
            }

            if (WithoutEffect.Contains(member.Name, StringComparer.Ordinal) || member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (Apply(settings, member.Name, member.Value) is not { } applied)
            {
                return $"setting '{member.Name}' has a wrong value";
            }

            settings = applied;
        }

        return null;
    }

    private static RuleSettings? Apply(RuleSettings settings, string name, JsonElement value)
    {
        if (name == "NestedRuleExecutionMode")
        {
            return Enum.TryParse<NestedRuleExecutionMode>(value.ToString(), out var mode) && Enum.IsDefined(mode)
                ? settings with { NestedRuleExecutionMode = mode }
                : null;
        }

        if (name == "CustomTypes")
        {
            return value.ValueKind == JsonValueKind.Array
                ? settings with { CustomTypes = [.. value.EnumerateArray().Select(type => type.ToString().Split(',')[0].Trim())] }
                : null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return null;
        }

        var on = value.GetBoolean();
        return name switch
        {
            "Compat" => settings with { Compat = on },
            "EnableExceptionAsErrorMessage" => settings with { EnableExceptionAsErrorMessage = on },
            "IgnoreException" => settings with { IgnoreException = on },
            "EnableFormattedErrorMessage" => settings with { EnableFormattedErrorMessage = on },
            "EnableScopedParams" => settings with { EnableScopedParams = on },
            "IsExpressionCaseSensitive" => settings with { IsExpressionCaseSensitive = on },
            "EnableExceptionAsErrorMessageForRuleExpressionParsing" => settings with { EnableExceptionAsErrorMessageForRuleExpressionParsing = on },
            _ => settings with { AutoExecuteActions = on },
        };
    }
}
