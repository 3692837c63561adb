using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Browser.Tests.Support;

/// <summary>Applications filed without looking at the form, where a story is about something else.</summary>
public static class Applications
{
    private const string Flow = "guangdong-vendor-integration";

    /// <returns>办件编号.</returns>
    public static async Task<string> ApplyAsync(this PlatformClient vendor, string authority, string company, string uscc, string product)
    {
        var values = new JsonObject
        {
            ["companyName"] = company,
            ["uscc"] = uscc,
            ["productName"] = product,
            ["productVersion"] = "2.1.0",
            ["productType"] = "软硬件一体",
            ["standardVersion"] = "V1.3",
            ["entry"] = "1",
            ["contactName"] = "陈敏",
            ["contactPhone"] = "13800138000",
            ["contactEmail"] = "yi@example.com",
            ["truth"] = true,
        };
        foreach (var (field, name) in new[]
        {
            ("businessLicence", "营业执照"), ("authorisation", "授权书"), ("productDescription", "产品说明"), ("selfTestReport", "接口自测报告"), ("commitment", "承诺书"),
        })
        {
            values[field] = new JsonArray(await vendor.UploadAsync($"{name}.pdf", Pdf, CancellationToken.None));
        }

        return (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase(Flow, authority, values), CancellationToken.None)).Number;
    }

    /// <summary>乙智能 of the demonstration.</summary>
    public static Task<string> ApplyAsYiAsync(this PlatformClient vendor, string authority) =>
        vendor.ApplyAsync(authority, "乙智能有限公司", DemoPeople.VendorYi, "工地通闸机");

    private static byte[] Pdf { get; } = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
}
