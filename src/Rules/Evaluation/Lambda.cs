using System.Collections.Concurrent;
using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>One expression of the rules language, for use outside rule files, e.g. as an input of a workflow activity.</summary>
public sealed class Lambda
{
    private const int MostKept = 64;

    /// <summary>Steps of evaluation that it takes to bind one character.</summary>
    private const int BindingWork = 100;

    /// <summary>Steps of evaluation that it takes to read one value of the facts.</summary>
    private const int ReadingWork = 10;

    private readonly string _text;
    private readonly Syntax _syntax;
    private readonly NamesUsed _used;
    private readonly FactSchema _schema;
    private readonly Type? _resultType;
    private readonly RuleSettings _settings;
    private readonly ConcurrentDictionary<string, (HotExpression<object?> Expression, IReadOnlyList<Shape?> Shapes)> _kept = new();

    private Lambda(string text, Syntax syntax, FactSchema schema, Type? resultType, RuleSettings settings) =>
        (_text, _syntax, _used, _schema, _resultType, _settings) = (text, syntax, NamesUsed.In(syntax), schema, resultType, settings);

    /// <summary>
    /// Checks an expression. Names that <paramref name="schema"/> declares are checked now; with <see cref="FactSchema.Open"/>
    /// (or null) only the syntax is, and names and types when it is evaluated.
    /// </summary>
    /// <param name="text">The expression, at most 10,000 characters.</param>
    /// <param name="schema">The names that the expression may use.</param>
    /// <param name="resultType">What the result must be, e.g. <c>typeof(bool)</c>; null: anything.</param>
    /// <param name="settings">Null: <see cref="RuleSettings.Default"/>.</param>
    public static LambdaResult Compile(string text, FactSchema? schema = null, Type? resultType = null, RuleSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        settings ??= RuleSettings.Default;
        schema ??= FactSchema.Open;
        try
        {
            var lambda = new Lambda(text, Parser.Parse(text, settings), schema, resultType, settings);
            if (schema.IsDeclared)
            {
                lambda.Bound(schema.Inputs, frame: null);
            }

            return new LambdaResult(lambda, []);
        }
        catch (ExpressionException exception)
        {
            var code = exception.IsSyntax ? RuleProblemCodes.Syntax : RuleProblemCodes.Type;
            return new LambdaResult(null, [new RuleProblem("expression", 1, exception.Position + 1, code, Told(text, exception))]);
        }
    }

    /// <summary>Evaluates. Values: scalars, dictionaries, lists, JsonElement, JsonNode.</summary>
    public LambdaOutcome Evaluate(IReadOnlyDictionary<string, object?> values, RuleRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Values are read outside: what reading one throws is for who gave it.
        var outcome = Evaluate(Named(values), run, out var isNotBound);
        return isNotBound && _schema.IsOpen ? Evaluate(All(values), run, out _) : outcome;
    }

    /// <summary>The value as the language has it.</summary>
    internal object? Run(IReadOnlyDictionary<string, object?> values, RuleRun run, out Frame frame)
    {
        try
        {
            return Run(Named(values), run, out frame);
        }
        catch (ExpressionException) when (_schema.IsOpen)
        {
            return Run(All(values), run, out frame);
        }
    }

    private LambdaOutcome Evaluate((string[] Names, object?[] Values) given, RuleRun run, out bool isNotBound)
    {
        isNotBound = false;
        Frame? frame = null;
        try
        {
            var value = Run(given, run, out frame);
            return new LambdaOutcome(PlainValues.From(value), null) { Work = frame.Used };
        }
        catch (ExpressionException exception)
        {
            isNotBound = true;
            return new LambdaOutcome(null, Told(_text, exception)) { Work = frame?.Used ?? 0 };
        }
        catch (Exception exception) when (exception is NullReferenceException or ArgumentNullException && !_settings.Compat)
        {
            return new LambdaOutcome(null, $"`{Excerpt.Of(_text, 0)}`: a value is null where it is read, use np(…) if that may be") { Work = frame?.Used ?? 0 };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new LambdaOutcome(null, $"`{Excerpt.Of(_text, 0)}`: {exception.Message}") { Work = frame?.Used ?? 0 };
        }
    }

