namespace WorkflowEngine.Templates.Parsing;

/// <content>Cuts what stands between the braces: names, numbers, texts, comments and operators.</content>
internal sealed partial class Lexer
{
    private void ReadCodeToken()
    {
        var spaceBefore = SkipSpaces();
        if (position < limit)
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
        while (position < limit
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
            var isBinary = At(position + 1) is 'b' or 'B';
            position += 2;
            SkipBits();
            if (isBinary && At(position) == '.' && At(position + 1) is '0' or '1')
            {
                // 0b1.1f, whose f is the mark of a kind of number, as f and d are hexadecimal digits everywhere else.
                position++;
                SkipBits();
                return;
            }

            if (At(position) is 'u' or 'U')
            {
                position++;
            }

            return;
        }

        SkipDigits();
        if (At(position) == '.' && IsFraction(At(position + 1), At(position + 2)))
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

            if (!char.IsAsciiDigit(At(exponent)))
            {
                error = (Math.Min(exponent, limit - 1), "Expecting a digit of the exponent here.");
                return;
            }

            position = exponent;
            SkipDigits();
        }

        if (At(position) is 'f' or 'F' or 'd' or 'D' or 'm' or 'M' && !char.IsLetterOrDigit(At(position + 1)) && At(position + 1) != '_')
        {
            position++;
        }
    }

    /// <summary><c>1.5</c>, but also <c>1.</c>, <c>1.f</c> and <c>1.e3</c>; neither <c>1..3</c> nor <c>1.name</c>.</summary>
    private static bool IsFraction(char next, char afterNext) => next switch
    {
        '.' => false,
        'e' or 'E' => char.IsAsciiDigit(afterNext) || afterNext is '+' or '-',
        'f' or 'F' or 'd' or 'D' or 'm' or 'M' => !char.IsLetterOrDigit(afterNext) && afterNext != '_',
        _ => !char.IsLetter(next) && next != '_',
    };

    private void SkipBits()
    {
        while (char.IsAsciiHexDigit(At(position)) || At(position) == '_')
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
        var verbatim = kind == TokenKind.VerbatimString;
        while (position < limit)
        {
            // In `…` two of the quotes are one in the text.
            if (text[position] == quote && !(verbatim && At(position + 1) == quote))
            {
                break;
            }

            position += (verbatim ? text[position] == quote : text[position] == '\\') ? 2 : 1;
        }

        if (position >= limit)
        {
            error = (limit - 1, $"The text that begins in line {LineOf(start)} has no closing {quote}.");
            position = limit;
            return;
        }

        position++;
        Add(kind, start, position, spaceBefore);
    }

    private int LineOf(int at) => text.AsSpan(0, at).Count('\n') + 1;

    private void ReadInterpolatedString(bool spaceBefore)
    {
        var start = position;
        var end = InterpolatedStrings.FindEnd(text, position + 1);
        if (end < 0)
        {
            error = (limit - 1, $"The interpolated text that begins in line {LineOf(start)} has no end.");
            position = limit;
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
        while (position < limit)
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
}
