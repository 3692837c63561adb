using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Ingest;

[Collection(IngestCollection.Name)]
public sealed class IngestTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_right_message_is_answered_with_a_serial_code_whose_result_is_stored()
    {
        var key = await world.NewKeyAsync();

        var answer = await SendWorkerAsync(key);
        Assert.Equal(("0", 200), (answer.Code, answer.HttpStatus));
        var result = await key.Client.ResultAsync(answer.RequestSerialCode!, IngestWorld.Now, None);
        Assert.Equal(20, result.Status);

        var request = Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
        Assert.True(request.Accepted);
        Assert.Equal((1, 1), (request.Records, request.NewRecords));
    }

    public static TheoryData<string, string> Failures => new()
    {
        { "checksum", "[workerList][0][idCardNumber]" },
        { "work-type", "[workerList][0][workType]" },
        { "missing", "[dataList][0][direction]" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failing_message_says_which_field_of_which_record_by_which_rule_and_what_to_send(string kind, string path)
    {
        var key = await world.NewKeyAsync();
        var worker = key.Client.Encrypt(TestMessages.Worker);
        var (method, data) = kind switch
        {
            "checksum" => (TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.WorkerMistyped))),
            "work-type" => (TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker, workType: "777")),
            _ => (TestMessages.AttendanceAdd, TestMessages.Attended(worker, IngestWorld.Now, withDirection: false)),
        };

        var answer = await key.Client.SendAsync(method, data, IngestWorld.Now, None);
        Assert.Equal("0", answer.Code);
        var result = await key.Client.ResultAsync(answer.RequestSerialCode!, IngestWorld.Now, None);
        Assert.Equal(10, result.Status);
        var finding = Assert.Single((JsonArray)result.Data!["findings"]!)!;
        Assert.Equal(path, finding["path"]!.GetValue<string>());
        Assert.All(["rule", "message", "advice", "basis"], member => Assert.NotEqual("", finding[member]!.GetValue<string>()));

        var shown = Assert.Single(Assert.Single((await world.ConformanceAsync(key)).Requests.Items).Findings);
        Assert.Equal((path, 0), (shown.Path, shown.RecordOrdinal));
    }

    [Fact]
    public async Task A_wrong_signature_stores_no_record_and_its_vendor_can_read_that_it_happened()
    {
        var key = await world.NewKeyAsync();

        var answer = await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(""), IngestWorld.Now, None, signWith: new string('0', 32));
        Assert.Equal("-2", answer.Code);
        Assert.Null(answer.RequestSerialCode);

        await world.SettleAsync();
        var request = Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
        Assert.Equal(("S2-signature", "-2", false, 0), (request.Method, request.Code, request.Accepted, request.Records));
    }

    [Fact]
    public async Task A_text_signed_without_lower_casing_is_told_so()
    {
        var key = await world.NewKeyAsync();
        var profile = Profile();
        var parameters = key.Client.Sign(TestMessages.AttendanceAdd, TestMessages.Attended("x", IngestWorld.Now), IngestWorld.Now);
        parameters["sign"] = (profile with { Canonical = profile.Canonical with { LowerCase = false } }).Sign(parameters, key.Secret);

        var answer = await key.Client.PostAsync(parameters, None);
        Assert.Equal("-2", answer.Code);
        Assert.Contains("小写", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_answer_and_is_stored_once()
    {
        foreach (var key in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.NewKeyAsync())))
        {
            var parameters = key.Client.Sign(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now);

            var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => key.Client.PostAsync(parameters, None)));

            Assert.All(answers, answer => Assert.Equal("0", answer.Code));
            Assert.Single(answers.Select(answer => answer.RequestSerialCode).Distinct());
            Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_used_nonce_over_other_bytes_is_refused_also_when_only_its_letter_case_differs(bool shouted)
    {
        var key = await world.NewKeyAsync();
        var parameters = key.Client.Sign(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now);
        Assert.Equal("0", (await key.Client.PostAsync(parameters, None)).Code);

        if (shouted)
        {
            parameters["nonce"] = parameters["nonce"].ToUpperInvariant();
        }
        else
        {
            parameters["data"] = TestMessages.Entered(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now).ToJsonString();
            parameters["sign"] = Profile().Sign(parameters, key.Secret);
        }

        var answer = await key.Client.PostAsync(parameters, None);
        Assert.Equal("-1", answer.Code);
        Assert.Contains("nonce", answer.Message, StringComparison.Ordinal);
        Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
    }

    [Fact]
    public async Task The_same_record_in_a_new_request_is_taken_and_not_stored_twice()
    {
        var key = await world.NewKeyAsync();
        var data = TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now);
        await key.Client.SendAsync(TestMessages.AttendanceAdd, data, IngestWorld.Now, None);
        await key.Client.SendAsync(TestMessages.AttendanceAdd, data, IngestWorld.Now, None);

        Assert.Equal([0, 1], (await world.ConformanceAsync(key)).Requests.Items.Select(request => request.NewRecords).Order());
    }

    [Theory]
    [InlineData(360, "0")]
    [InlineData(-360, "0")]
    [InlineData(361, "-1")]
    [InlineData(-361, "-1")]
    public async Task The_senders_clock_may_be_six_minutes_off_business_time(int seconds, string code)
    {
        var key = await world.NewKeyAsync();
        var answer = await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now), IngestWorld.Now.AddSeconds(seconds), None);

        Assert.Equal(code, answer.Code);
        if (code != "0") Assert.Contains("2022-10-10 14:00", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_an_unknown_method_and_an_unknown_request_are_each_told_what_to_do()
    {
        var key = await world.NewKeyAsync();

        var stranger = new DeviceClient(world.Address, Profile(), "99999920221010000000000", key.Secret);
        using (stranger)
        {
            Assert.Equal("-3", (await stranger.SendAsync(TestMessages.WorkerAdd, [], IngestWorld.Now, None)).Code);
        }

        var misspelt = await key.Client.SendAsync("WorkerAttendence.Add", [], IngestWorld.Now, None);
        Assert.Equal("-1", misspelt.Code);
        Assert.Contains("WorkerAttendance.Add", misspelt.Message, StringComparison.Ordinal);

        Assert.Equal("-1", (await key.Client.SendAsync("CorpBlackList.Query", [], IngestWorld.Now, None)).Code);
        Assert.Equal("-1", (await key.Client.ResultAsync(Guid.NewGuid().ToString("N"), IngestWorld.Now, None)).Code);
    }

    [Fact]
    public async Task One_vendors_key_cannot_ask_after_anothers_request()
    {
        var (mine, other) = (await world.NewKeyAsync(), await world.NewKeyAsync());
        var answer = await SendWorkerAsync(mine);

        Assert.Equal("-1", (await other.Client.ResultAsync(answer.RequestSerialCode!, IngestWorld.Now, None)).Code);
    }

    [Fact]
    public async Task Three_kinds_stored_without_a_failure_after_them_wake_the_waiting_case()
    {
        var key = await world.NewKeyAsync();
        var worker = key.Client.Encrypt(TestMessages.Worker);
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker, workType: "777"), IngestWorld.Now, None);
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), IngestWorld.Now, None);
        await key.Client.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(worker, IngestWorld.Now), IngestWorld.Now, None);
        await world.SettleAsync();
        Assert.False(await IsConformantAsync(key));
        await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, IngestWorld.Now), IngestWorld.Now, None);
        await world.SettleAsync();

        Assert.True(await IsConformantAsync(key));
    }

    [Fact]
    public async Task The_officers_task_and_the_vendors_page_tell_of_a_failed_record_the_field_the_rule_the_article_and_what_to_send()
    {
        var key = await world.NewKeyAsync();
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker), workType: "777"), IngestWorld.Now, None);

        var task = (await world.Officer.GetAsync<CaseView>($"/api/cases/{key.CaseNumber}", None)).Tasks.Single(task => task.Line.Open && task.ActivityId == "interface-test");
        foreach (var (reader, page) in new[] { (world.Vendor, $"/conformance/{key.CredentialId}"), (world.Officer, $"/conformance/{key.CredentialId}"), (world.Officer, $"/tasks/{task.Line.Id}") })
        {
            using var answer = await reader.ReadAsync(page, None);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.All(
                ["[workerList][0][workType]", "F3-dictionary", "第 1 条", "“工种”的代码“777”不在代码表", "应改为", "粤建市〔2022〕161号 二（一）", "次请求未通过"],
                told => Assert.Contains(told, html, StringComparison.Ordinal));
        }
    }

    /// <summary>The case is woken by each request; the last one often arrives while an earlier one is being answered.</summary>
    [Fact]
    public async Task The_request_that_completes_the_test_is_noticed_however_close_it_follows_the_others()
    {
        foreach (var key in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.NewKeyAsync())))
        {
            var worker = key.Client.Encrypt(TestMessages.Worker);
            await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, IngestWorld.Now, withDirection: false), IngestWorld.Now, None);
            await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), IngestWorld.Now, None);
            await key.Client.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(worker, IngestWorld.Now), IngestWorld.Now, None);
            await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, IngestWorld.Now), IngestWorld.Now, None);
            await world.SettleAsync();

            Assert.True(await IsConformantAsync(key));
        }
    }

    [Fact]
    public async Task A_signed_request_changed_anywhere_is_never_taken_and_never_answered_with_a_server_error()
    {
        var key = await world.NewKeyAsync();
        var parameters = key.Client.Sign(TestMessages.AttendanceAdd, TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now), IngestWorld.Now);
        using var content = new FormUrlEncodedContent(parameters);
        var body = await content.ReadAsByteArrayAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        var profile = Profile();

        // By the thousand in memory: as many by HTTP would only meet the limit for unsigned requests.
        var change = from at in Gen.Choose(0, body.Length - 1)
                     from octet in Gen.Choose(0, 255)
                     from kind in Gen.Choose(0, 2)
                     select (at, (byte)octet, kind);
        Prop.ForAll(Arb.From(change), mutation =>
        {
            var (at, octet, kind) = mutation;
            byte[] changed = kind switch
            {
                0 => [.. body[..at], octet, .. body[(at + 1)..]],
                1 => [.. body[..at], octet, .. body[at..]],
                _ => body[..at],
            };
            if (FormBody.Read(changed).Parameters is not { } read || profile.FaultOf(read) is not null) return true;

            var sameText = profile.StringToSign(read, key.Secret) == profile.StringToSign(parameters, key.Secret)
                && read["sign"] == parameters["sign"] && read["appid"] == parameters["appid"];
            return profile.Verify(read, key.Secret) == sameText;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

        foreach (var at in Enumerable.Range(0, 60).Select(step => step * body.Length / 60))
        {
            byte[] changed = [.. body[..at], (byte)'~', .. body[(at + 1)..]];
            using var response = await http.PostAsync(new Uri(IngestAddresses.Gateway, UriKind.Relative), Form(changed));
            Assert.True((int)response.StatusCode < 500, $"byte {at}: HTTP {(int)response.StatusCode}");
            Assert.NotEqual("0", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());
        }

        Assert.DoesNotContain((await world.ConformanceAsync(key)).Requests.Items, request => request.Accepted);
    }

    [Fact]
    public async Task A_body_over_the_limit_a_body_a_hundred_thousand_deep_and_rubbish_are_answered_in_the_profiles_words()
    {
        var key = await world.NewKeyAsync();
        using var http = new HttpClient { BaseAddress = world.Address };

        using var large = await http.PostAsync(new Uri(IngestAddresses.Gateway, UriKind.Relative), Form(new byte[9 * 1024 * 1024]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("-5", JsonNode.Parse(await large.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());

        var parameters = key.Client.Sign(TestMessages.AttendanceAdd, [], IngestWorld.Now);
        parameters["data"] = new StringBuilder().Append('[', 100_000).ToString();
        parameters["sign"] = Profile().Sign(parameters, key.Secret);
        Assert.Equal("-1", (await key.Client.PostAsync(parameters, None)).Code);

        foreach (var (type, body) in new[] { ("application/json", "{}"), ("application/x-www-form-urlencoded", "%zz=1"), ("application/x-www-form-urlencoded", ""), ("text/plain", "x") })
        {
            using var response = await http.PostAsync(new Uri(IngestAddresses.Gateway, UriKind.Relative), new StringContent(body, Encoding.UTF8, type));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("-1", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task No_table_holds_an_id_number_in_clear()
    {
        var key = await world.NewKeyAsync();
        await SendWorkerAsync(key);
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(TestMessages.Worker), IngestWorld.Now, None);
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker), workType: TestMessages.Worker), IngestWorld.Now, None);

        var found = await DatabaseScan.RowsContainingAsync(world.Services, TestMessages.Worker);
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.NotEmpty(await DatabaseScan.RowsContainingAsync(world.Services, key.Appid));
    }

    private static Task<DeviceAnswer> SendWorkerAsync(TestKey key) =>
        key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now, None);

    private async Task<bool> IsConformantAsync(TestKey key) =>
        (await world.CaseAsync(key)).Timeline.Any(entry => entry is { ActivityId: "await-conformance", Event: "Completed" });

    private SigningProfile Profile() => world.Services.GetRequiredService<ContentReleases>().Current.Standards[MessageGate.SpokenProfile].Signing;

    private static ByteArrayContent Form(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return content;
    }
}
