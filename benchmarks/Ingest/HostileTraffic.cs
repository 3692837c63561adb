using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Tests.Ingest;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>
/// What one vendor feels while others misbehave: a key that sends twelve records a request, twenty requests a second, and its 99th percentile in the seconds before and during each attack.
/// Attackers, their victim and the host share the processors; the attackers' requests are made beforehand.
/// </summary>
internal static class HostileTraffic
{
    private const int PerSecond = 20;
    private const int Repetitions = 3;

    /// <summary>What an attacker is answered, by attack: that each was refused or served is part of the result.</summary>
    private static readonly ConcurrentDictionary<string, int> Answers = new();

    private static int s_addresses = 100_000;

    /// <param name="phase">How long is measured before an attack, and as long during it.</param>
    public static async Task<int> RunAsync(TimeSpan phase)
    {
        using var stage = new BenchStage { IsWide = false };
        try
        {
            await stage.InitializeAsync();
            var (good, bad) = (await stage.NewKeyAsync("hmac-1"), await stage.NewKeyAsync("hmac-1"));
            foreach (var key in new[] { good, bad }) await IngestRates.PassTestAsync(stage, key);
            var (ours, theirs) = (new IngestRates.Site(good, "44030020220910001"), new IngestRates.Site(bad, "44030020220910002"));
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = stage.Address };
            await VictimAsync(http, ours, TimeSpan.FromSeconds(5));

            var profile = stage.Services.GetRequiredService<ContentReleases>().Current.Standards["hmac-1"].Signing;
            SignedRequest Signed(string data, string? secret = null) => OfText(profile, bad, data, secret ?? bad.Secret);
            var elements = Signed($$"""{"projectCode":"1","teamSysNo":1,"dataList":[{{string.Join(',', Enumerable.Repeat("0", 1_000_000))}}]}""");
            var deep = Signed(string.Concat(Enumerable.Repeat("""{"a":""", 100_000)));
            var large = Signed("{\"a\":\"" + new string('x', 7_900_000) + "\"}", new string('0', 32));
            var announced = Signed("{}");
            var small = Signed("{}", new string('0', 32));
            (string Name, Func<CancellationToken, Task> Attack)[] attacks =
            [
                ("200 slow senders of 8 MB from 200 addresses", ct => Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SlowAsync(stage.Address, 8_000_000, ct)))),
                ("200 slow senders of 100 KB from 200 addresses", ct => Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SlowAsync(stage.Address, 100_000, ct)))),
                ("bodies of 10 MB, 8 at once", ct => RepeatAsync(8, _ => PostAsync(http, announced, NewAddress(), new byte[10 * 1024 * 1024], ct), ct)),
                ("bodies of 7.9 MB wrongly signed, 8 at once", ct => RepeatAsync(8, _ => PostAsync(http, large, NewAddress(), null, ct), ct)),
                ("a million elements, signed, 8 at once", ct => RepeatAsync(8, _ => PostAsync(http, elements, "10.200.0.1", null, ct), ct)),
                ("100,000 deep, signed, 8 at once", ct => RepeatAsync(8, _ => PostAsync(http, deep, "10.200.0.1", null, ct), ct)),
                ("one key as fast as it can, 32 at once", ct => RepeatAsync(32, _ => PostAsync(http, bad.Client.Request(TestMessages.AttendanceAdd, IngestRates.Message(theirs, 12), IngestRates.Now()), "10.200.0.1", null, ct), ct)),
                ("wrong signatures, 16 at once", ct => RepeatAsync(16, _ => PostAsync(http, small, NewAddress(), null, ct), ct)),
            ];
            foreach (var (name, attack) in attacks)
            {
                Samples before = new("p99 before", "ms", "N1", leastIsBest: true), during = new("p99 during", "ms", "N1", leastIsBest: true), ratio = new("ratio", "of before", "N2", leastIsBest: true);
                Answers.Clear();
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    var quiet = await VictimAsync(http, ours, phase);
                    using var stop = new CancellationTokenSource();
                    var attacking = attack(stop.Token);
                    var attacked = await VictimAsync(http, ours, phase);
                    await stop.CancelAsync();
                    await attacking;
                    before.Add(quiet);
                    during.Add(attacked);
                    ratio.Add(attacked / quiet);
                }

                Console.WriteLine($"{name}: {string.Join(", ", Answers.OrderByDescending(answer => answer.Value).Take(4).Select(answer => $"{answer.Key} × {answer.Value}"))}");
                before.Print();
                during.Print();
                ratio.Print("goal at most 2");
            }

            return 0;
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    /// <summary>Sends at its own pace, whatever becomes of the requests before; every one must be taken. The 99th percentile in milliseconds, from the instant at which it was due.</summary>
    private static async Task<double> VictimAsync(HttpClient http, IngestRates.Site site, TimeSpan during)
    {
        var requests = Enumerable.Range(0, (int)(during.TotalSeconds * PerSecond)).Select(_ => site.Key.Client.Request(TestMessages.AttendanceAdd, IngestRates.Message(site, 12), IngestRates.Now())).ToArray();
        var watch = Stopwatch.StartNew();
        var waits = await Task.WhenAll(requests.Select(async (request, number) =>
        {
            var due = TimeSpan.FromSeconds((double)number / PerSecond);
            if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed);
            var answer = await IngestRates.PostAsync(http, request, "10.100.0.1");
            return answer.Contains("\"requestSerialCode\"", StringComparison.Ordinal) ? (watch.Elapsed - due).TotalMilliseconds : throw new InvalidOperationException(answer);
        }));
        Array.Sort(waits);
        return waits[(int)(waits.Length * 0.99)];
    }

    private static async Task RepeatAsync(int atOnce, Func<int, Task> send, CancellationToken ct) => await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async number =>
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await send(number);
            }
            catch (Exception over) when (over is OperationCanceledException or HttpRequestException or IOException)
            {
                if (!ct.IsCancellationRequested) Count(over.GetType().Name);
            }
        }
    }));

    private static async Task PostAsync(HttpClient http, SignedRequest signed, string address, byte[]? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(signed.Target, UriKind.Relative));
        request.Content = new ByteArrayContent(body ?? Encoding.UTF8.GetBytes(signed.Body)) { Headers = { ContentType = new(signed.ContentType) } };
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation(BenchStage.Forwarded, address);
        using var response = await http.SendAsync(request, ct);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!;
        Count($"HTTP {(int)response.StatusCode} code {answer["code"]}");
    }

    /// <summary>One byte a second of a body that was announced, until the host has had enough; then again.</summary>
    private static async Task SlowAsync(Uri host, int announced, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host.Host, host.Port, ct);
                var stream = client.GetStream();
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST {IngestAddresses.Gateway} HTTP/1.1\r\nHost: {host.Authority}\r\n{BenchStage.Forwarded}: {NewAddress()}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {announced}\r\n\r\n"), ct);
                var answer = new byte[64];
                var answered = stream.ReadAsync(answer, ct).AsTask();
                while (!answered.IsCompleted)
                {
                    await stream.WriteAsync("a"u8.ToArray(), ct);
                    await Task.WhenAny(answered, Task.Delay(1_000, ct));
                }

                Count(await answered > 12 ? Encoding.ASCII.GetString(answer, 5, 7) : "closed");
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or SocketException)
            {
                if (!ct.IsCancellationRequested) Count("closed");
            }
        }
    }

    private static SignedRequest OfText(SigningProfile profile, TestKey key, string data, string secret)
    {
        var whole = SignedRequest.Of(profile, key.Appid, TestMessages.AttendanceAdd, [], IngestRates.Now(), Guid.NewGuid().ToString("N"), secret);
        var parameters = new Dictionary<string, string>(whole.Parameters, StringComparer.Ordinal);
        SignedRequest.AddComputed(parameters, "POST", whole.Target, Encoding.UTF8.GetBytes(data));
        parameters[profile.Signature] = profile.Sign(parameters, secret);
        return whole with { Data = data, Parameters = parameters };
    }

    private static string NewAddress() => BenchStage.NewAddress(Interlocked.Increment(ref s_addresses));

    private static void Count(string what) => Answers.AddOrUpdate(what, 1, (_, count) => count + 1);
}
