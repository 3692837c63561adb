using WorkflowEngine.Templates.Parsing;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Tree;

internal readonly record struct NamedExpression(string Name, Expression Value, int Position);

/// <summary><c>f a b name: c</c> and <c>f(a, b)</c>.</summary>
internal sealed record FunctionCall(int Position, Expression Target, Expression[] Arguments, NamedExpression[] Named) : Expression(Position)
{
    /// <summary>Where an argument without a name stands behind a named one: what it is for cannot be told.</summary>
    public int? StrayAt { get; init; }

    public override object? Evaluate(RenderContext context) => Invoke(context, null);

    public object? Invoke(RenderContext context, Block? block)
    {
        RenderContext.CheckStack(Position);
        var piped = Calls.TakePiped(context);
        var target = Target.EvaluateUncalled(context);
        if (Calls.AsFunction(context, target) is not { } function)
        {
            if (target is null && context.Leniency.RelaxedFunctionAccess)
            {
                return null;
            }

            throw target is null
                ? Calls.NotFound(Target)
                : new RenderFault($"Invalid target function `{Target.Describe()}` ({Kinds.Name(target)})", Target.Position);
        }

        if (StrayAt is { } stray)
        {
            throw new RenderFault("Behind a named argument all arguments must be named.", stray);
        }

        return function.Invoke(context, Position, EvaluateArguments(context, piped), EvaluateNamed(context), block);
    }

    private object?[] EvaluateArguments(RenderContext context, Piped? piped)
    {
        if (Array.Exists(Arguments, a => a is UnaryExpression { Operator: UnaryOperator.Expand }))
        {
            return Expanded(context, piped);
        }

        var offset = piped is null ? 0 : 1;
        var result = new object?[Arguments.Length + offset];
        if (piped is not null)
        {
            result[0] = piped.Value;
        }

        for (var i = 0; i < Arguments.Length; i++)
        {
            result[i + offset] = Arguments[i].Evaluate(context);
        }

        return result;
    }

    private object?[] Expanded(RenderContext context, Piped? piped)
    {
        List<object?> result = piped is null ? [] : [piped.Value];
        foreach (var argument in Arguments)
        {
            var value = argument.Evaluate(context);
            if (argument is UnaryExpression { Operator: UnaryOperator.Expand } && value is ScriptArray or ScriptRange)
            {
                result.AddRange(Conversions.ToList(value, context, argument.Position));
            }
            else
            {
                result.Add(value);
            }
        }

        return [.. result];
    }

    private NamedArgument[]? EvaluateNamed(RenderContext context) =>
        Named.Length == 0 ? null : Array.ConvertAll(Named, n => new NamedArgument(n.Name, n.Value.Evaluate(context)));

    public override string Describe() => Target.Describe();
}

/// <summary><c>value | function</c>: the value becomes the first argument of the first function called to the right.</summary>
internal sealed record PipeCall(int Position, Expression From, Expression To) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        RenderContext.CheckStack(Position);
        var piped = new Piped(From.Evaluate(context));
        context.Pipe = piped;
        var result = To.Evaluate(context);
        if (ReferenceEquals(context.Pipe, piped))
        {
            context.Pipe = null;
            if (Calls.AsFunction(context, result) is { } function)
            {
                return function.Invoke(context, To.Position, [piped.Value], null, null);
            }

            if (result is null && To is PathExpression)
            {
                return context.Leniency.RelaxedFunctionAccess ? null : throw Calls.NotFound(To);
            }

            throw new RenderFault($"What the pipe leads to, `{To.Describe()}`, is not a function.", To.Position);
        }

        return result;
    }
}

internal static class Calls
{
    public static object? WithoutArguments(RenderContext context, Function function, int position)
    {
        var piped = TakePiped(context);
        return function.Invoke(context, position, piped is null ? [] : [piped.Value], null, null);
    }

    /// <summary>What is called: a function, or <c>date</c>, which reads a date when it is called like one.</summary>
    public static Function? AsFunction(RenderContext context, object? target) => target as Function
        ?? (target is ScriptObject members && context.IsBuiltin("date", members) ? members["parse"] as Function : null);

