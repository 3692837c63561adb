using System.Text.RegularExpressions;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// What the Lambdas of a flow may read, with types: <c>vars</c>, <c>input</c>, <c>case</c>, <c>clocks</c>, <c>today</c>. A variable that takes
/// the answer of a form has that form's fields, so a misspelt field is found before anyone fills it in.
/// </summary>
internal sealed partial class VariableFacts
{
    private readonly List<FactMember> _names;
    private readonly HashSet<string> _unknown;

    private VariableFacts(List<FactMember> names, HashSet<string> unknown)
    {
        _names = names;
        _unknown = unknown;
    }

    public static VariableFacts Of(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        var unknown = new HashSet<string>();
        var variables = new List<FactMember>();
        foreach (var variable in context.Definition.Variables.DistinctBy(variable => variable.Name))
        {
            if (TypeOf(variable, steps, context) is { } type)
            {
                variables.Add(new FactMember(variable.Name, type));
            }
            else
            {
                variables.Add(new FactMember(variable.Name, Shapeless));
                unknown.Add($"vars.{variable.Name}");
            }
        }

        foreach (var (_, name) in context.DroppedVariables.Where(dropped => variables.TrueForAll(variable => variable.Name != dropped.Name)).DistinctBy(dropped => dropped.Name))
        {
            variables.Add(new FactMember(name, Shapeless));
            unknown.Add($"vars.{name}");
        }

        if (context.Definition.Inputs.Count == 0)
        {
            unknown.Add("input");
        }

        var inputs = context.Definition.Inputs.DistinctBy(input => input.Name).Select(input => new FactMember(input.Name, Scalar(input.TypeName) ?? Shapeless));
        return new VariableFacts(
        [
            new FactMember("vars", new FactType.Record(variables)),
            new FactMember("input", new FactType.Record([.. inputs])),
            new FactMember("case", Case),
            new FactMember("clocks", new FactType.Record([.. TaskChecks.Clocks(steps).Select(name => new FactMember(name, Clock))])),
            new FactMember("today", FactType.DateTime),
        ], unknown);
    }

