using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Parsing;

/// <summary>
/// Reads statements. A mistake ends its statement, is remembered, and reading goes on behind it, so that an author sees
/// all mistakes at once. Depth is bounded, whatever the text.
/// </summary>
internal sealed partial class Parser
{
    private const int MostProblems = 20;

    private readonly SourceText source;
    private readonly TemplateOptions options;
    private readonly List<Token> tokens;
    private readonly List<TemplateProblem> problems;
    private readonly List<int> rawUses;
    private readonly bool liquid;
    private int index;
    private int depth;

    /// <summary>In Liquid: the code block at hand is a tag, <c>{% … %}</c>, and not a value.</summary>
    private bool isTag;

    /// <summary>Inside brackets line ends do not end statements.</summary>
    private int openBrackets;

    private Parser(SourceText source, TemplateOptions options, List<Token> tokens, List<TemplateProblem> problems, List<int> rawUses)
    {
        this.source = source;
        this.options = options;
        this.tokens = tokens;
        this.problems = problems;
        this.rawUses = rawUses;
        liquid = options.Language == TemplateLanguage.Liquid;
    }

    /// <summary>The token at hand; line ends do not count inside brackets.</summary>
    private Token Current
    {
        get
        {
            while (openBrackets > 0 && tokens[index].Kind == TokenKind.NewLine)
            {
                index++;
            }

            return tokens[index];
        }
    }

    private TokenKind Kind => Current.Kind;

    public static (Block Page, List<TemplateProblem> Problems, List<int> RawUses) Run(SourceText source, TemplateOptions options)
    {
        var (tokens, error) = Lexer.Run(source.Text, options.Language == TemplateLanguage.Liquid);
        var parser = new Parser(source, options, tokens, [], []);
        var found = parser.problems;
        var page = new Block([]);
        try
        {
            page = parser.ParsePage();
        }
        catch (ParseFault fault)
        {
            found.Add(source.Problem(fault.Position, fault.Message));
        }

        if (error is { } lexical)
        {
            found.Add(source.Problem(lexical.Position, lexical.Message));
        }

        found.Sort((a, b) => (a.Line, a.Column).CompareTo((b.Line, b.Column)));
        return (page, found, parser.rawUses);
    }

    private Token Peek(int ahead) => tokens[Math.Min(index + ahead, tokens.Count - 1)];

