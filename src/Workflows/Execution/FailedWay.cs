namespace WorkflowEngine.Workflows.Execution;

/// <summary>The way on from something that had ended, of which nothing was taken because taking it failed: whose turn it was, about whose end, and how that ended.</summary>
/// <param name="Owner">The execution that goes on from there.</param>
/// <param name="Child">The execution that ended: the step, or a container around it that ended with it.</param>
/// <param name="Callback">Under which name the owner waited.</param>
/// <param name="Outcomes">Names; null: the default, Done, which connections without a port follow.</param>
internal sealed record FailedWay(int Owner, int Child, string? Callback, int? Tag, IReadOnlyList<string>? Outcomes)
{
    public static FailedWay Of(ActivityInstance owner, ActivityInstance child, CompletionCallback callback, Outcomes outcomes) =>
        new(owner.Id, child.Id, callback.Name, callback.Tag, ReferenceEquals(outcomes, Execution.Outcomes.Default) ? null : outcomes.Names);

    public Outcomes HowItEnded => Outcomes is null ? Execution.Outcomes.Default : new Outcomes(Outcomes);
}
