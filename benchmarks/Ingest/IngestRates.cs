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
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>
/// Attendance records over HTTP in our own profile, of several keys, sites and people: signed, decrypted, checked, held against the register and durable before the answer, with 100, 12 and 1
/// records a request, and requests whose signature is wrong. Beside each its calibration on the same server and machine in the same minute: a bare insert of as many rows with a unique key, one row a
/// transaction, and a bare Kestrel that checks an HMAC over 12 records and parses them. Clients and server share the processors in both. Last the time to an answer at 2,000 records a second,
/// sent at their instants whether the answer before is there or not, while cases are filed and decided.
/// </summary>
internal static class IngestRates
{
    private const int Repetitions = 5;

    /// <summary>Keys, each with a site of its own.</summary>
    private const int Sites = 4;

    /// <summary>People on a site.</summary>
    private const int Workers = 5_000;

    private const int SteadyRecords = 2_000, SteadyBatch = 12;

    /// <summary>For half a minute a third of the processors belongs to the compiler that makes hot code faster; who is at work for longer knows nothing of it.</summary>
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SteadyFor = TimeSpan.FromSeconds(20);
    private static int s_marks;
    private static int s_addresses;

    /// <param name="long">How long each sample is taken.</param>
    public static async Task<int> RunAsync(TimeSpan @long)
    {
        using var stage = new BenchStage();
        try
        {
            await stage.InitializeAsync();
            var sites = new Site[Sites];
            for (var number = 0; number < Sites; number++)
            {
                sites[number] = new Site(await stage.NewKeyAsync("hmac-1"), $"4403002022091000{number + 1}");
                await PassTestAsync(stage, sites[number].Key);
            }

            var database = stage.Services.GetRequiredService<Database>();
            await using var bare = await BareInserts.PrepareAsync(database);
            await using var kestrel = await BareKestrel.StartAsync();
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = stage.Address };

            await MeasureAsync(8, Requests(sites, 12, (int)(400 * FirstWarmUp.TotalSeconds)), FirstWarmUp, request => SendAsync(http, request, 12));
            foreach (var (records, workers, goal) in new[] { (100, 8, 0.28), (12, 8, 0.30), (1, 16, 0.7) })
            {
                Samples calibration = new(records == 1 ? "cal.row, 16 at once" : $"cal.unnest{records}, 8 at once", "rows/s"), ingest = new($"ingest, {records} a request", "records/s");
                Samples ratio = new("ratio", "of the calibration", "N2"), ours = new("processor time here, clients' too", "µs/record", "N0", leastIsBest: true), servers = new("processor time of the database", "µs/record", "N0", leastIsBest: true), p99 = new("p99", "ms", "N1", leastIsBest: true);
                await MeasureAsync(workers, Requests(sites, records, (int)((records == 1 ? 3_000 : 15_000 / records) * WarmUp.TotalSeconds)), WarmUp, request => SendAsync(http, request, records));
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    var rows = await bare.MeasureAsync(records, workers, @long);
                    var signed = Requests(sites, records, (int)((records == 1 ? 3_000 : 15_000 / records) * @long.TotalSeconds));
                    var (spent, spentThere) = (Samples.Cpu, await ServerCpuAsync(database));
                    var (rate, slow) = await MeasureAsync(workers, signed, @long, request => SendAsync(http, request, records));
                    calibration.Add(rows);
                    ingest.Add(rate);
                    ratio.Add(rate / rows);
                    p99.Add(slow);
                    ours.Add(Samples.CpuSince(spent).TotalMicroseconds / (rate * @long.TotalSeconds));
                    servers.Add((await ServerCpuAsync(database) - spentThere).TotalMicroseconds / (rate * @long.TotalSeconds));
                }

                calibration.Print();
                ingest.Print();
                ratio.Print(FormattableString.Invariant($"goal {goal}"));
                p99.Print();
                ours.Print();
                servers.Print();
            }

