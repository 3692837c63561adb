namespace WorkflowEngine.Templates.Parsing;

internal enum TokenKind
{
    /// <summary>Text outside of code, white space control already applied.</summary>
    Text,
    CodeEnter,
    CodeExit,
    NewLine,
    Semicolon,

    /// <summary><c>name</c>; also the keywords, which are known by their place.</summary>
    Identifier,

    /// <summary><c>$name</c>, <c>$</c>, <c>$0</c>, <c>$$</c>.</summary>
    LocalIdentifier,
    Number,
    String,
    VerbatimString,
    InterpolatedString,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Colon,
    Dot,
    QuestionDot,
    DotDot,
    DotDotLess,
    Ellipsis,
    Question,
    QuestionQuestion,
    QuestionExclamation,
    QuestionQuestionAssign,
    Exclamation,
    At,
    Caret,
    Pipe,
    PipePipe,
    AmpersandAmpersand,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    ShiftLeft,
    ShiftRight,
    Plus,
    Minus,
    Star,
    Slash,
    DoubleSlash,
    Percent,
    PlusPlus,
    MinusMinus,
    Assign,
    PlusAssign,
    MinusAssign,
    StarAssign,
    SlashAssign,
    DoubleSlashAssign,
    PercentAssign,
    Invalid,
    End,
}

/// <param name="Start">Offset of the first character in the template.</param>
/// <param name="End">Offset after the last character.</param>
/// <param name="SpaceBefore">White space stands before it: <c>f [1]</c> is a call, <c>f[1]</c> an element.</param>
/// <param name="Indent">For <see cref="TokenKind.CodeEnter"/>: the width of the white space that alone stands before it on its line, else 0.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, bool SpaceBefore = false, int Indent = 0);
