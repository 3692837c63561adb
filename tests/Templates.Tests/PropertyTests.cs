using FsCheck;
using FsCheck.Fluent;

namespace WorkflowEngine.Templates.Tests;

/// <summary>What holds for every template and every value.</summary>
public sealed class PropertyTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{-", "-}}", "{{~", "~}}", "{%{", "}%}", " ", "\n", "x", "$x", "$0", "$$", "1", "1.5", "'a'", "\"b", "`c`", "$\"{x}\"", "(", ")", "[", "]", "{", "}", ":", ",", ".", "?.", "..",
        "..<", "?", "??", "?!", "!", "@", "^", "|", "||", "&&", "=", "==", "+", "-", "*", "/", "//", "%", "++", "--", "+=", "<", "<<", ";", "#", "##", "if ", "else ", "end ", "for ", "in ", "while ", "case ",
        "when ", "func ", "ret ", "do ", "with ", "wrap ", "capture ", "include ", "import ", "readonly ", "break ", "tablerow ", "array.size", "string.upcase", "math.plus", "text", "<p>", "\\", "\0", "中",
    ];

    private static Arbitrary<string> Templates() =>
        Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Whatever_the_text_parsing_and_rendering_answer_and_never_throw() => Prop.ForAll(Templates(), text =>
    {
        var settings = new RenderSettings { Budget = new RenderBudget { LoopSteps = 1_000, Characters = 10_000 } };
        foreach (var language in Enum.GetValues<TemplateLanguage>())
        {
            var (template, problems) = Template.Parse(text, "fuzz", new TemplateOptions { Language = language });
            if (template is null)
            {
                Assert.NotEmpty(problems);
                continue;
            }

            var result = template.Render(Letters.Model(new { x = new[] { 1, 2 } }), settings);
            Assert.True(result.Text is null != result.Error is null, text);
            template.Check(new ModelSchema.Unknown());
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(40));

    [Fact]
    public void The_same_template_and_model_give_the_same_text() => Prop.ForAll(Templates(), text =>
    {
        var (template, _) = Template.Parse(text, "fuzz");
        var (again, _) = Template.Parse(text, "fuzz");
        if (template is null)
        {
            Assert.Null(again);
            return;
        }

        var settings = new RenderSettings { Budget = new RenderBudget { LoopSteps = 1_000, Characters = 10_000 } };
        var model = Letters.Model(new { x = "v" });
        Assert.Equal(template.Render(model, settings), template.Render(model, settings));
        Assert.Equal(template.Render(model, settings), again!.Render(model, settings));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(30));

    [Fact]
    public void Text_without_braces_comes_out_as_it_stands() => Prop.ForAll<NonNull<string>>(text =>
        text.Get.Contains('{', StringComparison.Ordinal) || Letters.Render(text.Get) == text.Get).QuickCheckThrowOnFailure();

    [Fact]
    public void An_escape_block_gives_its_inside_as_it_stands() => Prop.ForAll(Templates(), text =>
    {
        // Not what ends the block, nor what takes the white space at its edges.
        if (!text.Contains("}%%%}", StringComparison.Ordinal) && text.Trim(' ', '\n', '-', '~') == text)
        {
            Assert.Equal(text, Letters.Render("{%%%{" + text + "}%%%}"));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_written_as_a_literal_reads_as_itself() => Prop.ForAll<NonNull<string>>(value =>
    {
        var literal = Letters.Render("{{ v | string.literal }}", new { v = value.Get }, OutputKind.None);

        return Letters.Render("{{ " + literal + " }}", kind: OutputKind.None) == value.Get;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whole_numbers_calculate_as_they_do_anywhere() => Prop.ForAll<long, long>((a, b) =>
    {
        var model = new { a, b };
        var (x, y) = ((System.Numerics.BigInteger)a, (System.Numerics.BigInteger)b);
        Assert.Equal($"{x + y}", Letters.Render("{{ a + b }}", model));
        Assert.Equal($"{x - y}", Letters.Render("{{ a - b }}", model));
        Assert.Equal($"{x * y}", Letters.Render("{{ a * b }}", model));
        Assert.Equal(a < b ? "true" : "false", Letters.Render("{{ a < b }}", model));
        if (b != 0)
        {
            Assert.Equal($"{x / y}|{x % y}", Letters.Render("{{ a // b }}|{{ a % b }}", model));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sorted_list_is_in_order_and_has_the_same_items() => Prop.ForAll<int[]>(items =>
        Letters.Render("{{ x | array.sort | array.join ',' }}", new { x = items }) == string.Join(',', items.Order())).QuickCheckThrowOnFailure();

    [Fact]
    public void An_amount_in_capitals_is_written_for_every_amount_of_fen() => Prop.ForAll<int>(fen =>
    {
        var text = Letters.Render("{{ v | zh.amount }}", new { v = fen / 100m });

        return Capitals.Read(text) == fen;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(int.MaxValue));
}

/// <summary>Reads capital amounts back, by another way than they are written.</summary>
internal static class Capitals
{
    public static long Read(string text)
    {
        var sign = text.StartsWith('负') ? -1 : 1;
        text = text.TrimStart('负').TrimEnd('整');
        var yuan = text.Contains('元', StringComparison.Ordinal) ? text[..text.IndexOf('元', StringComparison.Ordinal)] : "";
        var rest = text[(yuan.Length == 0 ? 0 : yuan.Length + 1)..].TrimStart('零');
        var jiao = rest.Contains('角', StringComparison.Ordinal) ? Digit(rest[0]) : 0;
        var fen = rest.Contains('分', StringComparison.Ordinal) ? Digit(rest[rest.IndexOf('分', StringComparison.Ordinal) - 1]) : 0;
        return sign * ((Whole(yuan) * 100) + (jiao * 10) + fen);
    }

    private static int Digit(char c) => "零壹贰叁肆伍陆柒捌玖".IndexOf(c, StringComparison.Ordinal);

    private static long Whole(string text)
    {
        long total = 0, group = 0, digit = 0;
        foreach (var c in text)
        {
            switch (c)
            {
                case '拾' or '佰' or '仟':
                    group += digit * (c == '拾' ? 10 : c == '佰' ? 100 : 1_000);
                    digit = 0;
                    break;
                case '万':
                    total += (group + digit) * 10_000;
                    (group, digit) = (0, 0);
                    break;
                case '亿':
                    total = (total + group + digit) * 100_000_000;
                    (group, digit) = (0, 0);
                    break;
                default:
                    digit = Digit(c);
                    break;
            }
        }

        return total + group + digit;
    }
}