    public static Piped? TakePiped(RenderContext context)
    {
        var piped = context.Pipe;
        context.Pipe = null;
        return piped;
    }

    public static RenderFault NotFound(Expression target) =>
        new($"The function `{target.Describe()}` was not found", target.Position);
}

/// <param name="Default">The value when the argument is left out; null when it must be given.</param>
/// <param name="IsRest">Takes all further arguments as a list: <c>y...</c>.</param>
internal sealed record FunctionParameter(string Name, Expression? Default, bool IsRest);

/// <param name="Parameters">Null for a simple function, which reads its arguments from <c>$</c>.</param>
/// <param name="Inline">The expression of <c>f(x) = expression</c>; null when there is a block.</param>
internal sealed record FunctionBody(FunctionParameter[]? Parameters, Block? Block, Expression? Inline);

/// <summary>A function of the template.</summary>
internal sealed class UserFunction(string name, FunctionBody body, SourceText source) : Function
{
    public override string Name => name;

    public override object? Invoke(RenderContext context, int position, object?[] arguments, NamedArgument[]? named, Block? block)
    {
        context.EnterCall(position);

        // In $ a parametric function has its parameters: those left out with their default, the rest as one list.
        var given = body.Parameters is null ? new ScriptArray(arguments) : [];
        var parameters = body.Parameters is null ? null : Bind(context, position, arguments, named, given);
        if (named is not null && body.Parameters is null)
        {
            given.Members = new ScriptObject();
            foreach (var (argument, value) in named)
            {
                given.Members[argument] = value;
            }
        }

        if (parameters is not null)
        {
            context.PushGlobal(parameters);
        }

        context.PushLocal(new LocalScope { Arguments = given, Wrapped = block });
        var calledFrom = context.Source;
        context.Source = source;
        var result = Run(context);
        context.Source = calledFrom;
        context.PopLocal();
        if (parameters is not null)
        {
            context.PopGlobal();
        }

        context.LeaveCall();
        return result;
    }

    private object? Run(RenderContext context)
    {
        if (body.Inline is not null)
        {
            return body.Inline.Evaluate(context);
        }

        body.Block!.Execute(context);
        var result = context.Flow == Flow.Return ? context.ReturnValue : null;
        context.Flow = Flow.Next;
        context.ReturnValue = null;
        return result;
    }

    private ScriptObject Bind(RenderContext context, int position, object?[] arguments, NamedArgument[]? named, ScriptArray given)
    {
        var parameters = body.Parameters!;
        var result = new ScriptObject();
        foreach (var (argument, value) in named ?? [])
        {
            if (!Array.Exists(parameters, p => p.Name == argument))
            {
                if (parameters is [.., { IsRest: true }])
                {
                    (given.Members ??= new ScriptObject())[argument] = value;
                    continue;
                }

                throw new RenderFault($"The function `{name}` has no parameter '{argument}'{Checking.Names.DidYouMean(argument, parameters.Select(p => p.Name))}", position);
            }

            result[argument] = value;
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = parameters[i];
            if (parameter.IsRest)
            {
                result[parameter.Name] = new ScriptArray(arguments.Skip(i));
            }
            else if (i < arguments.Length)
            {
                result[parameter.Name] = arguments[i];
            }
            else if (!result.Has(parameter.Name))
            {
                result[parameter.Name] = (parameter.Default ?? throw WrongCount(position, arguments.Length)).Evaluate(context);
            }

            given.Add(result[parameter.Name]);
        }

        if (arguments.Length > parameters.Length && (parameters.Length == 0 || !parameters[^1].IsRest))
        {
            throw WrongCount(position, arguments.Length);
        }

        return result;
    }

    private RenderFault WrongCount(int position, int count)
    {
        var needed = body.Parameters!.Count(p => p.Default is null && !p.IsRest);
        return new RenderFault($"Invalid number of arguments `{count}` passed to `{name}` while expecting `{needed}` arguments", position);
    }
}
