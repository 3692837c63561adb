namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>Makes a failing story as short as it can be told: whatever may be left out is.</summary>
internal static class Shrinking
{
    /// <param name="fails">What is wrong with a story of these acts; null when nothing is.</param>
    /// <returns>The shortest that was found, and what is wrong with it.</returns>
    public static (IReadOnlyList<T> Acts, string Problem) Shortest<T>(IReadOnlyList<T> acts, string problem, Func<IReadOnlyList<T>, string?> fails)
    {
        for (var shorter = true; shorter;)
        {
            shorter = false;
            for (var left = 0; left < acts.Count && !shorter; left++)
            {
                IReadOnlyList<T> fewer = [.. acts.Where((_, index) => index != left)];
                if (fails(fewer) is { } still)
                {
                    (acts, problem, shorter) = (fewer, still, true);
                }
            }
        }

        return (acts, problem);
    }
}
