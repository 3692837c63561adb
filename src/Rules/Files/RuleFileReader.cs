using System.Text;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// Reads rule files. Strictly, every oddity is a problem with its place. As the original does it, unknown members vanish, a
/// misspelt operator makes a rule that always fails, and only what the original's validator refuses is a problem.
/// </summary>
internal sealed partial class RuleFileReader
{
    private const int LargestFile = 4 * 1024 * 1024;
    private const int MostRules = 10_000;
    private const int DeepestRules = 16;
    private const int MostWorkflows = 500;
    private const int MostParameters = 200;
    private const int MostProblems = 200;

    private static readonly string[] WorkflowMembers =
        ["WorkflowName", "WorkflowsToInject", "WorkflowRulesToInject", "RuleExpressionType", "GlobalParams", "Rules", "Match", "Facts", "Description", "$schema"];

    private static readonly string[] RuleMembers =
    [
        "RuleName", "Expression", "Operator", "Rules", "LocalParams", "Enabled", "Properties", "SuccessEvent", "ErrorMessage", "Actions",
        "WorkflowsToInject", "RuleExpressionType", "Priority", "ValidFrom", "ValidTo", "LegalBasis", "Severity", "Advice", "Field", "Description",
    ];

    private static readonly string[] Operators = ["And", "AndAlso", "Or", "OrElse"];

    private readonly string _path;
    private readonly LineMap _lines;
    private readonly bool _asOriginal;
    private readonly List<RuleProblem> _problems = [];
    private int _rules;

    private RuleFileReader(string path, LineMap lines, bool asOriginal) => (_path, _lines, _asOriginal) = (path, lines, asOriginal);

