namespace WorkflowEngine.Workflows.Definitions;

/// <summary>Whether a flow may be started while other instances run.</summary>
public enum ActivationStrategy
{
    /// <summary>Always.</summary>
    AllowAlways,

    /// <summary>Not while an instance of the same flow runs.</summary>
    Singleton,

    /// <summary>Not while any instance with the same correlation id runs.</summary>
    Correlation,

    /// <summary>Not while an instance of the same flow with the same correlation id runs.</summary>
    CorrelatedSingleton,
}

/// <summary>
/// The running instances that keep another one from starting: those of a flow, of a correlation id, or of both. Whoever starts instances looks for one in the
/// transaction that would start the new one.
/// </summary>
/// <param name="DefinitionId">Only instances of this flow; null: of any.</param>
/// <param name="CorrelationId">Only instances with this correlation id; null: with any or none.</param>
public sealed record ActivationExclusion(string? DefinitionId, string? CorrelationId)
{
    /// <summary>What keeps an instance of <paramref name="definition"/> from starting; null when nothing does. Without a correlation id there is nothing to compare.</summary>
    public static ActivationExclusion? Of(WorkflowDefinition definition, string? correlationId) => definition.ActivationStrategy switch
    {
        ActivationStrategy.Singleton => new ActivationExclusion(definition.DefinitionId, null),
        ActivationStrategy.Correlation when correlationId is { Length: > 0 } => new ActivationExclusion(null, correlationId),
        ActivationStrategy.CorrelatedSingleton when correlationId is { Length: > 0 } => new ActivationExclusion(definition.DefinitionId, correlationId),
        _ => null,
    };

    /// <summary>A running instance of this flow with this correlation id stands in the way.</summary>
    public bool Matches(string definitionId, string? correlationId) =>
        (DefinitionId is null || string.Equals(DefinitionId, definitionId, StringComparison.Ordinal))
        && (CorrelationId is null || string.Equals(CorrelationId, correlationId, StringComparison.Ordinal));
}
