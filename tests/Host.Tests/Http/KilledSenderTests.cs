using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>
/// A case asks another system, and the host that asks is killed with <c>kill -9</c>: while it sends, when the answer has come, when it is noted and the case has
/// not gone on; and when a short message was left for the gateway and that is not noted. The database is another process, as in an installation with several hosts.
/// </summary>
public sealed class KilledSenderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _server = new();
    private readonly TemporaryFolder _data = new();
    private readonly FlowFolder _content = new();
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EmbeddedPostgres _postgres = null!;
    private OtherSystem _register = null!;

    public async Task InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(
            new StorageOptions { PackageFolders = TestSettings.New.Storage.PackageFolders, DataFolder = _server.Path }, TimeProvider.System, NullLogger.Instance,
            CancellationToken.None);
        _register = await OtherSystem.StartAsync();
        _content.Write("workflows/forms/finding.json", """{ "title": "表单", "fields": [{ "name": "mark", "label": "标记", "type": "text" }] }""");
        _content.Write("templates/registered.subject", "登记 {{ case.number }}\n");
        _content.Write("templates/registered.html", "<p>{{ case.number }}</p>\n");
        _content.Write("templates/registered.txt", "{{ case.number }}\n");
        _content.Write("templates/registered.model.json", """{ "letter": "L99", "title": "登记", "model": { "case": { "number": "String" } }, "sample": { "case": { "number": "DJ-1" } } }""");
        _content.Write("workflows/registered.json", $$"""
            {
              "definitionId": "registered", "name": "登记", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
              "root": { "type": "Elsa.Flowchart", "id": "flow",
                "activities": [
                  { "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "DJ" },
                  { "id": "tell", "type": "Gov.SendNotice", "notice": "registered", "party": "applicant" },
                  { "id": "ask", "type": "Elsa.FlowSendHttpRequest", "url": "{{_register.Address}}v1/entries", "method": "POST", "content": "entry", "contentType": "text/plain" },
                  { "id": "check", "type": "Gov.HumanTask", "title": "核对登记", "party": "authority", "role": "officer", "form": "finding",
                    "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "办结" }] } } },
                  { "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }
                ],
                "connections": [
                  { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "tell", "port": "In" } },
                  { "source": { "activity": "tell", "port": "Done" }, "target": { "activity": "ask", "port": "In" } },
                  { "source": { "activity": "ask", "port": "Done" }, "target": { "activity": "check", "port": "In" } },
                  { "source": { "activity": "check", "port": "Done" }, "target": { "activity": "end", "port": "In" } }
                ] } }
            """);
    }

    public async Task DisposeAsync()
    {
        await _register.DisposeAsync();
        await _postgres.DisposeAsync();
        _server.Dispose();
        _data.Dispose();
        _content.Dispose();
    }

    [Fact]
    public async Task A_request_that_was_being_sent_is_sent_again_under_its_name_and_the_case_goes_on_once()
    {
        _register.Answer = async http =>
        {
            _arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        await using var first = await StartAsync();
        var number = await FileAsync(first);
        await _arrived.Task.WaitAsync(Patience);
        await first.KillAsync();

        await using var second = await GoesOnAsync(first, number);

        SentUnderOneName(times: 2);
    }

    [Fact]
    public async Task An_answer_that_came_and_was_not_noted_is_asked_for_again_under_the_same_name()
    {
        await using var hold = new NpgsqlConnection(_postgres.ConnectionString);
        _register.Answer = async http =>
        {
            // Nobody can note anything about the request until the lock is gone.
            await HoldAsync(hold, "select from http_requests for update");
            await http.Response.WriteAsync("first");
        };
        await using var first = await StartAsync();
        var number = await FileAsync(first);
        await SomebodyWaitsForAsync(hold);
        await first.KillAsync();
        await hold.CloseAsync();

        await using var second = await GoesOnAsync(first, number);

        SentUnderOneName(times: 2);
    }

    [Fact]
    public async Task A_short_message_that_was_left_and_not_noted_is_left_once_more_under_its_name_and_the_next_one_once()
    {
        var folder = Path.Combine(_data.Path, "messages");
        await using var hold = new NpgsqlConnection(_postgres.ConnectionString);
        _register.Answer = http => http.Response.WriteAsync("first");
        await using var first = await StartAsync();
        // That a message is sent can be noted when the lock is gone, and not before.
        await HoldAsync(hold, """
            create function wait_to_note() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(1); return new; end';
            create trigger wait_to_note before update on outbox for each row when (new.status = 'sent') execute function wait_to_note(); commit;
            select pg_advisory_lock(1)
            """);
        string[] numbers;
        using (var vendor = await first.SignInAsync("jia"))
        {
            using var choice = JsonContent.Create(new { email = (string?)null, mail = "Off", messages = "Each", account = "13800138000" });
            using var saved = await vendor.SendContentAsync("/api/delivery", choice, CancellationToken.None, method: HttpMethod.Put);
            Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
            numbers = [await FileAsync(vendor), await FileAsync(vendor)];
        }

        await SomebodyWaitsForAsync(hold);
        await first.KillAsync();
        var before = Assert.Single(Messages(folder));
        // The gateway takes it and sends it.
        Directory.Delete(folder, recursive: true);
        await hold.CloseAsync();

        await using var second = await StartAsync(first);
        await UntilAsync(() => IsSoAsync("select not exists (select from outbox where status = 'pending')"));

        var after = Messages(folder);
        Assert.Equal(2, after.Count);
        Assert.Contains(before, after);
        Assert.Equal(numbers.Order(StringComparer.Ordinal), after.Values.Select(text => numbers.Single(number => text.Contains(number, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Equal(2, after.Values.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>What lies there for the gateway, by the file's name.</summary>
    private static Dictionary<string, string> Messages(string folder) => Directory.GetFiles(folder, "*.json").ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);

    [Fact]
    public async Task An_answer_that_is_noted_is_not_asked_for_again_when_the_case_has_not_gone_on()
    {
        await using var hold = new NpgsqlConnection(_postgres.ConnectionString);
        _register.Answer = async http =>
        {
            // The answer can be noted; the case cannot be committed.
            await HoldAsync(hold, "select from instances for no key update");
            await http.Response.WriteAsync("first");
        };
        await using var first = await StartAsync();
        var number = await FileAsync(first);
        await UntilAsync(() => IsSoAsync("select exists (select from signals where name = 'http-response')"));
        await first.KillAsync();
        await hold.CloseAsync();

        await using var second = await GoesOnAsync(first, number);

        SentUnderOneName(times: 1);
    }

    private Task<RemoteHost> StartAsync(RemoteHost? known = null) => RemoteHost.StartAsync(_data.Path, known, new Dictionary<string, string>
    {
        ["ConnectionStrings__Default"] = _postgres.ConnectionString,
        ["Content__Root"] = _content.Path,
        [$"Http__Outgoing__{DemoPeople.Shenzhen}__0__Url"] = $"{_register.Address}v1/",
        [$"Http__Outgoing__{DemoPeople.Shenzhen}__0__Networks__0"] = "127.0.0.1/32",
        // What a dead host was sending is left to it for three times as long.
        ["Http__AttemptTimeout"] = "00:00:02",
    });

    private static async Task<string> FileAsync(RemoteHost host)
    {
        using var vendor = await host.SignInAsync("jia");
        return await FileAsync(vendor);
    }

    private static async Task<string> FileAsync(PlatformClient vendor) =>
        (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase("registered", DemoPeople.Shenzhen, []), CancellationToken.None)).Number;

    /// <summary>Starts the host again; the case has one task, and is decided by it once.</summary>
    private async Task<RemoteHost> GoesOnAsync(RemoteHost killed, string number)
    {
        _register.Answer = http => http.Response.WriteAsync("again");
        var host = await StartAsync(killed);
        using var officer = await host.SignInAsync("sz-officer");
        await UntilAsync(async () => (await Platform.CaseAsync(officer, number)).Tasks.Count > 0);
        using (var done = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "check"), "Done")) Assert.True(done.IsSuccessStatusCode);
        await host.AdvanceAsync(Platform.Start.AddDays(1));

        var view = await Platform.CaseAsync(officer, number);
        Assert.Equal("办结", view.Line.Outcome);
        Assert.Single(view.Tasks);
        Assert.Single(view.Timeline, entry => entry is { ActivityId: "ask", Event: "Completed" });
        Assert.Empty(view.Incidents);
        return host;
    }

    private void SentUnderOneName(int times)
    {
        Assert.Equal(times, _register.Requests.Count);
        Assert.Single(_register.Requests.Select(request => (request.Headers["Idempotency-Key"], request.Body)).Distinct());
    }

    private static async Task HoldAsync(NpgsqlConnection hold, string rows)
    {
        await hold.OpenAsync();
        await using var command = new NpgsqlCommand($"begin; {rows}", hold);
        await command.ExecuteNonQueryAsync();
    }

    private Task SomebodyWaitsForAsync(NpgsqlConnection hold) => UntilAsync(async () =>
        hold.State == System.Data.ConnectionState.Open
        && await IsSoAsync($"select exists (select from pg_stat_activity where {hold.ProcessID} = any (pg_blocking_pids(pid)))"));

    private async Task<bool> IsSoAsync(string question)
    {
        await using var watch = new NpgsqlConnection(_postgres.ConnectionString);
        await watch.OpenAsync();
        await using var command = new NpgsqlCommand(question, watch);
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await isSo()) await looks.WaitForNextTickAsync(patience.Token);
    }
}
