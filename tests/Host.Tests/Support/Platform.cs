using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>Tests that share one simulated host with the shipped content; each opens cases of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PlatformCollection : ICollectionFixture<Platform>
{
    public const string Name = "platform";
}

/// <summary>A simulated host on a real database, and the people who use it over HTTP.</summary>
public sealed class Platform : IAsyncLifetime
{
    public const string Flow = "guangdong-vendor-integration";

    /// <summary>While an application is open there is no second one for its product, and the tests of a host share their vendors.</summary>
    private static int s_products;

    private readonly TemporaryFolder _data = new();
    private readonly SignedIn _people = new();

    public Stage Stage { get; private set; } = null!;

    /// <summary>Where the host keeps its database.</summary>
    public string DataFolder => _data.Path;

    public static DateTimeOffset Start { get; } = new(2022, 9, 30, 9, 0, 0, TimeSpan.FromHours(8));

    public async Task InitializeAsync() => Stage = await OpenAsync(TestSettings.New with { DataFolder = _data.Path });

    public static Task<Stage> OpenAsync(HostSettings settings) => Stage.SetAsync(settings, Start, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>The person's client; signs in the first time.</summary>
    public Task<PlatformClient> AsAsync(string userName) => _people.AsAsync(Stage, userName);

    /// <summary>甲科技 files a complete application in Shenzhen.</summary>
    public async Task<string> SubmitAsync()
    {
        var vendor = await AsAsync("jia");
        return await SubmitAsync(vendor);
    }

    public static async Task<string> SubmitAsync(PlatformClient vendor) =>
        (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase(Flow, DemoPeople.Shenzhen, await ApplicationAsync(vendor)), CancellationToken.None)).Number;

    /// <summary>A complete application for a product of its own, its papers uploaded.</summary>
    public static async Task<JsonObject> ApplicationAsync(PlatformClient vendor)
    {
        var (company, code) = vendor.Name.Contains("乙智能", StringComparison.Ordinal) ? ("乙智能有限公司", DemoPeople.VendorYi) : ("甲科技有限公司", DemoPeople.VendorJia);
        var form = new JsonObject
        {
            ["companyName"] = company,
            ["uscc"] = code,
            ["productName"] = "实名通",
            ["productVersion"] = $"2.1.{Interlocked.Increment(ref s_products)}",
            ["productType"] = "软件",
            ["standardVersion"] = "V1.3",
            ["entry"] = "1",
            ["contactName"] = "王晓",
            ["contactPhone"] = "13800138000",
            ["contactEmail"] = "jia@example.com",
            ["truth"] = true,
        };
        foreach (var paper in (string[])["businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment"])
        {
            form[paper] = new JsonArray(await vendor.UploadAsync($"{paper}.pdf", Pdf, CancellationToken.None));
        }

        return form;
    }

    public static byte[] Pdf { get; } = Encoding.ASCII.GetBytes("%PDF-1.4\n%%EOF\n");

    public static Task<CaseView> CaseAsync(PlatformClient reader, string number) => reader.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None);

    public static async Task<TaskDetail> OpenTaskAsync(PlatformClient reader, string number, string activity) =>
        Assert.Single((await CaseAsync(reader, number)).Tasks, task => task.Line.Open && task.Line.Kind == TaskKind.Work && task.ActivityId == activity);

    public static Task<HttpResponseMessage> CompleteAsync(PlatformClient person, TaskDetail task, string outcome, JsonObject? values = null, string? key = null) =>
        person.SendAsync($"/api/tasks/{task.Line.Id}/complete", new TaskAnswer(outcome, values ?? []), CancellationToken.None, key);
}
