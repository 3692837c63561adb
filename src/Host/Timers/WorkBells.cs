using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Host.Timers;

/// <summary>One bell for each background worker of the host.</summary>
public sealed class WorkBells
{
    /// <summary>Timers and signals.</summary>
    public WakeUp Sweeper { get; } = new();

    /// <summary>Mail.</summary>
    public WakeUp Outbox { get; } = new();

    /// <summary>Requests that flows send.</summary>
    public WakeUp Requests { get; } = new();

    /// <summary>Deadlines that a published calendar moves.</summary>
    public WakeUp Replanner { get; } = new();

    /// <summary>Mail that came back. Rung with the others each second, to look into its folder.</summary>
    public WakeUp Bounces { get; } = new();

    /// <summary>Incidents that operators are to be told of. Rung with the others each second: nothing announces it.</summary>
    public WakeUp OperatorLetters { get; } = new();

    /// <summary>What instances wait for. Rung with the others each second, to see whether a round is due.</summary>
    public WakeUp Reconciler { get; } = new();

    public void RingAll()
    {
        Ring(Wake.Timers | Wake.Signals | Wake.Outbox | Wake.Content | Wake.Requests);
        Reconciler.Ring();
        OperatorLetters.Ring();
        Bounces.Ring();
    }

    public void Ring(Wake work)
    {
        if ((work & (Wake.Timers | Wake.Signals)) != Wake.None) Sweeper.Ring();
        if ((work & Wake.Outbox) != Wake.None) Outbox.Ring();
        if ((work & Wake.Requests) != Wake.None) Requests.Ring();
        if ((work & Wake.Content) != Wake.None) Replanner.Ring();
    }
}
