using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Parsing;
using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Checking;

/// <summary>
/// Reads a template against what its model has, without rendering it: so that a branch which no sample takes is read too.
/// What a template assigns is known by name, and by shape where the shape is plain; what is not known is allowed.
/// </summary>
internal sealed class ModelCheck
{
    private const int MostProblems = 100;

    private static readonly ModelSchema Anything = new ModelSchema.Unknown();
    private static readonly ModelSchema Plain = new ModelSchema.Scalar();
    private static readonly string[] LoopMembers = ["index", "rindex", "first", "last", "even", "odd", "changed", "length", "col", "index0", "rindex0", "col0", "col_first", "col_last"];
    private static readonly string[] DateMembers = ["year", "month", "day", "hour", "minute", "second", "millisecond", "day_of_year", "day_of_week", "date", "time_of_day"];

    private readonly Func<string, Template?>? includes;
    private readonly List<TemplateProblem> problems = [];

    /// <summary>What is known of the variables, innermost last: the model, then loops, <c>with</c> and functions.</summary>
    private readonly List<Dictionary<string, ModelSchema>> scopes;

    /// <summary>Names that the template itself gives to something, anywhere.</summary>
    private readonly HashSet<string> assigned = new(StringComparer.Ordinal);
    private readonly HashSet<string> checkedIncludes = new(StringComparer.Ordinal);
    private SourceText source;

    private ModelCheck(SourceText source, ModelSchema schema, Func<string, Template?>? includes)
    {
        this.source = source;
        this.includes = includes;
        scopes = [schema is ModelSchema.Structure model ? new Dictionary<string, ModelSchema>(model.Members, StringComparer.Ordinal) : []];
    }

