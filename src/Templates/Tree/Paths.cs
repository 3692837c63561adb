using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Tree;

/// <summary>A variable, or a member or element reached from one: what can be read, called and assigned.</summary>
internal abstract record PathExpression(int Position) : Expression(Position)
{
    /// <summary>A function at the end of a path is called, with what a pipe brings.</summary>
    public sealed override object? Evaluate(RenderContext context) =>
        EvaluateUncalled(context) is var value && value is Function function ? Calls.WithoutArguments(context, function, Position) : value;

    public abstract override object? EvaluateUncalled(RenderContext context);

    public abstract void Assign(RenderContext context, object? value);
}

/// <summary>A variable without <c>$</c>.</summary>
internal sealed record GlobalVariable(int Position, string Name) : PathExpression(Position)
{
    public override object? EvaluateUncalled(RenderContext context)
    {
        if (context.TryGetGlobal(Name, out var value))
        {
            return value;
        }

        if (context.IsStrict || context.Leniency.StrictVariables)
        {
            throw new RenderFault($"The variable or function '{Name}' was not found.", Position);
        }

        return null;
    }

    public override void Assign(RenderContext context, object? value) => context.SetGlobal(Name, value, Position);

    public override string Describe() => Name;
}

/// <summary><c>$name</c>, <c>$</c> (the arguments), <c>$0</c> (the first of them).</summary>
internal sealed record LocalVariable(int Position, string Name) : PathExpression(Position)
{
    /// <summary>The number of the argument, -1 for a name.</summary>
    private readonly int argument = Name.Length is > 0 and < 6 && int.TryParse(Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;

    public override object? EvaluateUncalled(RenderContext context)
    {
        if (Name.Length == 0)
        {
            return context.Local.Arguments;
        }

        if (argument >= 0)
        {
            return context.Local.Arguments is { } arguments && argument < arguments.Count ? arguments[argument] : null;
        }

        if (context.TryGetLocal(Name, out var value))
        {
            return value;
        }

        if (context.IsStrict || context.Leniency.StrictVariables)
        {
            throw new RenderFault($"The variable '${Name}' was not found.", Position);
        }

        return null;
    }

    public override void Assign(RenderContext context, object? value)
    {
        if (Name.Length == 0 || argument >= 0)
        {
            throw new RenderFault($"The argument '${Name}' cannot be assigned.", Position);
        }

        context.SetLocal(Name, value, Position);
    }

    public override string Describe() => "$" + Name;
}

/// <summary><c>target.name</c> and <c>target?.name</c>.</summary>
internal sealed record MemberAccess(int Position, Expression Target, string Name, bool IsOptional) : PathExpression(Position)
{
    public override object? EvaluateUncalled(RenderContext context)
    {
        var target = Target.Evaluate(context);
        switch (target)
        {
            case ScriptObject members when members.TryGet(Name, out var value):
                return value;
            case null:
                if (IsOptional || context.Leniency.RelaxedTargetAccess || (Name == "empty?" && !context.IsStrict))
                {
                    return null;
                }

                throw new RenderFault($"Cannot get the member {Describe()} for a null object.", Position);
            default:
                return Name == "empty?" ? Kinds.IsEmpty(target) : Missing(context, target);
        }
    }

    private object? Missing(RenderContext context, object target)
    {
        var value = Members.Of(target, Name);
        if (value is null && !IsOptional && (context.IsStrict || !context.Leniency.RelaxedMemberAccess) && !Members.Has(target, Name))
        {
            var known = target is ScriptObject members ? Checking.Names.DidYouMean(Name, members.Keys) : ".";
            throw new RenderFault($"Cannot get the member {Describe()}: there is none of that name{known}", Position);
        }

        return value;
    }

    public override void Assign(RenderContext context, object? value)
    {
        switch (Target.Evaluate(context))
        {
            case ScriptObject members:
                context.SetMember(members, Name, value, Position);
                break;
            case ScriptArray list:
                (list.Members ??= new ScriptObject())[Name] = value;
                break;
            case null:
                throw new RenderFault($"Cannot set the member {Describe()} of a null object.", Position);
            case var other:
                throw new RenderFault($"Cannot set the member {Describe()} of a value of type {Kinds.Name(other)}.", Position);
        }
    }

