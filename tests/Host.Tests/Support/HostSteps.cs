using System.Net.Http.Json;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>What people do with a host that runs inside the test's own process.</summary>
public static class HostSteps
{
    /// <param name="accounts">As they were printed when the database was new.</param>
    public static async Task<PlatformClient> SignInAsync(this RunningHost host, IReadOnlyList<DemoAccount> accounts, string userName)
    {
        var client = new PlatformClient(host.Address);
        await client.SignInAsync(userName, accounts.Single(account => account.UserName == userName).Password, CancellationToken.None);
        return client;
    }

    /// <summary>Lets business time pass; returns when the host sees nothing left to do at the instant.</summary>
    public static async Task AdvanceAsync(this RunningHost host, DateTimeOffset to)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Add(StartToken.Header, host.SimulationToken!.Value);
        using var response = await http.PostAsJsonAsync("/simulation/advance", new Advance(to));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
