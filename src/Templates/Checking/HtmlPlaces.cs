using System.Net;
using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Checking;

/// <summary>Where in HTML a value is put: decides whether escaping alone makes it harmless.</summary>
internal enum HtmlPlace
{
    /// <summary>Between tags, or inside a quoted attribute: escaping is enough.</summary>
    Safe,

    /// <summary>At the beginning of an address (<c>href="…</c>): the value could be <c>javascript:</c>.</summary>
    Link,

    /// <summary>In a script, a style, an event handler, a comment, or outside of quotes in a tag: only numbers are harmless.</summary>
    Unsafe,
}

/// <summary>
/// Follows the HTML that a template writes, in the order of the file, and marks each value with the place it stands in.
/// Branches begin where the statement stands; functions and captures begin between tags.
/// </summary>
internal sealed class HtmlPlaces
{
    private static readonly HashSet<string> LinkAttributes = new(StringComparer.OrdinalIgnoreCase)
    {
        "href", "src", "action", "formaction", "xlink:href", "background", "poster", "data", "cite", "ping", "longdesc", "manifest", "codebase", "classid", "srcset",
    };

    private static readonly string[] HarmlessSchemes = ["http", "https", "mailto", "tel"];

    private State state;

    private enum Mode
    {
        Text,
        TagName,
        InTag,
        AttributeName,
        AfterEquals,
        Quoted,
        Unquoted,
        Comment,
        Raw,
    }

    public static void Mark(Block page) => new HtmlPlaces().Walk(page);

    /// <summary>Whether an address may stand in a link: relative, or of a scheme that runs nothing.</summary>
    public static bool IsHarmlessLink(string html)
    {
        // Browsers skip control characters and white space when they look for the scheme.
        var address = string.Concat(WebUtility.HtmlDecode(html).Where(c => !char.IsControl(c) && !char.IsWhiteSpace(c)));
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var end = address.AsSpan().IndexOfAny('/', '?', '#');
        return colon < 0 || (end >= 0 && end < colon)
            || HarmlessSchemes.Contains(address[..colon], StringComparer.OrdinalIgnoreCase);
    }

    private void Walk(Block block)
    {
        foreach (var statement in block.Statements)
        {
            Walk(statement);
        }
    }

    private void Walk(Statement statement)
    {
        switch (statement)
        {
            case TextStatement text:
                state.Read(text.Text);
                break;
            case ValueStatement value:
                value.Place = state.PlaceOfValue();
                WalkFunctions(value.Value);
                break;
            case IfStatement @if:
                WalkBranches(@if.Branches.Select(b => b.Body));
                break;
            case CaseStatement @case:
                WalkBranches(@case.Whens.Select(w => w.Body));
                break;
            case ForStatement { IsTableRow: true } row:
                Apart(row.Body);
                break;
            case ForStatement loop:
                WalkBranches(loop.Otherwise is null ? [loop.Body] : [loop.Body, loop.Otherwise]);
                break;
            case WhileStatement loop:
                Walk(loop.Body);
                break;
            case WithStatement with:
                Walk(with.Body);
                break;
            case WrapStatement wrap:
                Walk(wrap.Body);
                break;
            case CaptureStatement capture:
                Apart(capture.Body);
                break;
            case FunctionStatement { Body.Block: { } body }:
                Apart(body);
                break;
            case AssignStatement assign:
                WalkFunctions(assign.Value);
                break;
            default:
                break;
        }
    }

    private void WalkFunctions(Expression expression)
    {
        if (expression is AnonymousFunction { Body.Block: { } body })
        {
            Apart(body);
        }
        else if (expression is FunctionCall call)
        {
            foreach (var argument in call.Arguments)
            {
                WalkFunctions(argument);
            }
        }
    }

    private void WalkBranches(IEnumerable<Block> branches)
    {
        var before = state;
        State? after = null;
        foreach (var branch in branches)
        {
            state = before;
            Walk(branch);
            after ??= state;
        }

        state = after ?? before;
    }

    private void Apart(Block block)
    {
        var before = state;
        state = default;
        Walk(block);
        state = before;
    }

    /// <summary>How far the HTML has been read: as much of its grammar as it takes to know where a value stands.</summary>
    private struct State
    {
        private Mode mode;
        private char quote;
        private string? tag;
        private string? attribute;
        private bool isValueEmpty;

