using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Parsing;

/// <content>
/// Reads expressions by precedence. What follows an operand and could begin an expression itself is an argument:
/// <c>f 1 2</c> calls f, and there the arguments take operators in (<c>f 1 + 2</c> is f(3)); to the right of an operator
/// they leave it (<c>1 + f 2 + 3</c> is (1 + f(2)) + 3).
/// </content>
internal sealed partial class Parser
{
    private const int OrPrecedence = 30;
    private const int UnaryPrecedence = 200;

    private static (BinaryOperator Operator, int Precedence)? OperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.QuestionQuestion => (BinaryOperator.IfNull, 20),
        TokenKind.QuestionExclamation => (BinaryOperator.IfNotNull, 20),
        TokenKind.PipePipe => (BinaryOperator.Or, OrPrecedence),
        TokenKind.AmpersandAmpersand => (BinaryOperator.And, 40),
        TokenKind.Equal => (BinaryOperator.Equal, 70),
        TokenKind.NotEqual => (BinaryOperator.NotEqual, 70),
        TokenKind.Less => (BinaryOperator.Less, 80),
        TokenKind.LessOrEqual => (BinaryOperator.LessOrEqual, 80),
        TokenKind.Greater => (BinaryOperator.Greater, 80),
        TokenKind.GreaterOrEqual => (BinaryOperator.GreaterOrEqual, 80),
        TokenKind.Plus => (BinaryOperator.Add, 100),
        TokenKind.Minus => (BinaryOperator.Subtract, 100),
        TokenKind.Star => (BinaryOperator.Multiply, 110),
        TokenKind.Slash => (BinaryOperator.Divide, 110),
        TokenKind.DoubleSlash => (BinaryOperator.DivideWhole, 110),
        TokenKind.Percent => (BinaryOperator.Modulo, 110),
        TokenKind.ShiftLeft => (BinaryOperator.ShiftLeft, 110),
        TokenKind.ShiftRight => (BinaryOperator.ShiftRight, 110),
        TokenKind.DotDot => (BinaryOperator.Range, 130),
        TokenKind.DotDotLess => (BinaryOperator.RangeExclusive, 130),
        _ => null,
    };

    private static bool StartsExpression(Token token) => token.Kind is TokenKind.Identifier or TokenKind.LocalIdentifier
        or TokenKind.Number or TokenKind.String or TokenKind.VerbatimString or TokenKind.InterpolatedString
        or TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.OpenBrace
        or TokenKind.Exclamation or TokenKind.At or TokenKind.Caret or TokenKind.Minus or TokenKind.Plus
        or TokenKind.PlusPlus or TokenKind.MinusMinus;

    /// <summary>The only place where <c>$$</c> may stand: at the beginning of a statement.</summary>
    private int wrappedAt;

    private Statement ParseExpressionStatement()
    {
        var start = Current;
        wrappedAt = start.Start;
        var expression = ParseExpression();
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Assign when expression is FunctionCall { Target: PathExpression name } call && IsExplicit(call):
                return ParseInlineFunction(start, name, call);
            case TokenKind.Assign:
                return new AssignStatement(start.Start, Target(expression, token), ParseAssigned());
            case TokenKind.QuestionQuestionAssign:
                return new AssignIfNullStatement(start.Start, Target(expression, token), ParseAssigned());
            case TokenKind.PlusAssign or TokenKind.MinusAssign or TokenKind.StarAssign or TokenKind.SlashAssign
                or TokenKind.DoubleSlashAssign or TokenKind.PercentAssign:
                var @operator = token.Kind switch
                {
                    TokenKind.PlusAssign => BinaryOperator.Add,
                    TokenKind.MinusAssign => BinaryOperator.Subtract,
                    TokenKind.StarAssign => BinaryOperator.Multiply,
                    TokenKind.SlashAssign => BinaryOperator.Divide,
                    TokenKind.DoubleSlashAssign => BinaryOperator.DivideWhole,
                    _ => BinaryOperator.Modulo,
                };
                return new CompoundAssignStatement(start.Start, Target(expression, token), @operator, ParseAssigned());
            default:
                ExpectEndOfStatement();
                return new ValueStatement(expression.Position, expression);
        }
    }

    private static bool IsExplicit(FunctionCall call) => call.Named.Length == 0 && Array.TrueForAll(call.Arguments, a => a is GlobalVariable);

    private static PathExpression Target(Expression expression, Token assign) => expression switch
    {
        PathExpression path => path,
        NestedExpression { Inner: PathExpression path } => path,
        _ => throw Fault(assign, "Only a variable, a member or an element can be assigned."),
    };

    private Expression ParseAssigned()
    {
        var assign = Next();
        var after = SkipNewLines();
        if (!StartsExpression(Current))
        {
            throw Fault(after, $"Expecting a value after '{TextOf(assign)}' instead of {Show(after)}.");
        }

        var value = ParseExpression();
        if (Kind is TokenKind.Assign or TokenKind.PlusAssign or TokenKind.MinusAssign or TokenKind.StarAssign)
        {
            throw Fault(Current, "An assignment is a statement of its own and has no value.");
        }

        ExpectEndOfStatement();
        return value;
    }

    private FunctionStatement ParseInlineFunction(Token start, PathExpression name, FunctionCall declaration)
    {
        var parameters = Array.ConvertAll(declaration.Arguments, a => new FunctionParameter(((GlobalVariable)a).Name, null, IsRest: false));
        return new FunctionStatement(start.Start, name, new FunctionBody(parameters, null, ParseAssigned()));
    }

    /// <returns>The token at hand before: where it is said that nothing follows.</returns>
    private Token SkipNewLines()
    {
        var before = Current;
        while (tokens[index].Kind == TokenKind.NewLine)
        {
            index++;
        }

        return before;
    }

    /// <param name="precedence">Operators that bind no tighter are left to the caller.</param>
    /// <param name="loop">Takes the options of the loop whose list is being read.</param>
    private Expression ParseExpression(int precedence = 0, LoopOptions? loop = null)
    {
        Enter(Current.Start);
        var depthAtStart = depth;
        var expression = ParseOperators(precedence, loop);
        depth = depthAtStart - 1;
        return expression;
    }

    private Expression ParseOperators(int precedence, LoopOptions? loop)
    {
        List<Expression>? call = null;
        var operand = ParseOperand();
        while (true)
        {
            if (operand is AnonymousFunction)
            {
                break;
            }

            var token = Current;
            if ((liquid && token.Kind == TokenKind.Identifier ? LiquidOperatorOf(token) : OperatorOf(token.Kind)) is { } found)
            {
                if (found.Precedence <= precedence)
                {
                    break;
                }

                Enter(token.Start);
                Next();
                operand = new BinaryExpression(token.Start, found.Operator, operand, ParseRight(token, found.Precedence));
            }
            else if (token.Kind == TokenKind.Question && precedence == 0)
            {
                operand = ParseConditional(operand);
            }
            else if (loop is not null && IsLoopOption(token))
            {
                ReadLoopOptions(loop);
                break;
            }
            else if (liquid && token.Kind == TokenKind.Pipe && precedence == 0)
            {
                Enter(token.Start);
                Next();
                operand = new PipeCall(token.Start, Finish(operand, call), ParseLiquidFilter());
                call = null;
            }
            else if (IsPipe(token) && precedence == 0)
            {
                SkipNewLines();
                var pipe = Next();
                var from = Finish(operand, call);
                return new PipeCall(pipe.Start, from, ParseRight(pipe, 0, loop));
            }
            else if (IsNamedArgument(token))
            {
                (call ??= []).Add(operand);
                operand = ParseNamedArguments(call);
                call = null;
                if (precedence > 0 || !IsPipe(Current))
                {
                    return operand;
                }
            }
            else if (StartsExpression(token) && token.Kind is not (TokenKind.Plus or TokenKind.Minus or TokenKind.PlusPlus or TokenKind.MinusMinus))
            {
                (call ??= []).Add(operand);
                operand = ParseOperand();
            }
            else
            {
                break;
            }
        }

        return Finish(operand, call);
    }

    private static Expression Finish(Expression operand, List<Expression>? call)
    {
        if (call is null)
        {
            return operand;
        }

        call.Add(operand);
        return new FunctionCall(call[0].Position, call[0], [.. call.Skip(1)], []);
    }

    private Expression ParseRight(Token @operator, int precedence, LoopOptions? loop = null)
    {
        var after = SkipNewLines();
        return StartsExpression(Current)
            ? ParseExpression(precedence, loop)
            : throw Fault(after, $"Expecting an expression to the right of `{TextOf(@operator)}` instead of {Show(after)}.");
    }

    /// <summary>A pipe, also one that begins the next line.</summary>
    private bool IsPipe(Token token)
    {
        return (token.Kind == TokenKind.NewLine && !liquid ? FirstOfNextLine() : token.Kind) == TokenKind.Pipe;
    }

    private TokenKind FirstOfNextLine()
    {
        var next = index;
        while (tokens[next].Kind == TokenKind.NewLine)
        {
            next++;
        }

        return tokens[next].Kind;
    }

    private bool IsNamedArgument(Token token) => token.Kind == TokenKind.Identifier && Peek(1) is { Kind: TokenKind.Colon } colon
        && (conditionals == 0 || !colon.SpaceBefore);

    /// <summary>Inside <c>? … :</c> a name before a colon with a space is a value.</summary>
    private int conditionals;

    /// <param name="call">What is called, with the arguments before the named ones.</param>
    private FunctionCall ParseNamedArguments(List<Expression> call)
    {
        var named = new List<NamedExpression>();
        int? stray = null;
        while (true)
        {
            if (IsNamedArgument(Current))
            {
                named.Add(ParseNamedArgument(ParseArgumentValue));
            }
            else if (StartsExpression(Current) && Kind is not (TokenKind.Plus or TokenKind.Minus))
            {
                stray ??= Current.Start;
                ParseOperand();
            }
            else
            {
                return new FunctionCall(call[0].Position, call[0], [.. call.Skip(1)], [.. named]) { StrayAt = stray };
            }
        }
    }

    private NamedExpression ParseNamedArgument(Func<Expression> readValue)
    {
        var name = Next();
        Next();
        return new NamedExpression(TextOf(name).ToString(), readValue(), name.Start);
    }

    /// <summary>The value of a named argument ends where the next argument begins.</summary>
    private Expression ParseArgumentValue()
    {
        Enter(Current.Start);
        var depthAtStart = depth;
        var operand = ParseOperand();
        while (OperatorOf(Kind) is { } found)
        {
            var token = Next();
            operand = new BinaryExpression(token.Start, found.Operator, operand, ParseRight(token, found.Precedence));
        }

        depth = depthAtStart - 1;
        return operand;
    }

    private ConditionalExpression ParseConditional(Expression condition)
    {
        var question = Next();
        conditionals++;
        var then = ParseRight(question, 0);
        conditionals--;
        var after = SkipNewLines();
        var colon = Kind == TokenKind.Colon ? Next() : throw Fault(after, $"Expecting ':' and the other value instead of {Show(after)}.");
        return new ConditionalExpression(question.Start, condition, then, ParseRight(colon, 0));
    }

    private Expression ParseOperand()
    {
        var depthAtStart = depth;
        var operand = ParsePostfix();
        depth = depthAtStart;
        return operand;
    }

    private Expression ParsePostfix()
    {
        var operand = ParsePrimary();
        while (true)
        {
            if (tokens[index].Kind == TokenKind.NewLine && FirstOfNextLine() is TokenKind.Dot or TokenKind.QuestionDot)
            {
                SkipNewLines();
            }

            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.Dot or TokenKind.QuestionDot:
                    operand = ParseMember(operand, token);
                    break;
                case TokenKind.OpenBracket when !token.SpaceBefore && operand is not (Literal { Value: null or bool or int } or AnonymousFunction):
                    operand = ParseElement(operand, isOptional: false);
                    break;
                case TokenKind.Question when !token.SpaceBefore && IsOptionalElement():
                    Next();
                    operand = ParseElement(operand, isOptional: true);
                    break;
                case TokenKind.OpenParen when !token.SpaceBefore && operand is PathExpression:
                    operand = ParseExplicitCall(operand);
                    break;
                case TokenKind.PlusPlus or TokenKind.MinusMinus when operand is PathExpression path:
                    Next();
                    operand = new Increment(token.Start, path, token.Kind == TokenKind.PlusPlus ? 1 : -1, IsPrefix: false);
                    return operand;
                default:
                    return operand;
            }

            Enter(token.Start);
        }
    }

    /// <summary><c>a?[0]</c>, but not the condition of <c>a?[0]:[1]</c>.</summary>
    private bool IsOptionalElement()
    {
        if (Peek(1) is not { Kind: TokenKind.OpenBracket, SpaceBefore: false })
        {
            return false;
        }

        var (at, open) = (index + 1, 0);
        do
        {
            open += tokens[at].Kind switch { TokenKind.OpenBracket => 1, TokenKind.CloseBracket => -1, _ => 0 };
            at++;
        }
        while (open > 0 && at < Math.Min(tokens.Count, index + 200));

        return open == 0 && at < tokens.Count && tokens[at].Kind != TokenKind.Colon;
    }

    private PathExpression ParseMember(Expression target, Token dot)
    {
        Next();
        if (Kind == TokenKind.OpenBracket && dot.Kind == TokenKind.QuestionDot)
        {
            return ParseElement(target, isOptional: true);
        }

        var name = Current;
        if (name.Kind != TokenKind.Identifier)
        {
            throw Fault(name, $"Expecting the name of a member after '{TextOf(dot)}' instead of {Show(name)}.");
        }

        Next();
        var text = TextOf(name).ToString();
        if (text is "empty" or "blank" && Kind == TokenKind.Question && !Current.SpaceBefore)
        {
            Next();
            text = "empty?";
        }

        if (text == "raw" && target is GlobalVariable { Name: "html" })
        {
            rawUses.Add(name.Start);
            return new RawFilter(name.Start, target);
        }

        // Behind ?. the rest of the path may be missing too.
        var isOptional = dot.Kind == TokenKind.QuestionDot || target is MemberAccess { IsOptional: true };
        return new MemberAccess(name.Start, target, text, isOptional);
    }

    private ElementAccess ParseElement(Expression target, bool isOptional)
    {
        var open = Next();
        openBrackets++;
        if (!StartsExpression(Current))
        {
            throw Fault(Current, $"Expecting an index instead of {Show(Current)}.");
        }

        var element = ParseExpression();
        openBrackets--;
        Expect(TokenKind.CloseBracket, "']'");
        return new ElementAccess(open.Start, target, element, isOptional);
    }

    private FunctionCall ParseExplicitCall(Expression target)
    {
        Next();
        openBrackets++;
        var arguments = new List<Expression>();
        var named = new List<NamedExpression>();
        int? stray = null;
        while (Kind != TokenKind.CloseParen)
        {
            if (IsNamedArgument(Current))
            {
                named.Add(ParseNamedArgument(() => ParseExpression()));
            }
            else
            {
                stray ??= named.Count > 0 ? Current.Start : null;
                arguments.Add(ParseExpression());
            }

            if (Kind != TokenKind.Comma)
            {
                break;
            }

            Next();
        }

        openBrackets--;
        Expect(TokenKind.CloseParen, "')'");
        return new FunctionCall(target.Position, target, [.. arguments], [.. named]) { StrayAt = stray };
    }
}
