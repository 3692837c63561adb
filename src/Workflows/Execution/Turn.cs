using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What an activity kind sees and may do while one of its executions has its turn.</summary>
internal sealed class Turn(BurstRun run, ActivityInstance instance) : EvaluationScope
{
    public BurstRun Run { get; } = run;

    public ActivityInstance Instance { get; } = instance;

    public ActivityNode Node => Instance.Node;

    /// <summary><c>flow batch</c>, which asks for children inside the burst, answers as Elsa does, silent defaults included; in a host they are incidents.</summary>
    public override bool ConvertsStrictly => !Run.RunsChildren;

    /// <summary>Names that a Lambda may use during this turn besides the usual ones.</summary>
    public Dictionary<string, object?> Extra { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of an input as <typeparamref name="T"/>; <paramref name="unset"/> when the input is absent.</summary>
    /// <exception cref="ActivityFault">The input cannot be evaluated.</exception>
    [return: NotNullIfNotNull(nameof(unset))]
    public T? Input<T>(string name, T? unset = default)
    {
        if (!Node.Inputs.TryGetValue(name, out var input) || input.Expression is not { } expression)
        {
            return unset;
        }

        return Evaluate<T>(expression, name) ?? Missing(unset);
    }

    /// <summary>The value of an input as an object, null when absent.</summary>
    public object? InputValue(string name) =>
        Node.Inputs.TryGetValue(name, out var input) && input.Expression is { } expression ? Evaluate<object>(expression, name) : null;

    public bool HasInput(string name) => Node.Inputs.TryGetValue(name, out var input) && input.Expression is not null;

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string name) => Input<string>(name) is { Length: > 0 } text
        ? text
        : throw new ActivityFault($"input '{name}' of '{Node.Id}' is missing or empty");

    public T? Evaluate<T>(Expression expression, string name)
    {
        var value = Evaluate(expression, name, typeof(T));
        return value is null ? default : (T)value;
    }

    public object? Evaluate(Expression expression, string name, Type type)
    {
        try
        {
            return expression.Evaluate(this, type);
        }
        catch (ConversionException odd)
        {
            throw new ActivityFault($"Failed to evaluate activity input '{name}': {odd.Message}", odd);
        }
    }

    /// <summary>Ends the activity through Done.</summary>
    public void Complete() => Run.Complete(Instance, Outcomes.Default);

    public void Complete(string outcome) => Run.Complete(Instance, Outcomes.Of(outcome));

    public void Complete(Outcomes outcomes) => Run.Complete(Instance, outcomes);

    /// <summary>Schedules a child; its end is handled under <paramref name="callback"/>. Without a child that end is at once.</summary>
    public void Schedule(ActivityNode? child, string? callback = null, int? tag = null, LoopValue? loop = null)
    {
        if (child is null)
        {
            Instance.Tag = tag;
            Node.Kind!.ChildCompleted(this, Instance, callback, Outcomes.Default);
            return;
        }

        Run.Schedule(child, Instance, callback, tag, loop);
    }

    /// <summary>Waits for a message, an event or the result of outside work.</summary>
    public void WaitForMessage(string name, string key, JsonObject? payload = null, string? resume = null, bool burns = true)
    {
        var id = Run.Emit(i => new Effect.ExpectMessage(i, name, key));
        Run.Wait(new OpenBookmark(id.ToString(), WaitKind.Message, Instance, resume, burns, payload));
    }

    /// <summary>Waits for an instant.</summary>
    /// <returns>The timer's id.</returns>
    public string WaitUntil(DateTimeOffset due, TimerKind kind = TimerKind.Delay, JsonObject? payload = null, string? resume = null, string? bookmarkId = null)
    {
        var id = Run.Emit(i => new Effect.ArmTimer(i, kind, bookmarkId ?? i.ToString(), due)).ToString();
        Run.Wait(new OpenBookmark(id, WaitKind.Timer, Instance, resume, true, payload));
        return id;
    }

    /// <summary>Stores an output in the variable it is bound to, without conversion.</summary>
    public void Output(string name, object? value)
    {
        if (Node.Outputs.TryGetValue(name, out var id) && FindSlot(id) is { } slot)
        {
            slot.Value = value;
        }
    }

    public VariableSlot? FindSlot(string id)
    {
        for (var at = Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            if (at.Variables is { } variables && (at == Instance || at.Node.Kind!.HoldsVariables) && variables.TryGetValue(id, out var slot))
            {
                return slot;
            }
        }

        return null;
    }

    public override object? ReadVariable(string id) =>
        FindSlot(id) is { } slot ? slot.Value : throw new ConversionException($"there is no variable with the id '{id}' here");

    public override object? ReadInput(string name)
    {
        for (var at = Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            if (at.Node.Compiled is WorkflowDefinition used)
            {
                var declared = used.Inputs.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));
                return declared is not null && at.Variables?.GetValueOrDefault(Activities.Elsa.DefinitionActivity.InputSlot(declared.Name)) is { } slot ? slot.Value : null;
            }
        }

        return Run.Input(name);
    }

    public override object? Evaluate(Lambda lambda, string text)
    {
        var outcome = lambda.Evaluate(LambdaScope.Of(this), Run.RuleRun);
        return outcome.IsSuccess ? outcome.Value : throw new ConversionException($"'{text}': {outcome.Error}");
    }

    /// <summary>All variables that can be read here by name, the nearest of a name first.</summary>
    public Dictionary<string, object?> VariablesByName()
    {
        var found = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var at = Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            foreach (var slot in at.Variables?.Values ?? Enumerable.Empty<VariableSlot>())
            {
                found.TryAdd(slot.Definition.Name, slot.Value);
            }
        }

        return found;
    }

    /// <summary>The items of an input that lists things; none when it is absent.</summary>
    public static IEnumerable<object?> Items(object? value) => value switch
    {
        null => [],
        string text => text.Select(c => (object?)c.ToString(CultureInfo.InvariantCulture)),
        IEnumerable many => many.Cast<object?>(),
        _ => throw new ActivityFault($"a {value.GetType().Name} has no items"),
    };

    private static T? Missing<T>(T? unset) => unset;
}
