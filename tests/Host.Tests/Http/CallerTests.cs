using System.Diagnostics;
using System.Net;
using System.Text;
using Npgsql;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>What callers may choose: never an instance, an event or an exclusion of somebody else's. And how long they wait.</summary>
[Collection(FlowWorld.Name)]
public sealed class CallerTests(FlowWorld world)
{
    [Theory]
    [InlineData("case-7")]
    [InlineData($"{DemoPeople.VendorJia}/case-7")]
    [InlineData($"../{DemoPeople.VendorJia}/case-7")]
    public async Task Nobody_hears_anothers_events_by_choosing_its_correlation_id(string chosen)
    {
        using var own = await world.Jia.SendAsync("/workflows/alarms?correlationId=case-7", new { }, CancellationToken.None);
        using var attack = await world.Yi.SendAsync($"/workflows/alarms?correlationId={chosen}", new { }, CancellationToken.None);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (own.StatusCode, attack.StatusCode));

        // The flow's own number, and the one that Jia's instance has.
        foreach (var id in (string[])["case-7", $"{DemoPeople.VendorJia}/case-7"])
        {
            using var raised = await world.Jia.SendAsync("/workflows/alarms/raise", new { id, news = "秘密" }, CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, raised.StatusCode);
        }

        var (mine, theirs) = (Id(own), Id(attack));
        Assert.Equal("秘密", await world.AskAsync(world.Jia, $"/workflows/alarms/heard?workflowInstanceId={mine}"));
        using var heard = await world.Yi.ReadAsync($"/workflows/alarms/heard?workflowInstanceId={theirs}", CancellationToken.None);
        using var others = await world.Yi.ReadAsync($"/workflows/alarms/heard?workflowInstanceId={mine}", CancellationToken.None);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (heard.StatusCode, others.StatusCode));
    }

    [Fact]
    public async Task Nobody_keeps_anothers_instance_from_starting_and_nobody_learns_that_it_runs()
    {
        using var squatter = await world.Yi.SendAsync("/workflows/single?correlationId=project-1", new { }, CancellationToken.None);
        using var prefixed = await world.Yi.SendAsync($"/workflows/single?correlationId={DemoPeople.VendorJia}/project-1", new { }, CancellationToken.None);
        using var own = await world.Jia.SendAsync("/workflows/single?correlationId=project-1", new { }, CancellationToken.None);
        using var twice = await world.Jia.SendAsync("/workflows/single?correlationId=project-1", new { }, CancellationToken.None);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (squatter.StatusCode, prefixed.StatusCode, own.StatusCode, twice.StatusCode));
    }

    [Fact]
    public async Task A_wait_is_found_under_the_id_that_its_caller_chose_and_under_the_one_that_the_flow_gave()
    {
        using var chosen = await world.Jia.SendAsync("/workflows/alarms?correlationId=mine", new { }, CancellationToken.None);
        using var given = await world.Jia.SendAsync("/workflows/callbacks", new { order = "order-1" }, CancellationToken.None);
        using var raised = await world.Jia.SendAsync("/workflows/alarms/raise", new { id = $"{DemoPeople.VendorJia}/mine", news = "1" }, CancellationToken.None);

        Assert.Equal("1", await world.AskAsync(world.Jia, "/workflows/alarms/heard?correlationId=mine"));
        using var signedIn = await PutAsync(world.Jia, "/workflows/open/done?correlationId=order-1");
        Assert.Equal("called back", await signedIn.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stranger_meets_only_what_it_can_name_and_names_nothing_new()
    {
        using var begun = await world.Jia.SendAsync("/workflows/callbacks", new { order = "order-2" }, CancellationToken.None);
        using var stranger = new HttpClient { BaseAddress = world.Stage.Address };

        foreach (var (path, status) in ((string, HttpStatusCode)[])
        [
            ("/workflows/open/done", HttpStatusCode.NotFound),
            ("/workflows/open/done?correlationId=", HttpStatusCode.NotFound),
            ("/workflows/open/done?correlationId=order", HttpStatusCode.NotFound),
            ("/workflows/open/done?correlationId=%25", HttpStatusCode.NotFound),
            ($"/workflows/open/done?workflowInstanceId={Guid.NewGuid()}", HttpStatusCode.NotFound),
            ($"/workflows/alarms/heard?workflowInstanceId={Id(begun)}", HttpStatusCode.Unauthorized),
        ])
        {
            using var refused = await stranger.PutAsync(new Uri(path, UriKind.Relative), null);
            Assert.Equal((path, status), (path, refused.StatusCode));
        }

        using var names = await stranger.GetAsync(new Uri("/workflows/open/ping?correlationId=order-2", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, names.StatusCode);
        using var foreign = await PutAsync(world.Yi, "/workflows/open/done?correlationId=order-2");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using var met = await stranger.PutAsync(new Uri("/workflows/open/done?correlationId=order-2", UriKind.Relative), null);
        Assert.Equal("called back", await met.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Who_does_not_read_a_case_does_not_ask_it_over_http()
    {
        var opened = await world.Jia.PostAsync<OpenedCase>("/api/cases", new NewCase("stated", DemoPeople.Shenzhen, []), CancellationToken.None);
        var support = await world.Stage.SignInAsync("sz-support", CancellationToken.None);
        var officer = await world.Stage.SignInAsync("sz-officer", CancellationToken.None);

        foreach (var stranger in (PlatformClient[])[support, world.Yi, await world.Stage.SignInAsync("gz-officer", CancellationToken.None)])
        {
            using var refused = await stranger.ReadAsync("/workflows/stated/state", CancellationToken.None);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        using var state = await officer.ReadAsync("/workflows/stated/state", CancellationToken.None);
        Assert.Equal((HttpStatusCode.OK, "open"), (state.StatusCode, await state.Content.ReadAsStringAsync()));
        Assert.NotEmpty(opened.Number);
    }

    [Theory]
    [InlineData("correlationId=%00")]
    [InlineData("correlationId=a%0ab")]
    [InlineData("workflowInstanceId=1")]
    [InlineData("workflowInstanceId=%27%20or%201%3D1")]
    public async Task Odd_ids_are_refused(string query)
    {
        using var response = await world.Jia.SendAsync($"/workflows/alarms?{query}", new { }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_correlation_id_is_not_cut_until_it_is_another()
    {
        using var response = await world.Jia.SendAsync($"/workflows/alarms?correlationId={new string('x', 151)}", new { }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("{\"title\":\"\\u0000\"}", "application/json")]
    [InlineData("{\"title\":\"\\ud800\"}", "application/json")]
    [InlineData("{\"\\u0000\":\"\\udc00\"}", "application/json")]
    [InlineData("{\"\\udc00\":1}", "application/json")]
    [InlineData("[[\"\\ud800x\"]]", "application/json")]
    [InlineData("{\"a\":1,\"a\":2}", "application/json")]
    [InlineData("a=%00&b=%ED%A0%80", "application/x-www-form-urlencoded")]
    [InlineData("a\0b", "text/plain")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\0\"\r\n\r\n\0\r\n--b--\r\n", "multipart/form-data; boundary=b")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"p\"; filename*=UTF-8''%00%ED%A0%80.pdf\r\n\r\n%PDF-1\r\n--b--\r\n", "multipart/form-data; boundary=b")]
    public async Task Text_that_a_database_cannot_keep_breaks_nothing(string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await world.Jia.SendContentAsync("/workflows/papers", content, CancellationToken.None);

        Assert.True((int)response.StatusCode < 500, $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    [Theory]
    [InlineData("/workflows/marked-by")]
    [InlineData("/workflows/marked-by/id")]
    public async Task A_burst_that_takes_its_message_or_its_id_from_a_caller_is_kept_whatever_they_write(string path)
    {
        using var response = await world.Jia.SendAsync(path, new { mark = "a\0b" }, CancellationToken.None);

        // The step failed, and that is on record: the flow has an id.
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.NotEmpty(Id(response));
    }

    [Fact]
    public async Task Who_asks_waits_as_long_as_the_flow_says_and_the_burst_goes_on()
    {
        await using var hold = new NpgsqlConnection(world.Postgres.ConnectionString);
        await hold.OpenAsync();
        // Nothing new can be committed until the lock is gone.
        await using (var command = new NpgsqlCommand("begin; lock table instances in share row exclusive mode", hold)) await command.ExecuteNonQueryAsync();

        var watch = Stopwatch.StartNew();
        foreach (var _ in (int[])[1, 2])
        {
            using var late = await world.Jia.SendAsync("/workflows/slow", new { }, CancellationToken.None, "slow-1");
            Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
            Assert.Contains("1 秒", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20));
        await hold.CloseAsync();

        // The same request under its key brings the answer of the burst that went on, and no second instance.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        HttpResponseMessage answer;
        while ((answer = await world.Jia.SendAsync("/workflows/slow", new { }, patience.Token, "slow-1")).StatusCode == HttpStatusCode.GatewayTimeout) answer.Dispose();
        using (answer) Assert.Equal("done", await answer.Content.ReadAsStringAsync());
        await using var counting = new NpgsqlConnection(world.Postgres.ConnectionString);
        await counting.OpenAsync();
        await using var count = new NpgsqlCommand("select count(*) from instances where definition_id = 'slow'", counting);
        Assert.Equal(1L, await count.ExecuteScalarAsync());
    }

    private static string Id(HttpResponseMessage begun) => begun.Headers.GetValues("X-Workflow-Instance-Id").Single();

    private static Task<HttpResponseMessage> PutAsync(PlatformClient who, string path) => who.SendContentAsync(path, new StringContent(""), CancellationToken.None, method: HttpMethod.Put);
}
