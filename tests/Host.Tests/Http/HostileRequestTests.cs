using System.Diagnostics;
using System.Globalization;
using System.Net;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>
/// Whoever writes flows, answers for names or stands at the other end of a request, and means harm: nothing is reached that may not be, as a trap at the forbidden
/// addresses sees it, and everything ends within bounds. Runs alone: the bytes that it counts are those of the process.
/// </summary>
[Collection(nameof(HostileRequestTests))]
[CollectionDefinition(nameof(HostileRequestTests), DisableParallelization = true)]
public sealed class HostileRequestTests : IAsyncLifetime
{
    private const string Organisation = "440300";

    private readonly Names _names = new();
    private OtherSystem _allowed = null!;
    private readonly List<OtherSystem> _traps = [];

    public async Task InitializeAsync()
    {
        _allowed = await OtherSystem.StartAsync();
        foreach (var address in (string[])["127.0.0.2", "127.1.2.3", "::1"]) _traps.Add(await OtherSystem.StartAsync(address, _allowed.Port));
    }

    public async Task DisposeAsync()
    {
        await _allowed.DisposeAsync();
        foreach (var trap in _traps) await trap.DisposeAsync();
    }

    public static TheoryData<string> Spellings => new(
        // This machine.
        "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.1", "127.0.1", "2130706433", "2130706434", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.1", "017700000001",
        "00000177.0.0.1", "127.0.0.01", "127.00.00.01", "0", "0.0.0.0", "0x0", "00", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::127.0.0.1]",
        "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "127.0.0.2.", "localhost.localdomain", "ip6-localhost",
        "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．2", "ⓛocalhost", "loca%6chost", "127.0.0.1%00.example.com",
        // Wrapped in IPv6.
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:7f00:2]", "[0:0:0:0:0:ffff:127.0.0.2]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::1]", "[2001:0:7f00:1::1]", "[2001:db8::1]", "[100::1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
        // Neighbours and metadata services.
        "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662", "100.100.100.200", "192.0.0.192", "[fd00:ec2::254]", "[fe80::1]", "[fe80::a9fe:a9fe]",
        "10.0.0.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1", "3232235521", "192.168.1", "100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.7", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]",
        // Nobody, everybody.
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "[ff02::1]", "[ff05::1:3]");

    /// <summary>Even where the operator carelessly listed the very host that the flow writes.</summary>
    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task An_address_in_whatever_spelling_is_judged_by_where_it_leads(string host)
    {
        _names.Say("127.0.0.2");
        var url = string.Create(CultureInfo.InvariantCulture, $"http://{host}:{_allowed.Port}/");
        if (HttpAddresses.ProblemOf(url) is not null) return;

        HttpTarget target;
        try
        {
            target = HttpSettings.Target(url, []);
        }
        catch (SettingsException)
        {
            return;
        }

        var result = await SendAsync(target, url);

        Assert.Equal(RequestEnd.Refused, result.End);
        NobodyCame();
    }

    public static TheoryData<string> Addresses => new(
        "http://api.example.com@127.0.0.2:{0}/v1/", "http://api.example.com:{0}@127.0.0.2:{0}/v1/", "http://u:p@api.example.com:{0}/v1/", "http://@api.example.com:{0}/v1/", "http://127.0.0.2:{0}@api.example.com:{0}/v1/",
        "http://api.example.com:{0}\\@127.0.0.2:{0}/v1/", "http://127.0.0.2:{0}\\@api.example.com:{0}/v1/", "http://api.example.com:{0}#@127.0.0.2:{0}/v1/", "http://127.0.0.2:{0}#api.example.com:{0}/v1/",
        "http://127.0.0.2:{0}?api.example.com:{0}/v1/", "http://api.example.com.127.0.0.2:{0}/v1/", "http://api.example.com.:{0}/v1/", "http://api.example.com..:{0}/v1/", "http://.api.example.com:{0}/v1/",
        "http://sub.api.example.com:{0}/v1/", "http://xapi.example.com:{0}/v1/", "http://api.example.com:{0}/v1", "http://api.example.com:{0}/v1/../admin", "http://api.example.com:{0}/v1/%2e%2e/admin",
        "http://api.example.com:{0}/v1/%2E%2E%2Fadmin", "http://api.example.com:{0}/v1/..%5cadmin", "http://api.example.com:{0}/v1/..;/admin", "http://api.example.com:{0}//v1/", "http://api.example.com:{0}/V1/",
        "http://api.example.com:{0}/v1/\r\nHost: 127.0.0.2", "http://api.example.com:{0}/v1/ HTTP/1.1\r\nX: y", "http://api.example.com\t:{0}/v1/", "http://api.example.com\n:{0}/v1/", "http://api.exa\u00ADmple.com:{0}/v1x/",
        "https://api.example.com:{0}/v1/", "HTTP://127.0.0.2:{0}/v1/", "http:\\\\127.0.0.2:{0}\\v1\\", "http:/127.0.0.2:{0}/v1/", "http:127.0.0.2:{0}/v1/", "//127.0.0.2:{0}/v1/", "127.0.0.2:{0}", "///127.0.0.2:{0}/v1/",
        "gopher://127.0.0.2:{0}/_GET", "file:///etc/passwd", "file://127.0.0.2/c$", "ftp://127.0.0.2:{0}/", "dict://127.0.0.2:{0}/", "ws://127.0.0.2:{0}/", "data:text/plain,x", "javascript:alert(1)", "jar:http://127.0.0.2:{0}/", "unix:///var/run/docker.sock",
        "http://[::ffff:127.0.0.2]:{0}/v1/", "http://[fe80::1%25lo]:{0}/v1/", "http://api.example.com:0/v1/", "http://api.example.com:99999/v1/", "http://api.example.com:/v1/", "http://:{0}/v1/", "http://", "", "http://%31%32%37.0.0.2:{0}/v1/");

    /// <summary>One address is allowed, and it is listed as well as can be.</summary>
    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_address_that_pretends_to_be_the_listed_one_reaches_nobody_else(string written)
    {
        var url = written.Replace("{0}", _allowed.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var target = HttpSettings.Target(string.Create(CultureInfo.InvariantCulture, $"http://api.example.com:{_allowed.Port}/v1/"), ["127.0.0.1/32"]);

        // As the step does, before anything is ordered.
        var result = HttpAddresses.ProblemOf(url) is null ? await SendAsync(target, new Uri(url).AbsoluteUri) : null;

        Assert.NotEqual(RequestEnd.NotConnected, result?.End);
        foreach (var trap in _traps) Assert.Empty(trap.Requests);
        // What the listed system gets all the same is what was listed.
        Assert.All(_allowed.Requests, request => Assert.StartsWith("/v1", request.Target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_points_elsewhere_between_judgement_and_connection_is_looked_up_once()
    {
        // Allowed when it is judged; every later look would find the trap.
        _names.Say("127.0.0.1", then: "127.0.0.2");
        var url = string.Create(CultureInfo.InvariantCulture, $"http://api.example.com:{_allowed.Port}/");

        var first = await SendAsync(HttpSettings.Target(url, ["127.0.0.1/32"]), url);
        var second = await SendAsync(HttpSettings.Target(url, ["127.0.0.1/32"]), url);

        Assert.Equal((RequestEnd.Answered, RequestEnd.Refused), (first.End, second.End));
        Assert.Equal(2, _names.Asked);
        NobodyCame();
    }

    [Fact]
    public async Task A_name_server_that_says_nothing_very_much_or_never_anything_is_borne()
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://api.example.com:{_allowed.Port}/");
        var target = HttpSettings.Target(url, ["127.0.0.1/32"]);

        _names.Say([]);
        Assert.Equal(RequestEnd.NotConnected, (await SendAsync(target, url)).End);
        _names.Say([.. Enumerable.Repeat("127.0.0.1", 10_000), "127.0.0.2"]);
        Assert.Equal(RequestEnd.Refused, (await SendAsync(target, url)).End);
        _names.Hang();
        Assert.Equal(RequestEnd.TimedOut, (await SendAsync(target, url)).End);
        NobodyCame();
    }

    public static TheoryData<string, Func<Stream, CancellationToken, Task>> Answers => new()
    {
        { "headers without end", RawServer.Endless("HTTP/1.1 200 OK\r\n", $"X-A: {new string('a', 1_000)}\r\n") },
        { "one header without end", RawServer.Endless("HTTP/1.1 200 OK\r\nX-A: ", new string('a', 10_000)) },
        { "a status line without end", RawServer.Endless("HTTP/1.1 200 ", new string('a', 10_000)) },
        { "continue for ever", RawServer.Endless("", "HTTP/1.1 100 Continue\r\n\r\n") },
        { "early hints for ever", RawServer.Endless("", $"HTTP/1.1 103 Early Hints\r\nLink: {new string('a', 1_000)}\r\n\r\n") },
        { "headers by the drop", RawServer.Slow("HTTP/1.1 200 OK\r\nX-A: aaaaaaaaaa") },
        { "a body by the drop", RawServer.Slow("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx") },
        { "chunks by the drop", RawServer.Slow("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n1") },
        { "a body without end", RawServer.Endless("HTTP/1.1 200 OK\r\n\r\n", new string('x', 10_000)) },
        { "chunks without end", RawServer.Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", $"2710\r\n{new string('x', 10_000)}\r\n") },
        { "chunk extensions without end", RawServer.Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", new string(';', 10_000)) },
        { "trailers without end", RawServer.Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", $"X-A: {new string('a', 1_000)}\r\n") },
        { "a chunk of impossible size", RawServer.Once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n") },
        { "a negative length", RawServer.Once("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx") },
        { "two lengths", RawServer.Once("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx") },
        { "half a body", RawServer.Once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") },
        { "no http", RawServer.Once("SSH-2.0-OpenSSH_9.6\r\n") },
        { "nothing", RawServer.Once("") },
        { "packed without end", RawServer.Endless("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\n\r\n", new string('\u001f', 10_000)) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_made_to_hurt_is_left_within_bounds(string what, Func<Stream, CancellationToken, Task> speak)
    {
        using var server = new RawServer(speak);
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}/");
        foreach (var isDownload in (bool[])[false, true])
        {
            var before = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            var result = await SendAsync(HttpSettings.Target(url, ["127.0.0.1/32"]), url, isDownload);

            // A length that is none may be passed over: the connection is not used again, so that nothing of it is taken for another answer.
            Assert.True(
                result.End is RequestEnd.NotConnected or RequestEnd.TimedOut or RequestEnd.TooMuch || what.Contains("length", StringComparison.Ordinal), $"{what}: {result}");
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limit * 10);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400L * 1024 * 1024);
            Assert.InRange((result.Problem ?? result.Content ?? "").Length, 0, 300);
        }
    }

    /// <summary>A megabyte of zeros for each kilobyte that is sent.</summary>
    [Fact]
    public async Task A_packed_answer_stays_packed()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(new byte[200 * 1024 * 1024]);
        _allowed.Answer = http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.ContentType = "application/json";
            return http.Response.Body.WriteAsync(bomb.ToArray()).AsTask();
        };
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_allowed.Port}/");
        var before = GC.GetTotalAllocatedBytes();

        var result = await SendAsync(HttpSettings.Target(url, ["127.0.0.1/32"]), url);

        Assert.Equal((RequestEnd.Answered, null), (result.End, result.Content));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20L * 1024 * 1024);
    }

    private static TimeSpan Limit { get; } = TimeSpan.FromSeconds(1);

    private void NobodyCame()
    {
        foreach (var trap in _traps) Assert.Empty(trap.Requests);
    }

    private async Task<RequestResult> SendAsync(HttpTarget target, string url, bool isDownload = false)
    {
        var settings = new HostSettings
        {
            Http = new HttpSettings { Outgoing = new Dictionary<string, IReadOnlyList<HttpTarget>> { [Organisation] = [target] }, AttemptTimeout = Limit },
        };
        using var sender = new GuardedSender(settings, _names, new SystemClock(TimeProvider.System));
        return (await sender.SendAsync("r1", Organisation, new OutgoingRequest("GET", url, [], null, null, false) { IsDownload = isDownload }, 1, CancellationToken.None)).Result;
    }

    /// <summary>A name server in an enemy's hands.</summary>
    private sealed class Names : INameResolver
    {
        private string[] _now = ["127.0.0.1"];
        private string[]? _then;
        private bool _hangs;

        public int Asked { get; private set; }

        public void Say(string[] addresses) => (_now, _then, _hangs) = (addresses, null, false);

        public void Say(string address, string? then = null) => (_now, _then, _hangs) = ([address], then is null ? null : [then], false);

        public void Hang() => _hangs = true;

        public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
        {
            Asked++;
            if (_hangs) await Task.Delay(Timeout.Infinite, ct);
            var said = _now;
            _now = _then ?? _now;
            return [.. said.Select(IPAddress.Parse)];
        }
    }
}
