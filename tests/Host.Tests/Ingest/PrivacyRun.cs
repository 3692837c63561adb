using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>
/// Many workers are told to a host, rightly and in the ways in which vendors get it wrong. Then everything that somebody could steal is searched for their numbers and pictures: tables (COPY),
/// files of the cluster with the write-ahead log, mails, pages.
/// </summary>
internal sealed class PrivacyRun(IngestStage stage)
{
    public static readonly DateTimeOffset Now = new(2022, 10, 10, 14, 0, 0, BusinessClock.Offset);

    /// <summary>What <see cref="SearchPagesAsync"/> looks at.</summary>
    public const int Pages = 10;

    private const int WorkersInAMessage = 5;
    private const int PunchesInAMessage = 20;
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Of an invented worker.</summary>
    /// <param name="Face">A PNG with random bytes behind its end.</param>
    public sealed record Person(string IdNumber, string Card, byte[] Face);

    public IReadOnlyList<Person> People { get; private set; } = [];

    public SecretSearch Search { get; } = new();

    public TestKey Key { get; private set; } = null!;

    /// <summary>Sends everybody.</summary>
    public async Task FillAsync(int people)
    {
        People = [.. Enumerable.Range(0, people).Select(NewPerson)];
        for (var index = 0; index < people; index++)
        {
            Search.Add($"ID number {index}", Encoding.ASCII.GetBytes(People[index].IdNumber));
            Search.Add($"card {index}", Encoding.ASCII.GetBytes(People[index].Card));
            Search.Add($"picture {index}", People[index].Face[^24..]);
        }

        Key = await stage.NewKeyAsync();
        await Parallel.ForEachAsync(People.Chunk(WorkersInAMessage), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (five, ct) => await SendAsync(TestMessages.WorkerAdd, Workers(five)));
        await Parallel.ForEachAsync(
            People.Chunk(PunchesInAMessage), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (twenty, ct) => await SendAsync(TestMessages.AttendanceAdd, Punches(twenty)));
        for (var index = 0; index < people; index += 10) await SendWrongAsync(People[index]);
        await stage.Services.GetRequiredService<BusinessTimeTravel>().AdvanceAsync(Now, None);
    }

    /// <summary>Every table that a role of the program may read, as <c>COPY</c> writes it. Returns what was found, the tables and the characters.</summary>
    public async Task<(List<string> Found, int Tables, long Characters)> SearchTablesAsync()
    {
        var (found, searched, characters) = (new List<string>(), new HashSet<string>(), 0L);
        var database = stage.Services.GetRequiredService<Database>();
        foreach (var source in new[] { database.Engine, database.App })
        {
            await using var connection = await source.OpenConnectionAsync();
            await using (var all = new NpgsqlCommand("select set_config('workflow.tenant', 'system', false)", connection)) await all.ExecuteNonQueryAsync();
            var tables = new List<string>();
            await using (var list = new NpgsqlCommand(
                """
                select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and has_table_privilege(c.oid, 'select')
                """, connection))
            await using (var reader = await list.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
            }

            foreach (var table in tables.Where(searched.Add))
            {
                using var copy = await connection.BeginTextExportAsync($"copy (select * from {table}) to stdout");
                // Line by line: a row is on one line.
                while (await copy.ReadLineAsync() is { } line)
                {
                    characters += line.Length;
                    found.AddRange(Search.In(line, table));
                }
            }
        }

        return (found, searched.Count, characters);
    }

    /// <summary>What officers and the vendor see and take away.</summary>
    public async Task<List<string>> SearchPagesAsync()
    {
        var found = new List<string>();
        foreach (var (person, paths) in new (PlatformClient, string[])[]
        {
            (await stage.SignInAsync("sz-leader"), [$"/keys/{Key.CredentialId}/records", $"/keys/{Key.CredentialId}/records?page=1", $"/keys/{Key.CredentialId}/attendance", $"/conformance/{Key.CredentialId}", "/statistics", $"/cases/{Key.CaseNumber}"]),
            (stage.Vendor, [$"/conformance/{Key.CredentialId}", $"/api/conformance/{Key.CredentialId}", $"/api/cases/{Key.CaseNumber}", "/notices"]),
        })
        {
            foreach (var path in paths)
            {
                using var answer = await person.ReadAsync(path, None);
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {answer.StatusCode}");

                found.AddRange(Search.In(await answer.Content.ReadAsStringAsync(), path));
            }
        }

        return found;
    }

