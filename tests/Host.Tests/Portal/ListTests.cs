using System.Net;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Portal;

/// <summary>待办 and 通知: what stands on the lists, and for whom.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ListTests(Platform platform)
{
    [Fact]
    public async Task A_leader_reads_the_letters_of_the_unit_beside_the_own_ones_and_an_officer_the_own()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        var leader = await platform.AsAsync("sz-leader");

        Assert.Contains("test-key-for-support", await LettersAsync(leader, "/api/notices?unit=true", number));
        Assert.DoesNotContain("test-key-for-support", await LettersAsync(leader, "/api/notices", number));
        Assert.DoesNotContain("test-key-for-support", await LettersAsync(officer, "/api/notices?unit=true", number));
        Assert.Contains("本单位全部", (await PageAsync(leader, "/notices?view=unit")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("本单位全部", (await PageAsync(officer, "/notices")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await PageAsync(officer, "/notices?view=unit")).Status);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("YJDJ-2022-440300-000001", false)]
    [InlineData("请到别处登录", false)]
    public async Task The_task_list_says_only_its_own_words(string done, bool isTold)
    {
        var page = (await PageAsync(await platform.AsAsync("sz-officer"), $"/tasks?q=nothing-at-all&done={Uri.EscapeDataString(done)}")).Text;
        page = page[page.IndexOf("<main", StringComparison.Ordinal)..];

        Assert.Equal(isTold, page.Contains("已办理。", StringComparison.Ordinal));
        Assert.True(done == "1" || !page.Contains(done, StringComparison.Ordinal), page);
    }

    private static async Task<List<string>> LettersAsync(PlatformClient person, string path, string number) =>
        [.. (await person.GetAsync<Page<NoticeLine>>(path, CancellationToken.None)).Items.Where(letter => letter.CaseNumber == number).Select(letter => letter.Template)];

    private static async Task<(HttpStatusCode Status, string Text)> PageAsync(PlatformClient person, string path)
    {
        using var answer = await person.ReadAsync(path, CancellationToken.None);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }
}