    private Token Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            index++;
        }

        return token;
    }

    private ReadOnlySpan<char> TextOf(Token token) => source.Text.AsSpan(token.Start, token.End - token.Start);

    private bool IsWord(Token token, string word) => token.Kind == TokenKind.Identifier && TextOf(token).SequenceEqual(word);

    /// <summary>How a token is shown in a message.</summary>
    private string Show(Token token) => token.Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.NewLine => "the end of the line",
        TokenKind.Text => "text",
        _ => $"`{TextOf(token).ToString()}`",
    };

    private static ParseFault Fault(Token at, string message) => new(at.Start, message);

    private Token Expect(TokenKind kind, string what)
    {
        var token = Current;
        return token.Kind == kind ? Next() : throw Fault(token, $"Expecting {what} instead of {Show(token)}.");
    }

    private void Enter(int position)
    {
        if (++depth > options.MaxDepth)
        {
            throw new ParseFault(position, $"The template nests more than {options.MaxDepth} deep here.") { IsFatal = true };
        }

        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ParseFault(position, "The template nests too deeply here.") { IsFatal = true };
        }
    }

    private Block ParsePage()
    {
        var statements = new List<Statement>();
        while (true)
        {
            ReadStatements(statements);
            if (Kind == TokenKind.End)
            {
                return new Block([.. statements]);
            }

            var token = Next();
            if (problems.Count == 0)
            {
                problems.Add(source.Problem(token.Start, $"'{TextOf(token)}' belongs to nothing here."));
            }
        }
    }

    /// <summary>The statements up to <c>end</c>, <c>else</c> or <c>when</c>, which is left to whoever opened the block.</summary>
    /// <param name="part">Where this block of several begins: at <c>else</c>, at <c>elsif</c>.</param>
    private Block ParseBlock(Token opener, Token? part = null)
    {
        Enter(opener.Start);
        var brackets = openBrackets;
        openBrackets = 0;
        var statements = new List<Statement>();
        ReadStatements(statements);
        openBrackets = brackets;
        depth--;
        if (Kind == TokenKind.End)
        {
            var last = tokens[Math.Max(0, index - 1)];
            throw new ParseFault(liquid ? (part ?? opener).Start : last.Start, $"The '{TextOf(opener)}' of line {source.Locate(opener.Start).Line} has no 'end'.") { IsFatal = true };
        }

        return new Block([.. statements]);
    }

    private void ExpectEnd(Token opener)
    {
        if (liquid ? !IsLiquidEndOf(opener) : !IsWord(Current, "end"))
        {
            throw Fault(Current, $"Expecting 'end' of '{TextOf(opener)}' instead of {Show(Current)}.");
        }

        Next();
        ExpectEndOfStatement();
    }

    private void ReadStatements(List<Statement> statements)
    {
        var afterText = false;
        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.End:
                    return;
                case TokenKind.Text:
                    statements.Add(new TextStatement(token.Start, TextOf(token).ToString()));
                    afterText = true;
                    Next();
                    break;
                case TokenKind.CodeEnter:
                    if (token.Indent > 0 || !afterText)
                    {
                        statements.Add(new IndentStatement(token.Start, token.Indent == 0 ? null : source.Text.Substring(token.Start - token.Indent, token.Indent)));
                    }

                    Next();
                    if (liquid)
                    {
                        isTag = TextOf(token)[1] == '%';
                        SkipNewLines();
                    }

                    break;
                case TokenKind.CodeExit:
                    afterText = false;
                    Next();
                    break;
                case TokenKind.NewLine or TokenKind.Semicolon:
                    Next();
                    break;
                default:
                    if (liquid ? isTag && IsLiquidBlockEnd(token) : IsWord(token, "end") || IsWord(token, "else") || IsWord(token, "when"))
                    {
                        return;
                    }

                    ReadStatement(statements, token);
                    break;
            }
        }
    }

    private void ReadStatement(List<Statement> statements, Token token)
    {
        var depthBefore = depth;
        try
        {
            statements.Add(liquid ? ParseLiquidStatement(token) : ParseStatement(token));
        }
        catch (ParseFault fault) when (!fault.IsFatal)
        {
            depth = depthBefore;
            openBrackets = 0;
            conditionals = 0;
            Remember(fault);
            SkipStatement(index == 0 || tokens[index].Start == token.Start);
        }
    }

    private void Remember(ParseFault fault)
    {
        problems.Add(source.Problem(fault.Position, fault.Message));
        if (problems.Count >= MostProblems)
        {
            throw new ParseFault(fault.Position, "There are more mistakes than are listed here.") { IsFatal = true };
        }
    }

    /// <summary>Goes to the end of the statement at hand, or of the mistake in it.</summary>
    private void SkipStatement(bool mustMove)
    {
        if (mustMove)
        {
            Next();
        }

        while (Kind is not (TokenKind.End or TokenKind.NewLine or TokenKind.Semicolon or TokenKind.CodeExit or TokenKind.CodeEnter or TokenKind.Text))
        {
            Next();
        }
    }

    private void ExpectEndOfStatement()
    {
        if (Kind is not (TokenKind.CodeExit or TokenKind.End) && (liquid || Kind is not (TokenKind.NewLine or TokenKind.Semicolon)))
        {
            throw Fault(Current, $"Invalid token found {Show(Current)}. Expecting the end of the statement: a new line, ';' or '}}}}'.");
        }
    }
}

/// <summary>Ends the reading of a statement. Caught in the parser, where it becomes a problem.</summary>
internal sealed class ParseFault(int position, string message) : Exception(message)
{
    public int Position { get; } = position;

    /// <summary>There is no going on behind it.</summary>
    public bool IsFatal { get; init; }
}
