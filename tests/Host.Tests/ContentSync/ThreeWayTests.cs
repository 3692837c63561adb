using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.Tests.ContentSync;

/// <summary>The folder, what is in force, and the folder as it last came into force.</summary>
public sealed class ThreeWayTests
{
    private static readonly Dictionary<string, string> Synced = new() { ["a"] = "1", ["b"] = "1", ["c"] = "1" };

    [Fact]
    public void What_changed_on_one_side_only_is_taken_and_what_changed_on_both_is_left_to_a_person()
    {
        var compared = Compare(folder: new() { ["a"] = "2", ["b"] = "2", ["d"] = "1" }, inForce: new() { ["a"] = "1", ["b"] = "3", ["c"] = "1", ["e"] = "1" });

        Assert.Equal(["a", "b", "c", "d"], compared.InFolder);
        Assert.Equal(["b", "e"], compared.InForce);
        Assert.Equal(["b"], compared.Conflicts);
        Assert.Equal([("a", "2"), ("b", "3"), ("d", "1"), ("e", "1")], compared.Merged.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (file.Key, file.Value)));
    }

    [Fact]
    public void An_old_folder_undoes_nothing_that_was_published_in_a_browser()
    {
        var compared = Compare(folder: Synced, inForce: new(Synced) { ["a"] = "2" });

        Assert.Empty(compared.InFolder);
        Assert.Equal("2", compared.Merged["a"]);
        Assert.False(compared.IsSame);
    }

    [Fact]
    public void The_same_change_on_both_sides_is_no_conflict()
    {
        var compared = Compare(folder: new(Synced) { ["a"] = "2" }, inForce: new(Synced) { ["a"] = "2" });

        Assert.Empty(compared.Conflicts);
        Assert.Equal("2", compared.Merged["a"]);
    }

    [Fact]
    public void Before_anything_was_changed_in_a_browser_what_is_in_force_came_from_the_folder()
    {
        var compared = ThreeWay.Of(new Dictionary<string, string>(Synced) { ["a"] = "2" }, synced: null, Synced);

        Assert.Equal(["a"], compared.InFolder);
        Assert.Empty(compared.InForce);
    }

    private static ThreeWay Compare(Dictionary<string, string> folder, Dictionary<string, string> inForce) =>
        ThreeWay.Of(folder, Synced.ToDictionary(file => file.Key, file => VersionStore.Hash(file.Value)), inForce);
}
