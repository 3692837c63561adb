using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

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

    /// <summary>Does an open task of a case through the API.</summary>
    /// <param name="step">The step's id in the flow.</param>
    public static async Task CompleteAsync(this PlatformClient who, string number, string step, string outcome, JsonObject? values = null)
    {
        var @case = await who.GetAsync<CaseView>($"/api/cases/{number}", CancellationToken.None);
        var task = @case.Tasks.Single(task => task.Line.Open && task.ActivityId == step);
        await who.PostAsync<TaskDone>($"/api/tasks/{task.Line.Id}/complete", new TaskAnswer(outcome, values ?? []), CancellationToken.None);
    }

    /// <summary>Sends one message of each kind that the test asks for, all as the standard wants them.</summary>
    public static async Task SendFullSetAsync(this DeviceClient device, DateTimeOffset at)
    {
        var worker = device.Encrypt(TestMessages.Worker);
        await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), at, CancellationToken.None);
        await device.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(worker, at), at, CancellationToken.None);
        await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, at), at, CancellationToken.None);
    }

    private static byte[] Pdf { get; } = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
}
