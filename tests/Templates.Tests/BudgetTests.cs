using System.Diagnostics;

namespace WorkflowEngine.Templates.Tests;

/// <summary>No template, however made, takes the host with it: each ends in an error that says where.</summary>
public sealed class BudgetTests
{
    private const int Deep = 100_000;

    public static TheoryData<string, string> DeepTemplates() => new()
    {
        { "parentheses", "{{ " + Repeat("(") + "1" + Repeat(")") + " }}" },
        { "open parentheses", "{{ " + Repeat("(") },
        { "brackets", "{{ " + Repeat("[") + Repeat("]") + " }}" },
        { "objects", "{{ x = " + Repeat("{a:") + "1" + Repeat("}") + " }}" },
        { "negations", "{{ " + Repeat("!") + "true }}" },
        { "minus signs", "{{ " + Repeat("- ") + "1 }}" },
        { "aliases", "{{ " + Repeat("@") + "x }}" },
        { "sums", "{{ 1" + Repeat(" + 1") + " }}" },
        { "pipes", "{{ 1" + Repeat(" | math.abs") + " }}" },
        { "members", "{{ x" + Repeat(".a") + " }}" },
        { "indexes", "{{ x" + Repeat("[0]") + " }}" },
        { "nested indexes", "{{ " + Repeat("x[") + "0" + Repeat("]") + " }}" },
        { "calls", "{{ " + Repeat("f(") + Repeat(")") + " }}" },
        { "conditions", "{{ " + Repeat("a ? b : ") + "c }}" },
        { "inner conditions", "{{ " + Repeat("a ? ") + "1" + Repeat(" : 2") + " }}" },
        { "ifs", Repeat("{{ if true }}") + Repeat("{{ end }}") },
        { "loops", Repeat("{{ for x in y }}") + Repeat("{{ end }}") },
        { "functions", Repeat("{{ func f }}") + Repeat("{{ end }}") },
        { "anonymous functions", "{{ x = " + Repeat("do; ret ") + "1" + Repeat("; end") + " }}" },
        { "captures", Repeat("{{ capture x }}") + Repeat("{{ end }}") },
        { "interpolated texts", "{{ " + Repeat("$\"{") + "1" + Repeat("}\"") + " }}" },
        { "open code blocks", Repeat("{{ ") },
        { "ends", Repeat("{{ end }}") },
    };

    private static string Repeat(string text) => new System.Text.StringBuilder().Insert(0, text, Deep).ToString();

    [Theory]
    [MemberData(nameof(DeepTemplates))]
    public void A_template_100_000_deep_is_an_error(string what, string text)
    {
        var (template, problems) = Template.Parse(text, "deep", new TemplateOptions { MaxLength = 10_000_000 });

        Assert.True(template is null, what);
        Assert.NotEmpty(problems);
        Assert.InRange(problems.Count, 1, 50);
    }