    private async Task SendAsync(string method, JsonObject message)
    {
        var answer = await Key.Client.SendAsync(method, message, Now, None);
        var result = await Key.Client.ResultAsync(answer.RequestSerialCode ?? throw new InvalidOperationException($"{method}: {answer.Code} {answer.Message}"), Now, None);
        if (result.Status != 20) throw new InvalidOperationException($"{method}: {result.Data?["result"]}");
    }

    /// <summary>The number where it does not belong: in clear, in other fields, in a name, in a method, in a request that is not the key's, in rubbish.</summary>
    private async Task SendWrongAsync(Person person)
    {
        var number = person.IdNumber;
        var client = Key.Client;
        await client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(number), Now, None);
        await client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(client.Encrypt(number), workType: number), Now, None);
        await client.SendAsync(TestMessages.WorkerAdd, With(number, ("workerName", number), ("address", $"住址 {number}"), ("cellPhone", number)), Now, None);
        await client.SendAsync(TestMessages.WorkerAdd, With(number, ("cardNumber", number), ("Specialty", $"证号{number}，抹灰"), ("grantOrg", number)), Now, None);
        await client.SendAsync(TestMessages.WorkerAdd, With(number, ("payRollBankCardNumber", person.Card), ("headImage", number)), Now, None);
        await client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(client.Encrypt(number)), Now, None, signWith: number + number);
        await client.SendAsync(number, TestMessages.WorkerAdded(client.Encrypt(number)), Now, None);
        await client.ResultAsync(number, Now, None);
        await client.ResultAsync(person.Card, Now, None);
        var signed = client.Sign(TestMessages.WorkerAdd, TestMessages.WorkerAdded(number), Now);
        await client.PostAsync(new Dictionary<string, string>(signed) { ["appid"] = number }, None);
        await client.PostAsync(new Dictionary<string, string>(signed) { ["data"] = $$"""{"workerList":[{"idCardNumber":"{{number}}" """ }, None);

        JsonObject With(string of, params (string Field, string Value)[] others)
        {
            var message = TestMessages.WorkerAdded(client.Encrypt(of));
            foreach (var (field, value) in others) message["workerList"]![0]![field] = value;
            return message;
        }
    }

    private JsonObject Workers(Person[] people)
    {
        var message = TestMessages.WorkerAdded("");
        var list = (JsonArray)message["workerList"]!;
        var sample = (JsonObject)list[0]!;
        list.Clear();
        foreach (var person in people)
        {
            var worker = (JsonObject)sample.DeepClone();
            (worker["idCardNumber"], worker["payRollBankCardNumber"], worker["headImage"]) = (Key.Client.Encrypt(person.IdNumber), Key.Client.Encrypt(person.Card), Convert.ToBase64String(person.Face));
            list.Add(worker);
        }

        return message;
    }

    private JsonObject Punches(Person[] people)
    {
        var message = TestMessages.Attended("", Now.AddHours(-6), face: "");
        var list = (JsonArray)message["dataList"]!;
        var sample = (JsonObject)list[0]!;
        list.Clear();
        foreach (var person in people)
        {
            var punch = (JsonObject)sample.DeepClone();
            (punch["idCardNumber"], punch["image"]) = (Key.Client.Encrypt(person.IdNumber), Convert.ToBase64String(person.Face));
            list.Add(punch);
        }

        return message;
    }

    private static Person NewPerson(int index)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"440306{new DateOnly(1960, 1, 1).AddDays(index):yyyyMMdd}{index % 1000:D3}");
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var at = 0; at < weights.Length; at++) sum += (first[at] - '0') * weights[at];
        var card = string.Create(CultureInfo.InvariantCulture, $"622202{RandomNumberGenerator.GetInt32(1_000_000):D6}{index:D7}");
        return new Person(first + "10X98765432"[sum % 11], card, [.. Convert.FromBase64String(TestMessages.Picture), .. RandomNumberGenerator.GetBytes(24)]);
    }
}
