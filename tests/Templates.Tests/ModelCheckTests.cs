using System.Text.Json;

namespace WorkflowEngine.Templates.Tests;

/// <summary>What a template reads and its model does not have is found before the template is published.</summary>
public sealed class ModelCheckTests
{
    private const string Sample = """
        {
          "vendor": { "name": "某某公司", "contact": { "name": "李四" } },
          "due": { "$date": "2022-09-13" },
          "left": 3,
          "findings": [ { "text": "缺页", "article": "第五条" }, { "text": "盖章", "deadline": { "$date": "2022-09-20" } } ]
        }
        """;

    private static List<string> Check(string text, Func<string, Template?>? includes = null)
    {
        using var sample = JsonDocument.Parse(Sample);
        return [.. Letters.Parse(text).Check(ModelSchema.FromSample(sample.RootElement), includes).Select(p => $"{p.Line}: {p.Message}")];
    }

    [Theory]
    [InlineData("{{ vendor.name }}{{ vendor.contact.name | string.upcase }}{{ left + 1 }}{{ due | zh.date }}{{ due.year }}")]
    [InlineData("{{ for f in findings }}{{ for.index }}{{ f.text }}{{ f.article ?? '' }}{{ f.deadline | zh.date }}{{ end }}")]
    [InlineData("{{ findings.size }}{{ findings[0].text }}{{ (findings | array.first).text }}{{ vendor['name'] }}{{ vendor.empty? }}")]
    [InlineData("{{ for f in findings | array.sort 'text' limit:2 }}{{ f.text }}{{ end }}")]
    [InlineData("{{ x = vendor; x.name }}{{ y = 5; y }}{{ z = {}; z.any = 1; z.any }}")]
    [InlineData("{{ func f(a, b); ret a.any + b; end; f vendor 1 }}{{ g(q) = q.any; g 1 }}")]
    [InlineData("{{ f }}{{ func f; late; end }}{{ late = 1 }}")]
    [InlineData("{{ capture c }}x{{ end }}{{ c }}{{ with vendor }}{{ name }}{{ left }}{{ end }}")]
    [InlineData("{{ vendor?.fax }}{{ import vendor }}{{ name }}{{ while while.index < 1 }}{{ end }}")]
    [InlineData("{{ findings | array.each @(do; ret $0.any; end) }}{{ ['a'] | array.each @string.upcase }}{{ [1] | array.any @math.is_number }}")]
    [InlineData("{{ for i in 1..3 }}{{ i }}{{ end }}{{ $x = vendor; $x.name }}{{ this.anything }}")]
    public void A_template_that_fits_its_model_has_no_problem(string text) => Assert.Empty(Check(text));

    [Theory]
    [InlineData("a\n{{ vendr.name }}", "2: The model has no 'vendr', did you mean 'vendor'?")]
    [InlineData("{{ vendor.nmae }}", "1: 'vendor' has no 'nmae' in the model, did you mean 'name'?")]
    [InlineData("{{ vendor.contact.phone }}", "1: 'vendor.contact' has no 'phone' in the model.")]
    [InlineData("{{ vendor['nme'] }}", "1: 'vendor' has no 'nme' in the model, did you mean 'name'?")]
    [InlineData("{{ if false }}\n{{ for f in findings }}{{ f.txt }}{{ end }}{{ end }}", "2: 'f' has no 'txt' in the model, did you mean 'text'?")]
    [InlineData("{{ for f in vendor.name }}{{ end }}", "1: 'vendor.name' is not a list.")]
    [InlineData("{{ findings.text }}", "1: 'findings' is a list and has no 'text'.")]
    [InlineData("{{ left.days }}", "1: 'left' is a plain value and has no 'days'.")]
    [InlineData("{{ due.yaer }}", "1: 'due' is a date and has no 'yaer', did you mean 'year'?")]
    [InlineData("{{ left | zh.date }}", "1: `zh.date` needs a date; the model has a plain value there.")]
    [InlineData("{{ vendor.name | string.upcse }}", "1: There is no function `string.upcse`, did you mean 'upcase'?")]
    [InlineData("{{ vendor.name | string.truncate }}", "1: `string.truncate` takes 2 to 3 arguments, with what a pipe brings; here are 1.")]
    [InlineData("{{ for f in findings }}{{ for?.idnex }}{{ end }}", "1: A loop has no 'idnex', did you mean 'index'?")]
    [InlineData("{{ x = vendor; x.nmae }}", "1: 'x' has no 'nmae' in the model, did you mean 'name'?")]
    [InlineData("{{ findings | array.map 'text' | array.frist }}", "1: There is no function `array.frist`, did you mean 'first'?")]
    public void A_name_that_the_model_does_not_have_is_found_with_its_line(string text, string expected) =>
        Assert.Equal([expected], Check(text));

