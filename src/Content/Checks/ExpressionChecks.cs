using System.Text.RegularExpressions;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Expressions name variables that exist, Lambdas fit the flow's variables and forms, and scripts are refused with the Lambda
/// that would do: no arbitrary code runs here, ever.
/// </summary>
internal static partial class ExpressionChecks
{
    private static readonly string[] Known = ["Literal", "Object", "Json", "Variable", "Input", "Lambda"];

    public static void Run(IReadOnlyList<FlowStep> steps, VariableFacts facts, FlowCheckContext context)
    {
        foreach (var step in steps)
        {
            Expressions(step, step.Json, facts, context);
            Assigned(step, facts, context);
            Outputs(step, context);
            Guards(step, facts, context);
        }
    }

    /// <summary>Every <c>{"type", "value"}</c> of a step, wherever it stands; the steps inside it are visited as their own.</summary>
    private static void Expressions(FlowStep step, LocatedJson json, VariableFacts facts, FlowCheckContext context)
    {
        foreach (var member in json.Members.Where(member => member.Name is not ("metadata" or "customProperties")))
        {
            if (member.Name is "expression" or "condition" && member.Value.Member("type") is { IsString: true } type)
            {
                Expression(step, type.Text, member.Value, ResultOf(json, member.Name), facts, context);
            }
            else if (!FlowSteps.IsActivity(member.Value))
            {
                Expressions(step, member.Value, facts, context);
            }
        }

        foreach (var item in json.Items.Where(item => !FlowSteps.IsActivity(item)))
        {
            Expressions(step, item, facts, context);
        }
    }

    private static void Expression(FlowStep step, string type, LocatedJson expression, Type? result, VariableFacts facts, FlowCheckContext context)
    {
        var value = expression.Member("value") ?? expression;
        switch (type)
        {
            case "Lambda":
                Lambda(step, value, result, isGuard: false, facts, context);
                break;

            case "Variable" when value.Member("id") is { } id:
                Variable(step, id, context);
                break;

            case "JavaScript" or "CSharp" or "Liquid" or "Python":
                var lambda = AsLambda(value.Text);
                context.Error(
                    ProblemCodes.ScriptExpression, expression, step.Id,
                    $"step '{step.Id}' has an expression of type {type}: '{Short(value.Text)}'. It is kept as it is and never run here; write it as a Lambda, e.g. {{ \"type\": \"Lambda\", \"value\": \"{lambda}\" }}",
                    $"步骤“{step.Id}”使用了 {type} 表达式“{Short(value.Text)}”。这里只保留原文，从不执行；请改写成 Lambda，例如 {{ \"type\": \"Lambda\", \"value\": \"{lambda}\" }}");
                break;

            case var _ when !Known.Contains(type):
                context.Error(
                    ProblemCodes.UnknownExpressionType, expression, step.Id,
                    $"step '{step.Id}' has an expression of the unknown type '{type}'{DidYouMean.Of(type, Known)}",
                    $"步骤“{step.Id}”的表达式类型“{type}”不存在{DidYouMean.Chinese(type, Known)}");
                break;
        }
    }

    private static void Guards(FlowStep step, VariableFacts facts, FlowCheckContext context)
    {
        var input = step.Type == GovActivities.Submission ? "refusals" : "guards";
        foreach (var guard in step.Input(input)?.Object()?.Items ?? [])
        {
            if (guard.Member("condition") is { IsString: true } condition)
            {
                Lambda(step, condition, typeof(bool), isGuard: true, facts, context);
            }
        }
    }

    private static void Lambda(FlowStep step, LocatedJson text, Type? result, bool isGuard, VariableFacts facts, FlowCheckContext context)
    {
        if (!text.IsString)
        {
            context.Error(ProblemCodes.Lambda, text, step.Id, $"the Lambda of step '{step.Id}' must be a text", $"步骤“{step.Id}”的 Lambda 应写成加引号的文字");
            return;
        }

        foreach (var problem in facts.Check(text.Text, result, isGuard ? step : null, context))
        {
            context.Error(
                ProblemCodes.Lambda, text, step.Id,
                $"the Lambda of step '{step.Id}' cannot be used: {problem.Message} (at character {problem.Column} of '{Short(text.Text)}')",
                $"步骤“{step.Id}”的 Lambda 有误：{problem.Message}（“{Short(text.Text)}”第 {problem.Column} 个字符处）");
        }
    }

