using System.Globalization;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Tree;

/// <summary>What stands after the list of a <c>for</c>: <c>offset:2 limit:3 reversed</c>, and <c>cols:2</c> of a <c>tablerow</c>.</summary>
internal sealed record LoopOptions
{
    public Expression? Offset { get; set; }

    public Expression? Limit { get; set; }

    public bool IsReversed { get; set; }

    public Expression? Columns { get; set; }

    /// <summary>In Liquid the next loop can go on where this one ended: <c>offset:continue</c>.</summary>
    public bool LeavesContinue { get; init; }
}

/// <summary><c>for variable in list … else … end</c>, and <c>tablerow</c>, which makes the rows of an HTML table of it.</summary>
/// <param name="Otherwise">Runs when there is nothing in the list; where there is no list, nothing runs.</param>
internal sealed record ForStatement(int Position, PathExpression Variable, Expression List, LoopOptions Options, bool IsTableRow, Block Body, Block? Otherwise) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        var list = List.Evaluate(context);
        if (list is null)
        {
            return;
        }

        var items = Items(context, list, out var count);
        // Below 0 the loop begins before the list, with rounds that have no item.
        var first = Options.Offset is null ? 0 : Math.Min(Conversions.ToInt(Options.Offset.Evaluate(context), Options.Offset.Position), count);
        var limit = Options.Limit is null ? count : Conversions.ToInt(Options.Limit.Evaluate(context), Options.Limit.Position);
        var rounds = (int)Math.Min((long)count - first, limit);
        context.WriteMarkup(IsTableRow ? "<tr class=\"row1\">" : "");
        var end = rounds > 0 ? Run(context, items, first, rounds, count) : first;
        context.WriteMarkup(IsTableRow ? "</tr>\n" : "");
        if (Options.LeavesContinue)
        {
            context.SetLocal("continue", end, Position);
        }

        if (rounds <= 0)
        {
            Otherwise?.Execute(context);
        }
    }

    /// <returns>The place in the list where the loop ended: that behind the last item, or the one of a <c>break</c>.</returns>
    private int Run(RenderContext context, Func<int, object?> items, int first, int rounds, int count)
    {
        var columns = !IsTableRow ? 0 : Options.Columns is null ? 1 : Math.Max(1, Conversions.ToInt(Options.Columns.Evaluate(context), Options.Columns.Position));
        var state = new LoopState { Length = count, Columns = columns, FirstIndex = context.Leniency.LoopsCountFromOne ? 1 : 0 };
        var frame = new LoopFrame(IsTableRow ? "tablerow" : "for", state, (Variable as GlobalVariable)?.Name ?? (Variable as LocalVariable)?.Name, Variable is LocalVariable);
        context.EnterLoop(frame);
        object? previous = null;
        var end = Options.IsReversed ? first - 1 : first + rounds;
        for (var round = 0; round < rounds; round++)
        {
            context.StepLoop(Position);
            state.IsLast = round == rounds - 1;
            state.Index = Options.IsReversed ? first + rounds - 1 - round : first + round;
            var value = state.Index < 0 ? null : items(state.Index);
            state.IsChanged = round == 0 || !Operators.AreSame(previous, value, context, Position);
            (frame.Value, previous) = (value, value);
            if (frame.Variable is null)
            {
                Variable.Assign(context, value);
            }

            RunRound(context, state);
            if (context.Flow is Flow.Break or Flow.Return)
            {
                end = state.Index;
                break;
            }

            context.Flow = Flow.Next;
        }

        context.Flow = context.Flow == Flow.Return ? Flow.Return : Flow.Next;
        context.LeaveLoop(frame);
        return end;
    }

    /// <summary>A row of a table begins where the place in the list says so, also when the loop began further on.</summary>
    private void RunRound(RenderContext context, LoopState state)
    {
        if (!IsTableRow)
        {
            Body.Execute(context);
            return;
        }

        var column = state.Index % state.Columns;
        if (column == 0 && state.Index > 0)
        {
            context.WriteMarkup(string.Create(CultureInfo.InvariantCulture, $"</tr>\n<tr class=\"row{(state.Index / state.Columns) + 1}\">"));
        }

        context.WriteMarkup(string.Create(CultureInfo.InvariantCulture, $"<td class=\"col{column + 1}\">"));
        Body.Execute(context);
        context.WriteMarkup("</td>");
    }

    private Func<int, object?> Items(RenderContext context, object? list, out int count)
    {
        switch (list)
        {
            case null or EmptyValue:
                count = 0;
                return _ => null;
            case ScriptArray array:
                count = array.Count;
                return i => i < array.Count ? array[i] : null;
            case ScriptRange range:
                count = (int)Math.Min(range.Count, int.MaxValue);
                return i => range[i];
            case ScriptObject members:
                var entries = members.Entries().ToList();
                count = entries.Count;
                return i => new ScriptObject { ["key"] = entries[i].Key, ["value"] = entries[i].Value };
            case string text:
                count = text.Length;
                return i => text[i].ToString();
            default:
                throw new RenderFault($"A loop needs a list; {List.Describe()} is {Kinds.Name(list)}.", List.Position);
        }
    }
}

internal sealed record WhileStatement(int Position, Expression Condition, Block Body) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        var state = new LoopState { FirstIndex = context.Leniency.LoopsCountFromOne ? 1 : 0 };
        var frame = new LoopFrame("while", state, null, isLocal: false);
        context.EnterLoop(frame);
        while (Kinds.IsTrue(Condition.Evaluate(context)))
        {
            context.StepLoop(Position);
            Body.Execute(context);
            if (context.Flow is Flow.Break or Flow.Return)
            {
                break;
            }

            context.Flow = Flow.Next;
            state.Index++;
        }

        context.Flow = context.Flow == Flow.Return ? Flow.Return : Flow.Next;
        context.LeaveLoop(frame);
    }
}
