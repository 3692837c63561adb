using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>What the waits for time share.</summary>
internal static class Instants
{
    /// <summary>Longest wait that is taken as meant; a longer one is an error of the flow.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    private const string ResumeAt = "resumeAt";

    public static void WaitFor(Turn turn, TimeSpan span)
    {
        if (span > Longest)
        {
            throw new ActivityFault($"a wait of {span.TotalDays:F0} days is longer than ten years");
        }

        WaitUntil(turn, turn.Run.Now + (span < TimeSpan.Zero ? TimeSpan.Zero : span));
    }

    public static void WaitUntil(Turn turn, DateTimeOffset due) => turn.WaitUntil(due, payload: new JsonObject { [ResumeAt] = due });

    /// <summary>What a bookmark waits for; null when it is not one of these waits.</summary>
    public static DateTimeOffset? DueOf(OpenBookmark bookmark) =>
        bookmark.Kind == WaitKind.Timer && bookmark.Payload?[ResumeAt] is JsonValue value && value.TryGetValue<DateTimeOffset>(out var due) ? due : null;
}