    /// <summary>The values whose names are written in the expression, in the order of their names.</summary>
    private (string[] Names, object?[] Values) Named(IReadOnlyDictionary<string, object?> values)
    {
        if (_schema.IsOpen)
        {
            string[] names = [.. values.Keys.Where(_used.Has)];
            return (names, Array.ConvertAll(names, name => _used.Of(name, values[name])));
        }

        var declared = _schema.Inputs.Select(input => input.Name).ToArray();
        return (declared, Array.ConvertAll(declared, values.GetValueOrDefault));
    }

    /// <summary>All values: a member of the only one may be named without it, and whoever misspelt a name is told of those that there are.</summary>
    private static (string[] Names, object?[] Values) All(IReadOnlyDictionary<string, object?> values)
    {
        string[] names = [.. values.Keys];
        return (names, Array.ConvertAll(names, name => values[name]));
    }

    private object? Run((string[] Names, object?[] Values) given, RuleRun run, out Frame frame)
    {
        var (names, values) = given;
        frame = new Frame(names.Length, _settings.Budget, run.Instant);
        var count = 0;
        var plain = Array.ConvertAll(values, value => FactValues.Normalise(value, ref count));
        frame.Reading = ReadingWork * count;
        var inputs = _schema.IsDeclared
            ? _schema.Inputs
            : [.. names.Select((name, i) => new FactMember(name, _schema.IsOpen ? FactValues.TypeOfInput(plain[i], _settings.Compat) : FactValues.Complete(_schema.Inputs[i].Type, plain[i])))];
        var (expression, shapes) = Bound(inputs, frame);
        for (var i = 0; i < inputs.Count; i++)
        {
            frame.Slots[i] = FactValues.Make(plain[i], inputs[i].Type, shapes[i], names[i]);
        }

        return expression.Run(frame);
    }

    private (HotExpression<object?> Expression, IReadOnlyList<Shape?> Shapes) Bound(IReadOnlyList<FactMember> inputs, Frame? frame)
    {
        var key = _schema.IsDeclared ? "" : string.Join(';', inputs);
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }

        frame?.Binding = BindingWork * _text.Length;
        var members = inputs.Select(input =>
        {
            var (clr, shape) = Shapes.Of(input.Type);
            return new ShapeMember(input.Name, clr, shape, input.Type is FactType.Nothing);
        }).ToArray();
        var scope = Scope.Of(members, _settings.IsExpressionCaseSensitive, nothingIsNull: !_settings.Compat);
        var bound = Binder.Bind(_syntax, scope, _settings, _schema.IsDeclared);
        var node = Result(bound.Bound.Node);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        var made = new HotExpression<object?>(node.Type == typeof(object) ? node : Expression.Convert(node, typeof(object)), bound.Size);
        return _kept[key] = (made, [.. members.Select(member => member.Shape)]);
    }

    private Expression Result(Expression node)
    {
        if (_resultType is null || node.Type == _resultType || _resultType == typeof(object))
        {
            return node;
        }

        return TypeRules.Promote(node, _resultType, exact: true)
            ?? (TypeRules.NonNullable(node.Type) == _resultType ? Expression.Coalesce(node, Expression.Default(_resultType)) : null)
            ?? throw new ExpressionException($"the result is {TypeRules.Name(node.Type)}, it must be {TypeRules.Name(_resultType)}", 0);
    }

    private static string Told(string text, ExpressionException exception) =>
        $"`{Excerpt.Of(text, exception.Position)}`, column {exception.Position + 1}: {exception.Message}";
}

/// <summary>An expression that may be evaluated, or why there is none. Columns of problems count from the expression's start.</summary>
public sealed record LambdaResult(Lambda? Lambda, IReadOnlyList<RuleProblem> Problems);

/// <summary>
/// The value of an expression: null, scalar, <c>List&lt;object?&gt;</c> or <c>Dictionary&lt;string, object?&gt;</c> of the same;
/// or, when <see cref="Error"/> is not null, why there is none.
/// </summary>
public sealed record LambdaOutcome(object? Value, string? Error)
{
    public bool IsSuccess => Error is null;

    /// <summary>What the evaluation took, in steps and characters, with the values that it was given to read; more where the expression met facts of a new shape.</summary>
    public long Work { get; init; }
}
