namespace WorkflowEngine.Workflows.Execution;

/// <summary>Unwinds an activity that cannot go on to its invoker, which makes it an incident.</summary>
internal sealed class ActivityFault : Exception
{
    public ActivityFault(string message)
        : base(message)
    {
    }

    public ActivityFault(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Unwinds a burst that reads a fact it was not given; the runner answers NeedFacts.</summary>
internal sealed class FactMissing(FactKey key) : Exception($"Fact {key} is needed.")
{
    public FactKey Key { get; } = key;
}

/// <summary>Unwinds a burst in which a way on failed while nobody wrote down what came before; the runner runs it again and does.</summary>
internal sealed class MarksMissing() : Exception("A way on failed and cannot be taken back.");

/// <summary>Unwinds a burst whose stimulus is not allowed; the runner answers Refused.</summary>
internal sealed class StimulusRefused(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>Unwinds a burst that runs in a circle; the runner takes it back.</summary>
internal sealed class EndlessBurst(Definitions.ActivityNode at, string why) : Exception($"{why} at '{at.Id}'")
{
    /// <summary>Where it was when it was stopped.</summary>
    public Definitions.ActivityNode At { get; } = at;

    /// <summary>It goes round; otherwise what it does at once is only too much.</summary>
    public bool IsCircle { get; } = why == InACircle;

    public static string InACircle { get; } = $"more than {BurstRun.MaxSteps} steps without a wait: the flow runs in a circle";

    public static string TooMuch { get; } = "the values, lists and branches of the flow are too large for the steps that go through them; it was stopped";
}
