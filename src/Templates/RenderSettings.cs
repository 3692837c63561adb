using System.Globalization;

namespace WorkflowEngine.Templates;

/// <summary>What the text is for. Decides how the values put into it are escaped.</summary>
public enum OutputKind
{
    /// <summary>HTML: every value has <c>&amp; &lt; &gt; " '</c> escaped, unless the template says <c>html.raw</c>.</summary>
    Html,

    /// <summary>Plain text: values as they are.</summary>
    Text,

    /// <summary>A mail subject or other header: one line, no control characters, so that no value can add a header.</summary>
    Subject,

    /// <summary>Nothing is escaped, as in Scriban. For comparison with the original only.</summary>
    None,
}

/// <summary>How one rendering is done. Everything it depends on is here: a rendering reads no clock and no file.</summary>
public sealed record RenderSettings
{
    public static RenderSettings Default { get; } = new();

    public OutputKind Kind { get; init; } = OutputKind.Html;

    /// <summary>Finds the template that <c>include 'name'</c> asks for; null when there is none of that name.</summary>
    public Func<string, Template?>? Includes { get; init; }

    /// <summary>How numbers, and the names of days and months, are written. Invariant when not set, as in Scriban.</summary>
    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>A variable or member that the model does not have is an error instead of nothing. <c>a?.b</c> says that <c>b</c> may be missing.</summary>
    public bool Strict { get; init; }

    public RenderBudget Budget { get; init; } = RenderBudget.Default;

    /// <summary>What <c>date.now</c> answers, in the zone that it shall show. Without it <c>date.now</c> is an error: a notice shows the dates of its model.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Where <c>math.random</c> and <c>math.uuid</c> draw from. Without it they are errors: a notice renders the same twice.</summary>
    public Random? Random { get; init; }

    /// <summary>The finer switches of the original, for comparison with it.</summary>
    internal Leniency Leniency { get; init; } = Leniency.Default;
}

/// <summary>How much one rendering may use. Beyond it the rendering ends with an error, never with a cut text.</summary>
public sealed record RenderBudget
{
    public static RenderBudget Default { get; } = new();

    /// <summary>Steps of all loops together, and elements of lists that functions walk or make.</summary>
    public int LoopSteps { get; init; } = 100_000;

    /// <summary>How deeply functions and includes may call each other.</summary>
    public int Depth { get; init; } = 100;

    /// <summary>Characters of the text, of each value in it and of each text on the way to it; of all texts on the way together 64 times as many.</summary>
    public int Characters { get; init; } = 1 << 20;

    /// <summary>The time one rendering may take.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time one regular expression may take, for the patterns that the linear-time engine cannot run.</summary>
    public TimeSpan RegexTime { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What came of rendering: the text, or the error that prevented it.</summary>
public sealed record RenderResult(string? Text, TemplateProblem? Error);
