using System.Collections.Concurrent;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// Workflows that were checked against the facts they read, ready to run. Immutable towards its callers and safe to share
/// between threads.
/// </summary>
public sealed class RuleSet
{
    // Undeclared facts are typed by value; every new combination of types is settled once, and this many are kept.
    private const int MostKept = 256;

    private readonly IReadOnlyList<RuleWorkflow> _workflows;
    private readonly FactSchema? _schema;
    private readonly RuleSettings _settings;
    private readonly ConcurrentDictionary<string, CompiledWorkflow> _kept = new();

    private RuleSet(IReadOnlyList<RuleWorkflow> workflows, FactSchema? schema, RuleSettings settings)
    {
        (_workflows, _schema, _settings) = (workflows, schema, settings);
    }

    /// <summary>The names of the workflows, in the order given.</summary>
    public IEnumerable<string> WorkflowNames => _workflows.Select(workflow => workflow.WorkflowName);

    /// <summary>As they were read.</summary>
    public IReadOnlyList<RuleWorkflow> Workflows => _workflows;

    /// <summary>Checks one workflow and prepares it. <see cref="RuleSetResult.RuleSet"/> is null when there are problems.</summary>
    public static RuleSetResult Compile(RuleWorkflow workflow, FactSchema? schema = null, RuleSettings? settings = null) =>
        Compile([workflow], schema, settings);

    /// <summary>
    /// Checks workflows that inject or call one another and prepares them; <see cref="Evaluate(IReadOnlyDictionary{string, object?}, RuleRun, string?)"/>
    /// runs the first unless told otherwise. Without a schema, the workflow's own <see cref="RuleWorkflow.Facts"/> are
    /// used, and without those the types are taken from the values of each run.
    /// </summary>
    public static RuleSetResult Compile(IReadOnlyList<RuleWorkflow> workflows, FactSchema? schema = null, RuleSettings? settings = null)
    {
        settings ??= RuleSettings.Default;
        var problems = new List<RuleProblem>();
        if (workflows.Count == 0)
        {
            problems.Add(new RuleProblem("", 0, 0, RuleProblemCodes.Missing, "there is no workflow"));
        }

        var set = new RuleSet([.. workflows], schema, settings);
        foreach (var workflow in workflows)
        {
            set.Check(workflow, problems);
        }

        return problems.Count == 0 ? new RuleSetResult(set, []) : new RuleSetResult(null, problems);
    }

    /// <summary>Runs one workflow, the first when none is named. Values: scalars, dictionaries, lists, JsonElement, JsonNode.</summary>
    public RuleReport Evaluate(IReadOnlyDictionary<string, object?> facts, RuleRun run, string? workflow = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (Find(workflow) is not { } found)
        {
            return Faulted(null, "ArgumentException", $"workflow '{workflow}' does not exist{DidYouMean.Of(workflow ?? "", WorkflowNames)}");
        }

        try
        {
            var compiled = Settle(found, facts, run, out var frame);
            if (compiled.TwinName is { } twin)
            {
                return Faulted(found, "ArgumentException", $"there are two rules '{twin}' in workflow '{found.WorkflowName}'");
            }

            var results = new RuleEvaluation(compiled, frame, _settings, run.BusinessDate).Run();
            return new RuleReport { Results = results, Match = found.Match };
        }
        catch (FactException exception)
        {
            return Faulted(found, "FactException", exception.Message);
        }
        catch (KeyNotFoundException exception)
        {
            return Faulted(found, "KeyNotFoundException", exception.Message);
        }
        catch (RunEndedException exception)
        {
            return Faulted(found, exception.Type, exception.Message);
        }
    }