    public static IReadOnlyList<TemplateProblem> Run(Template template, ModelSchema schema, Func<string, Template?>? includes)
    {
        var check = new ModelCheck(template.Source, schema, includes);
        AssignedNames.Collect(template.Page, check.assigned);
        check.Walk(template.Page);
        return [.. check.problems.Distinct().OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column)];
    }

    private void Report(int position, string message)
    {
        if (problems.Count < MostProblems)
        {
            problems.Add(source.Problem(position, message));
        }
    }

    private void Walk(Block block)
    {
        foreach (var statement in block.Statements)
        {
            Walk(statement);
        }
    }

    private void Walk(Statement statement)
    {
        switch (statement)
        {
            case ValueStatement value:
                Read(value.Value);
                if (value.Place == HtmlPlace.Unsafe)
                {
                    Report(value.Position, "A value stands in a script, a style, a comment or a tag without quotes, where it cannot be made harmless: put it between tags or into a quoted attribute.");
                }

                break;
            case AssignStatement assign:
                Assign(assign.Target, Read(assign.Value));
                break;
            case CompoundAssignStatement assign:
                Read(assign.Target);
                Read(assign.Value);
                break;
            case AssignIfNullStatement assign:
                Assign(assign.Target, Read(assign.Value));
                break;
            case IfStatement @if:
                foreach (var branch in @if.Branches)
                {
                    Read(branch.Condition);
                    Walk(branch.Body);
                }

                break;
            case CaseStatement @case:
                WalkCase(@case);
                break;
            case ForStatement loop:
                WalkFor(loop);
                break;
            case WhileStatement loop:
                Within(new() { ["while"] = Anything }, () =>
                {
                    Read(loop.Condition);
                    Walk(loop.Body);
                });
                break;
            case CaptureStatement capture:
                Walk(capture.Body);
                Assign(capture.Target, Plain);
                break;
            case WithStatement with:
                Within(MembersOf(Read(with.Target)), () => Walk(with.Body));
                break;
            case ImportStatement import:
                foreach (var (name, schema) in MembersOf(Read(import.Value)))
                {
                    scopes[^1][name] = schema;
                }

                break;
            case FunctionStatement function:
                Assign(function.Target, Anything);
                WalkFunction(function.Body);
                break;
            case WrapStatement wrap:
                Read(wrap.Call);
                Walk(wrap.Body);
                break;
            case ReturnStatement { Value: { } value }:
                Read(value);
                break;
            default:
                break;
        }
    }

    private void WalkCase(CaseStatement @case)
    {
        Read(@case.Value);
        foreach (var when in @case.Whens)
        {
            foreach (var match in when.Matches ?? [])
            {
                Read(match);
            }

            Walk(when.Body);
        }
    }

    private void WalkFor(ForStatement loop)
    {
        var item = Read(loop.List) switch
        {
            ModelSchema.Sequence list => list.Item,
            ModelSchema.Structure => Anything,
            ModelSchema.Unknown => Anything,
            _ => NoList(loop.List),
        };
        Read(loop.Options.Offset);
        Read(loop.Options.Limit);
        Read(loop.Options.Columns);
        var scope = new Dictionary<string, ModelSchema>(StringComparer.Ordinal) { [loop.IsTableRow ? "tablerow" : "for"] = Anything };
        if (loop.Variable is GlobalVariable or LocalVariable)
        {
            scope[loop.Variable.Describe()] = item;
        }

        Within(scope, () => Walk(loop.Body));
        if (loop.Otherwise is not null)
        {
            Walk(loop.Otherwise);
        }
    }

    private ModelSchema NoList(Expression list)
    {
        Report(list.Position, $"'{list.Describe()}' is not a list.");
        return Anything;
    }

    private void WalkFunction(FunctionBody body)
    {
        var parameters = new Dictionary<string, ModelSchema>(StringComparer.Ordinal);
        foreach (var parameter in body.Parameters ?? [])
        {
            Read(parameter.Default);
            parameters[parameter.Name] = Anything;
        }

        Within(parameters, () =>
        {
            Read(body.Inline);
            if (body.Block is not null)
            {
                Walk(body.Block);
            }
        });
    }

    private void Within(Dictionary<string, ModelSchema> scope, Action walk)
    {
        scopes.Add(scope);
        walk();
        scopes.RemoveAt(scopes.Count - 1);
    }

    private static Dictionary<string, ModelSchema> MembersOf(ModelSchema schema) => schema is ModelSchema.Structure structure
        ? new Dictionary<string, ModelSchema>(structure.Members, StringComparer.Ordinal)
        : new Dictionary<string, ModelSchema>(StringComparer.Ordinal);

    private void Assign(PathExpression target, ModelSchema schema)
    {
        switch (target)
        {
            case GlobalVariable or LocalVariable:
                var name = target.Describe();
                var known = scopes[^1].GetValueOrDefault(name);
                scopes[^1][name] = known is null || known == schema ? schema : Anything;
                break;
            case MemberAccess { Target: GlobalVariable or LocalVariable } member:
                // The object grows by the member; what else it has is not followed.
                var owner = member.Target.Describe();
                if (Find(owner) is not null)
                {
                    scopes[^1][owner] = Anything;
                }

                break;
            default:
                break;
        }
    }

    private ModelSchema? Find(string name)
    {
        for (var i = scopes.Count - 1; i >= 0; i--)
        {
            if (scopes[i].TryGetValue(name, out var schema))
            {
                return schema;
            }
        }

        return null;
    }

    /// <summary>Reads an expression and answers what is known of its value.</summary>
    /// <param name="piped">What a pipe brings to it.</param>
    private ModelSchema Read(Expression? expression, ModelSchema? piped = null)
    {
        switch (expression)
        {
            case null:
                return Anything;
            case Literal literal:
                return literal.Value is null ? Anything : Plain;
            case InterpolatedText text:
                Array.ForEach(text.Parts, p => Read(p));
                return Plain;
            case ArrayLiteral list:
                return new ModelSchema.Sequence(list.Items.Select(i => Read(i)).ToList() is [var first, ..] ? first is ModelSchema.Scalar ? first : Anything : Anything);
            case ObjectLiteral members:
                Array.ForEach(members.Members, m => Read(m.Value));
                return Anything;
            case NestedExpression nested:
                return Read(nested.Inner, piped);
            case UnaryExpression { Operator: UnaryOperator.Alias } alias:
                ReadAlias(alias.Operand);
                return Anything;
            case UnaryExpression unary:
                Read(unary.Operand, piped);
                return Plain;
            case Increment increment:
                return Read(increment.Target);
            case BinaryExpression binary:
                return ReadBinary(binary, piped);
            case ConditionalExpression conditional:
                Read(conditional.Condition, piped);
                return Either(Read(conditional.Then), Read(conditional.Otherwise));
            case PipeCall pipe:
                return Read(pipe.To, Read(pipe.From, piped));
            case FunctionCall call:
                return ReadCall(call, piped);
            case AnonymousFunction function:
                WalkFunction(function.Body);
                return Anything;
            case PathExpression path:
                return ReadPath(path, piped);
            default:
                return Anything;
        }
    }

    /// <summary>A function named and not called: there must be one, with whatever arguments.</summary>
    private void ReadAlias(Expression path)
    {
        if (BuiltinOf(path) is null && path is not GlobalVariable { Name: "include" })
        {
            Read(path);
        }
    }

    private static ModelSchema Either(ModelSchema a, ModelSchema b) => a == b ? a : Anything;

    private ModelSchema ReadBinary(BinaryExpression binary, ModelSchema? piped)
    {
        var left = Read(binary.Left, piped);
        var right = Read(binary.Right);
        return binary.Operator switch
        {
            BinaryOperator.Range or BinaryOperator.RangeExclusive => new ModelSchema.Sequence(Plain),
            BinaryOperator.IfNull => Either(left, right),
            BinaryOperator.IfNotNull => right,
            _ when left is ModelSchema.Scalar && right is ModelSchema.Scalar => Plain,
            _ => Anything,
        };
    }

    private ModelSchema ReadPath(Expression path, ModelSchema? piped = null)
    {
        switch (path)
        {
            case GlobalVariable variable:
                return ReadVariable(variable, piped);
            case LocalVariable variable:
                return Find(variable.Describe()) ?? Anything;
            case MemberAccess member:
                return ReadMember(member, piped);
            case RawFilter:
                return Plain;
            case ElementAccess element:
                Read(element.Index);
                return Read(element.Target) switch
                {
                    ModelSchema.Sequence list => list.Item,
                    ModelSchema.Structure members when element.Index is Literal { Value: string name } => Member(element.Position, element.Target, members, name, element.IsOptional),
                    _ => Anything,
                };
            default:
                return Read(path, piped);
        }
    }

    private ModelSchema ReadVariable(GlobalVariable variable, ModelSchema? piped)
    {
        if (Find(variable.Name) is { } known)
        {
            return known;
        }

        if (assigned.Contains(variable.Name))
        {
            return Anything;
        }

        if (BuiltinFunctions.Shared.TryGet(variable.Name, out var builtin))
        {
            return builtin is BuiltinFunction function ? CheckCount(function, variable.Position, piped is null ? 0 : 1) : Anything;
        }

        var names = scopes.SelectMany(s => s.Keys).Concat(assigned).Concat(piped is null ? [] : BuiltinFunctions.Shared.Keys);
        Report(variable.Position, $"The model has no '{variable.Name}'{Names.DidYouMean(variable.Name, names)}");
        return Anything;
    }

    private ModelSchema ReadMember(MemberAccess member, ModelSchema? piped)
    {
        if (BuiltinOf(member) is { } builtin)
        {
            return builtin.Function is { } function ? CheckCount(function, member.Position, piped is null ? 0 : 1, piped) : Anything;
        }

        if (member.Target is GlobalVariable { Name: "for" or "while" or "tablerow" } loop && Find(loop.Name) is not null)
        {
            if (!LoopMembers.Contains(member.Name, StringComparer.Ordinal))
            {
                Report(member.Position, $"A loop has no '{member.Name}'{Names.DidYouMean(member.Name, LoopMembers)}");
            }

            return Plain;
        }

        var target = Read(member.Target, piped);
        switch (target)
        {
            case var _ when member.Name == "empty?":
                return Plain;
            case ModelSchema.Structure structure:
                return Member(member.Position, member.Target, structure, member.Name, member.IsOptional);
            case ModelSchema.Date when !DateMembers.Contains(member.Name, StringComparer.Ordinal):
                Report(member.Position, $"'{member.Target.Describe()}' is a date and has no '{member.Name}'{Names.DidYouMean(member.Name, DateMembers)}");
                return Anything;
            case ModelSchema.Sequence or ModelSchema.Scalar when member.Name != "size":
                Report(member.Position, $"'{member.Target.Describe()}' is {(target is ModelSchema.Sequence ? "a list" : "a plain value")} and has no '{member.Name}'.");
                return Anything;
            default:
                return target is ModelSchema.Unknown ? Anything : Plain;
        }
    }

    private ModelSchema Member(int position, Expression owner, ModelSchema.Structure structure, string name, bool isOptional)
    {
        if (structure.Members.TryGetValue(name, out var schema))
        {
            return schema;
        }

        if (!isOptional)
        {
            Report(position, $"'{owner.Describe()}' has no '{name}' in the model{Names.DidYouMean(name, structure.Members.Keys)}");
        }

        return Anything;
    }

    /// <summary>The function that a path like <c>string.upcase</c> leads to; null where the path leads into the model.</summary>
    private (BuiltinFunction? Function, bool IsKnown)? BuiltinOf(Expression path)
    {
        if (path is not MemberAccess { Target: GlobalVariable owner } member || Find(owner.Name) is not null || assigned.Contains(owner.Name)
            || !BuiltinFunctions.Shared.TryGet(owner.Name, out var builtin) || builtin is not ScriptObject functions)
        {
            return null;
        }

        if (!functions.TryGet(member.Name, out var function))
        {
            Report(member.Position, $"There is no function `{member.Describe()}`{Names.DidYouMean(member.Name, functions.Keys)}");
        }

        return (function as BuiltinFunction, function is not null);
    }

    private ModelSchema ReadCall(FunctionCall call, ModelSchema? piped)
    {
        var arguments = call.Arguments.Select(a => Read(a)).ToList();
        Array.ForEach(call.Named, n => Read(n.Value));
        var function = call.Target is Literal { Value: BuiltinFunction literal } ? literal : BuiltinOf(call.Target)?.Function;
        if (function is not null)
        {
            var isExpanded = Array.Exists(call.Arguments, a => a is UnaryExpression { Operator: UnaryOperator.Expand });
            var first = piped ?? (arguments.Count > 0 ? arguments[0] : null);
            return CheckCount(function, call.Target.Position, isExpanded ? null : arguments.Count + (piped is null ? 0 : 1) + call.Named.Length, first, call);
        }

        if (call.Target is GlobalVariable { Name: "include" } && Find("include") is null)
        {
            return ReadInclude(call);
        }

        if (call.Target is not (MemberAccess or Literal) || BuiltinOf(call.Target) is null)
        {
            ReadPath(call.Target, piped ?? Anything);
        }

        return Anything;
    }

    private ModelSchema CheckCount(BuiltinFunction function, int position, int? count, ModelSchema? first = null, FunctionCall? call = null)
    {
        var (least, most) = function.Arity;
        if (count < least || count > most)
        {
            Report(position, $"`{function.Name}` takes {(least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")} arguments, with what a pipe brings; here are {count}.");
        }

        if (first is ModelSchema.Scalar
            && function.Name is "date.to_string" or "zh.date" or "zh.date_weekday" or "zh.datetime" or "date.add_days" or "date.add_months" or "date.add_years")
        {
            Report(position, $"`{function.Name}` needs a date; the model has a plain value there.");
        }

        return ResultOf(function, first, call);
    }

    private static ModelSchema ResultOf(BuiltinFunction function, ModelSchema? first, FunctionCall? call) => function.Name switch
    {
        "array.sort" or "array.filter" or "array.limit" or "array.offset" or "array.reverse" or "array.uniq" or "array.compact" => first is ModelSchema.Sequence ? first : Anything,
        "array.first" or "array.last" => first is ModelSchema.Sequence list ? list.Item : Anything,
        "array.map" when first is ModelSchema.Sequence { Item: ModelSchema.Structure item } && call?.Arguments is [.., Literal { Value: string member }]
            && item.Members.TryGetValue(member, out var mapped) => new ModelSchema.Sequence(mapped),
        "date.add_days" or "date.add_months" or "date.add_years" or "date.add_hours" or "date.add_minutes" or "date.add_seconds" or "date.parse" => new ModelSchema.Date(),
        "string.split" => new ModelSchema.Sequence(Plain),
        _ when function.Name.StartsWith("string.", StringComparison.Ordinal) || function.Name.StartsWith("zh.", StringComparison.Ordinal)
            || function.Name is "date.to_string" or "array.join" or "array.size" => Plain,
        _ => Anything,
    };

    private ModelSchema ReadInclude(FunctionCall call)
    {
        if (includes is null || call.Arguments is not [Literal { Value: string name }, ..] || !checkedIncludes.Add(name))
        {
            return Plain;
        }

        if (includes(name) is not { } template)
        {
            Report(call.Position, $"There is no template '{name}' to include.");
            return Plain;
        }

        var includedFrom = source;
        AssignedNames.Collect(template.Page, assigned);
        source = template.Source;
        Walk(template.Page);
        source = includedFrom;
        return Plain;
    }
}
