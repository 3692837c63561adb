namespace WorkflowEngine.Rules;

/// <summary>An expression as written, before names and types are known.</summary>
/// <param name="Position">0-based position in the text, for messages.</param>
internal abstract record Syntax(int Position)
{
    /// <summary>A constant; null for the word <c>null</c>.</summary>
    public sealed record Literal(object? Value, string Text, int Position) : Syntax(Position);

    public sealed record Name(string Text, int Position) : Syntax(Position);

    public sealed record Member(Syntax Target, string Text, int Position) : Syntax(Position);

    /// <summary><paramref name="Target"/> is null for <c>name(…)</c>.</summary>
    public sealed record Call(Syntax? Target, string Text, IReadOnlyList<Syntax> Arguments, int Position) : Syntax(Position);

    /// <summary><c>int?(x)</c>.</summary>
    public sealed record NullableCast(string Type, IReadOnlyList<Syntax> Arguments, int Position) : Syntax(Position);

    public sealed record Index(Syntax Target, IReadOnlyList<Syntax> Arguments, int Position) : Syntax(Position);

    public sealed record Unary(char Operator, Syntax Operand, int Position) : Syntax(Position);

    public sealed record Binary(BinaryOperator Operator, Syntax Left, Syntax Right, int Position) : Syntax(Position);

    /// <summary><c>x in (a, b)</c>.</summary>
    public sealed record InList(Syntax Value, IReadOnlyList<Syntax> Items, bool Negated, int Position) : Syntax(Position);

    /// <summary><c>x in list</c>.</summary>
    public sealed record InSequence(Syntax Value, Syntax Sequence, bool Negated, int Position) : Syntax(Position);

    public sealed record Conditional(Syntax Test, Syntax Then, Syntax Else, int Position) : Syntax(Position);

    public sealed record Coalesce(Syntax Left, Syntax Right, int Position) : Syntax(Position);

    public sealed record Lambda(string Parameter, Syntax Body, int Position) : Syntax(Position);

    /// <summary><c>new (a as X, b.Y)</c>; <paramref name="Type"/> for <c>new T(…)</c>.</summary>
    public sealed record New(string? Type, IReadOnlyList<NewMember> Members, int Position) : Syntax(Position);

    public sealed record NewArray(string? Type, IReadOnlyList<Syntax> Items, int Position) : Syntax(Position);
}

internal sealed record NewMember(Syntax Value, string? Alias);

internal enum BinaryOperator
{
    Or,
    And,
    BitAnd,
    BitOr,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