    public static RuleFileResult Read(string json, string path, bool asOriginal = false)
    {
        if (json.Length > LargestFile)
        {
            return new RuleFileResult([], [new RuleProblem(path, 0, 0, RuleProblemCodes.TooLarge, $"the file has {json.Length} characters, at most {LargestFile} are read")]);
        }

        var utf8 = Encoding.UTF8.GetBytes(json.TrimStart('\uFEFF'));
        var lines = new LineMap(utf8);
        JsonTree tree;
        try
        {
            tree = JsonTree.Parse(utf8);
        }
        catch (JsonException exception)
        {
            return new RuleFileResult([], [JsonProblem.Of(exception, path, lines)]);
        }

        var reader = new RuleFileReader(path, lines, asOriginal);
        var workflows = reader.Workflows(tree);
        return new RuleFileResult(workflows, [.. reader._problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
    }

    private List<RuleWorkflow> Workflows(JsonTree tree)
    {
        var workflows = new List<RuleWorkflow>();
        foreach (var one in tree.IsArray ? tree.Elements : [tree])
        {
            if (workflows.Count == MostWorkflows)
            {
                Problem(one, RuleProblemCodes.TooLarge, $"the file has more than {MostWorkflows} workflows");
                break;
            }

            if (!one.IsObject)
            {
                Problem(one, RuleProblemCodes.WrongValue, "a rule file is a workflow object or an array of them");
                continue;
            }

            var workflow = Workflow(one);
            if (workflow.WorkflowName.Length > 0 && workflows.Exists(other => other.WorkflowName == workflow.WorkflowName))
            {
                Problem(one, RuleProblemCodes.DuplicateName, $"there are two workflows '{workflow.WorkflowName}'");
            }

            workflows.Add(workflow);
        }

        return workflows;
    }

    private RuleWorkflow Workflow(JsonTree tree)
    {
        Members(tree, WorkflowMembers, "a workflow");
        var name = Text(tree, "WorkflowName") ?? "";
        if (name.Length == 0)
        {
            Problem(tree, RuleProblemCodes.Missing, "a workflow needs a WorkflowName");
        }

        if (tree.Find("RuleExpressionType") is { } type && !(type.Kind == JsonTokenType.Number && type.Text == "0"))
        {
            Problem(type, RuleProblemCodes.WrongValue, "RuleExpressionType of a workflow is 0");
        }

        var injected = Texts(tree, "WorkflowsToInject") ?? Texts(tree, "WorkflowRulesToInject") ?? [];
        var rules = Rules(tree, 0);
        if (rules.Count == 0 && injected.Count == 0)
        {
            Problem(tree, RuleProblemCodes.Missing, "a workflow needs Rules or WorkflowsToInject");
        }

        if (!_asOriginal)
        {
            DuplicateRules(rules);
        }

        return new RuleWorkflow
        {
            WorkflowName = name,
            WorkflowsToInject = injected,
            GlobalParams = Parameters(tree, "GlobalParams", "global parameter"),
            Rules = rules,
            Match = Choice<RuleMatch>(tree, "Match") ?? RuleMatch.All,
            Facts = Facts(tree),
            Place = Place(tree.Position),
        };
    }

    private FactSchema? Facts(JsonTree tree)
    {
        if (_asOriginal || tree.Find("Facts") is not { } facts)
        {
            return null;
        }

        var read = FactSchemaReader.Read(facts, _path, _lines);
        _problems.AddRange(read.Problems);
        return read.Schema;
    }

    private List<Rule> Rules(JsonTree tree, int depth)
    {
        var rules = new List<Rule>();
        if (tree.Find("Rules") is not { IsNull: false } list)
        {
            return rules;
        }

        if (!list.IsArray)
        {
            Problem(list, RuleProblemCodes.WrongValue, "Rules is a list");
            return rules;
        }

        if (depth > DeepestRules)
        {
            Problem(list, RuleProblemCodes.TooLarge, $"rules are nested more than {DeepestRules} deep");
            return rules;
        }

        foreach (var element in list.Elements)
        {
            if (++_rules > MostRules)
            {
                Problem(element, RuleProblemCodes.TooLarge, $"the file has more than {MostRules} rules");
                return rules;
            }

            if (element.IsObject)
            {
                rules.Add(Rule(element, depth));
            }
            else
            {
                Problem(element, RuleProblemCodes.WrongValue, "a rule is an object");
            }
        }

        return rules;
    }

    private Rule Rule(JsonTree tree, int depth)
    {
        Members(tree, RuleMembers, "a rule");
        var name = Text(tree, "RuleName") ?? "";
        if (name.Length == 0)
        {
            Problem(tree, RuleProblemCodes.Missing, "a rule needs a RuleName");
        }

        if (tree.Find("RuleExpressionType") is { } type && !(type is { Kind: JsonTokenType.Number, Text: "0" } || (type.IsString && type.Text == "LambdaExpression")))
        {
            Problem(type, RuleProblemCodes.WrongValue, "RuleExpressionType is \"LambdaExpression\" or 0");
        }

        var rules = Rules(tree, depth + 1);
        var injected = Texts(tree, "WorkflowsToInject") ?? [];
        var expression = Text(tree, "Expression");
        var (op, misspelt) = Operator(tree);
        Decided(tree, name, expression, op is not null || misspelt, rules, injected);
        var (validFrom, validTo) = (Date(tree, "ValidFrom"), Date(tree, "ValidTo"));
        if (validFrom > validTo)
        {
            Problem(tree, RuleProblemCodes.Contradiction, $"rule '{name}' ends before it begins");
        }

        return new Rule
        {
            RuleName = name,
            Expression = expression,
            Operator = rules.Count > 0 && !misspelt ? op : null,
            IsNeverDecided = (op is not null && rules.Count == 0) || misspelt,
            Rules = op is null && !misspelt ? [] : rules,
            LocalParams = Parameters(tree, "LocalParams", "local parameter"),
            Enabled = Flag(tree, "Enabled") ?? true,
            Properties = Object(tree, "Properties") ?? new Dictionary<string, JsonElement>(),
            SuccessEvent = Text(tree, "SuccessEvent"),
            ErrorMessage = Text(tree, "ErrorMessage"),
            OnSuccess = Action(tree, "OnSuccess"),
            OnFailure = Action(tree, "OnFailure"),
            Priority = Number(tree, "Priority") ?? 0,
            ValidFrom = validFrom,
            ValidTo = validTo,
            LegalBasis = Basis(tree),
            Severity = Choice<RuleSeverity>(tree, "Severity") ?? RuleSeverity.Reject,
            Advice = Text(tree, "Advice"),
            Field = Text(tree, "Field"),
            WorkflowsToInject = injected,
            Place = Place(tree.Position),
            ExpressionPlace = tree.Find("Expression") is { } at ? Place(at.Position + 1) : Place(tree.Position),
        };
    }

    private void Decided(JsonTree tree, string name, string? expression, bool hasOperator, List<Rule> rules, IReadOnlyList<string> injected)
    {
        if (!hasOperator)
        {
            if (string.IsNullOrEmpty(expression))
            {
                Problem(tree, RuleProblemCodes.Missing, $"rule '{name}' needs an Expression, or an Operator with Rules");
            }

            if (rules.Count > 0)
            {
                Problem(tree, RuleProblemCodes.Contradiction, $"rule '{name}' has Rules but no Operator to decide by, add \"Operator\": \"And\" or \"Or\"");
            }

            return;
        }

        if (rules.Count == 0 && (injected.Count == 0 || !_asOriginal))
        {
            Problem(tree, RuleProblemCodes.Missing, injected.Count == 0
                ? $"rule '{name}' has an Operator but no Rules"
                : $"rule '{name}' has WorkflowsToInject, which the original never runs on a rule: name it on the workflow, or write Rules");
        }

        if (!_asOriginal && expression is not null)
        {
            Problem(tree.Find("Expression")!, RuleProblemCodes.Contradiction, $"rule '{name}' has an Operator, its Expression would never be read");
        }
    }

    private (RuleOperator? Operator, bool Misspelt) Operator(JsonTree tree)
    {
        if (tree.Find("Operator") is not { IsNull: false } value)
        {
            return (null, false);
        }

        if (value.IsString && Array.IndexOf(Operators, value.Text) is >= 0 and var index)
        {
            return (index < 2 ? RuleOperator.And : RuleOperator.Or, false);
        }

        if (_asOriginal && value.IsString && Operators.Contains(value.Text, StringComparer.OrdinalIgnoreCase))
        {
            return (null, true);
        }

        Problem(value, RuleProblemCodes.WrongValue, $"Operator is one of {string.Join(", ", Operators)}{DidYouMean.Of(value.Text, Operators)}");
        return (null, true);
    }

    private RuleAction? Action(JsonTree rule, string name)
    {
        if (rule.Find("Actions") is not { IsNull: false } actions)
        {
            return null;
        }

        if (!actions.IsObject)
        {
            Once(actions, "Actions is an object with OnSuccess and OnFailure");
            return null;
        }

        if (name == "OnSuccess")
        {
            Members(actions, ["OnSuccess", "OnFailure"], "Actions");
        }

        if (actions.Find(name) is not { IsNull: false } action)
        {
            return null;
        }

        if (!action.IsObject)
        {
            Problem(action, RuleProblemCodes.WrongValue, $"{name} is an object with Name and Context");
            return null;
        }

        Members(action, ["Name", "Context"], "an action");
        return new RuleAction
        {
            Name = Text(action, "Name") ?? "",
            Context = Object(action, "Context"),
            Place = Place(action.Position),
            ExpressionPlace = action.Find("Context")?.Members.FirstOrDefault(member => member.Name.Equals("Expression", StringComparison.OrdinalIgnoreCase))?.Value is { } at
                ? Place(at.Position + 1)
                : Place(action.Position),
        };
    }

    private LegalBasis? Basis(JsonTree tree)
    {
        if (_asOriginal || tree.Find("LegalBasis") is not { IsNull: false } basis)
        {
            return null;
        }

        if (!basis.IsObject)
        {
            Problem(basis, RuleProblemCodes.WrongValue, "LegalBasis is an object with Document and Article");
            return null;
        }

        Members(basis, ["Document", "Article"], "LegalBasis");
        if (Text(basis, "Document") is { Length: > 0 } document)
        {
            return new LegalBasis(document, Text(basis, "Article"));
        }

        Problem(basis, RuleProblemCodes.Missing, "LegalBasis needs the Document it is from");
        return null;
    }

    private List<RuleParameter> Parameters(JsonTree tree, string name, string what)
    {
        var parameters = new List<RuleParameter>();
        if (tree.Find(name) is not { IsNull: false } list)
        {
            return parameters;
        }

        if (!list.IsArray)
        {
            Problem(list, RuleProblemCodes.WrongValue, $"{name} is a list");
            return parameters;
        }

        foreach (var element in list.Elements)
        {
            if (parameters.Count == MostParameters)
            {
                Problem(element, RuleProblemCodes.TooLarge, $"there are more than {MostParameters} {what}s");
                break;
            }

            if (!element.IsObject)
            {
                Problem(element, RuleProblemCodes.WrongValue, $"a {what} is an object with Name and Expression");
                continue;
            }

            Members(element, ["Name", "Expression"], $"a {what}");
            var parameter = new RuleParameter(Text(element, "Name") ?? "", Text(element, "Expression") ?? "")
            {
                Place = element.Find("Expression") is { } at ? Place(at.Position + 1) : Place(element.Position),
            };
            if (!_asOriginal && (parameter.Name.Length == 0 || parameter.Expression.Length == 0))
            {
                Problem(element, RuleProblemCodes.Missing, $"a {what} needs a Name and an Expression");
            }
            else if (parameters.Exists(other => other.Name == parameter.Name))
            {
                Problem(element, RuleProblemCodes.DuplicateName, $"there are two {what}s '{parameter.Name}'");
            }

            parameters.Add(parameter);
        }

        return parameters;
    }

    private void DuplicateRules(IReadOnlyList<Rule> rules)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (rule.RuleName.Length > 0 && !seen.Add(rule.RuleName))
            {
                if (_problems.Count < MostProblems)
                {
                    _problems.Add(new RuleProblem(_path, rule.Place.Line, rule.Place.Column, RuleProblemCodes.DuplicateName, $"there are two rules '{rule.RuleName}'"));
                }
            }
        }
    }

