using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>Every interface over the wire: the file of its profile says how, the key's record says which.</summary>
[Collection(IngestCollection.Name)]
public sealed partial class ProfileTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The shipped ones and one that a file added.</summary>
    public static TheoryData<string> Profiles => ["national-1.2.1", "meizhou-1.2", "cwr-1.0", "hmac-1", "harbour-2.0"];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_right_message_is_stored_and_a_wrong_signature_an_old_clock_and_a_missing_parameter_have_the_profiles_own_codes(string id)
    {
        var (key, profile) = await NewKeyAsync(id);
        var message = Worker(key);

        var answer = await key.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now, None);
        Assert.Equal((profile.Answers.Ok, 200), (answer.Code, answer.HttpStatus));
        Assert.Equal(20, (await key.Client.ResultAsync(answer.RequestSerialCode!, IngestWorld.Now, None)).Status);

        var forged = await key.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now, None, signWith: new string('0', 32));
        Assert.Equal(profile.Answers.BadSignature, forged.Code);
        var late = await key.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now.AddMinutes(profile.SkewMinutes + 1), None);
        Assert.Equal(profile.Answers.BadTimestamp, late.Code);
        var whole = key.Client.Request(TestMessages.WorkerAdd, message, IngestWorld.Now);
        var unsigned = await key.Client.SendAsync(whole with { Parameters = Without(whole.Parameters, profile.Signature) }, None);
        Assert.Equal(profile.Answers.Missing.GetValueOrDefault(profile.Signature, profile.Answers.BadRequest), unsigned.Code);
        Assert.All([forged, late, unsigned], refused => Assert.Matches("请|缺少", refused.Message));
    }

    /// <summary>Every refusal that one sender can meet, in every interface: the profile's own code, and a Chinese sentence that says what to do.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Every_refusal_has_the_profiles_own_code_and_says_in_Chinese_what_to_do(string id)
    {
        var (key, profile) = await NewKeyAsync(id);
        var (revoked, _) = await NewKeyAsync(id);
        await world.RevokeAsync(revoked);
        var (codes, message) = (profile.Answers, Worker(key));
        SignedRequest Signed() => key.Client.Request(TestMessages.WorkerAdd, message, IngestWorld.Now);
        SignedRequest With(string name, string value) => Signed() is var signed ? signed with { Parameters = new Dictionary<string, string>(signed.Parameters, StringComparer.Ordinal) { [name] = value } } : signed;
        // Signed again, so that nothing but the message is wrong.
        SignedRequest Says(string method, string data)
        {
            var whole = key.Client.Request(method, message, IngestWorld.Now);
            var parameters = new Dictionary<string, string>(whole.Parameters, StringComparer.Ordinal);
            if (profile.Data is { } name) parameters[name] = data;
            else SignedRequest.AddComputed(parameters, "POST", whole.Target, Encoding.UTF8.GetBytes(data));
            parameters[profile.Signature] = profile.Sign(parameters, key.Secret);
            return whole with { Data = data, Parameters = parameters };
        }

        using var stranger = new DeviceClient(world.Address, profile, "99999920221010000000000", key.Secret);
        var first = Signed();
        Assert.Equal(codes.Ok, (await key.Client.SendAsync(first, None)).Code);
        var again = SignedRequest.Of(
            profile, key.Appid, TestMessages.EntryExitAdd, TestMessages.Entered(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now), IngestWorld.Now,
            profile.Nonce is { } nonce ? first.Parameters[nonce] : "unused", key.Secret);
        List<(string What, string Code, DeviceAnswer Answer)> refused =
        [
            .. await Task.WhenAll(profile.Parameters.Where(name => !name.StartsWith('$') && !profile.Optional.Contains(name) && name != profile.Data).Select(async name =>
                ($"without {name}", codes.Missing.GetValueOrDefault(name, codes.BadRequest), await key.Client.SendAsync(Signed() with { Parameters = Without(Signed().Parameters, name) }, None)))),
            ("a timestamp in another form", codes.BadTimestamp, await key.Client.SendAsync(With(profile.Timestamp, "2022/10/10"), None)),
            ("an old timestamp", codes.BadTimestamp, await key.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now.AddMinutes(-profile.SkewMinutes - 1), None)),
            ("a signature in another form", codes.BadRequest, await key.Client.SendAsync(With(profile.Signature, "~"), None)),
            ("a wrong signature", codes.BadSignature, await key.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now, None, signWith: new string('0', 32))),
            ("an unknown key", codes.NoAccess, await stranger.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now, None)),
            ("a revoked key", codes.NoAccess, await revoked.Client.SendAsync(TestMessages.WorkerAdd, message, IngestWorld.Now, None)),
            ("an unknown method", codes.BadRequest, await key.Client.SendAsync("WorkerAttendence.Add", message, IngestWorld.Now, None)),
            ("no JSON", codes.BadRequest, await key.Client.SendAsync(Says(TestMessages.WorkerAdd, "{"), None)),
            ("a field twice", codes.BadRequest, await key.Client.SendAsync(Says(TestMessages.WorkerAdd, """{"projectCode":"1","projectCode":"2"}"""), None)),
            ("a question without its page", codes.BadRequest, await key.Client.SendAsync("Team.Query", new JsonObject { ["projectCode"] = "1" }, IngestWorld.Now, None)),
            ("a result of nobody", codes.BadRequest, await key.Client.ResultAsync(Guid.NewGuid().ToString("N"), IngestWorld.Now, None)),
            ("a body over the limit", codes.OverLimit, await key.Client.SendAsync(Signed() with { Data = new string(' ', 9 * 1024 * 1024), Parameters = With(profile.Data ?? profile.KeyId, new string('1', profile.Data is null ? 9 : 9 * 1024 * 1024)).Parameters }, None)),
        ];
        if (profile.Nonce is not null) refused.Add(("a used nonce", codes.BadRequest, await key.Client.SendAsync(again, None)));

        Assert.All(refused, refusal =>
        {
            Assert.True(refusal.Code == refusal.Answer.Code, $"{refusal.What}: {refusal.Answer.Code} {refusal.Answer.Message}");
            Assert.True(Advises().IsMatch(refusal.Answer.Message), $"{refusal.What}: {refusal.Answer.Message}");
            Assert.True(refusal.Answer.HttpStatus < 500, refusal.What);
        });
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task The_same_request_again_gets_the_stored_answer_and_the_same_nonce_or_signature_over_another_request_is_refused(string id)
    {
        var (key, profile) = await NewKeyAsync(id);
        var request = key.Client.Request(TestMessages.WorkerAdd, Worker(key), IngestWorld.Now);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => key.Client.SendAsync(request, None)));
        Assert.Single(answers.Select(answer => (answer.Code, answer.RequestSerialCode)).Distinct());
        Assert.NotNull(answers[0].RequestSerialCode);

        SignedRequest other;
        if (profile.Nonce is { } nonce)
        {
            other = SignedRequest.Of(profile, key.Appid, TestMessages.EntryExitAdd, TestMessages.Entered(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now), IngestWorld.Now, request.Parameters[nonce], key.Secret);
        }
        else
        {
            // The path is not signed in these interfaces: the same signature must not serve for another message.
            other = request with { Method = TestMessages.EntryExitAdd };
        }

        var refused = await key.Client.SendAsync(other, None);
        Assert.Equal(profile.Answers.BadRequest, refused.Code);
        Assert.Contains(profile.Nonce ?? profile.Signature, refused.Message, StringComparison.Ordinal);
        Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
    }

    [Fact]
    public async Task A_key_is_only_taken_in_its_own_way_whatever_address_and_form_a_sender_chooses()
    {
        var (own, profile) = await NewKeyAsync("hmac-1");
        var national = world.Services.GetRequiredService<ContentReleases>().Current.Standards["national-1.2.1"].Signing;
        using var weaker = new DeviceClient(world.Address, national, own.Appid, own.Secret);

        Assert.Equal("-3", (await weaker.SendAsync(TestMessages.WorkerAdd, Worker(own), IngestWorld.Now, None)).Code);

        using var http = new HttpClient { BaseAddress = world.Address };
        using var nowhere = await http.PostAsync(new Uri("/ingest/meizhou-9.9", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Contains("/ingest/meizhou-1.2/{method}", JsonNode.Parse(await nowhere.Content.ReadAsStringAsync())!["message"]!.GetValue<string>(), StringComparison.Ordinal);

        var signed = own.Client.Request(TestMessages.WorkerAdd, Worker(own), IngestWorld.Now);
        foreach (var (target, header) in new[] { (signed.Target + "?x=1", false), (signed.Target, true) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target, UriKind.Relative)) { Content = new StringContent(signed.Body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, header && name == profile.Nonce ? [value, value] : [value]);
            using var changed = await http.SendAsync(request);
            Assert.Equal(header ? profile.Answers.BadRequest : profile.Answers.BadSignature, JsonNode.Parse(await changed.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_cwr_client_reads_its_answer_where_it_expects_it()
    {
        var (key, _) = await NewKeyAsync("cwr-1.0");
        var signed = key.Client.Request(TestMessages.WorkerAdd, Worker(key), IngestWorld.Now);
        using var http = new HttpClient { BaseAddress = world.Address };
        using var response = await http.PostAsync(new Uri(signed.Target, UriKind.Relative), new StringContent(signed.Body, Encoding.UTF8, "application/json"));

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal(["code", "message", "result", "result_data"], answer.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.True(answer["result"]!.GetValue<bool>());
        Assert.NotEqual("", answer["result_data"]!["requestSerialCode"]!.ToString());
    }

    [Fact]
    public async Task Each_profiles_requests_changed_anywhere_are_not_taken_and_not_answered_with_a_server_error()
    {
        foreach (var id in (string[])["meizhou-1.2", "hmac-1"])
        {
            var (key, profile) = await NewKeyAsync(id);
            var signed = key.Client.Request(TestMessages.WorkerAdd, Worker(key), IngestWorld.Now);
            foreach (var at in Enumerable.Range(0, 20).Select(step => step * signed.Body.Length / 20))
            {
                var changed = new StringBuilder(signed.Data) { [at] = '~' };
                var answer = await key.Client.SendAsync(signed with { Data = changed.ToString() }, None);
                Assert.True(answer.HttpStatus < 500, string.Create(CultureInfo.InvariantCulture, $"{id}, byte {at}: HTTP {answer.HttpStatus}"));
                Assert.Equal(profile.Answers.BadSignature, answer.Code);
            }
        }
    }

    /// <summary>Chinese, and a request that is no "request": 请 not followed by 求.</summary>
    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}.*请(?!求)|是否应为", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Advises();

    private async Task<(TestKey Key, SigningProfile Profile)> NewKeyAsync(string id) =>
        (await world.NewKeyAsync(id == MessageGate.SpokenProfile ? null : id), world.Services.GetRequiredService<ContentReleases>().Current.Standards[id].Signing);

    private static JsonObject Worker(TestKey key) => TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker));

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> parameters, string name) =>
        parameters.Where(parameter => parameter.Key != name).ToDictionary(StringComparer.Ordinal);
}
