using WorkflowEngine.Templates.Checking;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Tree;

internal abstract record Statement(int Position)
{
    public abstract void Execute(RenderContext context);
}

/// <summary>Statements run one after the other, until one of them leaves the loop, the function or the page.</summary>
internal sealed record Block(Statement[] Statements)
{
    public void Execute(RenderContext context)
    {
        var at = Statements.Length > 0 ? Statements[0].Position : 0;
        RenderContext.CheckStack(at);
        try
        {
            foreach (var statement in Statements)
            {
                at = statement.Position;
                context.Tick(at);
                statement.Execute(context);
                if (context.Flow != Flow.Next)
                {
                    return;
                }
            }
        }
        catch (RenderFault fault) when (fault.Position < 0)
        {
            fault.Position = at;
            throw;
        }
    }
}

/// <summary>Text of the template, put out as it stands.</summary>
internal sealed record TextStatement(int Position, string Text) : Statement(Position)
{
    public override void Execute(RenderContext context) => context.WriteText(Text);
}

/// <summary>Entering a code block: the white space before it on its line goes before each further line of what it writes.</summary>
internal sealed record IndentStatement(int Position, string? Indent) : Statement(Position)
{
    public override void Execute(RenderContext context) => context.Indent = context.Leniency.AutoIndent ? Indent : null;
}

/// <summary>An expression whose value is put out.</summary>
internal sealed record ValueStatement(int Position, Expression Value) : Statement(Position)
{
    /// <summary>Where in HTML the value is put; set once, when the template has been parsed.</summary>
    public HtmlPlace Place { get; set; }

    public override void Execute(RenderContext context)
    {
        if (Place != HtmlPlace.Safe && context.Kind == OutputKind.Html)
        {
            ExecuteGuarded(context);
            return;
        }

        context.WriteValue(Value.Evaluate(context));
    }

    /// <summary>Escaping alone does not make a value harmless here: all that comes of it is looked at together.</summary>
    private void ExecuteGuarded(RenderContext context)
    {
        context.PushOutput();
        var value = Value.Evaluate(context);
        context.WriteValue(value);
        var html = context.PopOutput();
        var text = html.ToString()!;
        if (Place == HtmlPlace.Unsafe && text.Length > 0 && !Kinds.IsNumber(value) && value is not bool)
        {
            throw new RenderFault("A text cannot be made harmless here, in a script, a style, a comment or a tag without quotes: "
                + "put it between tags or into a quoted attribute.", Position);
        }

        context.WriteValue(Place == HtmlPlace.Unsafe || HtmlPlaces.IsHarmlessLink(text) ? html : new HtmlText("about:blank"));
    }
}

internal sealed record AssignStatement(int Position, PathExpression Target, Expression Value) : Statement(Position)
{
    public override void Execute(RenderContext context) => Target.Assign(context, Value.Evaluate(context));
}

/// <summary><c>target += value</c> and its kind.</summary>
internal sealed record CompoundAssignStatement(int Position, PathExpression Target, BinaryOperator Operator, Expression Value) : Statement(Position)
{
    public override void Execute(RenderContext context) =>
        Target.Assign(context, Operators.Apply(Operator, Target.Evaluate(context), Value.Evaluate(context), context, Position));
}

/// <summary><c>target ??= value</c>.</summary>
internal sealed record AssignIfNullStatement(int Position, PathExpression Target, Expression Value) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        if (Target.Evaluate(context) is null)
        {
            Target.Assign(context, Value.Evaluate(context));
        }
    }
}

/// <param name="Condition">Null for the last <c>else</c>.</param>
internal sealed record Branch(Expression? Condition, Block Body);

internal sealed record IfStatement(int Position, Branch[] Branches) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        foreach (var branch in Branches)
        {
            if (branch.Condition is null || Kinds.IsTrue(branch.Condition.Evaluate(context)))
            {
                branch.Body.Execute(context);
                return;
            }
        }
    }
}

/// <param name="Matches">Null for <c>else</c>.</param>
internal sealed record When(Expression[]? Matches, Block Body);

