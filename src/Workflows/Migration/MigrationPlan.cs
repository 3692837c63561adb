namespace WorkflowEngine.Workflows.Migration;

/// <summary>
/// What the things of an old version of a flow are in a new one. What has the same id (a clock: the same name) and is of the same type on both sides is itself and need not be named.
/// </summary>
/// <param name="From">The content release on which the cases are.</param>
/// <param name="To">The content release on which they shall go on.</param>
public sealed record MigrationPlan(string FlowId, string From, string To)
{
    /// <summary>By activity id; by node id (the ids of all containers, joined by colons) where an id is there twice.</summary>
    public IReadOnlyList<PlannedMove> Activities { get; init; } = [];

    /// <summary>By the clocks' names.</summary>
    public IReadOnlyList<PlannedMove> Clocks { get; init; } = [];

    /// <summary>By the variables' ids.</summary>
    public IReadOnlyList<PlannedMove> Variables { get; init; } = [];

    /// <summary>Everything that somebody has yet to say yes to.</summary>
    public IEnumerable<PlannedMove> Unconfirmed => Activities.Concat(Clocks).Concat(Variables).Where(move => !move.IsConfirmed);
}

/// <summary>One line of a plan.</summary>
/// <param name="To">Null: nothing of the new version; a case that stands there stays on its version.</param>
public sealed record PlannedMove(string From, string? To)
{
    /// <summary>False for what the program guessed: cases are not moved before somebody has looked at it.</summary>
    public bool IsConfirmed { get; init; } = true;

    /// <summary>What the guess rests on (zh-CN).</summary>
    public string? Because { get; init; }
}

/// <summary>Why a plan cannot be used, or a case cannot follow it, and what to do.</summary>
/// <param name="Place">The activity, clock or variable that it is about.</param>
public sealed record MigrationObstacle(string Place, string Chinese, string English)
{
    public override string ToString() => $"{Chinese} ({English})";
}

/// <summary>What came of carrying a state over.</summary>
public abstract record MigrationResult
{
    private MigrationResult()
    {
    }

    /// <summary>The state as the new version knows it. It is not the case's yet: <see cref="Execution.Stimulus.VersionChanged"/> on the new version makes the burst that is committed.</summary>
    public sealed record Carried(Execution.WorkflowState State) : MigrationResult;

    /// <summary>The case stays as it is.</summary>
    public sealed record Refused(IReadOnlyList<MigrationObstacle> Obstacles) : MigrationResult;
}

/// <summary>What came of reading a plan against two versions.</summary>
/// <param name="Migration">Null when there are obstacles.</param>
public sealed record PreparedMigration(CaseMigration? Migration, IReadOnlyList<MigrationObstacle> Obstacles);
