using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>What one sender may take of the platform, so that others do not wait for it.</summary>
[Collection(IngestCollection.Name)]
public sealed class LimitTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_key_and_its_holder_have_so_many_requests_a_minute()
    {
        using var rates = Rates();
        var limits = new IngestLimits(1024, RequestsPerMinute: 2) { HolderRequestsPerMinute = 3 };

        Assert.Equal(["goes on", "goes on", "每个密钥每分钟最多 2 次"], await AskAsync(rates, limits, "a", "a", "a"));
        Assert.Equal(["goes on", "本企业所有密钥合计每分钟最多 3 次"], await AskAsync(rates, limits, "b", "b"));
        Assert.Equal(["goes on"], await AskAsync(rates, limits, "elsewhere/c"));
    }

    [Fact]
    public async Task A_key_and_its_holder_have_so_many_requests_at_once_and_a_few_more_wait()
    {
        using var rates = Rates();
        var limits = new IngestLimits(1024, RequestsPerMinute: 100) { RequestsAtOnce = 1, HolderRequestsAtOnce = 2 };

        var first = await rates.AcquireAsync(Key("a"), limits, None);
        var waiting = Enumerable.Range(0, 4).Select(_ => rates.AcquireAsync(Key("a"), limits, None).AsTask()).ToList();
        using (var refused = await rates.AcquireAsync(Key("a"), limits, None)) Assert.Contains("每个密钥同时最多处理 1 个请求", refused.Refusal, StringComparison.Ordinal);
        using (var other = await rates.AcquireAsync(Key("b"), limits, None)) Assert.Null(other.Refusal);
        Assert.DoesNotContain(waiting, permit => permit.IsCompleted);

        first.Dispose();
        foreach (var permit in waiting) (await permit).Dispose();
        Assert.All(waiting, permit => Assert.True(permit.IsCompletedSuccessfully));
    }

    /// <summary>Large bodies that trickle in fill the room for large bodies: who sends little goes past them, and they are given up.</summary>
    [Fact]
    public async Task Slow_senders_of_large_bodies_hold_up_nobody_who_sends_little_and_are_cut_off()
    {
        var key = await world.NewKeyAsync();
        var slow = new List<TcpClient>();
        try
        {
            // Told to go on: the host is reading it, so it holds its room. Four times eight of the thirty-two mebibytes that one address may hold.
            for (var sender = 0; sender < 4; sender++) slow.Add(await BeginAsync(8_000_000));
            var large = key.Client.PostAsync(Padded(key, 1_000_000), None);

            var small = await key.Client.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now), IngestWorld.Now, None);
            Assert.Equal("0", small.Code);
            Assert.False(large.IsCompleted);

            Assert.StartsWith("HTTP/1.1 408", await LineAsync(slow[0]), StringComparison.Ordinal);
            Assert.Equal("-1", (await large).Code);
        }
        finally
        {
            foreach (var sender in slow) sender.Dispose();
        }
    }

    [Theory]
    [InlineData("a million elements")]
    [InlineData("a hundred thousand deep")]
    [InlineData("four hundred thousand members")]
    public async Task A_signed_message_of_too_many_parts_is_refused_before_anything_is_made_of_it(string kind)
    {
        var key = await world.NewKeyAsync();
        var parameters = key.Client.Sign(TestMessages.AttendanceAdd, [], IngestWorld.Now);
        parameters["data"] = kind switch
        {
            "a million elements" => $$"""{"projectCode":"1","teamSysNo":1,"dataList":[{{string.Join(',', Enumerable.Repeat("0", 1_000_000))}}]}""",
            "a hundred thousand deep" => string.Concat(Enumerable.Repeat("""{"a":""", 100_000)),
            _ => $$"""{{{string.Join(',', Enumerable.Range(0, 400_000).Select(member => $"\"{member:x5}\":1"))}}}""",
        };
        parameters["sign"] = Profile().Sign(parameters, key.Secret);

        var answer = await key.Client.PostAsync(parameters, None);
        Assert.Equal("-1", answer.Code);
        Assert.Contains(kind.EndsWith("deep", StringComparison.Ordinal) ? "层" : "过大", answer.Message, StringComparison.Ordinal);
    }

    private KeyRates Rates() => new(world.Services.GetRequiredService<BusinessClock>());

    private SigningProfile Profile() => world.Services.GetRequiredService<ContentReleases>().Current.Standards[MessageGate.SpokenProfile].Signing;

    /// <param name="name">Of the key; with the holder before a slash where it is another one.</param>
    private static SigningCredential Key(string name) => new(
        name, name, "", CredentialStage.Test, name.Contains('/', StringComparison.Ordinal) ? name.Split('/')[0] : "holder", "440300", MessageGate.SpokenProfile, "", IngestWorld.Now, null);

    /// <summary>What each request is refused with, up to the number, or that it goes on.</summary>
    private static async Task<string[]> AskAsync(KeyRates rates, IngestLimits limits, params string[] keys)
    {
        var answers = new List<string>();
        foreach (var key in keys)
        {
            using var permit = await rates.AcquireAsync(Key(key), limits, None);
            answers.Add(permit.Refusal?["访问超过限制：".Length..].Split(" 次")[0] is { } said ? $"{said} 次" : "goes on");
        }

        return [.. answers];
    }

    private Dictionary<string, string> Padded(TestKey key, int bytes)
    {
        var parameters = key.Client.Sign(TestMessages.AttendanceAdd, [], IngestWorld.Now);
        parameters["data"] = new string(' ', bytes);
        parameters["sign"] = Profile().Sign(parameters, key.Secret);
        return parameters;
    }

    /// <summary>Announces a body, sends one byte of it when the host wants to read it, and no more.</summary>
    private async Task<TcpClient> BeginAsync(int announced)
    {
        var client = new TcpClient();
        await client.ConnectAsync(world.Address.Host, world.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {IngestAddresses.Gateway} HTTP/1.1\r\nHost: {world.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {announced}\r\nExpect: 100-continue\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 100", await LineAsync(client), StringComparison.Ordinal);
        await client.GetStream().WriteAsync("a"u8.ToArray());
        return client;
    }

    private static async Task<string> LineAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = new StringBuilder();
        var one = new byte[1];
        while (await client.GetStream().ReadAsync(one, limit.Token) == 1)
        {
            if (one[0] == '\n')
            {
                if (line.Length > 0) return line.ToString();
            }
            else if (one[0] != '\r')
            {
                line.Append((char)one[0]);
            }
        }

        return line.ToString();
    }
}