internal sealed record CaseStatement(int Position, Expression Value, When[] Whens) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        var value = Value.Evaluate(context);
        foreach (var when in Whens)
        {
            if (when.Matches is null || Array.Exists(when.Matches, m => Operators.AreEqual(value, m.Evaluate(context), context, m.Position)))
            {
                when.Body.Execute(context);
                return;
            }
        }
    }
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed record FlowStatement(int Position, Flow Flow) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        if (context.IsInLoop)
        {
            context.Flow = Flow;
        }
        else if (context.Leniency.BreakOutsideLoopReturns)
        {
            context.Flow = Flow.Return;
        }
        else
        {
            throw new RenderFault($"'{(Flow == Flow.Break ? "break" : "continue")}' stands outside of a loop.", Position);
        }
    }
}

/// <summary><c>ret value</c>: leaves the function, or the page.</summary>
internal sealed record ReturnStatement(int Position, Expression? Value) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        context.ReturnValue = Value?.Evaluate(context);
        context.Flow = Flow.Return;
    }
}

/// <summary><c>capture target … end</c>: what the block writes becomes the value.</summary>
internal sealed record CaptureStatement(int Position, PathExpression Target, Block Body) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        context.PushOutput();
        Body.Execute(context);
        Target.Assign(context, context.PopOutput());
    }
}

/// <summary><c>with object … end</c>: its members become the variables. A list has members too, beside its elements.</summary>
internal sealed record WithStatement(int Position, Expression Target, Block Body) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        switch (Target.Evaluate(context))
        {
            case ScriptObject members:
                context.PushGlobal(members.IsShared ? context.OwnBuiltin(members) : members);
                break;
            case ScriptArray list:
                context.PushGlobal(list);
                break;
            case var target:
                throw new RenderFault($"'with' needs an object; {Target.Describe()} is {Kinds.Name(target)}.", Target.Position);
        }

        Body.Execute(context);
        context.PopGlobal();
    }
}

/// <summary><c>import object</c>: its members become variables.</summary>
internal sealed record ImportStatement(int Position, Expression Value) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        var value = Value.Evaluate(context);
        if (value is null)
        {
            return;
        }

        if (value is not ScriptObject members)
        {
            throw new RenderFault($"'import' needs an object; {Value.Describe()} is {Kinds.Name(value)}.", Value.Position);
        }

        var target = context.TopGlobal;
        foreach (var (name, member) in members.Entries().ToList())
        {
            if (!target.IsReadOnly(name))
            {
                target[name] = member;
            }
        }
    }
}

internal sealed record ReadOnlyStatement(int Position, PathExpression Target) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        switch (Target)
        {
            case GlobalVariable variable:
                context.TopGlobal.MakeReadOnly(variable.Name);
                break;
            case LocalVariable variable:
                context.MakeLocalReadOnly(variable.Name);
                break;
            case MemberAccess { Target: var owner, Name: var name } when owner.Evaluate(context) is ScriptObject { IsShared: false } members:
                members.MakeReadOnly(name);
                break;
            default:
                throw new RenderFault($"'readonly' needs a variable; {Target.Describe()} is none.", Position);
        }
    }
}

/// <summary><c>func name … end</c> and <c>name(x) = expression</c>: defined when it is reached.</summary>
internal sealed record FunctionStatement(int Position, PathExpression Target, FunctionBody Body) : Statement(Position)
{
    public override void Execute(RenderContext context) =>
        Target.Assign(context, new UserFunction(Target.Describe(), Body, context.Source));
}

/// <summary><c>wrap function arguments … end</c>: the function runs the block as <c>$$</c>.</summary>
internal sealed record WrapStatement(int Position, Expression Call, Block Body) : Statement(Position)
{
    public override void Execute(RenderContext context)
    {
        var call = Call as FunctionCall ?? new FunctionCall(Call.Position, Call, [], []);
        if (call.Target.EvaluateUncalled(context) is not Function)
        {
            throw new RenderFault($"'wrap' needs a function; `{call.Target.Describe()}` is none.", call.Target.Position);
        }

        context.WriteValue(call.Invoke(context, Body));
    }
}
