using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Parsing;

/// <content>
/// Liquid, as far as Scriban reads it (scriban/site/docs/liquid-support.md): its tags become the statements above, its
/// filters the functions of the built-ins.
/// </content>
internal sealed partial class Parser
{
    /// <summary>Liquid's filters and the functions that do the same.</summary>
    private static readonly Dictionary<string, string> LiquidFilters = new(StringComparer.Ordinal)
    {
        ["abs"] = "math.abs",
        ["append"] = "string.append",
        ["capitalize"] = "string.capitalize",
        ["ceil"] = "math.ceil",
        ["compact"] = "array.compact",
        ["concat"] = "array.concat",
        ["cycle"] = "array.cycle",
        ["date"] = "date.parse_to_string",
        ["default"] = "object.default",
        ["divided_by"] = "math.divided_by",
        ["downcase"] = "string.downcase",
        ["escape"] = "html.escape",
        ["first"] = "array.first",
        ["floor"] = "math.floor",
        ["format"] = "object.format",
        ["handle"] = "string.handleize",
        ["handleize"] = "string.handleize",
        ["join"] = "array.join",
        ["last"] = "array.last",
        ["lstrip"] = "string.lstrip",
        ["map"] = "array.map",
        ["minus"] = "math.minus",
        ["modulo"] = "math.modulo",
        ["pluralize"] = "string.pluralize",
        ["plus"] = "math.plus",
        ["prepend"] = "string.prepend",
        ["remove"] = "string.remove",
        ["remove_first"] = "string.remove_first",
        ["replace"] = "string.replace",
        ["replace_first"] = "string.replace_first",
        ["reverse"] = "array.reverse",
        ["round"] = "math.round",
        ["rstrip"] = "string.rstrip",
        ["size"] = "object.size",
        ["slice"] = "string.slice1",
        ["sort"] = "array.sort",
        ["split"] = "string.split",
        ["strip"] = "string.strip",
        ["strip_html"] = "html.strip",
        ["strip_newlines"] = "string.strip_newlines",
        ["times"] = "math.times",
        ["truncate"] = "string.truncate",
        ["truncatewords"] = "string.truncatewords",
        ["uniq"] = "array.uniq",
        ["upcase"] = "string.upcase",
    };

    private bool IsLiquidBlockEnd(Token token) => token.Kind == TokenKind.Identifier && TextOf(token) is "else" or "elsif" or "when" or "end"
        or "endif" or "endunless" or "endfor" or "endtablerow" or "endcase" or "endcapture" or "endifchanged" or "endwith";

    private bool IsLiquidEndOf(Token opener) =>
        IsWord(Current, "end") || IsWord(Current, string.Concat("end", TextOf(opener)));

    private (BinaryOperator Operator, int Precedence)? LiquidOperatorOf(Token token) => TextOf(token) switch
    {
        "or" => (BinaryOperator.Or, OrPrecedence),
        "and" => (BinaryOperator.And, 40),
        "contains" => (BinaryOperator.Contains, 90),
        "startsWith" => (BinaryOperator.StartsWith, 90),
        "endsWith" => (BinaryOperator.EndsWith, 90),
        "hasKey" => (BinaryOperator.HasKey, 90),
        "hasValue" => (BinaryOperator.HasValue, 90),
        _ => null,
    };

    private Expression LiquidName(Token token)
    {
        if (TextOf(token) is "for" or "while" or "tablerow" or "forloop" or "tablerowloop")
        {
            CheckLoopMember(token);
        }

        return LiquidValue(token);
    }

    private Expression LiquidValue(Token token) => TextOf(token) switch
    {
        "true" => new Literal(token.Start, true),
        "false" => new Literal(token.Start, false),
        "nil" or "null" => new Literal(token.Start, null),
        "blank" => new GlobalVariable(token.Start, "empty"),
        "forloop" => new GlobalVariable(token.Start, "for"),
        "tablerowloop" => new GlobalVariable(token.Start, "tablerow"),
        "continue" => new LocalVariable(token.Start, "continue"),
        _ => new GlobalVariable(token.Start, TextOf(token).ToString()),
    };

    private Statement ParseLiquidStatement(Token token)
    {
        if (!isTag || token.Kind != TokenKind.Identifier)
        {
            var value = ParseExpression();
            ExpectEndOfStatement();
            return new ValueStatement(value.Position, value);
        }

        Next();
        switch (TextOf(token))
        {
            case "assign":
                var target = ParsePath("the variable to assign");
                Expect(TokenKind.Assign, "'='");
                var assigned = ParseExpression();
                ExpectEndOfStatement();
                return new AssignStatement(token.Start, target, assigned);
            case "capture":
                var captured = ParsePath("the variable to capture into");
                ExpectEndOfStatement();
                return new CaptureStatement(token.Start, captured, ParseLiquidBody(token));
            case "if":
                return ParseLiquidIf(token, ParseCondition(token));
            case "unless":
                return ParseLiquidIf(token, new UnaryExpression(token.Start, UnaryOperator.Not, ParseCondition(token)));
            case "ifchanged":
                ExpectEndOfStatement();
                var changed = new MemberAccess(token.Start, new GlobalVariable(token.Start, "for"), "changed", IsOptional: true);
                return new IfStatement(token.Start, [new Branch(changed, ParseLiquidBody(token))]);
            case "for" or "tablerow":
                return ParseFor(token);
            case "case":
                return ParseCase(token);
            case "cycle":
                return ParseLiquidCycle(token);
            case "increment" or "decrement":
                return ParseLiquidCounter(token, TextOf(token) is "increment");
            case "break" or "continue":
                ExpectEndOfStatement();
                return new FlowStatement(token.Start, TextOf(token) is "break" ? Flow.Break : Flow.Continue);
            case "include":
                return ParseLiquidInclude(token);
            default:
                return ParseLiquidCall(token);
        }
    }

