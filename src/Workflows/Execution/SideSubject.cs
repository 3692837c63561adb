namespace WorkflowEngine.Workflows.Execution;

/// <summary>What a side port's scope is about: the task of the activity that fired, as it was then. Remembered by the scope, which may outlive the task.</summary>
internal sealed record SideSubject(string ActivityId, string? TaskId, string Title, DateOnly? Start, DateOnly? Due)
{
    /// <summary>Under this key an activity remembers the task that it opened.</summary>
    public const string TaskIdKey = "taskId";
    public const string TitleKey = "title";
    public const string ActivityKey = "activity";
    private const string StartKey = "start";
    private const string DueKey = "due";

    public static void Note(ActivityInstance scope, ActivityInstance fired)
    {
        scope.Remember(ActivityKey, fired.Node.Id);
        scope.Remember(TitleKey, fired.Recall<string>(TitleKey) ?? fired.Node.DisplayName);
        if (fired.Recall<string>(TaskIdKey) is { } task)
        {
            scope.Remember(TaskIdKey, task);
        }

        if (fired.Deadline is { } deadline)
        {
            scope.Remember(StartKey, deadline.StartDate.DayNumber);
            scope.Remember(DueKey, deadline.Due.DayNumber);
        }
    }

    /// <summary>Of the innermost side scope around this activity; null in the main flow.</summary>
    public static SideSubject? Of(Turn turn)
    {
        for (var at = turn.Instance; at is not null; at = at.Lexical ?? at.Parent)
        {
            if (at.Side is not null)
            {
                return new SideSubject(
                    at.Recall<string>(ActivityKey) ?? "",
                    at.Recall<string>(TaskIdKey),
                    at.Recall<string>(TitleKey) ?? "",
                    at.Recall<int>(StartKey) is > 0 and var start ? DateOnly.FromDayNumber(start) : null,
                    at.Recall<int>(DueKey) is > 0 and var due ? DateOnly.FromDayNumber(due) : null);
            }
        }

        return null;
    }
}
