using WorkflowEngine.Templates.Checking;
using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Parsing;

/// <content>Reads what expressions are made of: names, texts, numbers, lists, objects, functions.</content>
internal sealed partial class Parser
{
    private static readonly string[] WhileMembers = ["index", "first", "even", "odd"];
    private static readonly string[] ForMembers = [.. WhileMembers, "last", "changed", "length", "rindex"];
    private static readonly string[] RowMembers = ["col", "col0", "col_first", "col_last"];
    private static readonly string[] LiquidLoopMembers = ["index", "index0", "rindex", "rindex0", "first", "last", "length"];

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return ParseName(Next());
            case TokenKind.LocalIdentifier:
                Next();
                if (TextOf(token) is "$$")
                {
                    return token.Start == wrappedAt && Kind is (TokenKind.NewLine or TokenKind.Semicolon or TokenKind.CodeExit or TokenKind.End) ? new WrappedBlock(token.Start) : throw Fault(token, "`$$` is a statement of its own and has no value.");
                }

                return new LocalVariable(token.Start, TextOf(token)[1..].ToString());
            case TokenKind.Number:
                Next();
                return new Literal(token.Start, Numbers.Value(TextOf(token), options.FloatsAreDecimals)
                    ?? throw Fault(token, $"`{TextOf(token)}` is not a number."));
            case TokenKind.String:
                Next();
                return new Literal(token.Start, Unescape(token.Start + 1, token.End - 1));
            case TokenKind.VerbatimString:
                Next();
                return new Literal(token.Start, TextOf(token)[1..^1].ToString().Replace("``", "`", StringComparison.Ordinal));
            case TokenKind.InterpolatedString:
                return ParseInterpolated(Next());
            case TokenKind.OpenParen:
                return ParseNested(Next());
            case TokenKind.OpenBracket:
                return ParseArray(Next());
            case TokenKind.OpenBrace:
                return ParseObject(Next());
            case TokenKind.PlusPlus or TokenKind.MinusMinus:
                Next();
                return new Increment(token.Start, ParsePath("a variable to count"), token.Kind == TokenKind.PlusPlus ? 1 : -1, IsPrefix: true);
            case TokenKind.Exclamation or TokenKind.Minus or TokenKind.Plus or TokenKind.At or TokenKind.Caret:
                return ParseUnary(Next());
            default:
                throw Fault(token, $"Expecting an expression instead of {Show(token)}.");
        }
    }

    private Expression ParseName(Token token)
    {
        if (liquid)
        {
            return LiquidName(token);
        }

        switch (TextOf(token))
        {
            case "true":
                return new Literal(token.Start, true);
            case "false":
                return new Literal(token.Start, false);
            case "null":
                return new Literal(token.Start, null);
            case "this":
                return new ThisExpression(token.Start);
            case "do":
                var parameters = Kind == TokenKind.OpenParen ? ParseParameters() : null;
                ExpectEndOfStatement();
                return ParseAnonymousFunction(token, parameters);
            case "for" or "while" or "tablerow":
                CheckLoopMember(token);
                goto default;
            default:
                return new GlobalVariable(token.Start, TextOf(token).ToString());
        }
    }

    /// <summary>What a loop does not know of itself is a mistake, and not nothing.</summary>
    private void CheckLoopMember(Token loop)
    {
        if (Kind != TokenKind.Dot || Peek(1).Kind != TokenKind.Identifier)
        {
            return;
        }

        var name = TextOf(loop);
        string[] known = liquid ? LiquidLoopMembers : name is "while" ? WhileMembers : ForMembers;
        if (name is "tablerow" or "tablerowloop")
        {
            known = [.. known, .. RowMembers];
        }

        var member = TextOf(Peek(1)).ToString();
        if (!known.Contains(member, StringComparer.Ordinal))
        {
            throw Fault(Peek(1), $"A loop has no '{member}'{Names.DidYouMean(member, known)}");
        }
    }

    private AnonymousFunction ParseAnonymousFunction(Token opener, FunctionParameter[]? parameters)
    {
        var body = ParseBlock(opener);
        if (!IsWord(Current, "end"))
        {
            throw Fault(Current, $"Expecting 'end' of '{TextOf(opener)}' instead of {Show(Current)}.");
        }

        Next();
        return new AnonymousFunction(opener.Start, new FunctionBody(parameters, body, null));
    }

    private UnaryExpression ParseUnary(Token token)
    {
        var @operator = token.Kind switch
        {
            TokenKind.Exclamation => UnaryOperator.Not,
            TokenKind.Minus => UnaryOperator.Negate,
            TokenKind.Plus => UnaryOperator.Plus,
            TokenKind.At => UnaryOperator.Alias,
            _ => UnaryOperator.Expand,
        };
        if (!StartsExpression(Current))
        {
            throw Fault(Current, $"Expecting an expression after `{TextOf(token)}` instead of {Show(Current)}.");
        }

        // !f x is !(f x); but the function behind @, and the list behind ^, stand for themselves among arguments.
        Enter(token.Start);
        var operand = @operator is UnaryOperator.Alias or UnaryOperator.Expand ? ParseOperand() : ParseExpression(UnaryPrecedence);
        depth--;
        return new UnaryExpression(token.Start, @operator, operand);
    }

    private NestedExpression ParseNested(Token open)
    {
        openBrackets++;
        var outer = conditionals;
        conditionals = 0;
        var inner = ParseExpression();
        conditionals = outer;
        openBrackets--;
        SkipNewLines();
        Expect(TokenKind.CloseParen, "')'");
        return new NestedExpression(open.Start, inner);
    }

    private ArrayLiteral ParseArray(Token open)
    {
        openBrackets++;
        var items = new List<Expression>();
        while (Kind != TokenKind.CloseBracket)
        {
            items.Add(ParseExpression());
            if (Kind != TokenKind.Comma)
            {
                break;
            }

            Next();
        }

        openBrackets--;
        SkipNewLines();
        Expect(TokenKind.CloseBracket, "',' or ']'");
        return new ArrayLiteral(open.Start, [.. items]);
    }

    private ObjectLiteral ParseObject(Token open)
    {
        openBrackets++;
        var members = new List<(string, Expression)>();
        while (Kind != TokenKind.CloseBrace)
        {
            var token = Current;
            var name = token.Kind switch
            {
                TokenKind.Identifier => TextOf(token).ToString(),
                TokenKind.String => Unescape(token.Start + 1, token.End - 1),
                _ => throw Fault(token, $"Expecting the name of a member instead of {Show(token)}."),
            };
            Next();
            Expect(TokenKind.Colon, "':'");
            members.Add((name, ParseExpression()));
            if (Kind != TokenKind.Comma)
            {
                break;
            }

            Next();
        }

        openBrackets--;
        SkipNewLines();
        Expect(TokenKind.CloseBrace, "',' or '}'");
        return new ObjectLiteral(open.Start, [.. members]);
    }

    private string Unescape(int start, int end) =>
        InterpolatedStrings.Unescape(source.Text.AsSpan(start, end - start), out var errorAt)
        ?? throw new ParseFault(start + errorAt, "This escape sequence is none of the language: write \\\\ for a backslash.");

    private InterpolatedText ParseInterpolated(Token token)
    {
        var parts = new List<Expression>();
        var text = source.Text;
        var end = token.End - 1;
        var start = token.Start + 2;
        for (var i = start; i < end; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '{')
            {
                AddPart(parts, start, i);
                var close = InterpolatedStrings.FindHoleEnd(text, i, end);
                if (close < 0)
                {
                    throw new ParseFault(i, "The '{' in the text has no '}'.");
                }

                parts.Add(ParseHole(i + 1, close));
                i = close;
                start = close + 1;
            }
            else if (text[i] == '}')
            {
                throw new ParseFault(i, "The '}' in the text has no '{': write \\}.");
            }
        }

        AddPart(parts, start, end);
        return new InterpolatedText(token.Start, [.. parts]);
    }

    private void AddPart(List<Expression> parts, int start, int end)
    {
        if (end > start)
        {
            parts.Add(new Literal(start, Unescape(start, end)));
        }
    }

    private Expression ParseHole(int start, int end)
    {
        Enter(start);
        var (inner, error) = Lexer.RunCode(source.Text, start, end);
        if (error is { } lexical)
        {
            throw new ParseFault(lexical.Position, lexical.Message);
        }

        var parser = new Parser(source, options, inner, problems, rawUses) { depth = depth, openBrackets = 1 };
        if (!StartsExpression(parser.Current))
        {
            throw new ParseFault(start, "Expecting an expression between '{' and '}'.");
        }

        var expression = parser.ParseExpression();
        if (parser.Kind != TokenKind.End)
        {
            throw new ParseFault(parser.Current.Start, "Expecting '}' after the expression.");
        }

        depth--;
        return expression;
    }
}
