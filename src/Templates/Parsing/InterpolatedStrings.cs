using System.Text;

namespace WorkflowEngine.Templates.Parsing;

/// <summary>The inside of texts: escape sequences, and the holes of <c>$"… {expression} …"</c>.</summary>
internal static class InterpolatedStrings
{
    /// <summary>The offset after the closing quote of the interpolated text whose opening quote stands at <paramref name="quoteAt"/>; -1 when it is not closed.</summary>
    public static int FindEnd(string text, int quoteAt)
    {
        // What is open, innermost last: a quote character for a text, '{' for a hole or an object in a hole.
        var open = new Stack<(char What, bool Interpolated)>();
        open.Push((text[quoteAt], true));
        for (var i = quoteAt + 1; i < text.Length; i++)
        {
            var c = text[i];
            var (what, interpolated) = open.Peek();
            if (what == '{')
            {
                if (c is '"' or '\'' or '`')
                {
                    open.Push((c, c != '`' && text[i - 1] == '$'));
                }
                else if (c == '{')
                {
                    open.Push(('{', false));
                }
                else if (c == '}')
                {
                    open.Pop();
                }
            }
            else if (c == '\\' && what != '`')
            {
                i++;
            }
            else if (c == what)
            {
                open.Pop();
                if (open.Count == 0)
                {
                    return i + 1;
                }
            }
            else if (c == '{' && interpolated)
            {
                open.Push(('{', false));
            }
        }

        return -1;
    }

    /// <summary>The offset of the brace that closes the hole opened at <paramref name="braceAt"/>.</summary>
    public static int FindHoleEnd(string text, int braceAt, int limit)
    {
        var depth = 0;
        for (var i = braceAt; i < limit; i++)
        {
            switch (text[i])
            {
                case '{':
                    depth++;
                    break;
                case '}' when --depth == 0:
                    return i;
                case '"' or '\'':
                    i = text[i - 1] == '$' ? FindEnd(text, i) - 1 : FindQuote(text, i, limit);
                    break;
                case '`':
                    i = text.IndexOf('`', i + 1);
                    break;
                default:
                    break;
            }

            if (i < 0)
            {
                return -1;
            }
        }

        return -1;
    }

    private static int FindQuote(string text, int quoteAt, int limit)
    {
        for (var i = quoteAt + 1; i < limit; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[quoteAt])
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts the characters that escape sequences stand for in their place. Null when a sequence is none of the language; <paramref name="errorAt"/> is where.</summary>
    public static string? Unescape(ReadOnlySpan<char> written, out int errorAt)
    {
        errorAt = -1;
        if (!written.Contains('\\'))
        {
            return written.ToString();
        }

        var result = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '\\')
            {
                result.Append(written[i]);
                continue;
            }

            var sequence = i++;
            if (i >= written.Length)
            {
                errorAt = sequence;
                return null;
            }

            switch (written[i])
            {
                case '\'' or '"' or '\\' or '{' or '}':
                    result.Append(written[i]);
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                case 'r':
                    result.Append('\r');
                    break;
                case 't':
                    result.Append('\t');
                    break;
                case 'a':
                    result.Append('\a');
                    break;
                case 'b':
                    result.Append('\b');
                    break;
                case 'f':
                    result.Append('\f');
                    break;
                case 'v':
                    result.Append('\v');
                    break;
                case '0':
                    result.Append('\0');
                    break;
                case '\n':
                    break;
                case '\r':
                    i += i + 1 < written.Length && written[i + 1] == '\n' ? 1 : 0;
                    break;
                case 'u' or 'x':
                    var length = written[i] == 'u' ? 4 : 2;
                    if (i + length >= written.Length
                        || !ushort.TryParse(written.Slice(i + 1, length), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code))
                    {
                        errorAt = sequence;
                        return null;
                    }

                    result.Append((char)code);
                    i += length;
                    break;
                default:
                    errorAt = sequence;
                    return null;
            }
        }

        return result.ToString();
    }
}
