namespace WorkflowEngine.Templates;

/// <summary>The language a template is written in.</summary>
public enum TemplateLanguage
{
    /// <summary>Scriban's own language, <c>{{ … }}</c>.</summary>
    Scriban,

    /// <summary>Liquid as Scriban reads it: an aid for moving old templates, not all of Liquid.</summary>
    Liquid,
}

/// <summary>How a template is parsed.</summary>
public sealed record TemplateOptions
{
    public static TemplateOptions Default { get; } = new();

    public TemplateLanguage Language { get; init; } = TemplateLanguage.Scriban;

    /// <summary>The longest template that is read, in characters.</summary>
    public int MaxLength { get; init; } = 1 << 20;

    /// <summary>How deeply expressions and blocks may nest. Scriban: <c>ParserOptions.ExpressionDepthLimit</c>.</summary>
    public int MaxDepth { get; init; } = 250;

    /// <summary>Whether Liquid's <c>date</c> filter is known beside the others, which always are. Scriban: <c>ParserOptions.LiquidFunctionsToScriban</c>.</summary>
    public bool LiquidFiltersAreScriban { get; init; } = true;

    /// <summary>Whether <c>1.5</c> is a decimal and not a double. Scriban: <c>ParserOptions.ParseFloatAsDecimal</c>.</summary>
    public bool FloatsAreDecimals { get; init; }
}

/// <summary>What came of parsing: a template, or the problems that prevent one.</summary>
public sealed record TemplateResult(Template? Template, IReadOnlyList<TemplateProblem> Problems);