    [Fact]
    public void An_included_template_is_checked_in_its_own_file()
    {
        using var sample = JsonDocument.Parse(Sample);
        var part = Letters.Parse("\n{{ vendor.nmae }}", "parts/head.html");

        var problem = Assert.Single(Letters.Parse("{{ include 'head' }}").Check(ModelSchema.FromSample(sample.RootElement), name => name == "head" ? part : null));

        Assert.Equal(("parts/head.html", 2), (problem.File, problem.Line));
    }

    [Fact]
    public void An_include_that_is_not_there_is_found() =>
        Assert.Equal(["1: There is no template 'haed' to include."], Check("{{ include 'haed' }}", _ => null));

    [Fact]
    public void All_mistakes_of_a_template_are_reported_each_with_its_line()
    {
        var (template, problems) = Template.Parse("{{ x = }}\n{{ if }}\nabc\n{{ end }}\n{{ 1 + }}\n{{ y ]", "a.html");

        Assert.Null(template);
        Assert.Equal([1, 2, 5, 6], problems.Select(p => p.Line));
        Assert.All(problems, p => Assert.Equal("a.html", p.File));
    }

    [Theory]
    [InlineData("{{ for x of y }}\n{{ if a ] }}\n{{ else }}\n{{ end }}\n{{ else }}\n{{ end }}\n{{ 1 + }}", new[] { 1, 2, 7 })]
    [InlineData("{{ func f(x }}\n{{ end }}\n{{ while }}\n{{ end }}\n{{ capture 5 }}{{ end }}", new[] { 1, 3, 5 })]
    [InlineData("{{ case }}\n{{ when 1 }}\n{{ 'x }}", new[] { 1, 3 })]
    public void A_mistake_in_the_first_line_of_a_block_does_not_make_its_end_one(string text, int[] lines) =>
        Assert.Equal(lines, Template.Parse(text, "a.html").Problems.Select(p => p.Line).Distinct());

    /// <summary>As Scriban reports them: a value that is missing where its line ends, a text without a quote where the template ends.</summary>
    [Theory]
    [InlineData("{{ vat = 6 *\n\n}}\nb", 1, "to the right of `*`")]
    [InlineData("a\n{{ fee =\n\n}}\nb", 2, "after '='")]
    [InlineData("{{ paid ? 1\n}}\nb", 1, "':' and the other value")]
    [InlineData("{{ paid ? 1 :\n\n}}\nb", 1, "to the right of `:`")]
    [InlineData("a\n{{ city = 'x }}\nb\nc", 4, "begins in line 2 has no closing '")]
    [InlineData("a\n{{ $'{city} }}\nb\n", 3, "begins in line 2 has no end")]
    public void What_is_missing_is_reported_in_the_line_where_it_is_missed(string text, int line, string says)
    {
        var problem = Template.Parse(text, "a.html").Problems[0];

        Assert.Equal(line, problem.Line);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_end_names_the_line_that_it_is_missing_for()
    {
        var problems = Template.Parse("a\n{{ if x }}\nb\n{{ for y in z }}\n{{ end }}\nc", "a.html").Problems;

        Assert.Contains("'if' of line 2 has no 'end'", Assert.Single(problems).Message, StringComparison.Ordinal);
    }
}
