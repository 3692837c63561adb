using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Checking;

namespace WorkflowEngine.Templates;

/// <summary>What is wrong with a request of the batch verb.</summary>
internal sealed class BatchRequestException(string message) : Exception(message);

/// <summary>A request of the batch verb. Members that it does not know are refused, so that no mistyped setting passes unseen.</summary>
internal sealed record BatchRequest(string Template, IReadOnlyDictionary<string, object?> Model, TemplateOptions Options, RenderSettings Settings)
{
    private static readonly string[] Known = ["template", "model", "mode", "includes", "settings", "culture", "escape", "dates"];

    public static BatchRequest Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new BatchRequestException("A request is a JSON object.");
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!Known.Contains(member.Name, StringComparer.Ordinal))
            {
                throw new BatchRequestException($"A request has no member '{member.Name}'{Names.DidYouMean(member.Name, Known)}");
            }
        }

        var options = new TemplateOptions { Language = ReadLanguage(json) };
        var settings = new RenderSettings
        {
            Kind = ReadKind(json),
            Culture = ReadCulture(json),
            Budget = new RenderBudget { LoopSteps = 10_000_000, Time = TimeSpan.FromSeconds(20), RegexTime = TimeSpan.FromSeconds(10) },
            Leniency = new Leniency
            {
                LoopStepsPerLoop = 1_000,
                CutLongText = true,
                RelaxedTargetAccess = options.Language == TemplateLanguage.Liquid,
                BreakOutsideLoopReturns = options.Language == TemplateLanguage.Liquid,
                LoopsCountFromOne = options.Language == TemplateLanguage.Liquid,
            },
        };
        if (Has(json, "settings", JsonValueKind.Object, out var given))
        {
            foreach (var setting in given.EnumerateObject())
            {
                (options, settings) = Apply(options, settings, setting);
            }
        }

        if (Has(json, "includes", JsonValueKind.Object, out var includes))
        {
            settings = settings with { Includes = ReadIncludes(includes, options) };
        }

        return new BatchRequest(
            Has(json, "template", JsonValueKind.String, out var template) ? template.GetString()! : throw new BatchRequestException("A request needs a 'template', which is text."),
            Has(json, "model", JsonValueKind.Object, out var model) ? BatchModel.Read(model, Flag(json, "dates")) : new Dictionary<string, object?>(StringComparer.Ordinal),
            options,
            settings);
    }

    private static bool Has(JsonElement json, string name, JsonValueKind kind, out JsonElement value)
    {
        if (!json.TryGetProperty(name, out value) || value.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        return value.ValueKind == kind ? true : throw new BatchRequestException($"'{name}' must be a JSON {kind.ToString().ToLowerInvariant()}.");
    }

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && Truth(value, name);

    private static TemplateLanguage ReadLanguage(JsonElement json) =>
        !Has(json, "mode", JsonValueKind.String, out var mode) ? TemplateLanguage.Scriban
        : mode.GetString() switch
        {
            "scriban" => TemplateLanguage.Scriban,
            "liquid" => TemplateLanguage.Liquid,
            _ => throw new BatchRequestException("'mode' is 'scriban' or 'liquid'."),
        };

    private static OutputKind ReadKind(JsonElement json) =>
        !Has(json, "escape", JsonValueKind.String, out var escape) ? OutputKind.None
        : escape.GetString() switch
        {
            "none" => OutputKind.None,
            "html" => OutputKind.Html,
            _ => throw new BatchRequestException("'escape' is 'none' or 'html'."),
        };

    private static CultureInfo ReadCulture(JsonElement json) =>
        !Has(json, "culture", JsonValueKind.String, out var culture) ? CultureInfo.InvariantCulture
        : Cultures.Find(culture.GetString()!) ?? throw new BatchRequestException($"There is no culture '{culture.GetString()}'.");

    private static Func<string, Template?> ReadIncludes(JsonElement includes, TemplateOptions options)
    {
        var texts = includes.EnumerateObject()
            .GroupBy(m => m.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Text(g.Last()), StringComparer.Ordinal);
        var parsed = new Dictionary<string, Template>(StringComparer.Ordinal);
        return name =>
        {
            if (!parsed.TryGetValue(name, out var template) && texts.TryGetValue(name, out var text))
            {
                (template, var problems) = WorkflowEngine.Templates.Template.Parse(text, name, options);
                parsed[name] = template ?? throw new RenderFault($"The included template has a mistake: {problems[0]}");
            }

            return template;
        };
    }

    private static string Text(JsonProperty include) => include.Value.ValueKind == JsonValueKind.String
        ? include.Value.GetString()!
        : throw new BatchRequestException($"The included template '{include.Name}' must be text.");

    private static (TemplateOptions Options, RenderSettings Settings) Apply(TemplateOptions options, RenderSettings settings, JsonProperty setting)
    {
        var (name, value) = (setting.Name, setting.Value);
        var (budget, leniency) = (settings.Budget, settings.Leniency);
        switch (name)
        {
            case "ExpressionDepthLimit":
                return (options with { MaxDepth = Number(value, name) is var depth and > 0 ? depth : options.MaxDepth }, settings);
            case "ParseFloatAsDecimal":
                return (options with { FloatsAreDecimals = Truth(value, name) }, settings);
            case "LiquidFunctionsToScriban":
                return (options with { LiquidFiltersAreScriban = Truth(value, name) }, settings);
            case "RegexTimeOut":
                return (options, settings with { Budget = budget with { RegexTime = Milliseconds(value, name) } });
            case "RecursiveLimit":
                return (options, settings with { Budget = budget with { Depth = Number(value, name) } });
            case "LimitToString":
                return (options, settings with { Budget = budget with { Characters = Number(value, name) } });
            case "LoopLimit":
                return (options, settings with { Leniency = leniency with { LoopStepsPerLoop = Number(value, name) } });
            case "ObjectRecursionLimit":
                return (options, settings with { Leniency = leniency with { ObjectDepth = Number(value, name) } });
            default:
                return (options, settings with { Leniency = Apply(leniency, name, value) });
        }
    }

    private static Leniency Apply(Leniency leniency, string name, JsonElement value) => name switch
    {
        "StrictVariables" => leniency with { StrictVariables = Truth(value, name) },
        "EnableRelaxedMemberAccess" => leniency with { RelaxedMemberAccess = Truth(value, name) },
        "EnableRelaxedTargetAccess" => leniency with { RelaxedTargetAccess = Truth(value, name) },
        "EnableRelaxedFunctionAccess" => leniency with { RelaxedFunctionAccess = Truth(value, name) },
        "EnableRelaxedIndexerAccess" => leniency with { RelaxedIndexerAccess = Truth(value, name) },
        "EnableNullIndexer" => leniency with { NullIndexer = Truth(value, name) },
        "EnableBreakAndContinueAsReturnOutsideLoop" => leniency with { BreakOutsideLoopReturns = Truth(value, name) },
        "AutoIndent" => leniency with { AutoIndent = Truth(value, name) },
        "IndentOnEmptyLines" => leniency with { IndentEmptyLines = Truth(value, name) },
        _ => throw new BatchRequestException($"There is no setting '{name}' here{Names.DidYouMean(name, SettingNames)}"),
    };

    private static readonly string[] SettingNames =
    [
        "AutoIndent", "EnableBreakAndContinueAsReturnOutsideLoop", "EnableNullIndexer", "EnableRelaxedFunctionAccess", "EnableRelaxedIndexerAccess",
        "EnableRelaxedMemberAccess", "EnableRelaxedTargetAccess", "ExpressionDepthLimit", "IndentOnEmptyLines", "LimitToString",
        "LiquidFunctionsToScriban", "LoopLimit", "ObjectRecursionLimit", "ParseFloatAsDecimal", "RecursiveLimit", "RegexTimeOut", "StrictVariables",
    ];

    private static bool Truth(JsonElement value, string name) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw new BatchRequestException($"'{name}' is true or false.");

    private static int Number(JsonElement value, string name) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw new BatchRequestException($"'{name}' is a whole number, 0 or more.");

    /// <summary>Milliseconds, or a time span as text.</summary>
    private static TimeSpan Milliseconds(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String && TimeSpan.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero && span.TotalDays < 1
            ? span
            : TimeSpan.FromMilliseconds(Math.Clamp(Number(value, name), 1, 86_400_000));
}

/// <summary>The model of a request, its numbers as the original's hosts give them.</summary>
internal static class BatchModel
{
    /// <param name="datesAreDates">Texts in ISO form are dates, as a host of the original would have converted them.</param>
    public static Dictionary<string, object?> Read(JsonElement json, bool datesAreDates) => json.EnumerateObject()
        .GroupBy(m => m.Name, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => ReadValue(g.Last().Value, datesAreDates), StringComparer.Ordinal);

    private static object? ReadValue(JsonElement json, bool datesAreDates) => json.ValueKind switch
    {
        JsonValueKind.Object => Read(json, datesAreDates),
        JsonValueKind.Array => json.EnumerateArray().Select(item => ReadValue(item, datesAreDates)).ToList(),
        JsonValueKind.String when datesAreDates && IsIsoDate(json.GetString()!, out var date) => date,
        JsonValueKind.Number => json.TryGetInt32(out var small) ? (object)small : json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        _ => TemplateModel.FromJsonValue(json),
    };

    private static bool IsIsoDate(string text, out object? date)
    {
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];
        if (DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var plain))
        {
            date = plain;
            return true;
        }

        date = text.Length >= 17 && text[4] == '-' && text[10] == 'T'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
        return date is not null;
    }
}