            await RejectAsync(sites[0], http, kestrel, @long);
            await SteadyAsync(stage, sites, http);
            return 0;
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    /// <summary>A case that waits for its test is told of what its key sends; who has passed is no longer waited for.</summary>
    internal static async Task PassTestAsync(BenchStage stage, TestKey key)
    {
        var (now, number) = (Now(), key.Client.Encrypt(TestMessages.Worker));
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(number), now, CancellationToken.None);
        await key.Client.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(number, now), now, CancellationToken.None);
        await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(number, now), now, CancellationToken.None);
        await stage.Services.GetRequiredService<Sweeper>().DrainAsync(CancellationToken.None);
        if (!(await stage.CaseAsync(key)).Timeline.Any(entry => entry is { ActivityId: "await-conformance", Event: "Completed" }))
        {
            throw new InvalidOperationException($"{key} has not passed its test: the case would be told of every request that is measured.");
        }
    }

    /// <summary>P9. A request's time runs from when it was due.</summary>
    private static async Task SteadyAsync(BenchStage stage, Site[] sites, HttpClient http)
    {
        var signed = Requests(sites, SteadyBatch, (int)(SteadyFor.TotalSeconds * SteadyRecords / SteadyBatch));
        var waits = new double[signed.Length];
        var cases = 0;
        using var enough = new CancellationTokenSource();
        var office = Task.Run(async () =>
        {
            for (; !enough.IsCancellationRequested; cases++) await stage.NewKeyAsync("hmac-1");
        });
        var watch = Stopwatch.StartNew();
        var under = new List<Task>();
        using (var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(5)))
        {
            for (var next = 0; next < signed.Length; await beat.WaitForNextTickAsync())
            {
                for (; next < signed.Length && DueOf(next) <= watch.Elapsed.TotalMilliseconds; next++)
                {
                    var at = next;
                    under.Add(Task.Run(async () =>
                    {
                        await SendAsync(http, signed[at], SteadyBatch);
                        waits[at] = watch.Elapsed.TotalMilliseconds - DueOf(at);
                    }));
                }
            }
        }

        await Task.WhenAll(under);
        var took = watch.Elapsed.TotalSeconds;
        await enough.CancelAsync();
        await office;
        Array.Sort(waits);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{SteadyRecords} records/s due, {SteadyBatch} a request: {signed.Length * SteadyBatch / took:N0}/s answered, p50 {waits[waits.Length / 2]:N1} ms, p99 {waits[(int)(waits.Length * 0.99)]:N1} ms (goal 150), longest {waits[^1]:N1} ms; {cases / took:N1} cases/s filed and approved meanwhile"));

        static double DueOf(int number) => number * 1_000.0 * SteadyBatch / SteadyRecords;
    }

    private static async Task RejectAsync(Site site, HttpClient http, BareKestrel kestrel, TimeSpan @long)
    {
        Samples calibration = new("cal.kestrel, 16 at once", "requests/s"), rejected = new("reject: wrong signature", "requests/s"), ratio = new("ratio", "of cal.kestrel", "N2");
        var forged = site.Key.Client.Request(TestMessages.AttendanceAdd, Message(site, 12), Now(), signWith: new string('0', 32));
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var bare = await kestrel.MeasureAsync(@long);
            var (rate, _) = await MeasureAsync(16, Enumerable.Repeat(forged, 200_000).ToArray(), @long, request => RefusedAsync(http, request));
            calibration.Add(bare);
            rejected.Add(rate);
            ratio.Add(rate / bare);
        }

        calibration.Print();
        rejected.Print("no transaction");
        ratio.Print("goal 0.5");
    }

    internal sealed record Site(TestKey Key, string Project);

    /// <summary>Processor time of the server's processes that are there now, its background ones too.</summary>
    private static async Task<TimeSpan> ServerCpuAsync(Database database)
    {
        await using var command = database.Engine.CreateCommand("select pid from pg_stat_activity");
        await using var reader = await command.ExecuteReaderAsync();
        var sum = TimeSpan.Zero;
        while (await reader.ReadAsync())
        {
            try
            {
                using var process = Process.GetProcessById(reader.GetInt32(0));
                sum += process.TotalProcessorTime;
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It ended between the list and the look.
            }
        }

        return sum;
    }

    internal static DateTimeOffset Now() => TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8));

    private static SignedRequest[] Requests(Site[] sites, int records, int count) =>
        [.. Enumerable.Range(0, count).AsParallel().AsOrdered().Select(number => sites[number % sites.Length]).Select(site => site.Key.Client.Request(TestMessages.AttendanceAdd, Message(site, records), Now()))];

    /// <summary>Punches that no message had before: each has a second of its own in the past.</summary>
    internal static JsonObject Message(Site site, int records)
    {
        var now = Now();
        return new JsonObject
        {
            ["projectCode"] = site.Project, ["teamSysNo"] = 1_200_000_001,
            ["dataList"] = new JsonArray([.. Enumerable.Range(0, records).Select(_ => Interlocked.Increment(ref s_marks)).Select(mark => (JsonNode)new JsonObject
            {
                ["idCardType"] = "01", ["idCardNumber"] = site.Key.Client.Encrypt(Worker(mark % Workers)),
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

    private static async Task<int> SendAsync(HttpClient http, SignedRequest signed, int records)
    {
        var answer = await PostAsync(http, signed, address: null);
        return answer.Contains("\"requestSerialCode\"", StringComparison.Ordinal) ? records : throw new InvalidOperationException(answer);
    }

    private static async Task<int> RefusedAsync(HttpClient http, SignedRequest signed)
    {
        // A hundred requests an address: fewer than what an address may send unsigned in a minute.
        var answer = await PostAsync(http, signed, BenchStage.NewAddress(Interlocked.Increment(ref s_addresses) / 100));
        return answer.Contains("\"-2\"", StringComparison.Ordinal) ? 1 : throw new InvalidOperationException(answer);
    }

    internal static async Task<string> PostAsync(HttpClient http, SignedRequest signed, string? address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(signed.Target, UriKind.Relative));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(signed.Body)) { Headers = { ContentType = new MediaTypeHeaderValue(signed.ContentType) } };
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (address is not null) request.Headers.TryAddWithoutValidation(BenchStage.Forwarded, address);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What is done a second, and the 99th percentile in milliseconds; ends early when the requests do.</summary>
    private static async Task<(double Rate, double Slow)> MeasureAsync(int workers, SignedRequest[] requests, TimeSpan @long, Func<SignedRequest, Task<int>> send)
    {
        var (next, done) = (-1, 0L);
        var waits = new List<double>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            var mine = new List<double>();
            while (watch.Elapsed < @long && Interlocked.Increment(ref next) is var at && at < requests.Length)
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
