using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>What is left of an activity when its data are taken away: the ways it may take, and who decides when.</summary>
/// <param name="Drawn">The activity of the definition.</param>
/// <param name="Ways">The sets of outcomes it may end with; of a container the sets of ports it may run.</param>
/// <param name="Waits">For somebody or something outside; otherwise it is decided in the same burst.</param>
/// <param name="IsPromised">Whoever is waited for will act: not so an optional task, nor an event beside somebody's work.</param>
internal sealed record NetActivity(ActivityNode Drawn, IReadOnlyList<IReadOnlyList<string>> Ways, bool Waits, bool IsPromised)
{
    /// <summary>What a container ends with when what it ran has ended.</summary>
    public IReadOnlyList<string> Ends { get; init; } = ["Done"];

    public static NetActivity Of(ActivityNode node) => (NetActivity)node.Compiled!;
}

/// <summary>
/// An activity without data. Where it has one way and waits for nobody it takes that way at once; else it waits, and the exploration chooses.
/// What arrives is the number of the way.
/// </summary>
internal abstract class NetKind : ActivityKind
{
    public const string Expectation = "way";

    public override ActivityDescriptor Descriptor { get; } = new("Net.Step", "", "", "");

    public override IReadOnlyList<string> SidePortsOf(ActivityNode node) => NetActivity.Of(node).Drawn.SidePorts;

    public override void Execute(Turn turn)
    {
        var net = NetActivity.Of(turn.Node);
        if (net.Ways.Count == 1 && !(net.Waits && turn.Run.TriggerActivityId != turn.Node.Id))
        {
            Take(turn, net.Ways[0]);
            return;
        }

        Ask(turn);
    }

    public override void Resume(Turn turn, string resume, object? arrived) => Take(turn, NetActivity.Of(turn.Node).Ways[(int)arrived!]);

    protected abstract void Take(Turn turn, IReadOnlyList<string> way);

    protected static void End(Turn turn, IReadOnlyList<string> outcomes) => turn.Complete(outcomes is ["Done"] ? Outcomes.Default : new Outcomes(outcomes));

    private static void Ask(Turn turn) => turn.WaitForMessage(Expectation, "");
}

/// <summary>Ends by its outcomes.</summary>
internal sealed class NetStep : NetKind
{
    protected override void Take(Turn turn, IReadOnlyList<string> way) => End(turn, way);
}

/// <summary>Runs the activities in some of its ports, all at once, and ends when they have ended: If, Switch, SendHttpRequest, ParallelForEach, BulkDispatchWorkflows.</summary>
internal sealed class NetBranch : NetKind
{
    private const string Open = "open";

    protected override void Take(Turn turn, IReadOnlyList<string> way)
    {
        var inner = way.Select(turn.Node.Port).OfType<ActivityNode>().ToList();
        if (inner.Count == 0)
        {
            End(turn, NetActivity.Of(turn.Node).Ends);
            return;
        }

        turn.Instance.Remember(Open, inner.Count);
        foreach (var child in inner)
        {
            turn.Schedule(child);
        }
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var open = turn.Instance.Recall<int>(Open) - 1;
        turn.Instance.Remember(Open, open);
        if (open == 0)
        {
            End(turn, NetActivity.Of(turn.Node).Ends);
        }
    }
}

/// <summary>Runs its body as often as the exploration likes: While, For, ForEach.</summary>
internal sealed class NetLoop : Loop
{
    public override ActivityDescriptor Descriptor { get; } = new("Net.Loop", "", "", "");

    public override void Execute(Turn turn) => Next(turn);

    protected override void Next(Turn turn)
    {
        if (NetActivity.Of(turn.Node).Ways is [var only])
        {
            Take(turn, only);
            return;
        }

        turn.WaitForMessage(NetKind.Expectation, "");
    }

    public override void Resume(Turn turn, string resume, object? arrived) => Take(turn, NetActivity.Of(turn.Node).Ways[(int)arrived!]);

    private static void Take(Turn turn, IReadOnlyList<string> way)
    {
        if (way.Count == 0)
        {
            turn.Complete();
            return;
        }

        turn.Schedule(turn.Node.Port(way[0]));
    }
}

/// <summary>Fault: ends the whole flow, or, when somebody skips the incident, goes on.</summary>
internal sealed class NetFault : NetKind
{
    protected override void Take(Turn turn, IReadOnlyList<string> way)
    {
        if (way.Count > 0)
        {
            End(turn, way);
            return;
        }

        turn.Run.Finish();
        turn.Complete(Outcomes.None);
    }
}
