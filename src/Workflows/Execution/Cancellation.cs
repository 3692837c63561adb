namespace WorkflowEngine.Workflows.Execution;

/// <summary>Ends an instance from outside: every open activity is cancelled, side scopes included.</summary>
internal static class Cancellation
{
    public static void Apply(BurstRun run, string reason)
    {
        foreach (var instance in run.Instances.Where(i => i.Parent is null && !i.IsClosed).ToArray())
        {
            run.CancelQuietly(instance);
        }

        var isOpen = run.Outcome is null;
        run.Finish();
        run.SubStatus = InstanceSubStatus.Cancelled;
        if (isOpen)
        {
            run.CloseCase(reason);
        }
    }
}
