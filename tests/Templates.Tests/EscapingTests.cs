using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using FsCheck;
using FsCheck.Fluent;

namespace WorkflowEngine.Templates.Tests;

/// <summary>Whatever a vendor types into a field is read as text in the letter, by a real HTML parser.</summary>
public sealed class EscapingTests
{
    /// <summary>Every place of a letter that a value may stand in, with the values of one model.</summary>
    private const string Letter = """
        {{ func cell(label, value) }}<td title="{{ label }}">{{ value }}</td>{{ end }}
        {{ capture sign }}<p>{{ v }}</p>{{ end }}
        <h1 title='{{ v }}' class="a {{ v }}">{{ v }}</h1>
        <a href="{{ v }}">{{ v | string.upcase }}</a> <a href="https://example.cn/{{ v }}">x</a> <img src='{{ v }}' alt="{{ v }}">
        {{ $"({v})" }}{{ [v] }}{{ {a: v} }}{{ v + v }}{{ "<p>" + v }}{{ sign }}{{ sign + v }}
        <table>{{ for x in [v, v] }}<tr>{{ cell x v }}{{ cell(v, x) }}</tr>{{ end }}</table>
        {{ include 'part' v name: v }}{{ v | html.newline_to_br }}{{ v | html.escape }}{{ v | html.strip }}{{ [v, 1] | array.join v }}
        {{ wrap frame }}{{ v }}{{ end }}{{ case v; when v; v; end }}{{ with {u: v} }}{{ u }}{{ end }}{{ tablerow x in [v] }}{{ x }}{{ end }}
        """;

    private const string Prelude = "{{ func frame }}<b>{{ $$ }}</b>{{ end }}";

    public static TheoryData<string> Payloads() => [.. HostileValues.All];

