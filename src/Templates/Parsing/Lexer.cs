namespace WorkflowEngine.Templates.Parsing;

/// <summary>
/// Cuts a template into tokens: text as it stands, and what is written between <c>{{</c> and <c>}}</c>.
/// White space control (<c>{{- -}} {{~ ~}}</c>) and escape blocks (<c>{%{ … }%}</c>) are settled here.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string text;
    private readonly int limit;
    private readonly bool liquid;
    private readonly List<Token> tokens;
    private int position;
    private int openBraces;
    private bool lineStart = true;

    /// <summary>The first thing that no token can be made of, if any: where, and why.</summary>
    private (int Position, string Message)? error;

    /// <param name="limit">Where reading ends: the end of the template, or of an expression in it.</param>
    private Lexer(string text, int limit, bool liquid)
    {
        this.text = text;
        this.limit = limit;
        this.liquid = liquid;
        tokens = [];
    }

    public static (List<Token> Tokens, (int Position, string Message)? Error) Run(string text, bool liquid = false)
    {
        var lexer = new Lexer(text, text.Length, liquid);
        lexer.tokens.EnsureCapacity(16 + (text.Length / 5));
        lexer.ReadTemplate();
        return (lexer.tokens, lexer.error);
    }

    /// <summary>The tokens of an expression inside <c>$"…{ }…"</c>: code from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static (List<Token> Tokens, (int Position, string Message)? Error) RunCode(string text, int start, int end)
    {
        var lexer = new Lexer(text, end, liquid: false) { position = start };
        while (lexer.position < end && lexer.error is null)
        {
            lexer.ReadCodeToken();
        }

        lexer.Add(TokenKind.End, end, end);
        return (lexer.tokens, lexer.error);
    }

    private char At(int offset) => offset < limit ? text[offset] : '\0';

    private void Add(TokenKind kind, int start, int end, bool spaceBefore = false, int indent = 0) =>
        tokens.Add(new Token(kind, start, end, spaceBefore, indent));

    private void ReadTemplate()
    {
        while (position < limit && error is null)
        {
            var textStart = position;
            var enter = FindEnter(position, out var percents);
            if (enter < 0)
            {
                AddText(textStart, limit);
                position = limit;
                break;
            }

            if (percents > 0)
            {
                ReadEscapeBlock(textStart, enter, percents);
            }
            else if (liquid && text[enter + 1] == '%' && IsLiquidVerbatim(enter, out var afterTag, out var end, out var afterEnd, out var keep))
            {
                AddText(textStart, StripLeft(textStart, enter, At(enter + 2)));
                if (keep)
                {
                    AddText(afterTag, end);
                }

                position = afterEnd;
                lineStart = false;
            }
            else
            {
                ReadCodeBlock(textStart, enter);
            }
        }

        Add(TokenKind.End, limit, limit);
    }

    /// <summary>The next <c>{{</c> or, with the number of its percent signs, <c>{%{</c> (in Liquid <c>{%</c>); -1 when there is none.</summary>
    private int FindEnter(int from, out int percents)
    {
        percents = 0;
        while (true)
        {
            var next = text.AsSpan(from).IndexOf('{');
            if (next < 0)
            {
                return -1;
            }

            from += next;
            if (At(from + 1) == '{')
            {
                return from;
            }

            if (At(from + 1) == '%')
            {
                if (liquid)
                {
                    return from;
                }

                var count = 1;
                while (At(from + 1 + count) == '%')
                {
                    count++;
                }

                if (At(from + 1 + count) == '{')
                {
                    percents = count;
                    return from;
                }
            }

            from++;
        }
    }

    private void AddText(int start, int end)
    {
        if (end > start)
        {
            Add(TokenKind.Text, start, end);
        }
    }

    private void ReadEscapeBlock(int textStart, int enter, int percents)
    {
        var contentStart = enter + percents + 2;
        var mark = At(contentStart);
        AddText(textStart, StripLeft(textStart, enter, mark));
        if (mark is '-' or '~')
        {
            contentStart++;
        }

        var closing = "}" + new string('%', percents) + "}";
        var close = text.IndexOf(closing, contentStart, StringComparison.Ordinal);
        if (close < 0)
        {
            error = (enter, $"The escape block that begins here has no end '{closing}'.");
            position = limit;
            return;
        }

        var endMark = close > contentStart ? text[close - 1] : '\0';
        AddText(contentStart, endMark is '-' or '~' ? close - 1 : close);
        position = close + closing.Length;
        lineStart = false;
        SkipRight(endMark);
    }

    /// <summary>Where the text before a code block ends once <c>-</c> or <c>~</c> has taken its white space.</summary>
    private int StripLeft(int start, int end, char mark)
    {
        if (mark == '-')
        {
            while (end > start && char.IsWhiteSpace(text[end - 1]))
            {
                end--;
            }
        }
        else if (mark == '~')
        {
            while (end > start && IsSpace(text[end - 1]))
            {
                end--;
            }
        }

        return end;
    }

    /// <summary>Skips the white space after a code block that <c>-</c> or <c>~</c> takes.</summary>
    private void SkipRight(char mark)
    {
        if (mark == '-')
        {
            while (position < limit && char.IsWhiteSpace(text[position]))
            {
                position++;
            }
        }
        else if (mark == '~')
        {
            while (position < limit && IsSpace(text[position]))
            {
                position++;
            }

            if (At(position) == '\n')
            {
                position++;
                lineStart = true;
            }
        }
    }

    private void ReadCodeBlock(int textStart, int enter)
    {
        var isTag = text[enter + 1] == '%';
        var mark = At(enter + 2);
        var indent = 0;
        if (IsMark(mark))
        {
            AddText(textStart, StripLeft(textStart, enter, mark));
            position = enter + 3;
        }
        else
        {
            AddText(textStart, enter);
            indent = IndentBefore(textStart, enter);
            position = enter + 2;
        }

        Add(TokenKind.CodeEnter, enter, position, indent: indent);
        lineStart = false;
        openBraces = 0;
        while (error is null)
        {
            var spaceBefore = SkipSpaces();
            if (position >= limit)
            {
                return;
            }

            var exit = isTag ? '%' : '}';
            if (openBraces == 0 && IsExit(position, exit, out var length, out var endMark))
            {
                Add(TokenKind.CodeExit, position, position + length, spaceBefore);
                position += length;
                SkipRight(endMark);
                return;
            }

            ReadCodeToken(spaceBefore, exit);
        }
    }

    private bool IsExit(int at, char exit, out int length, out char mark)
    {
        mark = At(at);
        length = 2;
        if (IsMark(mark))
        {
            at++;
            length = 3;
        }

        return At(at) == exit && At(at + 1) == '}';
    }

    /// <summary>Beside the braces: takes white space away. Liquid knows only the first.</summary>
    private bool IsMark(char c) => c == '-' || (c == '~' && !liquid);

    private int IndentBefore(int textStart, int enter)
    {
        if (liquid)
        {
            return 0;
        }

        var start = enter;
        while (start > textStart && IsSpace(text[start - 1]))
        {
            start--;
        }

        var beginsLine = start > textStart ? text[start - 1] == '\n' : lineStart;
        return beginsLine ? enter - start : 0;
    }

    /// <summary>White space that does not end a line; the wide space that indents Chinese paragraphs is one.</summary>
    private static bool IsSpace(char c) => c != '\n' && char.IsWhiteSpace(c);

    private bool SkipSpaces()
    {
        var start = position;
        while (position < limit && IsSpace(text[position]))
        {
            position++;
        }

        return position > start;
    }
}
