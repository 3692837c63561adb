namespace WorkflowEngine.Templates.Tests;

/// <summary>Parses and renders as a letter is rendered, with what went wrong in the message of the failing test.</summary>
internal static class Letters
{
    public static Template Parse(string text, string path = "notices/letter.html", TemplateOptions? options = null)
    {
        var (template, problems) = Template.Parse(text, path, options);
        Assert.True(template is not null, string.Join('\n', problems));
        return template!;
    }

    public static string Render(string text, object? model = null, OutputKind kind = OutputKind.Html, RenderSettings? settings = null)
    {
        var result = Parse(text).Render(Model(model), (settings ?? RenderSettings.Default) with { Kind = kind });
        Assert.True(result.Error is null, result.Error?.ToString());
        return result.Text!;
    }

    public static TemplateProblem Error(string text, object? model = null, RenderSettings? settings = null)
    {
        var (template, problems) = Template.Parse(text, "notices/letter.html");
        if (template is null)
        {
            return problems[0];
        }

        var result = template.Render(Model(model), settings ?? RenderSettings.Default);
        Assert.True(result.Error is not null, $"expected an error and got: {result.Text?[..Math.Min(200, result.Text.Length)]}");
        return result.Error!;
    }

    /// <summary>A model from an anonymous object, whose members are plain values, lists or further anonymous objects.</summary>
    public static IReadOnlyDictionary<string, object?> Model(object? members) => members switch
    {
        null => new Dictionary<string, object?>(),
        IReadOnlyDictionary<string, object?> model => model,
        _ => members.GetType().GetProperties().ToDictionary(p => p.Name, p => Value(p.GetValue(members))),
    };

    private static object? Value(object? value) =>
        value is not null && value.GetType().Name.Contains("AnonymousType", StringComparison.Ordinal) ? Model(value)
        : value is Array list ? list.Cast<object?>().Select(Value).ToList()
        : value;
}
