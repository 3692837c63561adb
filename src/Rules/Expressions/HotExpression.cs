using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>
/// A bound expression that is interpreted at first, which makes it ready a hundred times sooner, and compiled when it turns
/// out to be used often. What <see cref="FirstRuns"/> knows is not even made into instructions for an interpreter. Safe to share between threads: at worst two of them compile the same.
/// </summary>
internal sealed class HotExpression<T>
{
    private const int Hot = 24;

    // Compiling takes longer than a run may when an expression is very large; those stay interpreted.
    private const int LargestCompiled = 200;

    private Expression<Func<Frame, T>>? _tree;
    private Func<Frame, T>? _run;
    private readonly bool _isLarge;
    private int _uses;

    /// <param name="body">What computes the value.</param>
    /// <param name="size">The number of parts of the expression that it was made from.</param>
    public HotExpression(Expression body, int size)
    {
        _tree = Expression.Lambda<Func<Frame, T>>(body, Binder.FrameParameter);
        _isLarge = size > LargestCompiled;
    }

    public T Run(Frame frame)
    {
        if (Volatile.Read(ref _tree) is { } tree)
        {
            Prepare(frame, tree);
        }

        return _run!(frame);
    }

    private void Prepare(Frame frame, Expression<Func<Frame, T>> tree)
    {
        if (_run is null)
        {
            _run = FirstRuns.Of(tree.Body) is { } first ? frame => (T)first(frame)! : tree.Compile(preferInterpretation: true);
        }
        else if (!_isLarge && ++_uses >= Hot && frame.MayCompile())
        {
            _run = tree.Compile();
            Volatile.Write(ref _tree, null);
        }
    }
}
