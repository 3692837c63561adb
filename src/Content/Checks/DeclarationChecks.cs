using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>What a flow declares (variables, inputs, outputs, its own id and version), and that steps use it as it is declared.</summary>
internal static class DeclarationChecks
{
    private const int LongestId = 200;

    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        Identity(context);
        Variables(context.Json, context);
        foreach (var container in steps.Where(step => step.Descriptor?.IsContainer == true))
        {
            Variables(container.Json, context);
        }

        Declared("inputs", "the input", "输入", context);
        Declared("outputs", "the output", "输出", context);
        var inputs = Names("inputs", context);
        var outputs = Names("outputs", context);
        foreach (var step in steps)
        {
            Assigned(step, context);
            Conditions(step, context);
            if (inputs.Count > 0)
            {
                Inputs(step, step.Json, inputs, context);
            }

            if (step.Type == "Elsa.SetOutput" && outputs.Count > 0 && step.Literal("outputName") is { Length: > 0 } output && !outputs.Contains(output))
            {
                context.Error(
                    ProblemCodes.UnknownName, step.At("outputName"), step.Id,
                    $"step '{step.Id}' sets the output '{output}', which the flow does not have{DidYouMean.Of(output, outputs)}",
                    $"步骤“{step.Id}”设置的输出“{output}”在流程中不存在{DidYouMean.Chinese(output, outputs)}");
            }
        }
    }

    private static void Identity(FlowCheckContext context)
    {
        if (context.Json["version"] is { } version && !(int.TryParse(version.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && !version.IsString))
        {
            context.Error(ProblemCodes.WrongValue, version, null, $"the version of a flow is a whole number from 1, not '{version.Text}'", $"流程的版本（version）应为 1 以上的整数，不能是“{version.Text}”");
        }

        var id = context.Definition.DefinitionId;
        if (context.Json["definitionId"] is { } at && (id.Length > LongestId || id.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '/' or '\\' or '?' or '#')))
        {
            context.Error(
                ProblemCodes.WrongValue, at, null, $"'{id}' cannot name a flow: no blanks, slashes, '?' or '#', {LongestId} characters at most", $"“{id}”不能作为流程标识：不能有空格、斜线、“?”和“#”，最多 {LongestId} 个字符");
        }
    }

    private static void Variables(LocatedJson owner, FlowCheckContext context)
    {
        var written = owner.Member("variables")?.Values() ?? [];
        foreach (var (member, what, 什么) in new[] { ("id", "id", "id"), ("name", "name", "名称") })
        {
            foreach (var twice in written.Where(item => item.StringAt(member) is { Length: > 0 }).GroupBy(item => item.StringAt(member)!).SelectMany(same => same.Skip(1)))
            {
                var text = twice.StringAt(member)!;
                (member == "id" || context.IsCase ? context.Error : (Action<string, LocatedJson, string?, string, string>)context.Warn)(
                    ProblemCodes.DuplicateName, twice, null,
                    $"there are two variables with the {what} '{text}'; only one of them is kept", $"有两个变量的{什么}都是“{text}”，只有一个会保存下来");
            }
        }
    }

    private static void Declared(string member, string english, string chinese, FlowCheckContext context)
    {
        var items = context.Json.Member(member)?.Values() ?? [];
        foreach (var twice in items.Where(item => item.StringAt("name") is { Length: > 0 }).GroupBy(item => item.StringAt("name")!, StringComparer.OrdinalIgnoreCase).SelectMany(same => same.Skip(1)))
        {
            context.Error(ProblemCodes.DuplicateName, twice, null, $"{english} '{twice.StringAt("name")}' is declared twice", $"{chinese}“{twice.StringAt("name")}”声明了两次");
        }

        var known = VariableDefinition.TypeNames.ToList();
        foreach (var type in items.Select(item => item.Member("type")).OfType<LocatedJson>().Where(type => type.IsString))
        {
            var name = type.Text.TrimEnd('?');
            if (!known.Contains(name) && !name.Contains('.', StringComparison.Ordinal) && !name.EndsWith(']') && DidYouMean.Nearest(name, known) is not null)
            {
                context.Error(
                    "unknown-variable-type", type, null, $"{english} is of the unknown type '{type.Text}'{DidYouMean.Of(name, known)}", $"{chinese}的类型“{type.Text}”不存在{DidYouMean.Chinese(name, known)}");
            }
        }
    }

    private static List<string> Names(string member, FlowCheckContext context) =>
        [.. (context.Json.Member(member)?.Values() ?? []).Select(item => item.StringAt("name")).OfType<string>()];

    /// <summary>A literal that is no value of the variable's type.</summary>
    private static void Assigned(FlowStep step, FlowCheckContext context)
    {
        if (step.Type == "Elsa.SetVariable"
            && step.Json.Member("variable")?.Member("id") is { IsString: true } id
            && Find(id.Text, context) is { } variable
            && step.Input("value") is { Type: "Literal", Value: { IsObject: false, IsArray: false } value }
            && value.Text.Length > 0
            && !variable.CanHold(value.ToNode()))
        {
            context.Error(
                "literal-type", step.At("value"), step.Id,
                $"step '{step.Id}' sets '{variable.Name}' to '{value.Text}', which is no {variable.TypeName} and would silently become its default",
                $"步骤“{step.Id}”把“{variable.Name}”设为“{value.Text}”，但它不是 {variable.TypeName}，会被悄悄当作默认值");
        }
    }

    /// <summary>A variable that is neither yes nor no, where a yes or no is asked for.</summary>
    private static void Conditions(FlowStep step, FlowCheckContext context)
    {
        foreach (var input in step.Descriptor?.Inputs.Where(input => input.TypeName == "Boolean") ?? [])
        {
            if (step.Input(input.Name) is { Type: "Variable" } read && read.Value?.Member("id") is { IsString: true } id
                && Find(id.Text, context) is { } variable
                && (variable.IsArray || variable.TypeName is "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" or "DateTime" or "DateTimeOffset" or "TimeSpan" or "Guid"))
            {
                context.Warn(
                    "literal-type", read.At, step.Id,
                    $"'{input.Name}' of step '{step.Id}' is yes or no, but the variable '{variable.Name}' is {variable.TypeName}; compare it with something in a Lambda",
                    $"步骤“{step.Id}”的“{input.Name}”应为是或否，但变量“{variable.Name}”是 {variable.TypeName}；请用 Lambda 作比较");
            }
        }
    }

    private static void Inputs(FlowStep step, LocatedJson json, List<string> inputs, FlowCheckContext context)
    {
        foreach (var member in json.Members)
        {
            if (member.Value.StringAt("type") == "Input" && member.Value.Member("value")?.Member("name") is { IsString: true } name)
            {
                if (!inputs.Contains(name.Text, StringComparer.OrdinalIgnoreCase))
                {
                    context.Error(
                        ProblemCodes.UnknownName, name, step.Id,
                        $"step '{step.Id}' reads the input '{name.Text}', which the flow does not have{DidYouMean.Of(name.Text, inputs)}",
                        $"步骤“{step.Id}”读取的输入“{name.Text}”在流程中不存在{DidYouMean.Chinese(name.Text, inputs)}");
                }
            }
            else if (!FlowSteps.IsActivity(member.Value))
            {
                Inputs(step, member.Value, inputs, context);
            }
        }

        foreach (var item in json.Items.Where(item => !FlowSteps.IsActivity(item)))
        {
            Inputs(step, item, inputs, context);
        }
    }

    private static VariableDefinition? Find(string id, FlowCheckContext context) =>
        context.Definition.Variables.Concat(context.Definition.Activities.SelectMany(activity => activity.Variables)).FirstOrDefault(variable => variable.Id == id);
}