    private Block ParseLiquidBody(Token opener)
    {
        var body = ParseBlock(opener);
        ExpectEnd(opener);
        return body;
    }

    private IfStatement ParseLiquidIf(Token opener, Expression condition)
    {
        var branches = new List<Branch> { new(condition, ParseBlock(opener)) };
        while (IsWord(Current, "elsif"))
        {
            var again = Next();
            branches.Add(new Branch(ParseCondition(again), ParseBlock(opener, again)));
        }

        if (IsWord(Current, "else"))
        {
            var otherwise = Next();
            ExpectEndOfStatement();
            branches.Add(new Branch(null, ParseBlock(opener, otherwise)));
        }

        ExpectEnd(opener);
        return new IfStatement(opener.Start, [.. branches]);
    }

    /// <summary><c>cycle 'a', 'b'</c> and <c>cycle group: 'a', 'b'</c>.</summary>
    private ValueStatement ParseLiquidCycle(Token token)
    {
        var items = new List<Expression> { ParseOperand() };
        Expression? group = null;
        if (Kind == TokenKind.Colon)
        {
            Next();
            group = items[0];
            items = [ParseOperand()];
        }

        while (Kind == TokenKind.Comma)
        {
            Next();
            items.Add(ParseOperand());
        }

        ExpectEndOfStatement();
        var list = new ArrayLiteral(token.Start, [.. items]);
        return new ValueStatement(token.Start, new FunctionCall(token.Start, LiquidFunction(token.Start, "array.cycle"), group is null ? [list] : [list, group], []));
    }

    /// <summary><c>increment n</c> puts out n + 1 and leaves n as it is: so the original reads it.</summary>
    private ValueStatement ParseLiquidCounter(Token token, bool isIncrement)
    {
        var variable = ParsePath("the variable to count");
        ExpectEndOfStatement();
        return new ValueStatement(token.Start, new BinaryExpression(token.Start, isIncrement ? BinaryOperator.Add : BinaryOperator.Subtract, variable, new Literal(token.Start, 1)));
    }

    /// <summary>
    /// <c>include 'name' with value</c>, <c>include 'name' for list</c>, <c>include 'name' a: 1, b: 2</c>: what is given are variables
    /// that are set before; that behind <c>with</c>, or of <c>for</c>, has the name of the template.
    /// </summary>
    private Statement ParseLiquidInclude(Token token)
    {
        var at = Current;
        var name = ParseOperand();
        if (name is not (PathExpression or Literal { Value: string }))
        {
            throw Fault(at, "Expecting the name of a template: a text or a variable.");
        }

        Statement include = new ValueStatement(token.Start, new FunctionCall(token.Start, new GlobalVariable(token.Start, "include"), [name], []));
        var statements = new List<Statement>();
        var named = new ElementAccess(at.Start, new ThisExpression(at.Start), name, IsOptional: false);
        if (IsWord(Current, "with"))
        {
            Next();
            statements.Add(new AssignStatement(at.Start, named, ParseOperand()));
        }
        else if (IsWord(Current, "for"))
        {
            Next();
            include = new ForStatement(token.Start, named, ParseOperand(), new LoopOptions(), IsTableRow: false, new Block([include]), null);
        }

        while (Kind == TokenKind.Identifier)
        {
            var variable = ParsePath("a variable for the template");
            Expect(TokenKind.Colon, "':'");
            statements.Add(new AssignStatement(variable.Position, variable, ParseOperand()));
            if (Kind == TokenKind.Comma)
            {
                Next();
            }
        }

        ExpectEndOfStatement();
        statements.Add(include);
        return statements.Count == 1 ? include : new IfStatement(token.Start, [new Branch(null, new Block([.. statements]))]);
    }

    /// <summary>A tag that is none of Liquid's is a call of a function of the template's host.</summary>
    private ValueStatement ParseLiquidCall(Token token)
    {
        index--;
        var call = ParseExpression();
        ExpectEndOfStatement();
        if (call is GlobalVariable name)
        {
            call = new FunctionCall(name.Position, name, [], []);
        }

        return new ValueStatement(call.Position, call);
    }

    /// <summary><c>name: argument, argument</c> behind a pipe.</summary>
    private FunctionCall ParseLiquidFilter()
    {
        var name = Expect(TokenKind.Identifier, "the name of a filter");
        var function = LiquidFilters.TryGetValue(TextOf(name).ToString(), out var mapped) && (options.LiquidFiltersAreScriban || TextOf(name) is not "date")
            ? LiquidFunction(name.Start, mapped)
            : ParseLiquidFunctionName(name);
        var arguments = new List<Expression>();
        if (Kind == TokenKind.Colon)
        {
            do
            {
                Next();
                arguments.Add(ParseOperand());
            }
            while (Kind == TokenKind.Comma);
        }
        else
        {
            while (StartsExpression(Current) && LiquidOperatorOf(Current) is null)
            {
                arguments.Add(ParseOperand());
            }
        }

        return new FunctionCall(name.Start, function, [.. arguments], []);
    }

    private Expression ParseLiquidFunctionName(Token name)
    {
        Expression path = new GlobalVariable(name.Start, TextOf(name).ToString());
        while (Kind == TokenKind.Dot)
        {
            path = ParseMember(path, Current);
        }

        return path;
    }

    /// <summary>The function itself, whatever the model has under its name.</summary>
    private static Literal LiquidFunction(int position, string path)
    {
        var names = path.Split('.');
        return new Literal(position, ((ScriptObject)BuiltinFunctions.Shared[names[0]]!)[names[1]]);
    }
}
