using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>
/// A bound expression that is interpreted at first, which makes it ready a hundred times sooner, and compiled when it turns
/// out to be used often. Safe to share between threads: at worst two of them compile the same.
/// </summary>
internal sealed class HotExpression<T>
{
    private const int Hot = 24;

    private Expression<Func<Frame, T>>? _tree;
    private Func<Frame, T>? _run;
    private int _uses;

    public HotExpression(Expression body) =>
        _tree = Expression.Lambda<Func<Frame, T>>(body, Binder.FrameParameter);

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
            _run = tree.Compile(preferInterpretation: true);
        }
        else if (++_uses >= Hot && frame.MayCompile())
        {
            _run = tree.Compile();
            Volatile.Write(ref _tree, null);
        }
    }
}
