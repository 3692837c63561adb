using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>The devices of a vendor with one test key: the same signed request goes to another host when one does not answer.</summary>
internal sealed class Devices : IDisposable
{
    private static readonly DateTimeOffset FirstAttendance = new(2022, 9, 30, 8, 0, 0, TimeSpan.FromHours(8));

    private readonly Dictionary<Uri, DeviceClient> _clients;

    public Devices(IEnumerable<RigHost> hosts, SigningProfile profile, string appid, string appsecret) =>
        _clients = hosts.ToDictionary(host => host.Address, host => new DeviceClient(host.Address, profile, appid, appsecret));

    /// <summary>The instant of an attendance record of this intent: no two have the same.</summary>
    public static string MarkOf(int intent) => FirstAttendance.AddSeconds(intent).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public Dictionary<string, string> Sign(string method, int intent)
    {
        var client = _clients.Values.First();
        var number = client.Encrypt(TestMessages.Worker);
        var message = method switch
        {
            TestMessages.WorkerAdd => TestMessages.WorkerAdded(number),
            TestMessages.EntryExitAdd => TestMessages.Entered(number, FirstAttendance),
            _ => TestMessages.Attended(number, FirstAttendance.AddSeconds(intent)),
        };
        return client.Sign(method, message, TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)));
    }

    public async Task<HostAnswer> PushAsync(Uri host, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var answer = await _clients[host].PostAsync(parameters, ct);
        // The profile's own codes: 0 is taken, the rest is in the body of an HTTP 200.
        return answer.Code == "0"
            ? new HostAnswer(200, new JsonObject { ["serial"] = answer.RequestSerialCode }.ToJsonString())
            : new HostAnswer(answer.HttpStatus is >= 500 or 429 ? answer.HttpStatus : 400, $"{answer.HttpStatus} {answer.Code} {answer.Message}");
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }
}
