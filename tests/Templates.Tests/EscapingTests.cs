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

    public static TheoryData<string> Payloads() => [.. HostileValues()];

    private static IReadOnlyList<string> HostileValues()
    {
        string[] tags =
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
            "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<math><mi xlink:href=\"javascript:alert(1)\">", "<object data=javascript:alert(1)>",
            "<embed src=javascript:alert(1)>", "<form action=javascript:alert(1)><button>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
            "<video><source onerror=alert(1)>", "<style>*{background:url(javascript:1)}</style>", "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content=0;url=//evil>",
            "<base href=//evil>", "<!--<script>-->", "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "</title><script>alert(1)</script>", "</textarea><script>1</script>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>", "<SCRIPT SRC=//evil></SCRIPT>", "<<script>alert(1);//<</script>", "<template><script>1</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<svg><script>1</script></svg>", "<marquee onstart=alert(1)>",
        ];
        string[] breakouts =
        [
            "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)", "\" onfocus=alert(1) autofocus=\"", "' onfocus=alert(1) autofocus='",
            "\"/><svg/onload=alert(1)>", "'/><svg/onload=alert(1)>", "\" style=\"x:expression(1)", "x\" src=x onerror=\"alert(1)", "` onmouseover=`alert(1)", "\\\"><script>1</script>", "&quot;><script>1</script>",
            "&#34;><script>1</script>", "\u2028\"><script>1</script>", "\0\"><script>1</script>", "\r\n\"><script>1</script>", "\t' onclick='1", "<\"'&>", "&lt;script&gt;1&lt;/script&gt;",
        ];
        string[] addresses =
        [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "java\rscript:alert(1)", "\u0001javascript:alert(1)", "javascript&#58;alert(1)",
            "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "data:text/html,<script>1</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)", "VBSCRIPT:1", "file:///etc/passwd", "blob:1",
            "livescript:1", "mocha:1", "jar:http://evil!/x", "view-source:javascript:1", "feed:javascript:alert(1)", "intent://evil", "\u00A0javascript:alert(1)", "java\u0000script:alert(1)", "javascript\t:alert(1)",
        ];
        string[] templates =
        [
            "{{ 1 + 1 }}", "{{ include 'secret' }}", "{%{ x }%}", "{{ html.raw '<b>' }}", "}}", "{{", "{% raw %}", "$$", "#", "##",
        ];
        return
        [
            .. tags.Concat(breakouts).Concat(addresses).Concat(templates)
                .Concat(tags.Select(t => t + breakouts[0]))
                .Concat(addresses.Take(20).Select(a => "\"" + a))
                .Concat(breakouts.Take(15).Select(b => "张三" + b))
                .Distinct(),
        ];
    }

    [Fact]
    public void There_are_at_least_150_hostile_values() => Assert.True(HostileValues().Count >= 150, $"only {HostileValues().Count}");

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
