using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Decides what happens next. Pure: no clock, no I/O; the same arguments give the same result, effect ids included.</summary>
public static class WorkflowRunner
{
    /// <summary>Runs one burst: from the stimulus until nothing more can run.</summary>
    /// <param name="now">Business time.</param>
    public static RunResult Run(
        WorkflowDefinition definition, WorkflowState state, Stimulus stimulus, Facts facts, DateTimeOffset now) =>
        throw new NotSupportedException("The runner follows.");
}
