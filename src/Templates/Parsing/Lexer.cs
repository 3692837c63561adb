namespace WorkflowEngine.Templates.Parsing;

/// <summary>
/// Cuts a template into tokens: text as it stands, and what is written between <c>{{</c> and <c>}}</c>.
/// White space control (<c>{{- -}} {{~ ~}}</c>) and escape blocks (<c>{%{ … }%}</c>) are settled here.
/// </summary>
internal sealed class Lexer
{
    private readonly string text;
    private readonly bool liquid;
    private readonly List<Token> tokens;
    private int position;
    private int openBraces;
    private bool lineStart = true;

    /// <summary>The first thing that no token can be made of, if any: where, and why.</summary>
    private (int Position, string Message)? error;

    private Lexer(string text, bool liquid)
    {
        this.text = text;
        this.liquid = liquid;
        tokens = new List<Token>(16 + (text.Length / 5));
    }

    public static (List<Token> Tokens, (int Position, string Message)? Error) Run(string text, bool liquid = false)
    {
        var lexer = new Lexer(text, liquid);
        lexer.ReadTemplate();
        return (lexer.tokens, lexer.error);
    }

    /// <summary>The tokens of an expression inside <c>$"…{ }…"</c>: code from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static (List<Token> Tokens, (int Position, string Message)? Error) RunCode(string text, int start, int end)
    {
        var lexer = new Lexer(text[..end], liquid: false) { position = start };
        while (lexer.position < end && lexer.error is null)
        {
            lexer.ReadCodeToken();
        }

        lexer.Add(TokenKind.End, end, end);
        return (lexer.tokens, lexer.error);
    }

    private char At(int offset) => offset < text.Length ? text[offset] : '\0';

    private void Add(TokenKind kind, int start, int end, bool spaceBefore = false, int indent = 0) =>
        tokens.Add(new Token(kind, start, end, spaceBefore, indent));

    private void ReadTemplate()
    {
        while (position < text.Length && error is null)
        {
            var textStart = position;
            var enter = FindEnter(position, out var percents);
            if (enter < 0)
            {
                AddText(textStart, text.Length);
                position = text.Length;
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

        Add(TokenKind.End, text.Length, text.Length);
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
            position = text.Length;
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
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }
        }
        else if (mark == '~')
        {
            while (position < text.Length && IsSpace(text[position]))
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
        if (mark is '-' or '~')
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
            if (position >= text.Length)
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
        if (mark is '-' or '~')
        {
            at++;
            length = 3;
        }

        return At(at) == exit && At(at + 1) == '}';
    }

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
        while (position < text.Length && IsSpace(text[position]))
        {
            position++;
        }

        return position > start;
    }

    private void ReadCodeToken()
    {
        var spaceBefore = SkipSpaces();
        if (position < text.Length)
        {
            ReadCodeToken(spaceBefore, '}');
        }
    }

    private void ReadCodeToken(bool spaceBefore, char exit)
    {
        var start = position;
        var c = text[position];
        if (char.IsLetter(c) || c == '_')
        {
            ReadIdentifier();
            Add(TokenKind.Identifier, start, position, spaceBefore);
        }
        else if (char.IsAsciiDigit(c))
        {
            ReadNumber();
            Add(TokenKind.Number, start, position, spaceBefore);
        }
        else if (c == '$' && At(position + 1) is '"' or '\'')
        {
            ReadInterpolatedString(spaceBefore);
        }
        else if (c == '$')
        {
            position++;
            if (At(position) == '$')
            {
                position++;
            }
            else
            {
                ReadIdentifier();
            }

            Add(TokenKind.LocalIdentifier, start, position, spaceBefore);
        }
        else if (c is '"' or '\'')
        {
            ReadString(TokenKind.String, spaceBefore);
        }
        else if (c == '`')
        {
            ReadString(TokenKind.VerbatimString, spaceBefore);
        }
        else if (c == '\n')
        {
            position++;
            Add(TokenKind.NewLine, start, position, spaceBefore);
        }
        else if (c == '#' && !liquid)
        {
            ReadComment(exit);
        }
        else
        {
            ReadOperator(c, spaceBefore);
        }
    }

