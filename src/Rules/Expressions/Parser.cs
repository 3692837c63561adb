using System.Globalization;
using System.Runtime.CompilerServices;

namespace WorkflowEngine.Rules;

/// <summary>
/// Reads the expression language by operator precedence: <c>?:</c>, <c>??</c>, <c>||</c>, <c>&amp;&amp;</c>, <c>in</c>,
/// <c>&amp; |</c>, comparison, shift, sum, product, sign, member. Words stand beside signs: <c>or and not mod eq ne lt le gt ge</c>.
/// </summary>
internal sealed class Parser
{
    private const int DeepestNesting = 100;
    private const int LongestChain = 100;

    private const int BitLevel = 4;

    private static readonly Dictionary<string, Infix> Signs = new(StringComparer.Ordinal)
    {
        ["||"] = new(BinaryOperator.Or, 1),
        ["&&"] = new(BinaryOperator.And, 2),
        ["&"] = new(BinaryOperator.BitAnd, BitLevel),
        ["|"] = new(BinaryOperator.BitOr, BitLevel),
        ["="] = new(BinaryOperator.Equal, 5),
        ["=="] = new(BinaryOperator.Equal, 5),
        ["!="] = new(BinaryOperator.NotEqual, 5),
        ["<>"] = new(BinaryOperator.NotEqual, 5),
        ["<"] = new(BinaryOperator.Less, 5),
        ["<="] = new(BinaryOperator.LessOrEqual, 5),
        [">"] = new(BinaryOperator.Greater, 5),
        [">="] = new(BinaryOperator.GreaterOrEqual, 5),
        ["<<"] = new(BinaryOperator.ShiftLeft, 6),
        [">>"] = new(BinaryOperator.ShiftRight, 6),
        ["+"] = new(BinaryOperator.Add, 7),
        ["-"] = new(BinaryOperator.Subtract, 7),
        ["*"] = new(BinaryOperator.Multiply, 8),
        ["/"] = new(BinaryOperator.Divide, 8),
        ["%"] = new(BinaryOperator.Modulo, 8),
    };

