using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Templates.Tests;

namespace WorkflowEngine.Host.Tests.Mail;

/// <summary>Whatever a party types, every letter that is shipped is the same letter to a real parser of HTML, and the same mail to a real parser of mail.</summary>
public sealed class HostileLetterTests
{
    /// <summary>Each value is tried on every letter of this many.</summary>
    private const int Stride = 4;

    private static readonly IReadOnlyDictionary<string, Notice> Notices =
        ContentReader.Read(ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!).Set!.Notices;

    [Fact]
    public void No_value_in_any_field_of_any_letter_makes_an_element_or_an_attribute()
    {
        var tried = 0;
        foreach (var (notice, number) in Notices.Values.OrderBy(notice => notice.Name, StringComparer.Ordinal).Select((notice, number) => (notice, number)))
        {
            var calm = Shape(notice, "某");
            foreach (var value in HostileValues.All.Where((_, index) => index % Stride == number % Stride))
            {
                var hostile = Shape(notice, value);
                Assert.True(calm == hostile, $"{notice.Name} with '{value}':\n{calm}\n{hostile}");
                tried++;
            }
        }

        Assert.True(tried > 2_000, $"only {tried} letters were written");
    }

    [Fact]
    public async Task No_value_in_any_field_of_a_mail_makes_a_header_a_recipient_or_an_attachment()
    {
        var notice = Notices["complaint-receipt"];
        await using var server = new SmtpSink();
        var transport = new SmtpTransport(new SmtpSettings("127.0.0.1", server.Port, SmtpEncryption.None, null, null));
        var (sent, raw) = (new List<OutgoingMail>(), new List<string>());
        foreach (var value in HostileValues.All.SelectMany(value => new[] { value, $"{value}\r\nBcc: everybody@example.com\r\n\r\n<p>", $"=?utf-8?B?DQpCY2M6IGE=?= {value}" }))
        {
            // The letter as the template makes it, and once more with the subject as it is, past the template.
            var letter = notice.Render(Filled(notice.Sample, value)).Notice!;
            foreach (var subject in new[] { letter.Subject, value })
            {
                var mail = new OutgoingMail($"m{sent.Count}@workflow-engine", "no-reply@example.com", "jia@example.com", subject, letter.Html, letter.Text, Platform.Start);
                await transport.SendAsync(mail, CancellationToken.None);
                sent.Add(mail);
                raw.Add((await server.NextAsync()).Data);
            }
        }

        var read = await ReadAsync(raw);

        Assert.True(sent.Count > 450, $"only {sent.Count} mails were sent");
        Assert.Equal(sent.Count, read.Count);
        var headers = Headers(read[0]);
        foreach (var (mail, seen) in sent.Zip(read))
        {
            Assert.Equal(headers, Headers(seen));
            Assert.Equal(("no-reply@example.com", "jia@example.com", 0, 0), ((string?)seen["from"], (string?)Assert.Single(seen["to"]!.AsArray()), seen["others"]!.AsArray().Count, (int)seen["attachments"]!));
            Assert.Equal($"<{mail.MessageId}>", (string?)seen["messageId"]);
            Assert.Equal(Text(mail.Html), Text((string)seen["html"]!));
            Assert.Equal(Text(mail.Text), Text((string)seen["text"]!));
        }
    }

    private static string Headers(JsonObject mail) => string.Join(' ', mail["headers"]!.AsArray().Select(header => (string?)header).Order(StringComparer.Ordinal));

    /// <summary>A mail's lines end in CR LF.</summary>
    private static string Text(string text) => text.ReplaceLineEndings("\n").TrimEnd();

    /// <summary>The elements with the names of their attributes, in order.</summary>
    private static string Shape(Notice notice, string value)
    {
        var result = notice.Render(Filled(notice.Sample, value));
        Assert.True(result.Notice is not null, $"{notice.Name} with '{value}': {result.Error}");
        Assert.DoesNotContain(result.Notice!.Subject, char.IsControl);
        var page = new HtmlParser().ParseDocument(result.Notice.Html);
        return string.Join(' ', page.All.Select(element => $"{element.TagName}[{string.Join(',', element.Attributes.Select(attribute => attribute.Name))}]"));
    }

    /// <summary>The model with one value in every text; dates stay dates.</summary>
    private static JsonObject Filled(JsonObject model, string value) => (JsonObject)Fill(model, value)!;

    private static JsonNode? Fill(JsonNode? node, string value) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Fill(member.Value, value)))),
        JsonArray items => new JsonArray([.. items.Select(item => Fill(item, value))]),
        JsonValue single when single.GetValueKind() == JsonValueKind.String && !IsDate(single.GetValue<string>()) => value,
        _ => node?.DeepClone(),
    };

    private static bool IsDate(string text) => text.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", out _);

    private static async Task<List<JsonObject>> ReadAsync(List<string> raw)
    {
        var script = Path.Combine(HostSettings.ContentRootFrom(null), "tests", "Host.Tests", "Mail", "read-mail.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await JsonSerializer.SerializeAsync(node.StandardInput.BaseStream, raw);
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return [.. JsonNode.Parse(await output)!.AsArray().Select(mail => (JsonObject)mail!)];
    }
}
