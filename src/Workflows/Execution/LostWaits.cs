namespace WorkflowEngine.Workflows.Execution;

/// <summary>What becomes of waits that nothing outside can end any more.</summary>
internal static class LostWaits
{
    /// <returns>False: the instance waits for none of them.</returns>
    public static bool Apply(BurstRun run, Stimulus.WaitsLost stimulus)
    {
        var found = false;
        foreach (var lost in stimulus.Lost)
        {
            if (run.Bookmarks.Find(bookmark => bookmark.Id == lost.BookmarkId) is not { } bookmark)
            {
                continue;
            }

            found = true;
            if (!lost.MayBeOpenedAgain || !run.Reopen(bookmark))
            {
                run.Strand(bookmark, MessageOf(bookmark));
            }
        }

        return found;
    }

    private static string MessageOf(OpenBookmark bookmark) => bookmark.Kind switch
    {
        WaitKind.Request => "对外请求或其答复的记录已经丢失，无法继续等待。请先与对方系统核实请求是否已经办理，再决定重试、跳过或取消。",
        WaitKind.Child => "所等待的子流程没有记录，无法继续等待。重试会重新启动子流程。",
        WaitKind.Timer => "所等待的定时记录已经丢失或被放弃，无法继续等待。",
        WaitKind.Task => "所等待的任务记录已经丢失，无法按原样恢复。重试会重新发出任务。",
        _ => "所等待的消息登记已经丢失，无法按原样恢复。",
    };
}
