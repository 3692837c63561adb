using System.Collections.Frozen;
using System.Text.Json;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>Reads the inputs, outputs and plain members of activities.</summary>
internal sealed class InputReader(JsonSource source, List<Problem> problems)
{
    /// <summary>Code of the problem that an expression is a script, which is never run.</summary>
    public const string ScriptCode = "script-expression";

    /// <summary>Variables of flows have no declared shape: a form field that was left empty is absent, and an absent member is null.</summary>
    private static readonly RuleSettings LambdaSettings = new() { Compat = true };

    private static readonly FrozenSet<string> CommonMembers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "id", "nodeId", "name", "type", "version", "customProperties", "metadata", "runAsynchronously", "canStartWorkflow", "source", "synthetic",
        "activities", "connections", "variables", "start", "workflowDefinitionId", "workflowDefinitionVersionId", "latestAvailablePublishedVersion",
        "latestAvailablePublishedVersionId", "result", "commitStrategy", "logPersistenceMode");

    public IReadOnlyDictionary<string, InputDefinition> Read(JsonElement activity, string id, ActivityDescriptor? descriptor)
    {
        var inputs = new Dictionary<string, InputDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in activity.EnumerateObject())
        {
            var input = descriptor?.Inputs.FirstOrDefault(i => string.Equals(i.Name, member.Name, StringComparison.OrdinalIgnoreCase));
            if (input is { IsPlain: false })
            {
                var read = ReadInput(member.Value, id, input.Name);
                inputs[input.Name] = read;
                CheckLiteral(member.Value, id, input, read.Expression);
            }
            else if (input is null && Json.Object(member.Value, "expression") is { } expression)
            {
                ReportUnknown(activity, member, id, descriptor);
                RefuseScript(expression, id);
            }
            else if (input is { IsPlain: true })
            {
                RefuseScriptsIn(member.Value, id);
            }
        }

        return inputs.Count == 0 ? FrozenDictionary<string, InputDefinition>.Empty : inputs;
    }

    /// <summary>Inputs of a flow used as an activity: those that the flow declares, each under its name in camel case and no other.</summary>
    public IReadOnlyDictionary<string, InputDefinition> ReadForeign(JsonElement activity, string id, WorkflowDefinition foreign)
    {
        var inputs = new Dictionary<string, InputDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var declared in foreign.Inputs)
        {
            if (activity.TryGetProperty(ForeignActivities.MemberName(declared.Name), out var member) && member.ValueKind != JsonValueKind.Null)
            {
                inputs[declared.Name] = member.ValueKind == JsonValueKind.Object ? ReadInput(member, id, declared.Name) : Bare(member, id, declared.Name);
            }
        }

        return inputs;
    }

    /// <summary>Elsa takes a value without its wrapper for an input of a used flow when it reads the file, and fails when the step runs.</summary>
    private InputDefinition Bare(JsonElement member, string id, string name)
    {
        const string Reason = "an input of a flow that is used as an activity needs typeName and expression";
        problems.Add(source.Problem("input-without-type", member, id, $"input '{name}' of '{id}' is written without them: {Reason}, else the step fails"));
        var (line, column) = source.PlaceOf(member);
        return new InputDefinition(name, "Literal", member.GetRawText(), line, column) { Expression = new Expression.BrokenFormula(member.GetRawText(), Reason) };
    }

    public IReadOnlyDictionary<string, string> ReadOutputs(JsonElement activity, string id, ActivityDescriptor? descriptor)
    {
        Dictionary<string, string>? outputs = null;
        foreach (var name in descriptor?.Outputs.Select(o => o.Name) ?? [])
        {
            if (Json.Object(activity, name) is not { } output)
            {
                continue;
            }

            if (!output.TryGetProperty("typeName", out _))
            {
                problems.Add(source.Problem("input-without-type", output, id, $"output '{name}' of '{id}' has no typeName and would be lost"));
            }
            else if (ReadTarget(output, id, name) is { } variable)
            {
                (outputs ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[name] = variable;
            }
        }

        return outputs is null ? FrozenDictionary<string, string>.Empty : outputs;
    }

    public IReadOnlyDictionary<string, string> ReadForeignOutputs(JsonElement activity, string id, WorkflowDefinition foreign)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var declared in foreign.Outputs)
        {
            if (activity.TryGetProperty(ForeignActivities.MemberName(declared.Name), out var member)
                && member.ValueKind == JsonValueKind.Object
                && ReadTarget(member, id, declared.Name) is { } variable)
            {
                outputs[declared.Name] = variable;
            }
        }

        return outputs;
    }

    /// <summary>The id of what an output is stored in; null when it is not bound.</summary>
    private string? ReadTarget(JsonElement output, string id, string name) => Json.Object(output, "memoryReference") is { } target
        ? Json.Text(target, "id")
        : throw new UnreadableDefinition(source.Problem("activity-shape", output, id, $"output '{name}' of '{id}' needs a memoryReference"));

    public static IReadOnlyDictionary<string, string> ReadPlain(JsonElement activity, ActivityDescriptor? descriptor)
    {
        Dictionary<string, string>? plain = null;
        foreach (var input in descriptor?.Inputs ?? [])
        {
            if (input.IsPlain && Json.Member(activity, input.Name) is { } member)
            {
                (plain ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[input.Name] = member.GetRawText();
            }
        }

        return plain is null ? FrozenDictionary<string, string>.Empty : plain;
    }

    /// <summary>A bare expression <c>{"type","value"}</c>, as in the cases of a switch.</summary>
    public Expression? ReadExpression(JsonElement? expression, string activityId)
    {
        if (expression is not { ValueKind: JsonValueKind.Object } written)
        {
            return null;
        }

        if (Json.Text(written, "type") is not { } type)
        {
            problems.Add(source.Problem(
                "unknown-expression-type", written, activityId, $"an expression of activity '{activityId}' has no type and would be read as unset; write Literal, Object, Variable, Input or Lambda"));
            return null;
        }

        var value = Json.Member(written, "value");
        switch (type)
        {
            case "Literal":
                return new Expression.Literal(value is { } literal ? Conversion.Literal(literal) : null);
            case "Object" or "Json":
                return new Expression.JsonText(value switch
                {
                    null or { ValueKind: JsonValueKind.Null } => null,
                    { ValueKind: JsonValueKind.String } text => text.GetString(),
                    { } other => other.GetRawText(),
                });
            case "Variable":
                return ReadVariable(written, value, activityId);
            case "Input":
                return ReadInputName(written, value, activityId);
            case "Lambda":
                return ReadLambda(written, value, activityId);
            case "JavaScript" or "CSharp" or "Liquid" or "Python":
                RefuseScript(written, activityId);
                return new Expression.Script(type);
            default:
                problems.Add(source.Problem(
                    "unknown-expression-type",
                    written,
                    activityId,
                    $"activity '{activityId}' has an expression of the unknown type '{type}'{DidYouMean.Of(type, ["Literal", "Object", "Variable", "Input", "Lambda"])}"));
                return null;
        }
    }

    private InputDefinition ReadInput(JsonElement member, string activityId, string name)
    {
        var (line, column) = source.PlaceOf(member);
        if (member.ValueKind != JsonValueKind.Object)
        {
            return new InputDefinition(name, "Literal", member.GetRawText(), line, column)
            {
                Expression = member.ValueKind == JsonValueKind.Null ? null : new Expression.Literal(Conversion.Literal(member)),
            };
        }

        if (Json.Member(member, "typeName") is null)
        {
            problems.Add(source.Problem(
                "input-without-type", member, activityId, $"input '{name}' of '{activityId}' has no typeName and would be read as unset"));
            return new InputDefinition(name, null, null, line, column);
        }

        var expression = Json.Object(member, "expression");
        return new InputDefinition(name, Json.Text(expression, "type"), Json.Member(expression, "value")?.GetRawText(), line, column)
        {
            Expression = ReadExpression(expression, activityId),
        };
    }

    /// <summary>A literal that is no value of the input's type would silently become the type's default.</summary>
    private void CheckLiteral(JsonElement at, string activityId, InputDescriptor input, Expression? expression)
    {
        if (expression is not Expression.Literal { Value: { } value })
        {
            return;
        }

        if (input.Options.Count > 0)
        {
            var text = Conversion.ToText(value) ?? "";
            if (!input.Options.Contains(text, StringComparer.Ordinal))
            {
                problems.Add(source.Problem(
                    "unknown-option", at, activityId, $"'{text}' is no choice for input '{input.Name}' of '{activityId}' ({string.Join(", ", input.Options)}){DidYouMean.Of(text, input.Options)}"));
            }

            return;
        }

        var type = DataType.Find(input.TypeName)?.Clr;
        if (type is not { IsValueType: true })
        {
            return;
        }

        try
        {
            var blank = value is string written && string.IsNullOrWhiteSpace(written);
            if (blank || Conversion.To(value, type, strictly: true) is null)
            {
                throw new ConversionException("it is empty");
            }
        }
        catch (ConversionException)
        {
            problems.Add(source.Problem(
                "literal-type", at, activityId, $"'{Conversion.ToText(value)}' is no {input.TypeName}: input '{input.Name}' of '{activityId}' would silently become {Activator.CreateInstance(type)}"));
        }
    }

    private Expression.Variable ReadVariable(JsonElement written, JsonElement? value, string activityId)
    {
        var id = Json.Text(value, "id");
        if (string.IsNullOrEmpty(id))
        {
            problems.Add(source.Problem(
                "expression-shape", written, activityId, $"a Variable expression of '{activityId}' must name its variable by id, {{\"id\": \"…\"}}, else it reads null or fails"));
        }

        return new Expression.Variable(value is { ValueKind: JsonValueKind.Object } ? id ?? "" : null);
    }

    private Expression.Input ReadInputName(JsonElement written, JsonElement? value, string activityId)
    {
        var name = Json.Text(value, "name");
        if (string.IsNullOrEmpty(name))
        {
            problems.Add(source.Problem(
                "expression-shape", written, activityId, $"an Input expression of '{activityId}' must name its input, {{\"name\": \"…\"}}, else it reads null"));
        }

        return new Expression.Input(name);
    }

    /// <summary>A Lambda that stands as plain text inside another input.</summary>
    public Expression ReadLambda(ActivityNode node, string text)
    {
        var compiled = Lambda.Compile(text, settings: LambdaSettings);
        if (compiled.Lambda is { } ready)
        {
            return new Expression.Formula(text, ready);
        }

        var reason = string.Join("; ", compiled.Problems.Select(p => p.Message));
        problems.Add(new Problem("lambda", ProblemSeverity.Error, source.Path, node.Line, node.Column, node.Id, $"the Lambda '{text}' of '{node.Id}' is not understood: {reason}"));
        return new Expression.BrokenFormula(text, reason);
    }

    private Expression ReadLambda(JsonElement written, JsonElement? value, string activityId)
    {
        var text = value is { ValueKind: JsonValueKind.String } lambda ? lambda.GetString()! : "";
        var compiled = Lambda.Compile(text, settings: LambdaSettings);
        if (compiled.Lambda is { } ready)
        {
            return new Expression.Formula(text, ready);
        }

        var reason = string.Join("; ", compiled.Problems.Select(p => p.Message));
        problems.Add(source.Problem("lambda", written, activityId, $"the Lambda of '{activityId}' is not understood: {reason}"));
        return new Expression.BrokenFormula(text, reason);
    }

    private void RefuseScriptsIn(JsonElement element, string activityId)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (Json.Object(item, "condition") is { } condition)
                {
                    RefuseScript(condition, activityId);
                }
            }
        }
    }

    private void RefuseScript(JsonElement expression, string activityId)
    {
        if (Json.Text(expression, "type") is "JavaScript" or "CSharp" or "Liquid" or "Python")
        {
            var type = Json.Text(expression, "type");
            problems.Add(source.Problem(
                ScriptCode, expression, activityId, $"activity '{activityId}' has an expression of type {type}, which is kept but never run here; write it as a Lambda"));
        }
    }

    private void ReportUnknown(JsonElement activity, JsonProperty member, string activityId, ActivityDescriptor? descriptor)
    {
        if (descriptor is not null && !CommonMembers.Contains(member.Name) && !descriptor.Outputs.Any(o => string.Equals(o.Name, member.Name, StringComparison.OrdinalIgnoreCase)))
        {
            var names = descriptor.Inputs.Select(i => i.Name).ToList();
            problems.Add(source.Problem(
                "unknown-input",
                member.Value,
                activityId,
                $"'{member.Name}' is not an input of {Json.Text(activity, "type")} ('{activityId}'){DidYouMean.Of(member.Name, names)}"));
        }
    }
}
