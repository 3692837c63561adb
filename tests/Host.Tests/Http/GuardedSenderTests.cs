using System.Net;
using Microsoft.AspNetCore.Http;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>Requests of flows against real servers on this machine: one that is allowed, and a trap at every address that is not.</summary>
public sealed class GuardedSenderTests : IAsyncLifetime
{
    private const string Organisation = "440300";

    private readonly Answers _names = new();
    private OtherSystem _system = null!;
    private OtherSystem _trap = null!;

    public async Task InitializeAsync()
    {
        _system = await OtherSystem.StartAsync();
        // The same port at another address: whoever gets the address wrong arrives here.
        _trap = await OtherSystem.StartAsync("127.0.0.2", _system.Port);
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _trap.DisposeAsync();
    }

    [Fact]
    public async Task A_request_arrives_with_its_id_its_content_and_its_secret_and_nothing_of_ours()
    {
        _system.Answer = async http =>
        {
            http.Response.Headers.SetCookie = "session=1";
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"名":"甲"}""");
        };

        var result = await SendAsync(
            new OutgoingRequest("POST", At("/v1/orders?a=1"), [new HttpHeader("Authorization", "secret:orders"), new HttpHeader("X-Trace", "7")], "application/json", "{}", false));

        var asked = Assert.Single(_system.Requests);
        Assert.Equal(("POST", "/v1/orders?a=1", "{}"), (asked.Method, asked.Target, asked.Body));
        Assert.Equal(("r1", "Bearer 42", "7"), (asked.Headers["Idempotency-Key"], asked.Headers["Authorization"], asked.Headers["X-Trace"]));
        Assert.Equal(
            ["Authorization", "Content-Length", "Content-Type", "Host", "Idempotency-Key", "X-Trace"], asked.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal((RequestEnd.Answered, 200, """{"名":"甲"}"""), (result.End, result.Status, result.Content));
        Assert.DoesNotContain(result.Headers, header => header.Key.Contains("cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http://other.example.com:{0}/v1/")]
    [InlineData("https://api.example.com:{0}/v1/")]
    [InlineData("http://api.example.com/v1/")]
    [InlineData("http://api.example.com:{0}/v2/")]
    [InlineData("http://api.example.com:{0}/v1extra")]
    [InlineData("http://api.example.com:{0}/v1/../admin")]
    [InlineData("http://api.example.com:{0}/v1/%2e%2e/admin")]
    [InlineData("http://api.example.com:{0}/v1/..%2fadmin")]
    [InlineData("http://api.example.com.:{0}/v1/")]
    [InlineData("http://127.0.0.1:{0}/v1/")]
    [InlineData("http://2130706433:{0}/v1/")]
    [InlineData("http://0x7f.1:{0}/v1/")]
    [InlineData("http://0177.0.0.1:{0}/v1/")]
    [InlineData("http://[::1]:{0}/v1/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/v1/")]
    [InlineData("http://localhost:{0}/v1/")]
    [InlineData("http://ａpi.example.com.evil.example:{0}/v1/")]
    public async Task What_is_not_on_the_list_is_not_sent_and_the_operator_is_told(string url)
    {
        var result = await SendAsync(Get(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, _system.Port)));

        Assert.Equal(RequestEnd.Refused, result.End);
        Assert.Contains("Http:Outgoing:440300", result.Problem, StringComparison.Ordinal);
        Nobody();
    }

    [Fact]
    public async Task Another_organisation_has_a_list_of_its_own()
    {
        var result = await SendAsync(Get(At("/v1/")), organisation: "440100");

        Assert.Equal(RequestEnd.Refused, result.End);
        Nobody();
    }

    [Fact]
    public async Task A_name_that_begins_to_point_elsewhere_is_not_followed()
    {
        _names.Then("127.0.0.1").Then("127.0.0.2");

        var first = await SendAsync(Get(At("/v1/")));
        var second = await SendAsync(Get(At("/v1/")));

        Assert.Equal((RequestEnd.Answered, RequestEnd.Refused), (first.End, second.End));
        Assert.Contains("127.0.0.2", second.Problem, StringComparison.Ordinal);
        // Looked up once for each attempt: the address that was judged is the one that was reached.
        Assert.Equal(2, _names.Asked);
        Assert.Single(_system.Requests);
        Assert.Empty(_trap.Requests);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("127.0.0.1,127.0.0.2")]
    [InlineData("127.0.0.2,127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:127.0.0.2")]
    [InlineData("10.0.0.1")]
    public async Task A_name_with_one_forbidden_address_is_not_reached(string addresses)
    {
        _names.Then(addresses.Split(','));

        var result = await SendAsync(Get(At("/v1/")));

        Assert.Equal(RequestEnd.Refused, result.End);
        Assert.Contains("Networks", result.Problem, StringComparison.Ordinal);
        Nobody();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_an_answer_and_not_followed(int status)
    {
        _system.Answer = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = $"http://127.0.0.2:{_trap.Port}/";
            return Task.CompletedTask;
        };

        var result = await SendAsync(Get(At("/v1/")));

        Assert.Equal((RequestEnd.Answered, status), (result.End, result.Status));
        Assert.Empty(_trap.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_without_end_is_left_at_the_limit(bool saysHowMuch)
    {
        _system.Answer = async http =>
        {
            if (saysHowMuch) http.Response.ContentLength = 1L << 40;
            var block = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(block, http.RequestAborted);
        };

        var result = await SendAsync(Get(At("/v1/")));

        Assert.Equal(RequestEnd.TooMuch, result.End);
        Assert.False(GuardedSender.IsWorthRepeating(Get(At("/")), result));
    }

    [Fact]
    public async Task A_compressed_answer_is_not_unpacked()
    {
        _system.Answer = async http =>
        {
            http.Response.ContentType = "text/plain";
            http.Response.Headers.ContentEncoding = "gzip";
            await http.Response.Body.WriteAsync(new byte[] { 31, 139, 8, 0 });
        };

        Assert.Null((await SendAsync(Get(At("/v1/")))).Content);
        Assert.DoesNotContain("Accept-Encoding", Assert.Single(_system.Requests).Headers.Keys);
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("x-unheard-of")]
    [InlineData("\"")]
    [InlineData("utf-16")]
    public async Task An_answer_in_whatever_letters_is_text(string charset)
    {
        _system.Answer = async http =>
        {
            http.Response.Headers.ContentType = $"text/plain; charset={charset}";
            await http.Response.Body.WriteAsync("+AGE-\u00d8\0"u8.ToArray());
        };

        Assert.Equal(RequestEnd.Answered, (await SendAsync(Get(At("/v1/")))).End);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_left()
    {
        _system.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

        var result = await SendAsync(Get(At("/v1/")), timeout: TimeSpan.FromMilliseconds(300));

        Assert.Equal(RequestEnd.TimedOut, result.End);
        Assert.True(GuardedSender.IsWorthRepeating(Get(At("/")), result));
    }

    [Fact]
    public async Task Who_breaks_off_or_is_not_there_can_be_tried_again()
    {
        _system.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var broken = await SendAsync(Get(At("/v1/")));
        var url = At("/v1/");
        await _system.DisposeAsync();
        var away = await SendAsync(Get(url));

        Assert.Equal((RequestEnd.NotConnected, RequestEnd.NotConnected), (broken.End, away.End));
        Assert.True(GuardedSender.IsWorthRepeating(Get(url), away));
        Assert.Contains("api.example.com", away.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_nobody_filled_in_is_named_and_nothing_is_sent()
    {
        var result = await SendAsync(new OutgoingRequest("GET", At("/v1/"), [new HttpHeader("Authorization", "secret:weather")], null, null, false));

        Assert.Equal(RequestEnd.Refused, result.End);
        Assert.Contains("Secrets:weather", result.Problem, StringComparison.Ordinal);
        Nobody();
    }

    [Theory]
    [InlineData(503, true, true)]
    [InlineData(429, true, true)]
    [InlineData(503, false, false)]
    [InlineData(500, true, false)]
    public void An_answer_that_says_busy_is_tried_again_only_where_the_flow_asks_for_it(int status, bool asks, bool isRepeated) => Assert.Equal(
        isRepeated, GuardedSender.IsWorthRepeating(new OutgoingRequest("GET", "https://a/", [], null, null, asks), new RequestResult(RequestEnd.Answered, status, [], null, null, null, 1)));

    private void Nobody()
    {
        Assert.Empty(_system.Requests);
        Assert.Empty(_trap.Requests);
    }

    private string At(string path) => $"http://api.example.com:{_system.Port}{path}";

    private static OutgoingRequest Get(string url) => new("GET", url, [], null, null, false);

    private async Task<RequestResult> SendAsync(OutgoingRequest request, string organisation = Organisation, TimeSpan? timeout = null)
    {
        var target = HttpSettings.Target(At("/v1/"), ["127.0.0.1/32"], new Dictionary<string, string> { ["orders"] = "Bearer 42" });
        var settings = new HostSettings
        {
            Http = new HttpSettings
            {
                Outgoing = new Dictionary<string, IReadOnlyList<HttpTarget>> { [Organisation] = [target] },
                AttemptTimeout = timeout ?? TimeSpan.FromSeconds(30),
            },
        };
        using var sender = new GuardedSender(settings, _names, new SystemClock(TimeProvider.System));
        return (await sender.SendAsync("r1", organisation, request, 1, CancellationToken.None)).Result;
    }

    /// <summary>A name server that answers as it is told, in order; by default with the allowed system.</summary>
    private sealed class Answers : INameResolver
    {
        private readonly Queue<IPAddress[]> _answers = [];

        public int Asked { get; private set; }

        public Answers Then(params string[] addresses)
        {
            _answers.Enqueue([.. addresses.Select(IPAddress.Parse)]);
            return this;
        }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
        {
            Asked++;
            return Task.FromResult(_answers.TryDequeue(out var told) ? told : [IPAddress.Loopback]);
        }
    }
}
