using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities;

/// <summary>How one kind of activity behaves. One file per kind, one line in the registry.</summary>
internal abstract class ActivityKind
{
    public abstract ActivityDescriptor Descriptor { get; }

    /// <summary>The member that lists a container's activities.</summary>
    public virtual string ContentMember => "activities";

    /// <summary>A container in whose scope loop variables live.</summary>
    public virtual bool HoldsVariables => false;

    /// <summary>Activities that sit inside lists of the kind's own making (cases, branches), each with the port it goes to.</summary>
    public virtual IEnumerable<(string Port, JsonElement Activity)> ListedContent(JsonElement activity) => [];

    /// <summary>Prepares the node once, when its definition is read.</summary>
    public virtual void Compile(ActivityNode node, InputReader inputs)
    {
    }

    /// <summary>The outcome ports of this node, those of its own making included.</summary>
    public virtual IReadOnlyList<string> PortsOf(ActivityNode node) => Descriptor.Ports;

    /// <summary>Ports that fire while this node stays open.</summary>
    public virtual IReadOnlyList<string> SidePortsOf(ActivityNode node) => Descriptor.SidePorts;

    /// <summary>Runs when the activity's turn comes. An activity that does not complete, schedule or wait stays open for ever.</summary>
    public abstract void Execute(Turn turn);

    /// <summary>Runs when what a bookmark waited for has arrived.</summary>
    public virtual void Resume(Turn turn, string resume, object? arrived) => turn.Complete();

    /// <summary>An arrival under this name fires a side port: it is journalled as Fired only.</summary>
    public virtual bool FiresAside(string resume) => false;

    /// <summary>What arrives under this name is beside the activity's work, which goes on without it.</summary>
    public virtual bool IsBeside(Turn turn, string resume) => false;

    /// <summary>What arrived under this name, beside the activity's work, is let go without any effect.</summary>
    public virtual void LetGo(Turn turn, string resume)
    {
    }

    /// <summary>The effect that opened a bookmark, from what the execution remembers of it; null when it does not. It keeps the bookmark's id.</summary>
    public virtual Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) => Elsa.Instants.DueOf(bookmark) is { } due ? new Effect.ArmTimer(id, TimerKind.Delay, bookmark.Id, due) : null;

    /// <summary>The activity is open and goes on in another version of its flow: what it waits for beside its task is what this version says.</summary>
    public virtual void VersionChanged(Turn turn)
    {
    }

    /// <summary>Runs when a child that this activity scheduled has completed.</summary>
    public virtual void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes) => turn.Complete();

    /// <summary>A descendant of this activity was cancelled.</summary>
    public virtual void DescendantCanceled(Turn turn, ActivityInstance descendant)
    {
    }

    /// <summary>A descendant breaks; true when the signal ends here.</summary>
    public virtual bool Breaks(Turn turn) => false;

    /// <summary>The activity is cancelled: what it opened outside is closed.</summary>
    public virtual void Canceled(Turn turn)
    {
    }
}
