using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Workflows.Activities.Elsa;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>Files that flows are sent, download and answer with: kept as attachments of their instance, described to the flow, and nobody else's to have.</summary>
[Collection(FlowWorld.Name)]
public sealed class FileRequestTests(FlowWorld world)
{
    private static readonly byte[] Pdf = Platform.Pdf;
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0];
    private static readonly byte[] LargePdf = [.. Pdf, .. new byte[3_000]];

    [Fact]
    public async Task A_form_with_files_is_kept_and_described_and_the_file_comes_back_as_it_was()
    {
        using var form = FlowWorld.Form(("../../申请表.pdf", Pdf), ("b.pdf", [.. Pdf, 1]));
        using var kept = await world.Jia.SendContentAsync("/workflows/papers?correlationId=kept", form, CancellationToken.None);

        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        var answer = (await kept.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("材料一", answer["fields"]!["title"]!.ToString());
        var first = answer["files"]![0]!;
        Assert.Equal(("申请表.pdf", "application/pdf", Pdf.Length, "papers"), (first["name"]!.ToString(), first["type"]!.ToString(), first["size"]!.GetValue<int>(), first["field"]!.ToString()));
        Assert.Equal(["id", "name", "size", "type", "sha256", "field"], first.AsObject().Select(member => member.Key));
        Assert.Equal(2, answer["files"]!.AsArray().Count);

        using var file = await world.Jia.ReadAsync("/workflows/papers/first?correlationId=kept", CancellationToken.None);
        Assert.Equal(Pdf, await file.Content.ReadAsByteArrayAsync());
        Assert.Equal(("application/pdf", "attachment", "证明.pdf"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.DispositionType, file.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Contains("sandbox", file.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        // It is an attachment of the organisation that sent it, and of no other.
        using var own = await world.Jia.ReadAsync($"/api/attachments/{first["id"]}", CancellationToken.None);
        using var foreign = await world.Yi.ReadAsync($"/api/attachments/{first["id"]}", CancellationToken.None);
        using var foreignFlow = await world.Yi.ReadAsync("/workflows/papers/first?correlationId=kept", CancellationToken.None);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (own.StatusCode, foreign.StatusCode, foreignFlow.StatusCode));
    }

    [Fact]
    public async Task The_same_form_sent_twice_under_one_key_is_kept_once_and_answered_with_the_same_file()
    {
        using var form = FlowWorld.Form(("a.pdf", Pdf));
        var content = await form.ReadAsByteArrayAsync();
        var answers = new List<string>();
        for (var click = 0; click < 2; click++)
        {
            using var again = new ByteArrayContent(content) { Headers = { ContentType = form.Headers.ContentType } };
            using var answer = await world.Jia.SendContentAsync("/workflows/papers?correlationId=twice", again, CancellationToken.None, "files-1");
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(answers[0], answers[1]);
        // One instance waits; two could not be told apart.
        using var file = await world.Jia.ReadAsync("/workflows/papers/first?correlationId=twice", CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
    }

    public static TheoryData<string, byte[], int, string> NotTaken => new()
    {
        { "a.pdf", LargePdf, 413, HttpEndpoints.FileTooLarge },
        { "a.docx", Pdf, 415, HttpEndpoints.InvalidExtension },
        { "a.jpg", Pdf, 415, HttpEndpoints.InvalidExtension },
        { "a.exe", Encoding.ASCII.GetBytes("MZ"), 415, HttpEndpoints.InvalidExtension },
        { "a.pdf.exe", Pdf, 415, HttpEndpoints.InvalidExtension },
        { "a", Pdf, 415, HttpEndpoints.InvalidExtension },
        { "a.pdf", Encoding.ASCII.GetBytes("MZ renamed"), 415, HttpEndpoints.InvalidType },
        { "a.pdf", Png, 415, HttpEndpoints.InvalidType },
        { "a.png", Png, 415, HttpEndpoints.InvalidType },
        { "a.pdf", [], 415, HttpEndpoints.InvalidType },
    };

    [Theory]
    [MemberData(nameof(NotTaken))]
    public async Task What_an_endpoint_does_not_take_is_refused_or_goes_its_own_way(string name, byte[] content, int status, string port)
    {
        using var refused = await world.Jia.SendContentAsync("/workflows/papers", FlowWorld.Form(("good.pdf", Pdf), (name, content)), CancellationToken.None);
        using var sorted = await world.Jia.SendContentAsync("/workflows/sorted", FlowWorld.Form(("good.pdf", Pdf), (name, content)), CancellationToken.None);

        Assert.Equal((HttpStatusCode)status, refused.StatusCode);
        Assert.Contains(name, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(port, await sorted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_over_its_limit_goes_its_own_way_and_one_over_every_limit_as_well()
    {
        using var taken = await world.Jia.SendContentAsync("/workflows/sorted", FlowWorld.Form(("a.pdf", Pdf)), CancellationToken.None);
        using var many = await world.Jia.SendContentAsync("/workflows/sorted", FlowWorld.Form([.. Enumerable.Range(0, 9).Select(i => ($"{i}.pdf", LargePdf))]), CancellationToken.None);
        using var huge = await world.Jia.SendContentAsync("/workflows/sorted", FlowWorld.Form(("a.pdf", new byte[13 * 1024 * 1024])), CancellationToken.None);

        Assert.Equal("taken", await taken.Content.ReadAsStringAsync());
        Assert.Equal(HttpEndpoints.TooLarge, await many.Content.ReadAsStringAsync());
        Assert.Equal(HttpEndpoints.TooLarge, await huge.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("multipart/form-data", "--b\r\n")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf")]
    [InlineData("multipart/form-data; boundary=b", "no boundary at all")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nX: y\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"..\"\r\n\r\n%PDF-\r\n--b--\r\n")]
    public async Task A_form_that_is_none_is_told_as_one(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await world.Jia.SendContentAsync("/workflows/papers", content, CancellationToken.None);

        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType, $"{response.StatusCode}");
    }

    [Fact]
    public async Task A_form_of_very_many_parts_is_refused()
    {
        using var fields = new MultipartFormDataContent();
        for (var i = 0; i < 300; i++) fields.Add(new StringContent("x"), $"f{i}");
        using var tooManyFields = await world.Jia.SendContentAsync("/workflows/papers", fields, CancellationToken.None);
        using var tooManyFiles = await world.Jia.SendContentAsync("/workflows/papers", FlowWorld.Form([.. Enumerable.Range(0, 11).Select(i => ($"{i}.pdf", Pdf))]), CancellationToken.None);
        using var wide = new MultipartFormDataContent { { new StringContent(new string('x', 300 * 1024)), "a" } };
        using var tooMuch = await world.Jia.SendContentAsync("/workflows/papers", wide, CancellationToken.None);

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (tooManyFields.StatusCode, tooManyFiles.StatusCode, tooMuch.StatusCode));
    }

    [Fact]
    public async Task A_stranger_leaves_no_files_not_even_at_an_open_path()
    {
        using var stranger = new HttpClient { BaseAddress = world.Stage.Address };
        using var open = await stranger.PostAsync(new Uri("/workflows/open/files", UriKind.Relative), FlowWorld.Form(("a.pdf", Pdf)));

        Assert.Equal(HttpStatusCode.Unauthorized, open.StatusCode);
    }

    [Fact]
    public async Task A_flow_answers_with_no_file_of_another_instance_whoever_names_it()
    {
        using var form = FlowWorld.Form(("secret.pdf", Pdf));
        using var kept = await world.Jia.SendContentAsync("/workflows/papers", form, CancellationToken.None);
        var id = (await kept.Content.ReadFromJsonAsync<JsonObject>())!["files"]![0]!["id"]!.ToString();
        var uploaded = await world.Jia.UploadAsync("own.pdf", Pdf, CancellationToken.None);

        foreach (var (who, file) in ((PlatformClient, object)[])[(world.Yi, id), (world.Jia, id), (world.Jia, new { id }), (world.Jia, uploaded), (world.Jia, Guid.NewGuid()), (world.Jia, "../../etc/passwd")])
        {
            using var response = await who.SendAsync("/workflows/given", new { file }, CancellationToken.None);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        }

        using var nothing = await world.Jia.SendAsync("/workflows/given", new { file = "" }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
    }

    [Fact]
    public async Task A_file_is_downloaded_checked_and_kept_with_the_instance()
    {
        world.System.Answer = http =>
        {
            http.Response.Headers.ContentDisposition = "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.exe";
            http.Response.ContentType = "application/octet-stream";
            return http.Response.Body.WriteAsync(LargePdf).AsTask();
        };
        using var begun = await world.Jia.SendAsync("/workflows/fetched?correlationId=fetched", new { path = "reports/7" }, CancellationToken.None);
        using var file = await AskAsync("/workflows/fetched/file?correlationId=fetched");

        Assert.Equal(LargePdf, await file.Content.ReadAsByteArrayAsync());
        // Told by its content, whatever the other side says it is.
        Assert.Equal(("application/pdf", "报告.exe.pdf"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileNameStar));
    }

    [Theory]
    [InlineData("MZ not a paper", null)]
    [InlineData("%PDF-1.4", "gzip")]
    [InlineData(null, null)]
    public async Task What_is_no_file_that_can_be_kept_is_not(string? content, string? packing)
    {
        world.System.Answer = async http =>
        {
            if (packing is not null) http.Response.Headers.ContentEncoding = packing;
            var body = content is null ? new byte[11 * 1024 * 1024] : Encoding.ASCII.GetBytes(content);
            await http.Response.Body.WriteAsync(body);
        };
        var correlation = Guid.NewGuid();
        using var begun = await world.Jia.SendAsync($"/workflows/fetched?correlationId={correlation}", new { path = "a.pdf" }, CancellationToken.None);
        using var failure = await AskAsync($"/workflows/fetched/failure?correlationId={correlation}");

        Assert.Equal(HttpStatusCode.OK, failure.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_no_success_brings_no_file()
    {
        world.System.Answer = http =>
        {
            http.Response.StatusCode = 404;
            return http.Response.Body.WriteAsync(Pdf).AsTask();
        };
        using var begun = await world.Jia.SendAsync("/workflows/fetched?correlationId=gone", new { path = "a.pdf" }, CancellationToken.None);
        using var other = await AskAsync("/workflows/fetched/other?correlationId=gone");

        Assert.Equal("404", await other.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> AskAsync(string path) => world.AnswerAsync(world.Jia, path, status => status != HttpStatusCode.NotFound);
}
