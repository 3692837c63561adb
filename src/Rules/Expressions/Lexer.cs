using System.Buffers;
using System.Globalization;
using System.Text;

namespace WorkflowEngine.Rules;

internal enum TokenKind
{
    End,
    Identifier,
    Text,
    Character,
    Integer,
    Real,
    Operator,
}

/// <param name="Kind">What it is.</param>
/// <param name="Value">The identifier, operator or number as written; the content of a text with escapes resolved.</param>
/// <param name="Position">0-based position of its first character.</param>
internal sealed record Token(TokenKind Kind, string Value, int Position)
{
    public bool Is(string op) => Kind == TokenKind.Operator && Value == op;
}

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class Lexer
{
    public const int LongestText = 10_000;
    public const int MostTokens = 4_000;

    private static readonly SearchValues<char> PlainWord = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly string[] Pairs = ["<<", ">>", "<=", "<>", ">=", "==", "=>", "!=", "&&", "||", "??", "?."];

    private static readonly string[] Signs = ["<", ">", "=", "!", "&", "|", "?", ":", ",", ".", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%"];

    private readonly string _text;
    private int _at;

    private Lexer(string text) => _text = text;

    /// <exception cref="ExpressionException">A character, number or text that the language does not have, or too much of it.</exception>
    public static List<Token> Read(string text)
    {
        if (text.Length > LongestText)
        {
            throw new ExpressionException($"the expression has {text.Length} characters, at most {LongestText} are read", 0, isSyntax: true);
        }

        var lexer = new Lexer(text);
        var tokens = new List<Token>((text.Length / 3) + 2);
        do
        {
            tokens.Add(lexer.Next());
            if (tokens.Count > MostTokens)
            {
                throw new ExpressionException($"the expression has more than {MostTokens} words and signs", tokens[^1].Position, isSyntax: true);
            }
        }
        while (tokens[^1].Kind != TokenKind.End);

        return tokens;
    }

    private Token Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        if (_at == _text.Length)
        {
            return new Token(TokenKind.End, "", _at);
        }

        var start = _at;
        var first = _text[_at];
        if (char.IsLetter(first) || first is '_' or '@')
        {
            _at++;
            while (_at < _text.Length && (PlainWord.Contains(_text[_at]) || char.IsLetterOrDigit(_text[_at])))
            {
                var rest = _text.AsSpan(_at).IndexOfAnyExcept(PlainWord);
                _at = rest < 0 ? _text.Length : rest == 0 ? _at + 1 : _at + rest;
            }

            return new Token(TokenKind.Identifier, _text[start.._at], start);
        }

        if (first is '$' or '^' or '~')
        {
            _at++;
            return new Token(TokenKind.Identifier, first.ToString(), start);
        }

        if (char.IsAsciiDigit(first))
        {
            return Number(start);
        }

        return first switch
        {
            '"' => new Token(TokenKind.Text, Quoted('"'), start),
            '\'' => Character(start),
            _ => Operator(start),
        };
    }

    private Token Operator(int start)
    {
        var (first, second) = (_text[start], start + 1 < _text.Length ? _text[start + 1] : '\0');
        if (second is '<' or '>' or '=' or '&' or '|' or '?' or '.')
        {
            foreach (var pair in Pairs)
            {
                // "a ?.5 : 1" is a choice, not a null-conditional member.
                if (pair[0] == first && pair[1] == second && !(pair == "?." && start + 2 < _text.Length && char.IsAsciiDigit(_text[start + 2])))
                {
                    _at += 2;
                    return new Token(TokenKind.Operator, pair, start);
                }
            }
        }

        foreach (var sign in Signs)
        {
            if (sign[0] == first)
            {
                _at++;
                return new Token(TokenKind.Operator, sign, start);
            }
        }

        throw new ExpressionException($"the sign '{Shown(_text[start])}' is not part of the language", start, isSyntax: true);
    }

    private Token Character(int start)
    {
        var content = Quoted('\'');
        return content.Length == 1
            ? new Token(TokenKind.Character, content, start)
            : throw new ExpressionException("single quotes hold exactly one character, use double quotes for text", start, isSyntax: true);
    }

    private string Quoted(char quote)
    {
        var start = _at++;
        if (_text.AsSpan(_at).IndexOfAny(quote, '\\') is >= 0 and var plain && _text[_at + plain] == quote)
        {
            _at += plain + 1;
            return _text[(start + 1)..(_at - 1)];
        }

        var content = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] != '\\')
            {
                content.Append(_text[_at++]);
                continue;
            }

            content.Append(Escape());
        }

        if (_at == _text.Length)
        {
            throw new ExpressionException("the text that begins here has no closing quote", start, isSyntax: true);
        }

        _at++;
        return content.ToString();
    }

    /// <summary>One escape, as regular expressions write them: a backslash before a sign is the sign.</summary>
    private char Escape()
    {
        var start = _at++;
        var code = _at < _text.Length ? _text[_at++] : '\0';
        switch (code)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'a': return '\a';
            case 'b': return '\b';
            case 'e': return '\u001B';
            case 'f': return '\f';
            case 'v': return '\v';
            case >= '0' and <= '7':
                return Octal(code - '0');
            case 'u' or 'x':
                var digits = code == 'u' ? 4 : 2;
                if (_at + digits <= _text.Length
                    && ushort.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                {
                    _at += digits;
                    return (char)value;
                }

                break;
            case not '\0' when !char.IsLetterOrDigit(code) && code != '_':
                return code;
            default:
                break;
        }

        throw new ExpressionException($"'\\{Shown(code)}' is not an escape, write '\\\\' for a backslash", start, isSyntax: true);
    }

    /// <summary>Up to three octal digits.</summary>
    private char Octal(int value)
    {
        for (var digits = 1; digits < 3 && _at < _text.Length && _text[_at] is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + _text[_at++] - '0';
        }

        return (char)(value & 0xFF);
    }

    private Token Number(int start)
    {
        if (_text[_at] == '0' && _at + 1 < _text.Length && _text[_at + 1] is 'x' or 'X' or 'b' or 'B')
        {
            var isBinary = _text[_at + 1] is 'b' or 'B';
            _at += 2;
            Skip(c => isBinary ? c is '0' or '1' : char.IsAsciiHexDigit(c));
            Skip(c => c is 'U' or 'u' or 'L' or 'l');
            return Finish(TokenKind.Integer, start);
        }

        var kind = TokenKind.Integer;
        Skip(char.IsAsciiDigit);
        if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            kind = TokenKind.Real;
            _at++;
            Skip(char.IsAsciiDigit);
        }

        if (_at < _text.Length && _text[_at] is 'e' or 'E' && Exponent())
        {
            kind = TokenKind.Real;
        }

        if (_at < _text.Length && _text[_at] is 'F' or 'f' or 'D' or 'd' or 'M' or 'm')
        {
            kind = TokenKind.Real;
            _at++;
        }
        else if (kind == TokenKind.Integer)
        {
            Skip(c => c is 'U' or 'u' or 'L' or 'l');
        }

        return Finish(kind, start);
    }

    private bool Exponent()
    {
        var digits = _at + 1;
        if (digits < _text.Length && _text[digits] is '+' or '-')
        {
            digits++;
        }

        if (digits >= _text.Length || !char.IsAsciiDigit(_text[digits]))
        {
            return false;
        }

        _at = digits;
        Skip(char.IsAsciiDigit);
        return true;
    }

    private void Skip(Func<char, bool> accept)
    {
        while (_at < _text.Length && accept(_text[_at]))
        {
            _at++;
        }
    }

    private Token Finish(TokenKind kind, int start) =>
        _at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_')
            ? throw new ExpressionException($"'{_text[start..(_at + 1)]}' is not a number", start, isSyntax: true)
            : new Token(kind, _text[start.._at], start);

    private static string Shown(char sign) =>
        char.IsControl(sign) ? $"U+{(int)sign:X4}" : sign.ToString();
}