    private static readonly Dictionary<string, Infix> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["or"] = new(BinaryOperator.Or, 1),
        ["OrElse"] = new(BinaryOperator.Or, 1),
        ["and"] = new(BinaryOperator.And, 2),
        ["AndAlso"] = new(BinaryOperator.And, 2),
        ["eq"] = new(BinaryOperator.Equal, 5),
        ["equal"] = new(BinaryOperator.Equal, 5),
        ["ne"] = new(BinaryOperator.NotEqual, 5),
        ["neq"] = new(BinaryOperator.NotEqual, 5),
        ["notequal"] = new(BinaryOperator.NotEqual, 5),
        ["lt"] = new(BinaryOperator.Less, 5),
        ["LessThan"] = new(BinaryOperator.Less, 5),
        ["le"] = new(BinaryOperator.LessOrEqual, 5),
        ["LessThanEqual"] = new(BinaryOperator.LessOrEqual, 5),
        ["gt"] = new(BinaryOperator.Greater, 5),
        ["GreaterThan"] = new(BinaryOperator.Greater, 5),
        ["ge"] = new(BinaryOperator.GreaterOrEqual, 5),
        ["GreaterThanEqual"] = new(BinaryOperator.GreaterOrEqual, 5),
        ["mod"] = new(BinaryOperator.Modulo, 8),
    };

    private static readonly Dictionary<string, Infix> ExactWords = new(Words, StringComparer.Ordinal);

    private readonly List<Token> _tokens;
    private readonly bool _compat;
    private readonly bool _caseSensitive;
    private int _at;
    private int _depth;

    private Parser(List<Token> tokens, RuleSettings settings)
    {
        _tokens = tokens;
        (_compat, _caseSensitive) = (settings.Compat, settings.IsExpressionCaseSensitive);
    }

    private Token Current => _tokens[_at];

    /// <exception cref="ExpressionException">The text is not an expression.</exception>
    public static Syntax Parse(string text, RuleSettings settings)
    {
        var parser = new Parser(Lexer.Read(text), settings);
        var syntax = parser.ParseExpression();
        return parser.Current.Kind == TokenKind.End ? syntax : throw parser.Unexpected();
    }

    private Syntax ParseExpression()
    {
        Enter();
        var syntax = Current.Kind == TokenKind.Identifier && _tokens[_at + 1].Is("=>") ? ParseLambda() : ParseConditional();
        _depth--;
        return syntax;
    }

    private Syntax.Lambda ParseLambda()
    {
        var parameter = Take();
        Take();
        return new Syntax.Lambda(parameter.Value, ParseExpression(), parameter.Position);
    }

    private Syntax ParseConditional()
    {
        var test = ParseCoalesce();
        if (!Current.Is("?"))
        {
            return test;
        }

        var position = Take().Position;
        var then = ParseExpression();
        Expect(":", "a choice needs ':' and the other value");
        return new Syntax.Conditional(test, then, ParseExpression(), position);
    }

    private Syntax ParseCoalesce()
    {
        var left = ParseBinary(1);
        if (!Current.Is("??"))
        {
            return left;
        }

        var position = Take().Position;
        return new Syntax.Coalesce(left, ParseExpression(), position);
    }

    private Syntax ParseBinary(int level)
    {
        var left = ParseUnary();
        while (true)
        {
            if (level <= 3 && TryParseIn(left) is { } membership)
            {
                left = membership;
                continue;
            }

            var token = Current;
            var op = token.Kind switch
            {
                TokenKind.Operator => Signs.GetValueOrDefault(token.Value),
                TokenKind.Identifier => (_caseSensitive ? ExactWords : Words).GetValueOrDefault(token.Value),
                _ => null,
            };
            if (op is null || op.Level < level)
            {
                return left;
            }

            Take();
            left = new Syntax.Binary(op.Operator, left, ParseBinary(op.Level + 1), token.Position);
        }
    }

    private Syntax? TryParseIn(Syntax left)
    {
        var negated = !_compat && IsWord("not") && _tokens[_at + 1] is { Kind: TokenKind.Identifier } next && SameWord(next.Value, "in");
        if (!negated && !IsWord("in"))
        {
            return null;
        }

        var position = Take().Position;
        if (negated)
        {
            Take();
        }

        if (Current.Is("("))
        {
            Take();
            var items = new List<Syntax>();
            while (!Current.Is(")"))
            {
                if (items.Count > 0)
                {
                    Expect(",", "values after 'in' are separated by ',' and closed by ')'");
                }

                items.Add(ParseUnary());
            }

            Take();
            return new Syntax.InList(left, items, negated, position);
        }

        return Current.Kind == TokenKind.Identifier
            ? new Syntax.InSequence(left, ParsePrimary(), negated, position)
            : throw Error("after 'in' comes a list in parentheses or the name of one");
    }

    private Syntax ParseUnary()
    {
        var token = Current;
        if (token.Is("-") || token.Is("!") || IsWord("not"))
        {
            Enter();
            Take();
            Syntax operand;
            if (token.Is("-") && Current.Kind is TokenKind.Integer or TokenKind.Real)
            {
                var number = Take();
                operand = ParsePostfix(Number(new Token(number.Kind, "-" + number.Value, token.Position)));
            }
            else
            {
                operand = new Syntax.Unary(token.Is("-") ? '-' : '!', ParseUnary(), token.Position);
            }

            _depth--;
            return operand;
        }

        return ParsePrimary();
    }

    private Syntax ParsePrimary() => ParsePostfix(ParseStart());

    private Syntax ParsePostfix(Syntax syntax)
    {
        for (var length = 0; ; length++)
        {
            if (length > LongestChain)
            {
                throw Error($"more than {LongestChain} members follow one another, use parameters");
            }

            var token = Current;
            if (token.Is("?."))
            {
                throw Error("'?.' is not part of the language, use np(a.b.c) or np(a.b.c, default)");
            }

            if (token.Is("."))
            {
                Take();
                var name = Identifier("a member's name follows '.'");
                syntax = Current.Is("(")
                    ? new Syntax.Call(syntax, name.Value, ParseArguments(), name.Position)
                    : new Syntax.Member(syntax, name.Value, name.Position);
            }
            else if (token.Is("["))
            {
                Take();
                var arguments = ParseList("]");
                syntax = arguments.Count == 0
                    ? throw new ExpressionException("an index is missing between '[' and ']'", token.Position, isSyntax: true)
                    : new Syntax.Index(syntax, arguments, token.Position);
            }
            else
            {
                return syntax;
            }
        }
    }

    private Syntax ParseStart()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Text:
                var text = Take().Value;
                while (_compat && Current.Kind == TokenKind.Text)
                {
                    // The original joins texts that follow one another with the quotes between them.
                    text += "\"\"" + Take().Value;
                }
                return new Syntax.Literal(text, text, token.Position);
            case TokenKind.Character:
                Take();
                return new Syntax.Literal(token.Value[0], token.Value, token.Position);
            case TokenKind.Integer or TokenKind.Real:
                Take();
                return Number(token);
            case TokenKind.Identifier:
                return ParseIdentifier();
            case TokenKind.Operator when token.Is("("):
                Take();
                var inner = ParseExpression();
                Expect(")", "')' or an operator is expected");
                return inner;
            default:
                throw token.Kind == TokenKind.End ? Error("an expression is expected, the text ends here") : Unexpected();
        }
    }

    private Syntax ParseIdentifier()
    {
        var token = Take();
        if (SameWord(token.Value, "true") || SameWord(token.Value, "false"))
        {
            return new Syntax.Literal(SameWord(token.Value, "true"), token.Value, token.Position);
        }

        if (SameWord(token.Value, "null"))
        {
            return new Syntax.Literal(null, token.Value, token.Position);
        }

        if (SameWord(token.Value, "new"))
        {
            return ParseNew(token.Position);
        }

        if (Current.Is("("))
        {
            return new Syntax.Call(null, token.Value, ParseArguments(), token.Position);
        }

        if (Current.Is("?") && _tokens[_at + 1].Is("(") && Catalog.IsTypeName(token.Value))
        {
            Take();
            return new Syntax.NullableCast(token.Value, ParseArguments(), token.Position);
        }

        // int"5" is the original's short form of int("5").
        if (Current.Kind == TokenKind.Text && Catalog.IsTypeName(token.Value))
        {
            var text = Take();
            return new Syntax.Call(null, token.Value, [new Syntax.Literal(text.Value, text.Value, text.Position)], token.Position);
        }

        return new Syntax.Name(token.Value, token.Position);
    }

    private Syntax ParseNew(int position)
    {
        string? type = null;
        if (Current.Kind == TokenKind.Identifier)
        {
            type = Take().Value;
            while (Current.Is("."))
            {
                Take();
                type += "." + Identifier("a type's name follows '.'").Value;
            }
        }

        if (Current.Is("["))
        {
            Take();
            Expect("]", "']' is expected");
            Expect("{", "'{' is expected");
            return new Syntax.NewArray(type, ParseList("}"), position);
        }

        var close = Current.Is("(") ? ")" : Current.Is("{") ? "}" : throw Error("'(' is expected after 'new'");
        Take();
        var members = new List<NewMember>();
        while (!Current.Is(close))
        {
            if (members.Count > 0)
            {
                Expect(",", $"',' or '{close}' is expected");
            }

            var value = ParseExpression();
            string? alias = null;
            if (IsWord("as"))
            {
                Take();
                alias = Identifier("a name follows 'as'").Value;
            }

            members.Add(new NewMember(value, alias));
        }

        Take();
        return new Syntax.New(type, members, position);
    }

    private List<Syntax> ParseArguments()
    {
        Take();
        return ParseList(")");
    }

    private List<Syntax> ParseList(string close)
    {
        var items = new List<Syntax>();
        while (!Current.Is(close))
        {
            if (items.Count > 0)
            {
                Expect(",", $"',' or '{close}' is expected");
            }

            items.Add(ParseExpression());
        }

        Take();
        return items;
    }

    private static Syntax.Literal Number(Token token)
    {
        var text = token.Value;
        try
        {
            return new Syntax.Literal(
                token.Kind == TokenKind.Real ? Real(text) : Integer(text), text, token.Position);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new ExpressionException($"'{text}' is not a number that fits", token.Position, isSyntax: true);
        }
    }

    private static object Real(string text)
    {
        var digits = text.AsSpan(0, text.Length - 1);
        return text[^1] switch
        {
            'f' or 'F' => float.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture),
            'm' or 'M' => decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture),
            'd' or 'D' => double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture),
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    private static object Integer(string text)
    {
        var suffix = text.AsSpan().TrimStart("-0123456789xXbBaAcCdDeEfF");
        var digits = text.AsSpan(0, text.Length - suffix.Length);
        var negative = digits[0] == '-';
        if (negative)
        {
            digits = digits[1..];
        }

        var magnitude = digits.Length > 2 && digits[1] is 'x' or 'X' ? ulong.Parse(digits[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : digits.Length > 2 && digits[1] is 'b' or 'B' ? ulong.Parse(digits[2..], NumberStyles.BinaryNumber, CultureInfo.InvariantCulture)
            : ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var isLong = suffix.ContainsAny('L', 'l');
        var isUnsigned = suffix.ContainsAny('U', 'u');
        if (negative)
        {
            if (isUnsigned)
            {
                throw new FormatException();
            }

            var value = magnitude == 1UL << 63 ? long.MinValue : -checked((long)magnitude);
            return isLong || value < int.MinValue ? (object)value : (int)value;
        }

        return (isUnsigned, isLong) switch
        {
            (true, true) => (object)magnitude,
            (true, false) => checked((uint)magnitude),
            (false, true) => checked((long)magnitude),
            _ => magnitude switch
            {
                <= int.MaxValue => (object)(int)magnitude,
                <= uint.MaxValue => (uint)magnitude,
                <= long.MaxValue => (long)magnitude,
                _ => magnitude,
            },
        };
    }

    private void Enter()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error($"the expression is nested more than {DeepestNesting} levels deep");
        }
    }

    private Token Take() => _tokens[Current.Kind == TokenKind.End ? _at : _at++];

    private void Expect(string op, string message)
    {
        if (!Current.Is(op))
        {
            throw Error(message);
        }

        Take();
    }

    private Token Identifier(string message) => Current.Kind == TokenKind.Identifier ? Take() : throw Error(message);

    private bool IsWord(string word) => Current.Kind == TokenKind.Identifier && SameWord(Current.Value, word);

    private bool SameWord(string text, string word) => text.Equals(word, _caseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private ExpressionException Unexpected() =>
        Current.Kind == TokenKind.Operator && Current.Value == ")"
            ? Error("')' has no '(' or an expression is missing before it")
            : Error(IsWord("as")
                ? "'as' names the members of new (…) only, use as(x, \"Type\") to convert"
                : $"'{Current.Value}' is not expected here");

    private ExpressionException Error(string message) => new(message, Current.Position, isSyntax: true);

    /// <summary>An operator between two operands; the higher level binds tighter.</summary>
    private sealed record Infix(BinaryOperator Operator, int Level);
}
