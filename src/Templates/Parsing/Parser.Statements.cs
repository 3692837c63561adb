using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Parsing;

/// <content>Reads statements by their first word.</content>
internal sealed partial class Parser
{
    private Statement ParseStatement(Token token)
    {
        if (token.Kind != TokenKind.Identifier || Peek(1).Kind is TokenKind.Dot or TokenKind.QuestionDot)
        {
            return ParseExpressionStatement();
        }

        switch (TextOf(token))
        {
            case "if":
                return ParseIf(Next());
            case "for" or "tablerow":
                return ParseFor(Next());
            case "while":
                Next();
                var condition = ParseCondition(token);
                var body = ParseBlock(token);
                ExpectEnd(token);
                return new WhileStatement(token.Start, condition, body);
            case "case":
                return ParseCase(Next());
            case "with":
                Next();
                var target = ParseCondition(token);
                var within = ParseBlock(token);
                ExpectEnd(token);
                return new WithStatement(token.Start, target, within);
            case "wrap":
                Next();
                var call = ParseCondition(token);
                var wrapped = ParseBlock(token);
                ExpectEnd(token);
                return new WrapStatement(token.Start, call, wrapped);
            case "capture":
                Next();
                var captured = ParseHeader(() => ParsePath("the variable to capture into"), new GlobalVariable(token.Start, ""));
                var content = ParseBlock(token);
                ExpectEnd(token);
                return new CaptureStatement(token.Start, captured, content);
            case "func":
                return ParseFunction(Next());
            case "break" or "continue":
                Next();
                ExpectEndOfStatement();
                return new FlowStatement(token.Start, TextOf(token) is "break" ? Flow.Break : Flow.Continue);
            case "ret":
                Next();
                var value = Kind is TokenKind.NewLine or TokenKind.Semicolon or TokenKind.CodeExit or TokenKind.End ? null : ParseExpression();
                ExpectEndOfStatement();
                return new ReturnStatement(token.Start, value);
            case "import":
                Next();
                var imported = ParseExpression();
                ExpectEndOfStatement();
                return new ImportStatement(token.Start, imported);
            case "readonly":
                Next();
                var fixedTarget = ParsePath("the variable to protect");
                ExpectEndOfStatement();
                return new ReadOnlyStatement(token.Start, fixedTarget);
            default:
                return ParseExpressionStatement();
        }
    }

    /// <summary>The expression after <c>if</c>, <c>while</c> and their kind, to the end of its statement.</summary>
    private Expression ParseCondition(Token opener) => ParseHeader(
        () => StartsExpression(Current) ? ParseExpression() : throw Fault(Current, $"Expecting an expression after '{TextOf(opener)}' instead of {Show(Current)}."),
        new Literal(opener.Start, null));

    /// <summary>Reads the first line of a block. A mistake in it is remembered, and the block read all the same: its <c>end</c> is no mistake.</summary>
    private T ParseHeader<T>(Func<T> read, T instead)
    {
        var (depthBefore, bracketsBefore, conditionalsBefore) = (depth, openBrackets, conditionals);
        try
        {
            var header = read();
            ExpectEndOfStatement();
            return header;
        }
        catch (ParseFault fault) when (!fault.IsFatal)
        {
            (depth, openBrackets, conditionals) = (depthBefore, bracketsBefore, conditionalsBefore);
            Remember(fault);
            SkipStatement(mustMove: false);
            return instead;
        }
    }

    private PathExpression ParsePath(string what)
    {
        var start = Current;
        return ParseOperand() as PathExpression ?? throw Fault(start, $"Expecting {what}.");
    }

    private IfStatement ParseIf(Token opener)
    {
        var branches = new List<Branch> { new(ParseCondition(opener), ParseBlock(opener)) };
        while (IsWord(Current, "else"))
        {
            Next();
            if (IsWord(Current, "if"))
            {
                var again = Next();
                branches.Add(new Branch(ParseCondition(again), ParseBlock(opener)));
                continue;
            }

            ExpectEndOfStatement();
            branches.Add(new Branch(null, ParseBlock(opener)));
            break;
        }

        ExpectEnd(opener);
        return new IfStatement(opener.Start, [.. branches]);
    }

    private CaseStatement ParseCase(Token opener)
    {
        var value = ParseCondition(opener);
        var before = ParseBlock(opener);
        if (Array.Find(before.Statements, s => s is not (TextStatement or IndentStatement)) is { } stray)
        {
            Remember(new ParseFault(stray.Position, "Between 'case' and its first 'when' nothing is executed."));
        }

        var whens = new List<When>();
        while (IsWord(Current, "when"))
        {
            var when = Next();
            whens.Add(new When(ParseMatches(), ParseBlock(when)));
        }

        if (IsWord(Current, "else"))
        {
            var otherwise = Next();
            if (whens.Count == 0)
            {
                Remember(Fault(otherwise, "The 'else' of a 'case' needs a 'when' before it."));
            }

            ExpectEndOfStatement();
            whens.Add(new When(null, ParseBlock(otherwise)));
        }

        ExpectEnd(opener);
        return new CaseStatement(opener.Start, value, [.. whens]);
    }