        public HtmlPlace PlaceOfValue()
        {
            switch (mode)
            {
                case Mode.Text:
                    return HtmlPlace.Safe;
                case Mode.Quoted:
                    var isStart = isValueEmpty;
                    isValueEmpty = false;
                    var name = attribute ?? "";
                    return name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || name.ToLowerInvariant() is "style" or "srcdoc" ? HtmlPlace.Unsafe
                        : isStart && LinkAttributes.Contains(name) ? HtmlPlace.Link
                        : HtmlPlace.Safe;
                case Mode.AfterEquals:
                    mode = Mode.Unquoted;
                    return HtmlPlace.Unsafe;
                default:
                    return HtmlPlace.Unsafe;
            }
        }

        public void Read(ReadOnlySpan<char> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (mode == Mode.Text)
                {
                    var open = text[i..].IndexOf('<');
                    if (open < 0)
                    {
                        return;
                    }

                    i += open;
                }

                Step(text, ref i);
            }
        }

        private void Step(ReadOnlySpan<char> text, ref int i)
        {
            var c = text[i];
            switch (mode)
            {
                case Mode.Text:
                    Open(text[i..], ref i);
                    break;
                case Mode.TagName when char.IsWhiteSpace(c) || c is '/' or '>':
                    mode = Mode.InTag;
                    i--;
                    break;
                case Mode.TagName:
                    tag = Grown(tag, c);
                    break;
                case Mode.InTag:
                    StepInTag(c);
                    break;
                case Mode.AttributeName:
                    StepInName(c, ref i);
                    break;
                case Mode.AfterEquals when !char.IsWhiteSpace(c):
                    (mode, quote, isValueEmpty) = c is '"' or '\'' ? (Mode.Quoted, c, true) : (Mode.Unquoted, '\0', false);
                    i -= mode == Mode.Unquoted ? 1 : 0;
                    break;
                case Mode.Quoted when c == quote:
                    mode = Mode.InTag;
                    break;
                case Mode.Quoted:
                    isValueEmpty &= char.IsWhiteSpace(c);
                    break;
                case Mode.Unquoted when char.IsWhiteSpace(c) || c == '>':
                    mode = Mode.InTag;
                    i--;
                    break;
                case Mode.Comment when text[i..].StartsWith("-->", StringComparison.Ordinal):
                    mode = Mode.Text;
                    i += 2;
                    break;
                case Mode.Raw when c == '<' && text[(i + 1)..].StartsWith('/' + tag!, StringComparison.OrdinalIgnoreCase):
                    (mode, tag) = (Mode.TagName, "/");
                    i++;
                    break;
                default:
                    break;
            }
        }

        private void Open(ReadOnlySpan<char> rest, ref int i)
        {
            if (rest.StartsWith("<!--", StringComparison.Ordinal))
            {
                mode = Mode.Comment;
                i += 3;
            }
            else if (rest.Length == 1 || char.IsLetter(rest[1]) || rest[1] is '/' or '!' or '?')
            {
                (mode, tag) = (Mode.TagName, "");
                i += rest.Length > 1 && rest[1] is '/' or '!' or '?' ? 1 : 0;
                tag = rest.Length > 1 && !char.IsLetter(rest[1]) ? "/" : "";
            }
        }

        private void StepInTag(char c)
        {
            if (c == '>')
            {
                mode = tag is not null && (tag.Equals("script", StringComparison.OrdinalIgnoreCase) || tag.Equals("style", StringComparison.OrdinalIgnoreCase)) ? Mode.Raw : Mode.Text;
            }
            else if (!char.IsWhiteSpace(c) && c != '/')
            {
                (mode, attribute) = (Mode.AttributeName, c.ToString());
            }
        }

        /// <summary>No name that matters is longer than this; a longer one need not be kept.</summary>
        private static string Grown(string? name, char c) => name is { Length: >= 16 } ? name : name + c;

        private void StepInName(char c, ref int i)
        {
            if (c == '=')
            {
                mode = Mode.AfterEquals;
            }
            else if (char.IsWhiteSpace(c) || c is '>' or '/')
            {
                mode = Mode.InTag;
                i -= c == '>' ? 1 : 0;
            }
            else
            {
                attribute = Grown(attribute, c);
            }
        }
    }
}
