namespace WorkflowEngine.Bench.Chaos;

internal enum FaultKind
{
    Kill,
    KillBoth,
    Freeze,
    Thaw,
    Crash,
    Cut,

    /// <summary>Stopped as an operator stops it, and started from another build.</summary>
    Exchange,
}

/// <summary>What was done, when on the rig's clock, and to whom.</summary>
/// <param name="HadSurvivor">Another host served and the database was there: somebody could go on at once.</param>
internal sealed record Fault(FaultKind Kind, TimeSpan At, string What, bool HadSurvivor);