    [Theory]
    [InlineData("{{ func f; f; end; f }}", "deep")]
    [InlineData("{{ f(x) = f(x + 1); f 1 }}", "deep")]
    [InlineData("{{ func f(x); f (f x); end; f 1 }}", "deep")]
    [InlineData("{{ func f; [1] | array.each @f; end; f }}", "deep")]
    [InlineData("{{ func f; wrap f; 1; end; end; f }}", "deep")]
    [InlineData("{{ func f; $$; end; func g; wrap f; g; end; end; g }}", "deep")]
    [InlineData("{{ include 'self' }}", "deep")]
    [InlineData("{{ while true; end }}", "steps")]
    [InlineData("{{ for i in 1..1000000000; end }}", "steps")]
    [InlineData("{{ for i in 1..9223372036854775807; end }}", "steps")]
    [InlineData("{{ for i in 1..1000; for j in 1..1000; end; end }}", "steps")]
    [InlineData("{{ 1..1000000000 | array.size | math.plus ((1..1000000000) | array.join ',') }}", "steps")]
    [InlineData("{{ 1..1000000000 | array.sort }}", "steps")]
    [InlineData("{{ [1] * 1000000000 }}", "steps")]
    [InlineData("{{ x = [1]; while true; x = x + x; end }}", "steps")]
    [InlineData("{{ x = []; x[1000000000] = 1 }}", "steps")]
    [InlineData("{{ [1] | array.insert_at 1000000000 1 }}", "steps")]
    [InlineData("{{ x = 'aaaaaaaaaa'; while true; x = x + x; end }}", "longer")]
    [InlineData("{{ 'a' * 1000000000 }}", "longer")]
    [InlineData("{{ 1000000000 * 'ab' }}", "longer")]
    [InlineData("{{ 'a' | string.pad_left 1000000000 }}", "longer")]
    [InlineData("{{ 'a' | string.pad_right 1000000000 }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; x | string.replace 'a' x }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; x | regex.replace 'a' x }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; x | regex.replace 'a*' '$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0' }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; [x,x,x,x,x,x,x,x,x,x,x,x] }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; [x,x,x,x,x,x,x,x,x,x,x,x] | object.to_json }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; [x,x,x,x,x,x,x,x,x,x,x,x] | array.join '' }}", "longer")]
    [InlineData("{{ x = 'a' * 100000; $'{x}{x}{x}{x}{x}{x}{x}{x}{x}{x}{x}{x}' }}", "longer")]
    [InlineData("{{ for i in 1..10000; 'a' * 1000; end }}", "longer")]
    [InlineData("{{ (date.parse '2022-09-13') | date.to_string ('%c' * 400000) | string.size }}", "longer")]
    [InlineData("{{ x = 'a' * 500000; x | string.append x | string.append x }}", "longer")]
    [InlineData("{{ x = 'a' * 1000000; x | html.url_encode; y = '中' * 1000000; y | html.url_encode }}", "longer")]
    [InlineData("{{ a = {}; a.b = a; a }}", "nested")]
    [InlineData("{{ a = []; a[0] = a; a }}", "nested")]
    [InlineData("{{ a = []; a[0] = a; b = []; b[0] = b; a == b }}", "nested")]
    [InlineData("{{ a = {}; a.b = a; a | object.to_json }}", "nested")]
    [InlineData("{{ x = 2; while true; x = x * x; end }}", "large")]
    [InlineData("{{ 1 << 1000000 }}", "1024")]
    [InlineData("{{ 9 | math.format 'D999999999' }}", "format")]
    [InlineData("{{ x = []; for i in 1..90000; x[i] = ('a' * 1000000) | string.upcase; end }}", "together")]
    [InlineData("{{ x = []; for i in 1..90000; x[i] = $'{i}' + ('a' * 1000000); end }}", "together")]
    [InlineData("{{ x = 'a' * 1000000; y = '('; for i in 1..100; y += '('; end; y += '.*'; for i in 0..100; y += ')'; end; for i in 1..90000; x | regex.match y; end }}", "together")]
    [InlineData("{{ x = '[' + ('0,' * 400000) + '0]'; y = []; for i in 1..90000; y[i] = x | object.from_json; end }}", "together")]
    [InlineData("{{ o = {}; for i in 1..2000; o['k' + i] = i; end; y = []; for i in 1..90000; y[i] = o | object.keys; end }}", "steps")]
    [InlineData("{{ (date.parse '9999-12-31') + (timespan.from_days 1) }}", "calendar")]
    [InlineData("{{ (date.parse '2022-09-13') - (timespan.from_days 10675199) }}", "calendar")]
    [InlineData("{{ (timespan.from_days 10675199) + (timespan.from_days 1) }}", "calendar")]
    [InlineData("{{ 1e28m >> -2147483648 }}", "large")]
    public void What_takes_too_much_is_an_error_with_its_place(string text, string says)
    {
        Template? self = null;
        var settings = new RenderSettings { Includes = _ => self, Kind = OutputKind.Text };
        self = Letters.Parse(text);
        var clock = Stopwatch.StartNew();

        var error = self.Render(Letters.Model(null), settings).Error;

        Assert.NotNull(error);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Line);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{text} took {clock.Elapsed}");
    }

    [Fact]
    public void What_takes_too_long_is_an_error()
    {
        var settings = new RenderSettings { Budget = new RenderBudget { Time = TimeSpan.FromMilliseconds(50), LoopSteps = int.MaxValue } };

        Assert.Contains("took longer", Letters.Error("{{ while true; x = 1; end }}", settings: settings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ 1 + }}\n", "")]
    [InlineData("{{ if 1 + }}{{ end }}\n", "{{ if x }}")]
    [InlineData("{{ a?[ }}", "")]
    [InlineData("{{ x | html.raw }}\n", "")]
    [InlineData("{1}", "{{ $\"")]
    [InlineData("a", "<")]
    [InlineData("a", "<p ")]
    [InlineData("\n", "{{ x\n")]
    [InlineData("{{ nothing.here }}", "")]
    [InlineData("{{%", "")]
    public void A_million_characters_are_read_in_seconds(string part, string before)
    {
        var text = before + new System.Text.StringBuilder().Insert(0, part, 1_000_000 / part.Length);
        var clock = Stopwatch.StartNew();

        foreach (var language in Enum.GetValues<TemplateLanguage>())
        {
            var (template, problems) = Template.Parse(text, "long", new TemplateOptions { Language = language });
            Assert.InRange(problems.Count, template is null ? 1 : 0, 25);
            template?.Check(new ModelSchema.Structure(new Dictionary<string, ModelSchema>()));
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{part}: {clock.Elapsed}");
    }

    [Theory]
    [InlineData("\n\n{{ x = 'a' * 1000000 }}\n{{ y = x + x }}", 4)]
    [InlineData("\n{{ include 'broken' }}", 2)]
    [InlineData("\n{{ a = {}\na.b = a\nx = '' + a }}", 4)]
    public void An_error_is_on_the_line_of_its_statement(string text, int line)
    {
        var settings = new RenderSettings { Includes = _ => null };

        Assert.Equal(line, Letters.Error(text, settings: settings).Line);
    }

    [Fact]
    public void Sorting_what_takes_long_to_compare_is_stopped_in_time()
    {
        var settings = new RenderSettings { Budget = new RenderBudget { Time = TimeSpan.FromMilliseconds(200) } };
        const string text = "{{ big = ['a' * 300000]; f(x) = big; l = 1..20000 | array.each @f; l | array.sort | array.size }}";

        Assert.Contains("took longer", Letters.Error(text, settings: settings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_backtracks_for_ever_elsewhere_answers_at_once() =>
        Assert.Equal("[]", Letters.Render("{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex.match '^(a+)+$' }}"));

    [Fact]
    public void A_pattern_that_needs_backtracking_is_stopped_in_time()
    {
        var settings = new RenderSettings { Budget = new RenderBudget { RegexTime = TimeSpan.FromMilliseconds(100) } };

        var error = Letters.Error("{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex.match '^(?=(a+)+$)(a+)+$' }}", settings: settings);

        Assert.Contains("pattern took longer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_40_by_40_is_no_attack() =>
        Assert.Equal(1600, Letters.Render("{{ for i in 1..40; for j in 1..40; 'x'; end; end }}").Length);

    [Fact]
    public void A_rendering_changes_nothing_of_the_model()
    {
        var inner = new Dictionary<string, object?> { ["b"] = 1, ["list"] = new List<object?> { 1, 2 } };
        var model = new Dictionary<string, object?> { ["a"] = inner };

        Letters.Render("{{ a.b = 2; a.c = 3; a.list[0] = 9; x = 5; a.b }}", model);

        Assert.Equal(1, inner["b"]);
        Assert.Equal(2, inner.Count);
        Assert.Equal([1, 2], (List<object?>)inner["list"]!);
        Assert.Single(model);
    }

    [Fact]
    public void A_rendering_changes_nothing_of_the_built_in_functions()
    {
        var template = Letters.Parse("{{ string.mine = 'x'; date.format = '%Y'; string.mine }}{{ date.parse '2022-09-13' }}");
        Assert.Equal("x2022", template.Render(Letters.Model(null)).Text);

        Assert.Equal("|13 Sep 2022", Letters.Render("{{ string.mine }}|{{ date.parse '2022-09-13' }}"));
    }

    [Fact]
    public async Task One_template_renders_on_many_threads_at_once()
    {
        var template = Letters.Parse("{{ for i in list }}{{ func f(x); ret x * 2; end }}{{ f i }},{{ end }}{{ 'a' | regex.replace 'a' 'b' }}");
        var model = Letters.Model(new { list = new[] { 1, 2, 3 } });

        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 200).Select(_ => template.Render(model).Text).Distinct().ToList())));

        Assert.Equal(["2,4,6,b"], texts.SelectMany(t => t).Distinct());
    }
}
