using System.Collections.Frozen;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Activities;

/// <summary>All kinds of activities, one line each.</summary>
public static class ActivityRegistry
{
    private static readonly FrozenDictionary<string, ActivityKind> Kinds = new ActivityKind[]
    {
        new Flowchart(),
        new Sequence(),
        new Elsa.Parallel(),
        new Start(),
        new End(),
        new Finish(),
        new Complete(),
        new FlowNode(),
        new FlowDecision(),
        new FlowSwitch(),
        new FlowFork(),
        new FlowJoin(),
        new If(),
        new Switch(),
        new Fork(),
        new For(),
        new ForEach(),
        new ParallelForEach(),
        new While(),
        new Break(),
        new SetVariable(),
        new SetName(),
        new SetOutput(),
        new Correlate(),
        new Event(),
        new PublishEvent(),
        new RunTask(),
        new Fault(),
        new WriteLine(),
        new ReadLine(),
        new Delay(),
        new Elsa.Timer(),
        new StartAt(),
        new Cron(),
        new ExecuteWorkflow(),
        new DispatchWorkflow(),
        new BulkDispatchWorkflows(),
        new HttpEndpoint(),
        new WriteHttpResponse(),
        new WriteFileHttpResponse(),
        new SendHttpRequest(),
        new FlowSendHttpRequest(),
        new DownloadHttpFile(),
        new Submission(),
        new HumanTask(),
        new EvaluateRules(),
        new AwaitConformance(),
        new DataIngest(),
        new IssueCredential(),
        new RevokeCredential(),
        new RaiseWarning(),
        new SendNotice(),
        new SuspendClock(),
        new ResumeClock(),
        new StartClock(),
        new ExtendClock(),
        new WorkingDayTimer(),
        new FindCases(),
        new TransferCase(),
        new CloseCase(),
    }.ToFrozenDictionary(k => k.Descriptor.Type, StringComparer.Ordinal);

    /// <summary>What designers and checks know of every kind.</summary>
    public static IReadOnlyList<ActivityDescriptor> Descriptors { get; } = [.. Kinds.Values.Select(k => k.Descriptor).OrderBy(d => d.Type, StringComparer.Ordinal)];

    internal static IEnumerable<string> Types => Kinds.Keys;

    /// <summary>Those that may run apart.</summary>
    internal static IEnumerable<string> Tasks => Descriptors.Where(d => d.IsTask).Select(d => d.Type);

    internal static ActivityKind Workflow { get; } = new Workflow();

    internal static ActivityKind DefinitionActivity { get; } = new DefinitionActivity();

    /// <summary>The kind of this name; types are matched case by case, as in files.</summary>
    internal static ActivityKind? Find(string type) => Kinds.GetValueOrDefault(type);
}
