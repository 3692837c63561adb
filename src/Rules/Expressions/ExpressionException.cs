namespace WorkflowEngine.Rules;

/// <summary>An expression that cannot be understood: carried from the place in its text up to whoever reports it.</summary>
internal sealed class ExpressionException : Exception
{
    public ExpressionException(string message, int position, bool isSyntax = false)
        : base(message)
    {
        Position = position;
        IsSyntax = isSyntax;
    }

    /// <summary>0-based position in the expression's text.</summary>
    public int Position { get; }

    /// <summary>True when the text is wrong whatever the facts are.</summary>
    public bool IsSyntax { get; }
}
