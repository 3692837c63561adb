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
            Run.Spend(expression.Length);
            var value = expression.Evaluate(this, type);
            Run.Spend(Work.OfReading(value));
            return value;
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

    /// <summary>Stores an output where it is bound, without conversion: in a variable by its id, in an output of the workflow by its name.</summary>
    public void Output(string name, object? value)
    {
        if (!Node.Outputs.TryGetValue(name, out var id))
        {
            return;
        }

        // A flow used as an activity hands out to what is around it, not to its own outputs.
        if ((Node.Compiled is WorkflowDefinition ? Around() : this)?.FindSlot(id) is { } slot)
        {
            slot.Value = value;
        }

        if (Run.Definition.Outputs.Any(o => o.Name == id))
        {
            Run.Outputs[id] = value;
        }
    }

    private Turn? Around() => (Instance.Lexical ?? Instance.Parent) is { } around ? new Turn(Run, around) : null;

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

    /// <summary>In a flow that is used as an activity, inputs are variables around it; what is none of them is an input of the whole.</summary>
    public override object? ReadInput(string name) =>
        IsInUsedFlow() && FindSlotByName(name) is { } slot ? slot.Value : Run.Input(name);

    private bool IsInUsedFlow()
    {
        for (var at = Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            if (at.Node.Kind is Activities.Elsa.Workflow)
            {
                return at.Parent is not null;
            }
        }

        return false;
    }

    private VariableSlot? FindSlotByName(string name)
    {
        for (var at = Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            foreach (var slot in at.Variables?.Values ?? Enumerable.Empty<VariableSlot>())
            {
                if (slot.Definition.Name == name)
                {
                    return slot;
                }
            }
        }

        return null;
    }

    public override object? Evaluate(Lambda lambda, string text)
    {
        var outcome = lambda.Evaluate(new LambdaScope(this), Run.RuleRun);
        Run.Spend(outcome.Work);
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
