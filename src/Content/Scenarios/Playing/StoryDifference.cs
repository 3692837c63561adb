namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A place where the platform is not as a story wants it.</summary>
/// <param name="Act">Which act, from 1; 0: the story as a whole.</param>
/// <param name="Line">In the file, 1-based.</param>
/// <param name="Place">Where in the story, for Chinese readers; ends before the colon.</param>
/// <param name="Chinese">What differs, one sentence.</param>
/// <param name="English">The same.</param>
public sealed record StoryDifference(int Act, int Line, string Place, string Chinese, string English)
{
    public override string ToString() => $"{Place}：{Chinese}";
}