    private Expression[] ParseMatches()
    {
        var matches = new List<Expression> { ParseExpression(OrPrecedence) };
        while (Kind is TokenKind.Comma or TokenKind.PipePipe || (liquid && IsWord(Current, "or")))
        {
            Next();
            if (!StartsExpression(Current))
            {
                break;
            }

            matches.Add(ParseExpression(OrPrecedence));
        }

        ExpectEndOfStatement();
        return [.. matches];
    }

    private ForStatement ParseFor(Token opener)
    {
        var loop = new LoopOptions { LeavesContinue = liquid && TextOf(opener) is "for" };
        var (variable, list) = ParseHeader(() => ParseLoop(opener, loop), (new GlobalVariable(opener.Start, ""), new Literal(opener.Start, null)));
        var body = ParseBlock(opener);
        Block? otherwise = null;
        if (IsWord(Current, "else"))
        {
            Next();
            ExpectEndOfStatement();
            otherwise = ParseBlock(opener);
        }

        ExpectEnd(opener);
        return new ForStatement(opener.Start, variable, list, loop, TextOf(opener) is "tablerow", body, otherwise);
    }

    private (PathExpression Variable, Expression List) ParseLoop(Token opener, LoopOptions loop)
    {
        var variable = ParsePath($"the variable of '{TextOf(opener)}'");
        if (!IsWord(Current, "in"))
        {
            throw Fault(Current, $"Expecting 'in' instead of {Show(Current)}: {TextOf(opener)} variable in list.");
        }

        Next();
        var list = ParseExpression(0, loop);
        ReadLoopOptions(loop);
        return (variable, list);
    }

    private bool IsLoopOption(Token token) => token.Kind == TokenKind.Identifier
        && (TextOf(token) is "reversed" || (TextOf(token) is "offset" or "limit" or "cols" && Peek(1).Kind == TokenKind.Colon));

    private void ReadLoopOptions(LoopOptions loop)
    {
        while (IsLoopOption(Current))
        {
            var option = Next();
            if (TextOf(option) is "reversed")
            {
                loop.IsReversed = true;
                continue;
            }

            Expect(TokenKind.Colon, "':'");
            var value = ParseOperand();
            switch (TextOf(option))
            {
                case "offset":
                    loop.Offset = value;
                    break;
                case "limit":
                    loop.Limit = value;
                    break;
                default:
                    loop.Columns = value;
                    break;
            }
        }
    }

    private FunctionStatement ParseFunction(Token opener)
    {
        var (name, parameters) = ParseHeader(
            () => (ParseFunctionName(), Kind == TokenKind.OpenParen ? ParseParameters() : null),
            (new GlobalVariable(opener.Start, ""), null));
        var body = ParseBlock(opener);
        ExpectEnd(opener);
        return new FunctionStatement(opener.Start, name, new FunctionBody(parameters, body, null));
    }

    /// <summary>A name, perhaps with members, up to the parenthesis of the parameters.</summary>
    private PathExpression ParseFunctionName()
    {
        var token = Current;
        if (token.Kind is not (TokenKind.Identifier or TokenKind.LocalIdentifier) || ParsePrimary() is not PathExpression path)
        {
            throw Fault(token, $"Expecting the name of the function instead of {Show(token)}.");
        }

        while (Kind == TokenKind.Dot)
        {
            Next();
            var member = Expect(TokenKind.Identifier, "the name of a member");
            path = new MemberAccess(member.Start, path, TextOf(member).ToString(), IsOptional: false);
        }

        return path;
    }

    private FunctionParameter[] ParseParameters()
    {
        Expect(TokenKind.OpenParen, "'('");
        openBrackets++;
        var parameters = new List<FunctionParameter>();
        while (Kind != TokenKind.CloseParen)
        {
            var name = Expect(TokenKind.Identifier, "the name of a parameter");
            if (parameters.Count > 0 && parameters[^1].IsRest)
            {
                throw Fault(name, "No parameter can stand behind one that takes all the rest.");
            }

            var isRest = Kind == TokenKind.Ellipsis && Next().Kind == TokenKind.Ellipsis;
            Expression? byDefault = null;
            if (Kind == TokenKind.Assign)
            {
                Next();
                byDefault = ParseExpression() as Literal ?? throw Fault(name, "Only a value as it is written can be a parameter's default.");
            }
            else if (!isRest && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw Fault(name, "A parameter without a default cannot stand behind one with a default.");
            }

            parameters.Add(new FunctionParameter(TextOf(name).ToString(), byDefault, isRest));
            if (Kind != TokenKind.Comma)
            {
                break;
            }

            Next();
        }

        openBrackets--;
        Expect(TokenKind.CloseParen, "')'");
        return [.. parameters];
    }
}
