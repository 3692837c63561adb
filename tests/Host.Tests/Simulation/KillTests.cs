using System.Net;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Simulation;

public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task A_host_killed_in_mid_case_goes_on_where_it_stood()
    {
        string number;
        await using var first = await RemoteHost.StartAsync(_data.Path);
        using (var vendor = await first.SignInAsync("jia"))
        {
            number = await Platform.SubmitAsync(vendor);
            await first.KillAsync();
        }

        await using var second = await RemoteHost.StartAsync(_data.Path, known: first);
        using var officer = await second.SignInAsync("sz-officer");
        var review = await Platform.OpenTaskAsync(officer, number, "review");
        await second.AdvanceAsync(new DateTimeOffset(2022, 10, 9, 10, 0, 0, TimeSpan.FromHours(8)));

        // The reminder was armed before the kill and fires once after it.
        Assert.Single((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == "deadline-reminder");
        using var approved = await Platform.CompleteAsync(officer, review, "Approved");
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        Assert.Equal(new DateOnly(2022, 10, 14), (await Platform.OpenTaskAsync(officer, number, "interface-test")).Line.DueDate);
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_host_is_killed_under_load()
    {
        var acknowledged = new List<string>();
        await using var first = await RemoteHost.StartAsync(_data.Path);
        using (var vendor = await first.SignInAsync("jia"))
        {
            var form = await Platform.ApplicationAsync(vendor);
            var filing = Enumerable.Range(0, 40).Select(async i =>
            {
                // One application at a time for one version of a product (D-27).
                var own = form.DeepClone().AsObject();
                own["productVersion"] = $"3.{i}";
                try
                {
                    var opened = await vendor.PostAsync<Host.Api.OpenedCase>(
                        "/api/cases", new Host.Api.NewCase(Platform.Flow, DemoPeople.Shenzhen, own), CancellationToken.None);
                    lock (acknowledged) acknowledged.Add(opened.Number);
                    if (i == 10) await first.KillAsync();
                }
                catch (HttpRequestException)
                {
                    // Not acknowledged: the host was gone.
                }
            });
            await Task.WhenAll(filing);
        }

        await using var second = await RemoteHost.StartAsync(_data.Path, known: first);
        using var officer = await second.SignInAsync("sz-officer");
        foreach (var number in acknowledged)
        {
            var view = await officer.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None);
            Assert.Single(view.Tasks, task => task.Line.Kind == TaskKind.Work);
        }
    }

    [Fact]
    public async Task A_simulated_database_is_refused_by_a_normal_host_and_the_other_way_round()
    {
        await using (var simulated = await RemoteHost.StartAsync(_data.Path)) Assert.Equal(0, await simulated.StopAsync());

        var (exitCode, _, errors) = await HostProcess.RunAsync("", "serve", "--urls", "http://127.0.0.1:0", "--data", _data.Path);
        Assert.Equal(2, exitCode);
        Assert.Contains("模拟", errors, StringComparison.Ordinal);

        using var real = new TemporaryFolder();
        var migrated = await HostProcess.RunAsync("", "migrate", "--data", real.Path);
        Assert.True(migrated.ExitCode == 0, migrated.Errors);
        (exitCode, _, errors) = await HostProcess.RunAsync("", "serve", "--simulated", "--urls", "http://127.0.0.1:0", "--data", real.Path);
        Assert.Equal(2, exitCode);
        Assert.Contains("模拟", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
