using System.Net;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Incidents;

/// <summary>Who looks after the installation hears of each incident once, and of a storm in one letter an hour.</summary>
public sealed class OperatorLetterTests(FailingOffice office) : IClassFixture<FailingOffice>
{
    [Fact]
    public async Task Operators_are_told_of_each_incident_once_and_not_more_often_than_each_hour()
    {
        await office.FileAsync("marked");
        await PassAsync(TimeSpan.FromMinutes(1));
        var first = Assert.Single(await LettersAsync("gd-operator"));
        Assert.Equal((OperatorLetters.Notice, "【系统中断】新增 1 项，尚未处理 1 项", null), (first.Template, first.Subject, first.CaseNumber));

        await office.FileAsync("marked");
        await office.FileAsync("decided");
        await office.FileAsync("told");
        await PassAsync(TimeSpan.FromMinutes(30));
        Assert.Single(await LettersAsync("gd-operator"));
        await PassAsync(TimeSpan.FromMinutes(40));
        var letters = await LettersAsync("gd-operator");
        Assert.Equal(["【系统中断】新增 3 项，尚未处理 4 项", first.Subject], letters.Select(letter => letter.Subject));
        await PassAsync(TimeSpan.FromHours(5));
        Assert.Equal(2, (await LettersAsync("gd-operator")).Count);

        using var page = await (await office.AsAsync("gd-operator")).ReadAsync($"/notices/{letters[0].Id}/content", CancellationToken.None);
        var letter = await page.Content.ReadAsStringAsync();
        Assert.Contains("深圳市住房和建设局：3 项", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("甲科技", letter, StringComparison.Ordinal);
        Assert.DoesNotContain(await LettersAsync("gd-officer"), other => other.Template == OperatorLetters.Notice);

        await MenuShowsAsync("gd-operator", 4);
        await MenuShowsAsync("sz-leader", 4);
        using var forOfficer = await (await office.AsAsync("sz-officer")).ReadAsync("/", CancellationToken.None);
        Assert.DoesNotContain("href=\"/incidents\"", await forOfficer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task PassAsync(TimeSpan span) => office.Stage.WaitUntilAsync(office.Stage.Now + span, CancellationToken.None);

    private async Task<IReadOnlyList<NoticeLine>> LettersAsync(string userName) =>
        (await (await office.AsAsync(userName)).GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items;

    private async Task MenuShowsAsync(string userName, int count)
    {
        using var page = await (await office.AsAsync(userName)).ReadAsync("/notices", CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var body = await page.Content.ReadAsStringAsync();
        var entry = body[body.IndexOf("href=\"/incidents\"", StringComparison.Ordinal)..];
        Assert.Contains($"aria-label=\"{count} 项\"", entry[..entry.IndexOf("</a>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }
}
