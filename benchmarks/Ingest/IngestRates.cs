using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NpgsqlTypes;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Tests.Ingest;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>
/// Attendance records over HTTP in our own profile: signed, decrypted, checked, held against the register and durable before the answer, with 100, 12 and 1 records a request, and requests
/// whose signature is wrong. Beside each its calibration on the same server and machine in the same minute: a bare insert of as many rows with a unique key, one row a
/// transaction, and a bare Kestrel that checks an HMAC over 12 records and parses them. Clients and server share the processors in both.
/// </summary>
internal static class IngestRates
{
    private const int Repetitions = 5;

    /// <summary>People on site.</summary>
    private const int Workers = 5_000;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);
    private static int s_marks;
    private static int s_addresses;

    public static async Task<int> RunAsync()
    {
        using var stage = new BenchStage();
        try
        {
            await stage.InitializeAsync();
            var key = await stage.NewKeyAsync("hmac-1");
            await PassTestAsync(stage, key);
            await using var bare = await BareInserts.PrepareAsync(stage.Services.GetRequiredService<Database>());
            await using var kestrel = await BareKestrel.StartAsync();
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = stage.Address };

            foreach (var (records, workers, goal) in new[] { (100, 8, 0.28), (12, 8, 0.30), (1, 16, 0.7) })
            {
                Samples calibration = new(records == 1 ? "cal.row, 16 at once" : $"cal.unnest{records}, 8 at once", "rows/s"), ingest = new($"ingest, {records} a request", "records/s");
                Samples ratio = new("ratio", "of the calibration", "N2"), p99 = new("p99", "ms", "N1", leastIsBest: true);
                await MeasureAsync(workers, Requests(key, records, 20 * workers), request => SendAsync(http, request, records, key));
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    var rows = await bare.MeasureAsync(records, workers, Long);
                    var signed = Requests(key, records, records == 1 ? 12_000 : 60_000 / records);
                    var (rate, slow) = await MeasureAsync(workers, signed, request => SendAsync(http, request, records, key));
                    calibration.Add(rows);
                    ingest.Add(rate);
                    ratio.Add(rate / rows);
                    p99.Add(slow);
                }

                calibration.Print();
                ingest.Print();
                ratio.Print(FormattableString.Invariant($"goal {goal}"));
                p99.Print();
            }

            await RejectAsync(key, http, kestrel);
            return 0;
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    /// <summary>A case that waits for its test is told of each delivery of its key, one after the other; who has passed is no longer waited for.</summary>
    private static async Task PassTestAsync(BenchStage stage, TestKey key)
    {
        var (now, number) = (Now(), key.Client.Encrypt(TestMessages.Worker));
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(number), now, CancellationToken.None);
        await key.Client.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(number, now), now, CancellationToken.None);
        await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(number, now), now, CancellationToken.None);
        while (!(await stage.CaseAsync(key)).Timeline.Any(entry => entry is { ActivityId: "await-conformance", Event: "Completed" })) await Task.Delay(200);
    }

    private static async Task RejectAsync(TestKey key, HttpClient http, BareKestrel kestrel)
    {
        Samples calibration = new("cal.kestrel, 16 at once", "requests/s"), rejected = new("reject: wrong signature", "requests/s"), ratio = new("ratio", "of cal.kestrel", "N2");
        var forged = key.Client.Request(TestMessages.AttendanceAdd, Message(key, 12), Now(), signWith: new string('0', 32));
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var bare = await kestrel.MeasureAsync(Long);
            var (rate, _) = await MeasureAsync(16, Enumerable.Repeat(forged, 200_000).ToArray(), request => RefusedAsync(http, request));
            calibration.Add(bare);
            rejected.Add(rate);
            ratio.Add(rate / bare);
        }

        calibration.Print();
        rejected.Print("no transaction");
        ratio.Print("goal 0.5");
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8));

    private static SignedRequest[] Requests(TestKey key, int records, int count) =>
        [.. Enumerable.Range(0, count).AsParallel().Select(_ => key.Client.Request(TestMessages.AttendanceAdd, Message(key, records), Now()))];

    /// <summary>Punches that no message had before: each has a second of its own in the past.</summary>
    private static JsonObject Message(TestKey key, int records)
    {
        var now = Now();
        return new JsonObject
        {
            ["projectCode"] = "44030020220910001", ["teamSysNo"] = 1_200_000_001,
            ["dataList"] = new JsonArray([.. Enumerable.Range(0, records).Select(_ => Interlocked.Increment(ref s_marks)).Select(mark => (JsonNode)new JsonObject
            {
                ["idCardType"] = "01", ["idCardNumber"] = key.Client.Encrypt(Worker(mark % Workers)),
                ["date"] = now.AddSeconds(-60 - mark).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                ["direction"] = "01", ["attendType"] = "001",
            })]),
        };
    }

    /// <summary>The number of an invented person, with its check character (GB 11643).</summary>
    private static string Worker(int number)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"440306{1960 + number / 1_000}0307{number % 1_000:000}");
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return digits + "10X98765432"[digits.Select((digit, at) => (digit - '0') * weights[at]).Sum() % 11];
    }

    private static async Task<int> SendAsync(HttpClient http, SignedRequest signed, int records, TestKey key)
    {
        var answer = await PostAsync(http, signed, address: null);
        return answer.Contains("\"requestSerialCode\"", StringComparison.Ordinal) ? records : throw new InvalidOperationException($"{key}: {answer}");
    }

    private static async Task<int> RefusedAsync(HttpClient http, SignedRequest signed)
    {
        // A hundred requests an address: fewer than what an address may send unsigned in a minute.
        var answer = await PostAsync(http, signed, BenchStage.NewAddress(Interlocked.Increment(ref s_addresses) / 100));
        return answer.Contains("\"-2\"", StringComparison.Ordinal) ? 1 : throw new InvalidOperationException(answer);
    }

    private static async Task<string> PostAsync(HttpClient http, SignedRequest signed, string? address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(signed.Target, UriKind.Relative));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(signed.Body)) { Headers = { ContentType = new MediaTypeHeaderValue(signed.ContentType) } };
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (address is not null) request.Headers.TryAddWithoutValidation(BenchStage.Forwarded, address);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What is done a second, and the 99th percentile in milliseconds; ends early when the requests do.</summary>
    private static async Task<(double Rate, double Slow)> MeasureAsync(int workers, SignedRequest[] requests, Func<SignedRequest, Task<int>> send)
    {
        var (next, done) = (-1, 0L);
        var waits = new List<double>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            var mine = new List<double>();
            while (watch.Elapsed < Long && Interlocked.Increment(ref next) is var at && at < requests.Length)
            {
                var begun = watch.Elapsed;
                Interlocked.Add(ref done, await send(requests[at]));
                mine.Add((watch.Elapsed - begun).TotalMilliseconds);
            }

            lock (waits) waits.AddRange(mine);
        }));
        waits.Sort();
        return (done / watch.Elapsed.TotalSeconds, waits[(int)(waits.Count * 0.99)]);
    }

    /// <summary>What the database does with as many rows and no questions asked.</summary>
    private sealed class BareInserts(Database database) : IAsyncDisposable
    {
        private int _keys;

        public static async Task<BareInserts> PrepareAsync(Database database)
        {
            await using var command = database.Engine.CreateCommand("create table quartz.bench_rows(id uuid primary key, k bigint not null unique, worker bytea not null, at timestamptz not null, fields json not null)");
            await command.ExecuteNonQueryAsync();
            return new BareInserts(database);
        }

        public async Task<double> MeasureAsync(int records, int workers, TimeSpan during)
        {
            var done = 0L;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
            {
                while (watch.Elapsed < during)
                {
                    await InsertAsync(records);
                    Interlocked.Add(ref done, records);
                }
            }));
            return done / watch.Elapsed.TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            await using var command = database.Engine.CreateCommand("drop table quartz.bench_rows");
            await command.ExecuteNonQueryAsync();
        }

        private async Task InsertAsync(int records)
        {
            var range = Enumerable.Range(0, records).ToArray();
            await using var command = database.Engine.CreateCommand(
                "insert into quartz.bench_rows select * from unnest($1, $2, $3, $4, $5) on conflict do nothing");
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = range.Select(_ => Guid.CreateVersion7()).ToArray() });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = range.Select(_ => (long)Interlocked.Increment(ref _keys)).ToArray() });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = range.Select(_ => new byte[32]).ToArray() });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Value = range.Select(_ => DateTime.UnixEpoch).ToArray() });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json, Value = range.Select(_ => """{"projectCode":"44030020220910001","teamSysNo":1200000001,"idCardType":"01","date":"2022-09-13 07:58:21","direction":"01","attendType":"001"}""").ToArray() });
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The least that a signed endpoint does: HMAC over the raw body, compared in constant time, and the 12 records parsed.</summary>
    private sealed class BareKestrel(WebApplication app, HttpClient http) : IAsyncDisposable
    {
        private static readonly byte[] Secret = new byte[32];
        private static readonly byte[] Body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Enumerable.Range(0, 12).Select(_ => new
        {
            idCardType = "01", idCardNumber = "9ofurPnMOyNxEeSZTcsawmqr/tUmE1Rthd5qBIwOWLE=", date = "2022-09-13 07:58:21", direction = "01", attendType = "001", channel = "1",
        })));

        public static async Task<BareKestrel> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.MapPost("/", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var right = CryptographicOperations.FixedTimeEquals(
                    HMACSHA256.HashData(Secret, body.GetBuffer().AsSpan(0, (int)body.Length)), Convert.FromHexString(context.Request.Headers["X-Signature"].ToString()));
                using var parsed = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
                await context.Response.WriteAsync(right && parsed.RootElement.GetArrayLength() == 12 ? "0" : "-2");
            });
            await app.StartAsync();
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new BareKestrel(app, new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(address) });
        }

        public async Task<double> MeasureAsync(TimeSpan during)
        {
            var signature = Convert.ToHexString(HMACSHA256.HashData(Secret, Body));
            var done = 0L;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
            {
                while (watch.Elapsed < during)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(Body) };
                    request.Headers.TryAddWithoutValidation("X-Signature", signature);
                    using var response = await http.SendAsync(request);
                    if (await response.Content.ReadAsStringAsync() != "0") throw new InvalidOperationException("The bare endpoint refused a right request.");
                    Interlocked.Increment(ref done);
                }
            }));
            return done / watch.Elapsed.TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.DisposeAsync();
        }
    }
}
