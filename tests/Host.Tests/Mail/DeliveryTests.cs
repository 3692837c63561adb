using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Tests.Mail;

/// <summary>An organisation says how its letters reach it besides the inbox.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private string[] Mails => Directory.Exists(Path.Combine(_data.Path, "mail")) ? Directory.GetFiles(Path.Combine(_data.Path, "mail"), "*.eml") : [];

    private string[] Messages => Directory.Exists(Path.Combine(_data.Path, "messages")) ? Directory.GetFiles(Path.Combine(_data.Path, "messages"), "*.json") : [];

    [Fact]
    public async Task One_mail_a_day_and_a_short_message_at_once_for_what_is_urgent()
    {
        var returns = Directory.CreateDirectory(Path.Combine(_data.Path, "returns")).FullName;
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, BounceFolder = returns });
        var (vendor, officer, leader) = (
            await stage.SignInAsync("jia", CancellationToken.None), await stage.SignInAsync("sz-officer", CancellationToken.None), await stage.SignInAsync("sz-leader", CancellationToken.None));
        await SaveAsync(vendor, """{ "email": "office@example.com", "mail": "Daily", "messages": "Urgent", "account": "13800138000" }""", HttpStatusCode.OK);
        await SaveAsync(leader, """{ "email": null, "mail": "Off", "messages": "Off" }""", HttpStatusCode.OK);

        var numbers = new[] { await Platform.SubmitAsync(vendor), await Platform.SubmitAsync(vendor) };
        await stage.WaitUntilAsync("2022-09-30T23:00", CancellationToken.None);
        Assert.Empty(Mails);

        await stage.WaitUntilAsync("2022-10-01T08:30", CancellationToken.None);
        var daily = await File.ReadAllTextAsync(Assert.Single(Mails));
        Assert.Contains("office@example.com", daily, StringComparison.Ordinal);
        Assert.Empty(Messages);

        // 补正告知书: the vendor has ten days, and hears of it now.
        await stage.WaitUntilAsync("2022-10-08T10:00", CancellationToken.None);
        var returned = new JsonObject
        {
            ["defects"] = new JsonArray(new JsonObject
            {
                ["item"] = "自测报告", ["clause"] = "161号 二（四）材料清单", ["problem"] = "缺少考勤记录的测试结果", ["expected"] = "补充三类报文的测试结果",
            }),
        };
        using var done = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, numbers[0], "review"), "Returned", returned);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
        await stage.SettleAsync(CancellationToken.None);

        Assert.Equal(2, Mails.Length);
        var message = JsonNode.Parse(await File.ReadAllTextAsync(Assert.Single(Messages)))!;
        Assert.Equal("13800138000", (string?)message["account"]);
        Assert.Contains(numbers[0], (string?)message["text"], StringComparison.Ordinal);
        // The inbox has every letter, whatever else was chosen.
        var inbox = await vendor.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None);
        Assert.Equal(["application-receipt", "application-receipt", "correction-request"], inbox.Items.Select(notice => notice.Template).Order(StringComparer.Ordinal));

        // The mailbox is full: the letter comes back, somebody is told, and a person's answer is left for a person.
        var letter = inbox.Items.Single(notice => notice.Template == "correction-request");
        Assert.Contains("邮件已送出", await PageAsync(vendor, $"/notices/{letter.Id}"), StringComparison.Ordinal);
        await ComesBackAsync(returns, "1.eml", DeliveryReportTests.Report($"{letter.Id}.1@workflow-engine", "5.2.2"));
        await ComesBackAsync(returns, "2.eml", "From: office@example.com\r\nSubject: Re\r\n\r\n收到");
        await stage.SettleAsync(CancellationToken.None);
        Assert.Contains("邮件未能送达", await PageAsync(vendor, $"/notices/{letter.Id}"), StringComparison.Ordinal);
        Assert.Contains("邮箱已满", await PageAsync(await stage.SignInAsync("gd-operator", CancellationToken.None), "/incidents"), StringComparison.Ordinal);
        Assert.Equal(["other/2.eml"], Directory.GetFiles(returns, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(returns, file)));
    }

    /// <summary>As a mail server does it: the file has its name when it is whole.</summary>
    private static async Task ComesBackAsync(string folder, string name, string text)
    {
        var hidden = Path.Combine(folder, $".{name}");
        await File.WriteAllTextAsync(hidden, text);
        File.Move(hidden, Path.Combine(folder, name));
    }

    [Fact]
    public async Task What_is_no_address_and_who_does_not_decide_is_refused()
    {
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path });
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var technician = await stage.SignInAsync("jia-tech", CancellationToken.None);

        foreach (var (choice, field) in new[]
        {
            ("""{ "email": "a@example.com\r\nBcc: everybody@example.com", "mail": "Each", "messages": "Off" }""", "email"),
            ("""{ "email": "a@example.com,b@example.com", "mail": "Each", "messages": "Off" }""", "email"),
            ("""{ "email": "王晓 <a@example.com>", "mail": "Each", "messages": "Off" }""", "email"),
            ("""{ "email": null, "mail": "Daily", "messages": "Off" }""", "email"),
            ("""{ "email": null, "mail": "Each", "messages": "Each" }""", "account"),
            ("""{ "email": null, "mail": "Each", "messages": "Each", "account": "138 0013 8000" }""", "account"),
        })
        {
            var problems = await SaveAsync(vendor, choice, HttpStatusCode.BadRequest);
            Assert.True(problems.RootElement.GetProperty("errors").TryGetProperty(field, out _), $"{choice}: {problems.RootElement}");
        }

        Assert.Equal("jia@example.com", (await vendor.GetAsync<DeliveryWishes>("/api/delivery", CancellationToken.None)).Email);
        await SaveAsync(technician, """{ "email": "x@example.com", "mail": "Each", "messages": "Off" }""", HttpStatusCode.Forbidden);
        using var page = await vendor.ReadAsync("/notices/delivery", CancellationToken.None);
        Assert.Contains("jia@example.com", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var refused = await technician.ReadAsync("/notices/delivery", CancellationToken.None);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    public void Dispose() => _data.Dispose();

    private static async Task<string> PageAsync(PlatformClient person, string path)
    {
        using var page = await person.ReadAsync(path, CancellationToken.None);
        return await page.Content.ReadAsStringAsync();
    }

    private static async Task<JsonDocument> SaveAsync(PlatformClient person, string choice, HttpStatusCode expected)
    {
        using var content = new StringContent(choice, System.Text.Encoding.UTF8, "application/json");
        using var response = await person.SendContentAsync("/api/delivery", content, CancellationToken.None, method: HttpMethod.Put);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{choice}: {(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body.Length == 0 ? "{}" : body);
    }
}
