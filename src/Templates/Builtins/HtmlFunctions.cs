using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary>
/// <c>html.*</c> (scriban/site/docs/builtins/html.md), and <c>html.raw</c>, which says that a value is HTML and is not
/// to be escaped. What these functions make is HTML already: it is not escaped again when it is put out as HTML.
/// </summary>
internal static class HtmlFunctions
{
    private static readonly SearchValues<char> KeptInUrl = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'();/?:@&=+$,#[]%");

    /// <summary>A tag with its attributes, in whose quotes a &gt; ends nothing. On the engine whose time grows with the text only.</summary>
    private static readonly Regex Markup = new(
        """<script.*?</script>|<!--.*?-->|<style.*?</style>|<(?:[^>=]|='[^']*'|="[^"]*"|=[^'"][^\s>]*)*>""",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public static Definition[] All { get; } =
    [
        new("escape", "text", static (in a) => AsHtml(a, WebUtility.HtmlEncode(a.TextOrNull(0)))),
        new("newline_to_br", "text", static (in a) => AsHtml(a, NewLineToBr(a))),
        new("strip", "text", static (in a) => a.Has(0) ? Strip(a.Text(0)) : null),
        new("url_encode", "text", static (in a) => a.Has(0) ? a.Context.Bounded(Uri.EscapeDataString(a.Text(0)), a.Position) : null),
        new("url_escape", "text", static (in a) => a.Has(0) ? a.Context.Bounded(UrlEscape(a.Text(0)), a.Position) : null),
    ];

    /// <summary><c>html.raw</c>. Not among the members of <c>html</c>: the parser alone hands it out, and lists where.</summary>
    public static BuiltinFunction Raw { get; } = new("html.raw", "text", static (in a) => a.Has(0) ? AsHtml(a, a.Text(0)) : null);

    private static object? AsHtml(in Arguments a, string? html) =>
        html is null ? null
        : a.Context.Kind == OutputKind.Html ? new HtmlText(a.Context.Bounded(html, a.Position))
        : a.Context.Bounded(html, a.Position);

    private static string? NewLineToBr(in Arguments a)
    {
        if (!a.Has(0))
        {
            return null;
        }

        var text = a.Context.Kind == OutputKind.Html && a[0] is not HtmlText ? HtmlEscape.Escape(a.Text(0)) : a.Text(0);
        var result = new StringBuilder(text.Length + 32);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\r' || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')))
            {
                result.Append("<br />");
            }

            result.Append(text[i]);
        }

        return result.ToString();
    }

    /// <summary>Text without what looks like tags, comments, scripts and styles. For reading, not for safety: the result is escaped like any value.</summary>
    private static string Strip(string text) => Markup.Replace(text, "");

    /// <summary>Percent-encodes what may not stand in a URL and keeps what has a meaning there.</summary>
    private static string UrlEscape(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(KeptInUrl))
        {
            return text.Replace("[", "%5B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal).Replace("%", "%25", StringComparison.Ordinal);
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && KeptInUrl.Contains((char)rune.Value) && rune.Value is not ('%' or '[' or ']'))
            {
                result.Append((char)rune.Value);
            }
            else
            {
                result.Append(Uri.EscapeDataString(rune.ToString()));
            }
        }

        return result.ToString();
    }
}