    /// <summary>Runs one workflow on an object whose members are the inputs, e.g. <c>{"input1": {…}}</c>.</summary>
    public RuleReport Evaluate(JsonElement facts, RuleRun run, string? workflow = null) => facts.ValueKind == JsonValueKind.Object
        ? Evaluate(facts.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value), run, workflow)
        : Faulted(null, "FactException", "the facts must be an object whose members are the inputs");

    /// <summary>
    /// Brings facts into the form that rules read, for many quick evaluations of the same facts without a report.
    /// Null when the facts do not fit or the workflow does not exist; <see cref="Evaluate(IReadOnlyDictionary{string, object?}, RuleRun, string?)"/> says why.
    /// </summary>
    public RuleCheck? Prepare(IReadOnlyDictionary<string, object?> facts, RuleRun run, string? workflow = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (Find(workflow) is not { } found)
        {
            return null;
        }

        try
        {
            var compiled = Settle(found, facts, run, out var frame);
            return compiled.GlobalFailure is null ? new RuleCheck(compiled, frame, _settings, run) : null;
        }
        catch (Exception exception) when (exception is FactException or KeyNotFoundException)
        {
            return null;
        }
    }

    private RuleWorkflow? Find(string? name) =>
        name is null ? _workflows[0] : _workflows.FirstOrDefault(workflow => workflow.WorkflowName == name);

    private FactSchema SchemaOf(RuleWorkflow workflow) => _schema ?? workflow.Facts ?? FactSchema.Open;

    private void Check(RuleWorkflow workflow, List<RuleProblem> problems)
    {
        if (_settings.Compat)
        {
            return;
        }

        var schema = SchemaOf(workflow);
        try
        {
            if (schema.IsDeclared)
            {
                var compiler = new RuleCompiler(_workflows, _settings, declared: true);
                Keep(workflow, schema.Inputs, compiler);
                problems.AddRange(compiler.Problems.Where(problem => !problems.Contains(problem)));
                return;
            }

            problems.AddRange(SyntaxProblems(RuleCompiler.AllRules(workflow, _workflows), workflow, _settings));
        }
        catch (KeyNotFoundException exception)
        {
            problems.Add(new RuleProblem(workflow.Place.File, workflow.Place.Line, workflow.Place.Column, RuleProblemCodes.UnknownName, exception.Message));
        }
    }

    /// <summary>What can be found without knowing any type.</summary>
    private static IEnumerable<RuleProblem> SyntaxProblems(IEnumerable<Rule> rules, RuleWorkflow workflow, RuleSettings settings)
    {
        var texts = workflow.GlobalParams.Select(parameter => (parameter.Expression, parameter.Place, parameter.Name)).Concat(rules.SelectMany(Texts));
        foreach (var (text, place, owner) in texts)
        {
            RuleProblem? problem = null;
            try
            {
                Parser.Parse(text, settings);
            }
            catch (ExpressionException exception)
            {
                problem = new RuleProblem(
                    place.File,
                    place.Line,
                    place.Column > 0 ? place.Column + Excerpt.EscapedLength(text, exception.Position) : 0,
                    RuleProblemCodes.Syntax,
                    $"'{owner}', in `{Excerpt.Of(text, exception.Position)}`: {exception.Message}");
            }

            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<(string Text, SourcePlace Place, string Owner)> Texts(Rule rule) =>
    [
        .. rule.LocalParams.Select(parameter => (parameter.Expression, parameter.Place, parameter.Name)),
        .. rule.Expression is { } expression ? [(expression, rule.ExpressionPlace, rule.RuleName)] : Array.Empty<(string, SourcePlace, string)>(),
        .. rule.Rules.SelectMany(Texts),
    ];

    private CompiledWorkflow Settle(RuleWorkflow workflow, IReadOnlyDictionary<string, object?> facts, RuleRun run, out Frame frame)
    {
        var schema = SchemaOf(workflow);
        var names = schema.IsOpen ? [.. facts.Keys] : schema.Inputs.Select(input => input.Name).ToArray();
        var values = Array.ConvertAll(names, name => FactValues.Normalise(facts.GetValueOrDefault(name)));
        var inputs = schema.IsDeclared
            ? schema.Inputs
            : [.. names.Select((name, i) => new FactMember(name, schema.IsOpen ? FactValues.TypeOfInput(values[i], _settings.Compat) : FactValues.Complete(schema.Inputs[i].Type, values[i])))];
        var compiled = Keep(workflow, inputs, new RuleCompiler(_workflows, _settings, schema.IsDeclared));
        frame = new Frame(compiled.Slots, _settings.Budget, run.Instant);
        for (var i = 0; i < inputs.Count; i++)
        {
            frame.Slots[i] = FactValues.Make(values[i], inputs[i].Type, compiled.Inputs[i].Shape, names[i]);
        }

        return compiled;
    }

    private CompiledWorkflow Keep(RuleWorkflow workflow, IReadOnlyList<FactMember> inputs, RuleCompiler compiler)
    {
        var key = SchemaOf(workflow).IsDeclared ? workflow.WorkflowName : $"{workflow.WorkflowName}\n{string.Join(';', inputs)}";
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }

        var shapes = inputs.Select(input =>
        {
            var (clr, shape) = Shapes.Of(input.Type);
            return new ShapeMember(input.Name, clr, shape, input.Type is FactType.Nothing);
        }).ToArray();
        var compiled = compiler.Compile(workflow, shapes);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[key] = compiled;
        return compiled;
    }

    private static RuleReport Faulted(RuleWorkflow? workflow, string type, string message) =>
        new() { Results = [], Fault = new RuleFault(type, message), Match = workflow?.Match ?? RuleMatch.All };
}

/// <summary>A rule set, or why there is none.</summary>
public sealed record RuleSetResult(RuleSet? RuleSet, IReadOnlyList<RuleProblem> Problems);
