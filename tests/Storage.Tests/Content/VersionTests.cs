using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Content;

/// <summary>A file of the content is a chain of versions: one draft at most, one in force, and those that were.</summary>
public sealed class VersionTests(Story story) : IClassFixture<Story>
{
    private const string Flow = """{ "definitionId": "review" }""";

    private static readonly Actor He = new("u-he", "何策", Story.Province.Id, "policy-staff");
    private static readonly Actor Lin = new("u-lin", "林敏", Story.Province.Id, "policy-staff");

    private static int s_releases;

    private VersionStore Versions => new(story.Database);

    private ReleaseStore Releases => new(story.Database, story.WakeUps);

    [Fact]
    public async Task A_draft_has_a_new_id_with_each_save_and_only_who_saw_the_newest_saves()
    {
        var path = await PublishedAsync();
        var published = Assert.Single(await Versions.HistoryAsync(path, 10, CancellationToken.None));
        Assert.Equal(("review", 1, VersionState.Published), (published.Item, published.Number, published.State));

        var first = await SavedAsync(path, Flow + " ", published.Id, He);
        var second = await SavedAsync(path, Flow + "  ", first.Id, Lin);
        var late = Assert.IsType<SaveDraftResult.Overtaken>(await SaveAsync(path, Flow + "   ", first.Id, He));

        Assert.Equal(("林敏", second.Id), (late.Newer!.SavedByName, late.Newer.Id));
        Assert.Equal((2, 2, published.Id), (first.Number, second.Number, second.BasedOn));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(Flow + "  ", (await Versions.TextsAsync([second.Id], CancellationToken.None))[second.Id]);
        Assert.Equal(2, (await Versions.HistoryAsync(path, 10, CancellationToken.None)).Count);

        Assert.True(await Versions.DiscardAsync(second, Lin, Story.Noon, CancellationToken.None));
        Assert.False(await Versions.DiscardAsync(second, Lin, Story.Noon, CancellationToken.None));
        Assert.IsType<SaveDraftResult.Overtaken>(await SaveAsync(path, Flow, second.Id, Lin));
        Assert.True((await new AuditChain(story.Database).VerifyAsync("content", CancellationToken.None)).Intact);
    }

    [Fact]
    public async Task Of_two_who_save_at_once_one_is_told_of_the_other()
    {
        var path = await PublishedAsync();
        var seen = (await Versions.HistoryAsync(path, 1, CancellationToken.None))[0].Id;

        var results = await Task.WhenAll(SaveAsync(path, Flow + "1", seen, He), SaveAsync(path, Flow + "2", seen, Lin), SaveAsync(path, Flow + "3", seen, Lin));

        var saved = Assert.Single(results.OfType<SaveDraftResult.Saved>());
        Assert.All(results.OfType<SaveDraftResult.Overtaken>(), refused => Assert.Equal(saved.Version.Id, refused.Newer!.Id));
    }

    [Fact]
    public async Task Publishing_brings_the_draft_into_force_retires_the_old_one_and_is_refused_over_a_release_that_was_not_seen()
    {
        var path = await PublishedAsync();
        var before = (await Releases.CurrentAsync(CancellationToken.None))!.Id;
        var draft = await SavedAsync(path, Flow + "!", (await Versions.HistoryAsync(path, 1, CancellationToken.None))[0].Id, He);

        Assert.True(await PublishAsync(path, Flow + "!", new Publication(before) { By = He, DraftIds = [draft.Id], Reason = "新通知要求" }));
        Assert.False(await PublishAsync(path, Flow + "?", new Publication(before)));

        var versions = await Versions.HistoryAsync(path, 10, CancellationToken.None);
        Assert.Equal([(2, VersionState.Published), (1, VersionState.Retired)], versions.Select(version => (version.Number, version.State)));
        Assert.Equal((draft.Id, "新通知要求"), (versions[0].Id, versions[0].Reason));
        Assert.Equal(Flow + "!", (await Versions.TextsAsync([draft.Id], CancellationToken.None))[draft.Id]);
        Assert.Equal(versions[1].Id, (await Versions.OfReleaseAsync(before, path, CancellationToken.None))!.Id);

        // A draft that was saved again in the meantime is not what was checked.
        var current = (await Releases.CurrentAsync(CancellationToken.None))!.Id;
        var next = await SavedAsync(path, Flow + "a", draft.Id, He);
        await SavedAsync(path, Flow + "b", next.Id, Lin);
        Assert.False(await PublishAsync(path, Flow + "a", new Publication(current) { DraftIds = [next.Id] }));
        Assert.Equal(current, (await Releases.CurrentAsync(CancellationToken.None))!.Id);
    }

    private async Task<string> PublishedAsync()
    {
        var path = $"workflows/{Guid.NewGuid():N}.json";
        Assert.True(await PublishAsync(path, Flow, Publication.Plain));
        return path;
    }

    private Task<bool> PublishAsync(string path, string text, Publication how) => Releases.PublishAsync(
        new Release($"v{Interlocked.Increment(ref s_releases)}", Story.Province.Id, Story.Noon, "policy"), new Dictionary<string, string> { [path] = text }, how, CancellationToken.None);

    private Task<SaveDraftResult> SaveAsync(string path, string text, string? over, Actor by) =>
        Versions.SaveAsync(new DraftSave(Story.Province.Id, path, "review", text, over), by, Story.Noon, CancellationToken.None);

    private async Task<FileVersion> SavedAsync(string path, string text, string? over, Actor by) => Assert.IsType<SaveDraftResult.Saved>(await SaveAsync(path, text, over, by)).Version;
}
