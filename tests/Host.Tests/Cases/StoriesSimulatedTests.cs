using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>Stories are lived through on a host, with their devices, complaints and handing on; what its database keeps of them is then done again by <c>simulate</c>.</summary>
public sealed class StoriesSimulatedTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Theory]
    [InlineData("T7")]
    [InlineData("转办")]
    [InlineData("P5")]
    public async Task What_a_database_keeps_of_a_story_is_enough_for_it_to_happen_again(string story)
    {
        var settings = TestSettings.New with { DataFolder = _data.Path };
        var stories = Stories.Shipped(settings).Only(story);
        var told = await HttpPlatform.PlayAsync(settings, Assert.Single(stories.Scenarios), stories.Content, CancellationToken.None);
        Assert.True(told.EndedAsTold, told.ToString());

        var rows = await PastReader.ReadAsync(settings.Storage, new PastQuestion(null, null, null), 1000, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var library = new Library(stories.Content);
        var again = ReplayComparison.Of(PastPeriods.Of(rows, stories.Content), library, library);

        Assert.Equal(0, rows.NotFiled);
        Assert.True(again.IsSame, again.ToString());
        Assert.True(again.Total.NotReplayed.Count == 0, again.ToString());
        Assert.Equal(told.Cases.Count, again.Total.Cases);
        var work = told.Cases.SelectMany(@case => @case.Tasks.Where(task => task.Kind != nameof(TaskKind.Option)).Select(task => (@case.Flow, task.Step, task.Late))).ToList();
        Assert.Equal(Counts(work.Select(task => $"{task.Flow} {task.Step}")), Counts(again.Steps.Select(step => ($"{step.Flow} {step.Step}", step.Tasks.Published))));
        Assert.Equal(
            Counts(told.Cases.SelectMany(@case => @case.Notices).Select(notice => notice.Template)), Counts(again.Total.Notices.Select(notice => (notice.Template, notice.Count.Published))));
        Assert.Equal(
            Counts(told.Cases.SelectMany(@case => @case.Warnings).Select(warning => warning.Colour)), Counts(again.Total.Warnings.Select(warning => (warning.Colour.ToString(), warning.Count.Published))));
        Assert.Equal(work.Count(task => task.Late), again.Total.Overdue.Published);
    }

    public void Dispose() => _data.Dispose();

    private static IEnumerable<string> Counts(IEnumerable<string> things) => Counts(things.Select(thing => (thing, 1)));

    private static IEnumerable<string> Counts(IEnumerable<(string Thing, int Times)> things) =>
        things.GroupBy(one => one.Thing, one => one.Times).Select(same => $"{same.Key} × {same.Sum()}").Order(StringComparer.Ordinal);
}