    /// <summary>A text for a number, a number for a yes or no: it would silently become the type's default.</summary>
    private static void Assigned(FlowStep step, VariableFacts facts, FlowCheckContext context)
    {
        if (step.Type != "Elsa.SetVariable" || step.Input("value") is not { Type: "Lambda", Value: { IsString: true } lambda }
            || context.Definition.Variables.FirstOrDefault(variable => variable.Id == step.Json.Member("variable")?.StringAt("id")) is not { IsArray: false } variable)
        {
            return;
        }

        Type[] wanted = variable.TypeName switch
        {
            "Boolean" => [typeof(bool)],
            "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" => [typeof(decimal), typeof(double)],
            _ => [],
        };
        Type[] others = [.. new[] { typeof(bool), typeof(string), typeof(decimal), typeof(double) }.Except(wanted)];
        bool Fits(Type type) => facts.Check(lambda.Text, type, null, context).Count == 0;
        if (wanted.Length > 0 && Fits(typeof(object)) && !wanted.Any(Fits) && others.Any(Fits))
        {
            context.Error(
                ProblemCodes.Lambda, lambda, step.Id,
                $"step '{step.Id}' sets '{variable.Name}', which is {variable.TypeName}, to the result of '{Short(lambda.Text)}', which is of another kind and would silently become its default",
                $"步骤“{step.Id}”把“{variable.Name}”（{variable.TypeName}）设为“{Short(lambda.Text)}”的结果，两者种类不同，会被悄悄当作默认值");
        }
    }

    private static void Outputs(FlowStep step, FlowCheckContext context)
    {
        foreach (var member in step.Json.Members)
        {
            var id = member.Value.At("memoryReference", "id");
            if (id is not null && member.Value.Member("expression") is null)
            {
                Variable(step, id, context);
            }
        }

        if (step.Type == "Elsa.SetVariable" && step.Json.Member("variable")?.Member("id") is { } target)
        {
            Variable(step, target, context);
        }
    }

    /// <summary>Elsa drops the value that goes to an unknown variable and says nothing.</summary>
    private static void Variable(FlowStep step, LocatedJson id, FlowCheckContext context)
    {
        var known = context.Definition.Variables.Concat(context.Definition.Activities.SelectMany(activity => activity.Variables)).Select(variable => variable.Id).Distinct().ToList();
        var isDeclared = known.Contains(id.Text) || context.DroppedVariables.Any(dropped => dropped.Id == id.Text);
        if (!isDeclared && !id.Text.StartsWith("current", StringComparison.Ordinal))
        {
            context.Error(
                ProblemCodes.UnknownVariable, id, step.Id,
                $"step '{step.Id}' uses the variable '{id.Text}', which is not declared{DidYouMean.Of(id.Text, known)}",
                $"步骤“{step.Id}”用到的变量“{id.Text}”没有声明{DidYouMean.Chinese(id.Text, known)}");
        }
    }

    /// <summary>A condition must be true or false; other inputs are converted, so any result may do.</summary>
    private static Type? ResultOf(LocatedJson owner, string member) =>
        member == "condition" || owner.StringAt("typeName") == "Boolean" ? typeof(bool) : null;

    /// <summary>The usual accessors and operators of the other languages in the words of ours: a start for the author, not a translation.</summary>
    internal static string AsLambda(string script)
    {
        var text = script.Trim().TrimEnd(';');
        text = LiquidOutput().Replace(text, "${inner}");
        text = JavaScriptReturn().Replace(text, "");
        text = VariableCall().Replace(text, "vars.${name}");
        text = InputCall().Replace(text, "input.${name}");
        text = PascalGetter().Replace(text, match => $"vars.{match.Groups["name"].Value}");
        text = MemberOf().Replace(text, match => match.Groups["owner"].Value.StartsWith('I') ? "input." : "vars.");
        text = text.Replace("===", "==", StringComparison.Ordinal).Replace("!==", "!=", StringComparison.Ordinal);
        text = SingleQuoted().Replace(text, "\"${text}\"");
        return Short(text).Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    private static string Short(string text) => text.Length <= 120 ? text : text[..120] + "…";

    [GeneratedRegex(@"\{\{\s*(?<inner>.*?)\s*\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LiquidOutput();

    [GeneratedRegex(@"^return\s+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex JavaScriptReturn();

    [GeneratedRegex(@"getVariable\(\s*['""](?<name>\w+)['""]\s*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex VariableCall();

    [GeneratedRegex(@"(getInput|Input\.Get<\w+>)\(\s*['""](?<name>\w+)['""]\s*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex InputCall();

    [GeneratedRegex(@"\bget(?<name>[A-Z]\w*)\(\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex PascalGetter();

    [GeneratedRegex(@"\b(?<owner>[Vv]ariables?|Input)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MemberOf();

    [GeneratedRegex(@"'(?<text>[^'""]*)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SingleQuoted();
}
