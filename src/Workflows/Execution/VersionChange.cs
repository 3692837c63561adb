using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What is told when an instance goes on in another version of its flow.</summary>
internal static class VersionChange
{
    /// <summary>The journal's word for it, on the workflow as a whole.</summary>
    public const string Event = "Migrated";

    public static void Apply(BurstRun run, Stimulus.VersionChanged changed)
    {
        run.Emit(id => new Effect.ChangeVersion(id, changed.FromRelease, changed.ToRelease, run.Definition.Version, changed.Renamed, changed.Reason));
        var details = new JsonObject
        {
            ["from"] = changed.FromRelease,
            ["to"] = changed.ToRelease,
            ["fromVersion"] = changed.FromVersion,
            ["toVersion"] = run.Definition.Version,
            ["reason"] = changed.Reason,
        };
        if (changed.Renamed.Count > 0)
        {
            details["renamed"] = new JsonObject(changed.Renamed.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }

        run.Log(run.Definition.Root, Event, null, details);
        foreach (var bookmark in run.Bookmarks.Where(bookmark => bookmark.Kind == WaitKind.Task && bookmark.Instance.Status == ActivityStatus.Running).ToArray())
        {
            var turn = new Turn(run, bookmark.Instance);
            Restate(turn, bookmark);
            bookmark.Instance.Node.Kind!.VersionChanged(turn);
        }
    }

    private static void Restate(Turn turn, OpenBookmark bookmark)
    {
        Effect? asked;
        try
        {
            asked = EffectId.TryParse(bookmark.Id, out var opened) ? turn.Node.Kind!.Reopen(turn, bookmark, opened) : null;
        }
        catch (Exception fault) when (fault is ActivityFault or Expressions.ConversionException)
        {
            throw new StimulusRefused("task", $"新版本的任务“{turn.Node.DisplayName}”无法按本案的数据生成：{fault.Message}。");
        }

        if (asked is not Effect.OpenTask task)
        {
            throw new StimulusRefused("task", $"新版本的“{turn.Node.DisplayName}”不能接手已经发出的任务。");
        }

        if (task.Outcomes.Count == 0)
        {
            throw new StimulusRefused("task", $"新版本的任务“{turn.Node.DisplayName}”没有办理结果。");
        }

        turn.Instance.Remember(SideSubject.TitleKey, task.Title);
        turn.Run.Emit(id => new Effect.RestateTask(id, bookmark.Id, task.ActivityId, task.Title, task.FormId, task.Outcomes, turn.Instance.Deadline?.Clock));
    }
}