    private void Members(JsonTree tree, string[] known, string what)
    {
        if (_asOriginal)
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, position, _) in tree.Members)
        {
            if (_problems.Count >= MostProblems)
            {
                return;
            }

            if (!seen.Add(name))
            {
                Problem(position, RuleProblemCodes.DuplicateMember, $"'{name}' is there twice");
            }
            else if (!known.Contains(name, StringComparer.Ordinal))
            {
                var hint = name == "ErrorType" ? ", RulesEngine dropped it in version 4, use Severity" : DidYouMean.Of(name, known);
                Problem(position, RuleProblemCodes.UnknownMember, $"'{name}' is not a member of {what}{hint}");
            }
        }
    }

    private void Once(JsonTree at, string message)
    {
        var place = Place(at.Position);
        if (!_problems.Exists(problem => problem.Line == place.Line && problem.Column == place.Column))
        {
            Problem(at, RuleProblemCodes.WrongValue, message);
        }
    }

    private void Problem(JsonTree at, string code, string message) => Problem(at.Position, code, message);

    private void Problem(long position, string code, string message)
    {
        // The first two hundred are more than anybody corrects at once.
        if (_problems.Count >= MostProblems)
        {
            return;
        }

        var (line, column) = _lines.At(position);
        _problems.Add(new RuleProblem(_path, line, column, code, message));
    }

    private SourcePlace Place(long position)
    {
        var (line, column) = _lines.At(position);
        return new SourcePlace(_path, line, column);
    }
}