    private void ReadIdentifier()
    {
        while (position < text.Length
            && (char.IsLetterOrDigit(text[position]) || text[position] == '_'
                || (liquid && text[position] == '-' && At(position + 1) is not ('%' or '}') && !char.IsWhiteSpace(At(position + 1)))))
        {
            position++;
        }
    }

    private void ReadNumber()
    {
        if (text[position] == '0' && At(position + 1) is 'x' or 'X' or 'b' or 'B')
        {
            position += 2;
            while (char.IsAsciiHexDigit(At(position)) || At(position) == '_')
            {
                position++;
            }

            if (At(position) is 'u' or 'U')
            {
                position++;
            }

            return;
        }

        SkipDigits();
        if (At(position) == '.' && char.IsAsciiDigit(At(position + 1)))
        {
            position++;
            SkipDigits();
        }

        if (At(position) is 'e' or 'E')
        {
            var exponent = position + 1;
            if (At(exponent) is '+' or '-')
            {
                exponent++;
            }

            if (char.IsAsciiDigit(At(exponent)))
            {
                position = exponent;
                SkipDigits();
            }
        }

        if (At(position) is 'f' or 'F' or 'd' or 'D' or 'm' or 'M' && !char.IsLetterOrDigit(At(position + 1)) && At(position + 1) != '_')
        {
            position++;
        }
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(position)) || (At(position) == '_' && char.IsAsciiDigit(At(position + 1))))
        {
            position++;
        }
    }

    private void ReadString(TokenKind kind, bool spaceBefore)
    {
        var start = position;
        var quote = text[position++];
        while (position < text.Length && text[position] != quote)
        {
            position += kind == TokenKind.String && text[position] == '\\' ? 2 : 1;
        }

        if (position >= text.Length)
        {
            error = (start, $"The text that begins here has no closing {quote}.");
            position = text.Length;
            return;
        }

        position++;
        Add(kind, start, position, spaceBefore);
    }

    private void ReadInterpolatedString(bool spaceBefore)
    {
        var start = position;
        var end = InterpolatedStrings.FindEnd(text, position + 1);
        if (end < 0)
        {
            error = (start, "The interpolated text that begins here has no end.");
            position = text.Length;
            return;
        }

        position = end;
        Add(TokenKind.InterpolatedString, start, end, spaceBefore);
    }

    /// <summary>Skips <c># …</c> to the end of its line, or <c>## … ##</c>; the end of the code block ends both.</summary>
    private void ReadComment(char exit)
    {
        var isBlock = At(position + 1) == '#';
        position += isBlock ? 2 : 1;
        while (position < text.Length)
        {
            if (isBlock && text[position] == '#' && At(position + 1) == '#')
            {
                position += 2;
                return;
            }

            if ((!isBlock && text[position] == '\n') || IsExit(position, exit, out _, out _))
            {
                return;
            }

            position++;
        }
    }

    private void ReadOperator(char c, bool spaceBefore)
    {
        var start = position;
        var next = At(position + 1);
        var (kind, length) = c switch
        {
            ';' => (TokenKind.Semicolon, 1),
            '(' => (TokenKind.OpenParen, 1),
            ')' => (TokenKind.CloseParen, 1),
            '[' => (TokenKind.OpenBracket, 1),
            ']' => (TokenKind.CloseBracket, 1),
            '{' => (TokenKind.OpenBrace, 1),
            '}' => (TokenKind.CloseBrace, 1),
            ',' => (TokenKind.Comma, 1),
            ':' => (TokenKind.Colon, 1),
            '@' => (TokenKind.At, 1),
            '^' => (TokenKind.Caret, 1),
            '.' when next == '.' && At(position + 2) == '.' => (TokenKind.Ellipsis, 3),
            '.' when next == '.' && At(position + 2) == '<' => (TokenKind.DotDotLess, 3),
            '.' when next == '.' => (TokenKind.DotDot, 2),
            '.' => (TokenKind.Dot, 1),
            '?' when next == '?' && At(position + 2) == '=' => (TokenKind.QuestionQuestionAssign, 3),
            '?' when next == '?' => (TokenKind.QuestionQuestion, 2),
            '?' when next == '!' => (TokenKind.QuestionExclamation, 2),
            '?' when next == '.' && !char.IsAsciiDigit(At(position + 2)) => (TokenKind.QuestionDot, 2),
            '?' => (TokenKind.Question, 1),
            '!' when next == '=' => (TokenKind.NotEqual, 2),
            '!' => (TokenKind.Exclamation, 1),
            '|' when next == '|' => (TokenKind.PipePipe, 2),
            '|' when next == '>' => (TokenKind.Pipe, 2),
            '|' => (TokenKind.Pipe, 1),
            '&' when next == '&' => (TokenKind.AmpersandAmpersand, 2),
            '=' when next == '=' => (TokenKind.Equal, 2),
            '=' => (TokenKind.Assign, 1),
            '<' when next == '=' => (TokenKind.LessOrEqual, 2),
            '<' when next == '<' => (TokenKind.ShiftLeft, 2),
            '<' when next == '>' && liquid => (TokenKind.NotEqual, 2),
            '<' => (TokenKind.Less, 1),
            '>' when next == '=' => (TokenKind.GreaterOrEqual, 2),
            '>' when next == '>' => (TokenKind.ShiftRight, 2),
            '>' => (TokenKind.Greater, 1),
            '+' when next == '=' => (TokenKind.PlusAssign, 2),
            '+' when next == '+' => (TokenKind.PlusPlus, 2),
            '+' => (TokenKind.Plus, 1),
            '-' when next == '=' => (TokenKind.MinusAssign, 2),
            '-' when next == '-' => (TokenKind.MinusMinus, 2),
            '-' => (TokenKind.Minus, 1),
            '*' when next == '=' => (TokenKind.StarAssign, 2),
            '*' => (TokenKind.Star, 1),
            '/' when next == '/' && At(position + 2) == '=' => (TokenKind.DoubleSlashAssign, 3),
            '/' when next == '/' => (TokenKind.DoubleSlash, 2),
            '/' when next == '=' => (TokenKind.SlashAssign, 2),
            '/' => (TokenKind.Slash, 1),
            '%' when next == '=' => (TokenKind.PercentAssign, 2),
            '%' => (TokenKind.Percent, 1),
            _ => (TokenKind.Invalid, 1),
        };

        if (kind == TokenKind.OpenBrace)
        {
            openBraces++;
        }
        else if (kind == TokenKind.CloseBrace && openBraces > 0)
        {
            openBraces--;
        }

        position += length;
        Add(kind, start, position, spaceBefore);
    }

    /// <summary>Liquid's <c>{% raw %}</c> keeps what stands up to <c>{% endraw %}</c> as text, <c>{% comment %}</c> drops it.</summary>
    private bool IsLiquidVerbatim(int enter, out int afterTag, out int end, out int afterEnd, out bool keep)
    {
        afterTag = end = afterEnd = 0;
        keep = false;
        if (!TryReadSimpleTag(enter, out var name, out afterTag) || name is not ("raw" or "comment"))
        {
            return false;
        }

        keep = name == "raw";
        end = afterTag;
        while (true)
        {
            end = text.IndexOf("{%", end, StringComparison.Ordinal);
            if (end < 0)
            {
                error = (enter, $"'{name}' has no 'end{name}'.");
                end = afterEnd = text.Length;
                return true;
            }

            if (TryReadSimpleTag(end, out var closing, out afterEnd) && closing == "end" + name)
            {
                end = StripLeft(afterTag, end, At(end + 2));
                return true;
            }

            end += 2;
        }
    }

    /// <summary>Reads <c>{% name %}</c> at an offset, white space after it taken where <c>-%}</c> asks for it.</summary>
    private bool TryReadSimpleTag(int enter, out string name, out int after)
    {
        position = enter + (At(enter + 2) is '-' or '~' ? 3 : 2);
        SkipSpaces();
        var start = position;
        while (char.IsLetter(At(position)))
        {
            position++;
        }

        name = text[start..position];
        SkipSpaces();
        if (!IsExit(position, '%', out var length, out var mark))
        {
            after = 0;
            position = enter;
            return false;
        }

        position += length;
        SkipRight(mark);
        after = position;
        return true;
    }
}