    /// <summary>Checks a Lambda; what it reads of a variable whose shape nobody declared is left to the run.</summary>
    /// <param name="guarded">The task whose outcome the Lambda guards, or the submission that it may refuse: it sees the form's values and the register too.</param>
    public IReadOnlyList<RuleProblem> Check(string lambda, Type? result, FlowStep? guarded, FlowCheckContext context)
    {
        IEnumerable<FactMember> names = _names;
        if (guarded is not null)
        {
            var form = guarded.Literal("form") is { } id && context.Index.Forms.TryGetValue(id, out var found) ? found.Form : null;
            var values = new FactMember("values", form is null ? Shapeless : Record([form]));
            names = guarded.Type == GovActivities.Submission
                ? [.. names.Where(name => name.Name is "case" or "today"), values, new("linked", RegisteredCase), new("earlier", RegisteredCases), new("vendorCases", RegisteredCases)]
                : [.. names, values, new("task", GuardedTask), new("conformance", Shapeless), new("linked", RegisteredCases)];
        }

        var isFormKnown = guarded?.Literal("form") is { } named && context.Index.Forms.ContainsKey(named);
        var problems = Lambda.Compile(lambda, FactSchema.Of([.. names]), result).Problems;
        HashSet<string> shapeless = guarded is null ? _unknown : [.. _unknown, "conformance", .. isFormKnown ? Array.Empty<string>() : ["values"]];
        return problems.Any(problem => problem.Code != RuleProblemCodes.Syntax)
            && Paths().Matches(lambda).Any(path => ReadsRegisteredForm(path.Value) || context.DroppedVariables.Any(dropped => path.Value.Equals($"vars.{dropped.Name}", StringComparison.OrdinalIgnoreCase)) || shapeless.Any(name => path.Value.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase)))
            ? []
            : problems;
    }

    /// <summary>The form behind an entry of the register is that of another flow.</summary>
    private static bool ReadsRegisteredForm(string path) =>
        path.Contains(".values.", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type of a plain path such as <c>vars.application</c>; null when it is not known.</summary>
    public FactType? Find(string path)
    {
        FactType? at = null;
        IReadOnlyList<FactMember> members = _names;
        foreach (var name in path.Split('.'))
        {
            at = members.FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Type;
            members = at is FactType.Record record ? record.Members : [];
        }

        return at;
    }

    private static FactType Shapeless { get; } = new FactType.Record([]);

    private static FactType RegisteredCase { get; } = CaseEntry.Of(Shapeless);

    private static FactType RegisteredCases { get; } = new FactType.List(RegisteredCase);

    private static FactType GuardedTask { get; } = new FactType.Record([new("overdue", FactType.Boolean), new("outcome", FactType.String), new("role", FactType.String)]);

    private static FactType Case { get; } = new FactType.Record(
    [
        new("number", FactType.String), new("title", FactType.String), new("outcome", FactType.String),
        new("submittedAt", FactType.String), new("linkedTo", FactType.String),
        new("parties", new FactType.Record([.. GovActivities.RolesOfParty.Keys.Select(party => new FactMember(party, FactType.String))])),
    ]);

    private static FactType Clock { get; } = new FactType.Record(
    [
        new("allotted", FactType.Int32), new("used", FactType.Int32), new("remaining", FactType.Int32), new("overdue", FactType.Boolean), new("running", FactType.Boolean), new("late", FactType.Boolean),
    ]);

    /// <summary>What a rule set finds, one entry for each rule that failed.</summary>
    private static FactType Findings { get; } = new FactType.List(new FactType.Record(
        [.. new[] { "rule", "field", "level", "message", "explanation", "basis", "advice" }.Select(name => new FactMember(name, FactType.String))]));

    /// <summary>Null when nothing tells the variable's shape.</summary>
    private static FactType? TypeOf(Workflows.Definitions.VariableDefinition variable, IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        bool Takes(FlowStep step, string output) => step.Json.Member(output)?.At("memoryReference", "id")?.Text == variable.Id;
        var forms = steps
            .Where(step => Takes(step, "result"))
            .Select(step => step.Literal("form") is { } id && context.Index.Forms.TryGetValue(id, out var form) ? form.Form : null)
            .OfType<FormDefinition>()
            .ToList();
        if (forms.Count > 0)
        {
            return Record(forms);
        }

        if (steps.Any(step => step.Type == GovActivities.FindCases && Takes(step, "result")))
        {
            return RegisteredCases;
        }

        if (steps.Any(step => step.Type == GovActivities.EvaluateRules && Takes(step, "findings")))
        {
            return Findings;
        }

        var type = Scalar(variable.TypeName);
        return variable.IsArray && type is not null ? new FactType.List(type) : type;
    }

    private static FactType.Record Record(IEnumerable<FormDefinition> forms) =>
        new([.. forms.SelectMany(form => form.Fields).Where(field => !field.Personal).DistinctBy(field => field.Name).Select(field => new FactMember(field.Name, TypeOf(field)))]);

    private static FactType TypeOf(FormField field) => field.Type switch
    {
        FormFieldType.Number => FactType.Decimal,
        FormFieldType.Checkbox => FactType.Boolean,
        FormFieldType.File => new FactType.List(new FactType.Record(
        [
            new("id", FactType.String), new("name", FactType.String), new("size", FactType.Int64), new("type", FactType.String), new("sha256", FactType.String),
        ])),
        FormFieldType.List => new FactType.List(new FactType.Record([.. field.Columns.Select(column => new FactMember(column.Name, TypeOf(column)))])),
        _ => FactType.String,
    };

    private static FactType? Scalar(string typeName) => typeName.TrimEnd('?') switch
    {
        "String" => FactType.String,
        "Boolean" => FactType.Boolean,
        "Int16" or "Int32" => FactType.Int32,
        "Int64" or "Long" => FactType.Int64,
        "Decimal" => FactType.Decimal,
        "Single" or "Double" => FactType.Double,
        "DateTime" => FactType.DateTime,
        _ => null,
    };

    [GeneratedRegex(@"\w+(\.\w+)+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Paths();
}
