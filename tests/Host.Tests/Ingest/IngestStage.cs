using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>A real host on a real database, and vendors' keys of every interface as the flow issues them.</summary>
public class IngestStage : IDisposable
{
    // One application at a time for one version of a product (D-27).
    private static int s_products;

    private const string UsualProduct = "实名通考勤一体机";

    /// <summary>The flow gives a formal key for it, bound to the project with <see cref="Permit"/>.</summary>
    private const string FormalProduct = "正式密钥";

    public const string Permit = "440300202209100101";

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();
    private readonly List<IDisposable> _clients = [];
    private RunningHost? _host;

    public IServiceProvider Services => _host!.Services;

    public Uri Address => _host!.Address;

    public PlatformClient Vendor { get; private set; } = null!;

    public PlatformClient Officer { get; private set; } = null!;

    /// <summary>Of the host: its database, its mail.</summary>
    public string DataFolder => _data.Path;

    public async Task InitializeAsync()
    {
        // As a bureau would: an interface of a known family as one more file, and a flow that gives out keys of the interface that an application names.
        foreach (var (path, text) in ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!.Where(file => !file.Key.EndsWith(ScenarioReader.Ending, StringComparison.Ordinal)))
        {
            Write(path, text);
        }

        var meizhou = await File.ReadAllTextAsync(Path.Combine(_content.Path, "rules/standards/meizhou-1.2/signing.json"));
        Write("rules/standards/harbour-2.0/signing.json", meizhou.Replace("\"meizhou-1.2\"", "\"harbour-2.0\"", StringComparison.Ordinal).Replace("\"md5\"", "\"sha256\"", StringComparison.Ordinal));
        const string flow = "workflows/guangdong/vendor-integration.json";
        Write(flow, (await File.ReadAllTextAsync(Path.Combine(_content.Path, flow))).Replace(
            """{ "type": "Literal", "value": "national-1.2.1" }""",
            $$"""{ "type": "Lambda", "value": "vars.application.productName == \"{{UsualProduct}}\" || vars.application.productName == \"{{FormalProduct}}\" ? \"national-1.2.1\" : vars.application.productName" }""",
            StringComparison.Ordinal).Replace(
            """
            "stage": { "typeName": "String", "expression": { "type": "Literal", "value": "Test" } },
            """,
            $$"""
            "stage": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.application.productName == \"{{FormalProduct}}\" ? \"Formal\" : \"Test\"" } },
                    "permit": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.application.productName == \"{{FormalProduct}}\" ? \"{{Permit}}\" : null" } },
            """,
            StringComparison.Ordinal));
        Prepare(_content.Path);
        _host = await RunningHost.StartAsync(Settings(new HostSettings { Urls = "http://127.0.0.1:0", DataFolder = _data.Path, ContentRoot = _content.Path, Demo = true, Quiet = true }), CancellationToken.None);
        Vendor = await SignInAsync("jia");
        Officer = await SignInAsync("sz-officer");
    }

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes the content before the host starts.</summary>
    protected virtual void Prepare(string contentFolder)
    {
    }

    protected virtual HostSettings Settings(HostSettings settings) => settings;

    protected virtual void Dispose(bool isDisposing)
    {
        foreach (var client in _clients) client.Dispose();
        _clients.Clear();
        if (Directory.Exists(_data.Path)) _data.Dispose();
        if (Directory.Exists(_content.Path)) _content.Dispose();
    }

    /// <summary>A fresh test key of vendor 甲, by application and approval, and a client that sends with it.</summary>
    /// <param name="profileId">The interface; null: the national one.</param>
    public Task<TestKey> NewKeyAsync(string? profileId = null) => KeyForAsync(profileId ?? UsualProduct);

    /// <summary>A formal key of the project with <see cref="Permit"/>.</summary>
    public Task<TestKey> NewFormalKeyAsync() => KeyForAsync(FormalProduct);

    private async Task<TestKey> KeyForAsync(string product)
    {
        var ct = CancellationToken.None;
        var values = new JsonObject
        {
            ["companyName"] = "甲科技有限公司", ["uscc"] = DemoPeople.VendorJia, ["productName"] = product, ["productVersion"] = $"2.1.{Interlocked.Increment(ref s_products)}", ["productType"] = "软硬件一体",
            ["standardVersion"] = "V1.3", ["entry"] = "1", ["contactName"] = "王晓", ["contactPhone"] = "13800138000", ["contactEmail"] = "jia@example.com",
            ["businessLicence"] = await UploadAsync(), ["authorisation"] = await UploadAsync(), ["productDescription"] = await UploadAsync(),
            ["selfTestReport"] = await UploadAsync(), ["commitment"] = await UploadAsync(), ["truth"] = true,
        };
        var opened = await Vendor.PostAsync<OpenedCase>("/api/cases", new NewCase("guangdong-vendor-integration", DemoPeople.Shenzhen, values), ct);
        var view = await Officer.GetAsync<CaseView>($"/api/cases/{opened.Number}", ct);
        var review = view.Tasks.Single(task => task.Line.Open && task.ActivityId == "review");
        await Officer.PostAsync<TaskDone>($"/api/tasks/{review.Line.Id}/complete", new TaskAnswer("Approved", []), ct);

        var key = (await Vendor.GetAsync<List<CredentialLine>>("/api/credentials", ct)).Single(credential => credential.CaseNumber == opened.Number);
        var secret = await Vendor.PostAsync<RevealedKey>($"/api/credentials/{key.Id}/reveal", body: null, ct);
        var profile = Services.GetRequiredService<ContentReleases>().Current.Standards[key.SigningProfile].Signing;
        var client = Keep(new DeviceClient(Address, profile, secret.Appid, secret.Appsecret));
        return new TestKey(opened.Number, key.Id, secret.Appid, secret.Appsecret, client);
    }

    /// <summary>As an officer's decision would, since an hour.</summary>
    public async Task RevokeAsync(TestKey key)
    {
        await using var connection = await Services.GetRequiredService<Database>().Engine.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"begin; select set_config('workflow.tenant', 'system', true); update credentials set revoked_at = '2022-10-10 05:00:00Z', revoke_reason = '更换' where id = '{key.CredentialId}'; commit", connection);
        await command.ExecuteNonQueryAsync();
    }

    public Task<ConformanceView> ConformanceAsync(TestKey key) => Vendor.GetAsync<ConformanceView>($"/api/conformance/{key.CredentialId}", CancellationToken.None);

    public Task<CaseView> CaseAsync(TestKey key) => Vendor.GetAsync<CaseView>($"/api/cases/{key.CaseNumber}", CancellationToken.None);

    private void Write(string path, string text)
    {
        var target = Path.Combine(_content.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    /// <summary>Somebody of the demonstration at the platform.</summary>
    public async Task<PlatformClient> SignInAsync(string userName)
    {
        var client = Keep(new PlatformClient(Address));
        await client.SignInAsync(userName, _host!.NewAccounts.Single(account => account.UserName == userName).Password, CancellationToken.None);
        return client;
    }

    private async Task<JsonArray> UploadAsync() => [await Vendor.UploadAsync("材料.pdf", Encoding.ASCII.GetBytes("%PDF-1.4\ntrailer<<>>\n%%EOF\n"), CancellationToken.None)];

    private T Keep<T>(T client) where T : IDisposable
    {
        _clients.Add(client);
        return client;
    }
}

/// <summary>A key as its vendor holds it.</summary>
public sealed record TestKey(string CaseNumber, string CredentialId, string Appid, string Secret, DeviceClient Client)
{
    public override string ToString() => $"Key {Appid}";
}
