using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What kind of outside knowledge a fact is, and the type its value has.</summary>
public enum FactKind
{
    /// <summary><see cref="Calendars.WorkingDayCalendar"/>; the name is <c>cn</c>.</summary>
    Calendar,

    /// <summary>A rule set of <c>WorkflowEngine.Rules</c>, by its name.</summary>
    RuleSet,

    /// <summary>The non-personal values of a submission, a <see cref="System.Text.Json.Nodes.JsonObject"/>, by submission id.</summary>
    Submission,

    /// <summary>The conformance summary of a credential, a <see cref="System.Text.Json.Nodes.JsonObject"/>, by credential id.</summary>
    Conformance,

    /// <summary><see cref="OrganisationFact"/>, by organisation id.</summary>
    Organisation,

    /// <summary><see cref="Definitions.WorkflowDefinition"/> of a child, by definition id.</summary>
    Definition,

    /// <summary>
    /// Entries of the register of cases (<see cref="RegisterEntry.List"/>), newest first: <c>applicant/ORGANISATION/FLOW</c>,
    /// <c>linked/NUMBER</c> (cases about that one) or <c>number/NUMBER</c> (that one).
    /// </summary>
    Cases,

    /// <summary><see cref="HttpFile"/>, by instance and id: a file of that instance and of no other.</summary>
    File,
}

/// <summary>Names one fact that a burst reads.</summary>
public readonly record struct FactKey(FactKind Kind, string Name)
{
    /// <summary>The State Council's calendar.</summary>
    public static FactKey Calendar { get; } = new(FactKind.Calendar, "cn");

    public override string ToString() => $"{Kind}:{Name}";
}

/// <summary>An organisation as the engine sees it. <see cref="ParentId"/> is the next level up, for escalation.</summary>
public sealed record OrganisationFact(string Id, string Name, OrganisationLevel Level, string? ParentId);

/// <summary>
/// The outside knowledge given to a burst. Immutable: the host adds what a burst asked for with <c>NeedFacts</c> and runs again from the same state.
/// </summary>
public sealed class Facts
{
    private readonly ImmutableDictionary<FactKey, object> _values;
    private readonly Func<FactKey, object?>? _source;

    private Facts(ImmutableDictionary<FactKey, object> values, Func<FactKey, object?>? source) => (_values, _source) = (values, source);

    public static Facts None { get; } = new(ImmutableDictionary<FactKey, object>.Empty, null);

    public Facts With(FactKey key, object value) => new(_values.SetItem(key, value), _source);

    /// <summary>What was not given is read at once from who has it all in memory, instead of being asked for. The same question has the same answer throughout a burst.</summary>
    /// <param name="source">Null: there is no such thing.</param>
    public Facts ReadFrom(Func<FactKey, object?> source) => new(_values, source);

    /// <summary>The host has looked and there is no such thing: the activity that asks for it fails instead of asking again.</summary>
    public Facts WithUnknown(FactKey key) => new(_values.SetItem(key, Nothing.Instance), _source);

    internal bool IsUnknown(FactKey key) => _values.TryGetValue(key, out var value) ? value is Nothing : _source is not null;

    /// <summary>False when the fact was not given, or is known not to be.</summary>
    /// <exception cref="InvalidOperationException">The fact was given with a value of another type: a defect of the host.</exception>
    public bool TryGet<T>(FactKey key, [MaybeNullWhen(false)] out T value)
    {
        var found = _values.GetValueOrDefault(key) ?? _source?.Invoke(key);
        if (found is null or Nothing)
        {
            value = default;
            return false;
        }

        value = found is T typed
            ? typed
            : throw new InvalidOperationException($"Fact {key} is a {found.GetType().Name} where a {typeof(T).Name} is read.");
        return true;
    }

    private sealed class Nothing
    {
        public static Nothing Instance { get; } = new();
    }
}
