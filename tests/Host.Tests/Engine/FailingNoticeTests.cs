using System.Net;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Engine;

public sealed class FailingNoticeTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task A_notice_that_fails_for_one_reader_stops_no_case_and_is_told_to_the_bureau()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        var template = Path.Combine(_content.Path, "templates", "application-receipt.txt");
        // The sample beside the template names another company, so no check before publishing can see this.
        await File.AppendAllTextAsync(template, "{{ if applicant.name == \"乙智能有限公司\" }}{{ 1 / 0 }}{{ end }}\n");
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
        var vendor = await stage.SignInAsync("yi", CancellationToken.None);
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);

        var number = await Platform.SubmitAsync(vendor);

        var view = await Platform.CaseAsync(officer, number);
        Assert.Contains("application-receipt", Assert.Single(view.Incidents).Message, StringComparison.Ordinal);
        Assert.Empty((await Platform.CaseAsync(vendor, number)).Incidents);
        var notice = Assert.Single((await Platform.CaseAsync(vendor, number)).Notices);
        Assert.Contains(number, notice.Subject, StringComparison.Ordinal);
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }
}