    public override string Describe() => $"{Target.Describe()}.{Name}";
}

/// <summary><c>html.raw</c>, by these words alone: so that what is put out unescaped can be listed, it is no member that could be reached otherwise.</summary>
internal sealed record RawFilter(int Position, Expression Target) : PathExpression(Position)
{
    public override object? EvaluateUncalled(RenderContext context) => Target.Evaluate(context) switch
    {
        ScriptObject members when context.IsBuiltin("html", members) => HtmlFunctions.Raw,
        ScriptObject members => members["raw"],
        _ => null,
    };

    public override void Assign(RenderContext context, object? value) =>
        throw new RenderFault("'html.raw' cannot be assigned.", Position);

    public override string Describe() => "html.raw";
}

/// <summary><c>target[index]</c>.</summary>
internal sealed record ElementAccess(int Position, Expression Target, Expression Index, bool IsOptional) : PathExpression(Position)
{
    public override object? EvaluateUncalled(RenderContext context)
    {
        var target = Target.Evaluate(context);
        if (target is null)
        {
            if (IsOptional || context.Leniency.RelaxedTargetAccess)
            {
                return null;
            }

            throw new RenderFault($"Cannot get an element of {Target.Describe()}, which is null.", Position);
        }

        var index = Index.Evaluate(context);
        if (index is null)
        {
            if (context.Leniency.NullIndexer)
            {
                return null;
            }

            throw new RenderFault($"Cannot get an element of {Target.Describe()} by an index that is null.", Position);
        }

        return Get(context, target, index);
    }

    private object? Get(RenderContext context, object target, object index)
    {
        switch (target)
        {
            case ScriptObject members:
                var name = TextForm.Of(index, context);
                if (members.TryGet(name, out var value))
                {
                    return value;
                }

                if (context.IsStrict || !context.Leniency.RelaxedMemberAccess)
                {
                    throw new RenderFault($"{Target.Describe()} has no member '{name}'{Checking.Names.DidYouMean(name, members.Keys)}", Position);
                }

                return null;
            case ScriptArray list when Kinds.IsText(index):
                return Members.Of(list, index.ToString()!);
            case ScriptArray list:
                return At(context, list.Count, index, i => list[i]);
            case ScriptRange range:
                return At(context, (int)Math.Min(range.Count, int.MaxValue), index, i => range[i]);
            case string text:
                return At(context, text.Length, index, i => text[i].ToString());
            case HtmlText html:
                return At(context, html.Html.Length, index, i => html.Html[i].ToString());
            case var other when Kinds.IsText(index):
                return Members.Of(other, index.ToString()!);
            default:
                throw new RenderFault($"{Target.Describe()} is {Kinds.Name(target)} and has no elements.", Position);
        }
    }

    private object? At(RenderContext context, int count, object index, Func<int, object?> get)
    {
        var number = Conversions.ToInt(index, Position);
        var at = number < 0 ? count + number : number;
        if (at >= 0 && at < count)
        {
            return get(at);
        }

        if (!context.Leniency.RelaxedIndexerAccess)
        {
            throw new RenderFault($"The index {number} is outside of {Target.Describe()}, which has {count} elements.", Position);
        }

        return null;
    }

    public override void Assign(RenderContext context, object? value)
    {
        var target = Target.Evaluate(context);
        var index = Index.Evaluate(context)
            ?? throw new RenderFault($"Cannot set an element of {Target.Describe()} by an index that is null.", Position);
        switch (target)
        {
            case ScriptObject members:
                context.SetMember(members, TextForm.Of(index, context), value, Position);
                break;
            case ScriptArray list when Kinds.IsText(index):
                (list.Members ??= new ScriptObject())[index.ToString()!] = value;
                break;
            case ScriptArray list:
                Set(context, list, Conversions.ToInt(index, Position), value);
                break;
            default:
                throw new RenderFault($"{Target.Describe()} is {Kinds.Name(target)}: its elements cannot be set.", Position);
        }
    }

    private void Set(RenderContext context, ScriptArray list, int index, object? value)
    {
        var at = index < 0 ? list.Count + index : index;
        if (at < 0)
        {
            throw new RenderFault($"The index {index} is outside of {Target.Describe()}, which has {list.Count} elements.", Position);
        }

        if (at >= list.Count)
        {
            context.ChargeRange(at - list.Count + 1, Position);
            while (list.Count <= at)
            {
                list.Add(null);
            }
        }

        list[at] = value;
    }

    public override string Describe() => $"{Target.Describe()}[{Index.Describe()}]";
}
