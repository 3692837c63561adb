using System.Text.Json;
using WorkflowEngine.Templates.Checking;
using WorkflowEngine.Templates.Parsing;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates;

/// <summary>A parsed template. Immutable: one instance renders on any number of threads.</summary>
public sealed class Template
{
    private Template(SourceText source, Block page, IReadOnlyList<TemplateProblem> usesRaw)
    {
        Source = source;
        Page = page;
        UsesRaw = usesRaw;
    }

    /// <summary>The path under which errors name this template.</summary>
    public string Path => Source.Path;

    /// <summary>Where the template puts values out unescaped (<c>html.raw</c>). Shown to whoever publishes it.</summary>
    public IReadOnlyList<TemplateProblem> UsesRaw { get; }

    internal SourceText Source { get; }

    internal Block Page { get; }

    /// <summary>Parses a template. Never throws for what stands in the text.</summary>
    /// <param name="text">The template.</param>
    /// <param name="path">The name under which errors report it.</param>
    /// <param name="options">Language and limits; Scriban's language when not given.</param>
    public static TemplateResult Parse(string text, string path, TemplateOptions? options = null)
    {
        options ??= TemplateOptions.Default;
        var source = new SourceText(path, text);
        if (text.Length > options.MaxLength)
        {
            return new TemplateResult(null, [source.Problem(0, $"The template has {text.Length} characters; {options.MaxLength} are allowed.")]);
        }

        var (page, problems, rawUses) = Parser.Run(source, options);
        if (problems.Count > 0)
        {
            return new TemplateResult(null, problems);
        }

        HtmlPlaces.Mark(page);
        return new TemplateResult(new Template(source, page, [.. rawUses.Select(p => source.Problem(p, "html.raw puts this value out as HTML, unescaped."))]), []);
    }

    /// <summary>Renders with a model of plain values: string, bool, numbers, DateOnly, DateTime, DateTimeOffset, TimeSpan, lists and dictionaries of these.</summary>
    public RenderResult Render(IReadOnlyDictionary<string, object?> model, RenderSettings? settings = null)
    {
        settings ??= RenderSettings.Default;
        var context = new RenderContext(settings, model, Source);
        try
        {
            var text = context.Run(Page);
            return new RenderResult(settings.Kind == OutputKind.Subject ? SubjectLine.Of(text) : text, null);
        }
        catch (RenderFault fault)
        {
            return new RenderResult(null, context.Source.Problem(Math.Max(0, fault.Position), fault.Message));
        }
    }

    /// <summary>Renders with a JSON object as model; see <see cref="TemplateModel.FromJson"/> for how dates are written there.</summary>
    public RenderResult Render(JsonElement model, RenderSettings? settings = null)
    {
        try
        {
            return Render(TemplateModel.FromJson(model), settings);
        }
        catch (ArgumentException wrong)
        {
            return new RenderResult(null, Source.Problem(0, $"The model cannot be used: {wrong.Message}"));
        }
    }

    /// <summary>Finds the variables and members that the template reads and the model does not have, before anything is sent.</summary>
    public IReadOnlyList<TemplateProblem> Check(ModelSchema schema, Func<string, Template?>? includes = null) =>
        ModelCheck.Run(this, schema, includes);
}
