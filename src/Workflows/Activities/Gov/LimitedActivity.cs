using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>An activity that waits under a limit: its reminder and overdue timers fire side ports while it stays open.</summary>
internal abstract class LimitedActivity : ActivityKind
{
    protected const string TaskResume = "task";

    protected static InputDescriptor[] LimitInputs { get; } =
    [
        new InputDescriptor("clock", "String", "时钟"),
        new InputDescriptor("clockMode", "String", "时钟方式") { Default = "resume", Options = ["resume", "restart"] },
        new InputDescriptor("limit", "Int32", "时限（工作日）"),
        new InputDescriptor("reminder", "Int32", "提前提醒（工作日）") { Default = "1" },
        new InputDescriptor("onOverdue", "String", "逾期时") { Default = "notify", Options = ["notify", "interrupt"] },
    ];

    public sealed override IReadOnlyList<string> SidePortsOf(ActivityNode node) =>
        Interrupts(node) ? [.. Descriptor.SidePorts.Where(p => p != Deadline.OverduePort)] : Descriptor.SidePorts;

    public override IReadOnlyList<string> PortsOf(ActivityNode node) =>
        Interrupts(node) ? [.. Descriptor.Ports, Deadline.OverduePort] : Descriptor.Ports;

    public sealed override bool FiresAside(string resume) => resume is Deadline.ReminderResume or Deadline.OverdueResume;

    public sealed override bool IsBeside(Turn turn, string resume) =>
        resume is Deadline.ReminderResume || (resume is Deadline.OverdueResume && !Interrupts(turn.Node));

    public sealed override void LetGo(Turn turn, string resume) => Deadline.LetGo(turn, resume);

    public sealed override void Resume(Turn turn, string resume, object? arrived)
    {
        switch (resume)
        {
            case Deadline.ReminderResume:
                Deadline.Remind(turn);
                break;
            case Deadline.OverdueResume when Interrupts(turn.Node):
                Interrupt(turn);
                break;
            case Deadline.OverdueResume:
                Deadline.FireOverdue(turn);
                break;
            default:
                if (Interrupts(turn.Node) && Deadline.IsOverdue(turn))
                {
                    TooLate(turn, arrived);
                    break;
                }

                Arrived(turn, resume, arrived);
                break;
        }
    }

    public sealed override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) => FiresAside(bookmark.Resume ?? "")
        ? turn.Instance.Deadline is { } deadline ? Deadline.Rearm(turn, deadline, bookmark.Resume!, id) : null
        : OpenAgain(turn, bookmark, id);

    /// <summary>As <see cref="Reopen"/>, of what the activity waits for beside its limit.</summary>
    protected abstract Effect? OpenAgain(Turn turn, OpenBookmark bookmark, EffectId id);

    /// <summary>What the activity waited for has come: an answer, a message, an event.</summary>
    protected abstract void Arrived(Turn turn, string resume, object? arrived);

    /// <summary>The limit has ended the activity, whether a busy host has come round to its timer or not.</summary>
    private static void TooLate(Turn turn, object? arrived)
    {
        if (arrived is Stimulus.TaskCompleted)
        {
            throw new StimulusRefused("too-late", "办理时限已过，本环节已按逾期处理。");
        }

        Interrupt(turn);
    }

    private static void Interrupt(Turn turn)
    {
        Deadline.StopClock(turn);
        turn.Complete(Deadline.OverduePort);
    }

    private static bool Interrupts(ActivityNode node) =>
        node.Inputs.TryGetValue("onOverdue", out var input)
        && input.Expression is Expression.Literal { Value: string mode }
        && string.Equals(mode, "interrupt", StringComparison.OrdinalIgnoreCase);
}