    [Fact]
    public void There_are_at_least_150_hostile_values() => Assert.True(HostileValues.All.Count >= 150, $"only {HostileValues.All.Count}");

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_hostile_value_adds_no_active_node(string payload)
    {
        var part = Letters.Parse("<i title=\"{{ $0 }}\">{{ $.name }}</i>", "part");
        var settings = new RenderSettings { Includes = name => name == "part" ? part : null };

        var html = Letters.Render(Prelude + Letter, new { v = payload }, OutputKind.Html, settings);
        var harmless = Letters.Render(Prelude + Letter, new { v = "v" }, OutputKind.Html, settings);

        var (hostile, calm) = (Parse(html), Parse(harmless));
        // Line breaks become <br />, which is what the template asked for.
        Assert.Equal(Elements(calm).Where(e => e != "BR"), Elements(hostile).Where(e => e != "BR"));
        Assert.DoesNotContain(hostile.All.SelectMany(e => e.Attributes), a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.All(
            hostile.All.SelectMany(e => e.Attributes).Where(a => a.Name is "href" or "src"),
            a => Assert.True(IsHarmless(a.Value), $"{a.Name}={a.Value}"));
        Assert.Equal(calm.All.Sum(e => e.Attributes.Length), hostile.All.Sum(e => e.Attributes.Length));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_hostile_value_stays_on_the_line_of_the_subject(string payload)
    {
        var subject = Letters.Render("办件 {{ v }}：结果", new { v = payload + "\r\nBcc: all@example.cn\n\u2028X: y\u0085Z" }, OutputKind.Subject);

        Assert.DoesNotContain(subject, c => char.IsControl(c) || c is '\u2028' or '\u2029');
    }

    [Fact]
    public void Text_output_is_not_escaped() =>
        Assert.Equal("<b>&\"'", Letters.Render("{{ v }}", new { v = "<b>&\"'" }, OutputKind.Text));

    [Fact]
    public void Letters_of_all_scripts_stay_letters() =>
        Assert.Equal("é 张 😀 ￥", Letters.Render("{{ v }}", new { v = "é 张 😀 ￥" }));

    [Fact]
    public void What_is_escaped_once_is_not_escaped_again() =>
        Assert.Equal("&lt;b&gt;|<p>&lt;b&gt;</p>|&lt;b&gt;<br />\nx", Letters.Render(
            "{{ v | html.escape }}|{{ capture c }}<p>{{ v }}</p>{{ end }}{{ c }}|{{ v + \"\\nx\" | html.newline_to_br }}", new { v = "<b>" }));

    [Fact]
    public void Html_raw_lets_a_value_pass_and_is_listed_with_its_place()
    {
        var template = Letters.Parse("<p>{{ a }}</p>\n<p>{{ a | html.raw }}</p>");

        Assert.Equal("<p>&lt;i&gt;</p>\n<p><i></p>", template.Render(Letters.Model(new { a = "<i>" })).Text);
        var use = Assert.Single(template.UsesRaw);
        Assert.Equal((2, 16), (use.Line, use.Column));
    }

    [Theory]
    [InlineData("{{ h = html; a | h.raw }}")]
    [InlineData("{{ a | html['raw'] }}")]
    [InlineData("{{ with html }}{{ a | raw }}{{ end }}")]
    [InlineData("{{ import html; a | raw }}")]
    [InlineData("{{ x = 'raw'; a | html[x] }}")]
    public void Html_raw_cannot_be_reached_without_being_listed(string text)
    {
        var template = Letters.Parse(text);

        Assert.Empty(template.UsesRaw);
        Assert.NotNull(template.Render(Letters.Model(new { a = "<i>" })).Error);
    }

    [Theory]
    [InlineData("<script>var x = '{{ v }}';</script>")]
    [InlineData("<style>p { color: {{ v }} }</style>")]
    [InlineData("<p title={{ v }}>")]
    [InlineData("<p {{ v }}>")]
    [InlineData("<{{ v }}>")]
    [InlineData("<!-- {{ v }} -->")]
    [InlineData("<p onclick=\"f('{{ v }}')\">")]
    [InlineData("<p style=\"color:{{ v }}\">")]
    [InlineData("{{ if true }}<p title={{ else }}<p title={{ end }}{{ v }}>")]
    [InlineData("{{ capture c }}{{ v }}{{ end }}<script>{{ c }}</script>")]
    [InlineData("{{ func f }}{{ v }}{{ end }}<p title={{ f }}>")]
    public void A_text_is_refused_where_escaping_does_not_help(string text)
    {
        var error = Letters.Error(text, new { v = "alert(1)" });

        Assert.Contains("harmless", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Letters.Parse(text).Check(new ModelSchema.Structure(new Dictionary<string, ModelSchema> { ["v"] = new ModelSchema.Scalar() })));
    }

    [Fact]
    public void A_number_may_stand_where_a_text_may_not() =>
        Assert.Equal("<td width=12>", Letters.Render("<td width={{ v }}>", new { v = 12 }));

    [Theory]
    [InlineData("https://zfcxjst.example.cn/a?b=1&c=2")]
    [InlineData("/portal/cases/12")]
    [InlineData("mailto:someone@example.cn")]
    [InlineData("a/b:c")]
    public void An_ordinary_address_stays_in_its_link(string address)
    {
        var link = Parse(Letters.Render("<a href=\"{{ v }}\">x</a>", new { v = address })).QuerySelector("a")!;

        Assert.Equal(address, link.GetAttribute("href"));
    }

    [Fact]
    public void Escaping_is_undone_by_reading_the_html() => Prop.ForAll<NonNull<string>>(value =>
    {
        // A parser of HTML replaces these two itself.
        var text = value.Get.Replace("\0", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        return Parse("<p title=\"" + Letters.Render("{{ v }}", new { v = text }) + "\">").QuerySelector("p")!.GetAttribute("title") == text;
    }).QuickCheckThrowOnFailure();

    private static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static IEnumerable<string> Elements(IDocument document) => document.All.Select(e => e.TagName);

    private static bool IsHarmless(string address)
    {
        var plain = string.Concat(address.Where(c => c > ' ' && c != '\u00A0'));
        var colon = plain.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || plain[..colon] is "http" or "https" or "mailto" or "tel" or "about" || plain.AsSpan(0, colon).IndexOfAny('/', '?', '#') >= 0;
    }
}
