using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>A project that the key has told of.</summary>
internal sealed class Site(TestKey key)
{
    public const string Contractor = "91440300192359041F";
    public const string Labour = "91440300MA5DEMA16J";
    public const string Card = "6222000000000000000";
    public const string Stranger = "441403199001011233";

    private static readonly CancellationToken None = CancellationToken.None;
    private static int s_projects;

    private readonly string _ownNumber = $"P-{Interlocked.Increment(ref s_projects)}";

    public TestKey Key => key;

    public string ProjectCode { get; private set; } = "";

    public long TeamNumber { get; set; }

    public static async Task<Site> OpenAsync(TestKey key)
    {
        var site = new Site(key);
        await site.StoredAsync("Corp.Upload", Corp(Contractor));
        site.ProjectCode = await site.StoredAsync("Project.Add", site.Project(site._ownNumber));
        Assert.StartsWith("44030020221010", site.ProjectCode, StringComparison.Ordinal);
        return site;
    }

    public async Task<long> WithTeamAsync(string corp) => long.Parse(await StoredAsync("Team.Add", Team(corp, "木工一班")), CultureInfo.InvariantCulture);

    public JsonObject Project(string ownNumber, string permit = IngestStage.Permit) => new()
    {
        ["contractorCorpCode"] = Contractor, ["contractorCorpName"] = "丙建设有限公司", ["name"] = "滨海一期", ["category"] = "01",
        ["builderLicenses"] = new JsonArray(new JsonObject { ["prjName"] = "滨海一期", ["builderLicenseNum"] = key.Client.Encrypt(permit) }),
        ["areaCode"] = "440300", ["prjStatus"] = "003", ["thirdPartyProjectCode"] = ownNumber,
    };

    public JsonObject Status(string status) => new()
    {
        ["projectCode"] = ProjectCode, ["category"] = "01", ["prjStatus"] = status, ["thirdPartyProjectCode"] = _ownNumber,
    };

    /// <summary>Right messages about a project and a team that nobody told this key of.</summary>
    public IEnumerable<(string Method, JsonObject Message)> OfUntoldProject()
    {
        yield return (TestMessages.AttendanceAdd, TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now));
        yield return (TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)));
        yield return ("Team.Update", new JsonObject { ["teamSysNo"] = TestSite.Untold.Team, ["teamName"] = "木工二班" });
    }

    public static JsonObject Corp(string code) => new() { ["corpCode"] = code, ["corpName"] = "丙劳务有限公司", ["areaCode"] = "440300", ["registerDate"] = "2018-05-02" };

    public JsonObject Participant(string corp) => new() { ["projectCode"] = ProjectCode, ["corpCode"] = corp, ["corpName"] = "丙劳务有限公司", ["corpType"] = "006" };

    public JsonObject Team(string corp, string name) => new() { ["projectCode"] = ProjectCode, ["corpCode"] = corp, ["corpName"] = "丙劳务有限公司", ["teamName"] = name };

    /// <param name="kind">Of the participant: 009 is the general contractor, 007 the supervisor.</param>
    public JsonObject Managed(string corp, string kind, string manager)
    {
        var message = Participant(corp);
        (message["corpType"], message["pmName"], message["pmIDCardType"], message["pmIDCardNumber"]) = (kind, "李经理", "01", key.Client.Encrypt(manager));
        return message;
    }

    public JsonObject Worker(string corp, long team, string person = TestMessages.Worker, int workRole = 20)
    {
        var message = TestMessages.WorkerAdded(key.Client.Encrypt(person));
        message["workerList"]![0]!["workRole"] = workRole;
        (message["projectCode"], message["corpCode"], message["teamSysNo"]) = (ProjectCode, corp, team);
        message["workerList"]![0]!["payRollBankCardNumber"] = key.Client.Encrypt(Card[..18] + "1");
        return message;
    }

    public JsonObject Entry(string corp, long team, string date) => new()
    {
        ["projectCode"] = ProjectCode, ["corpCode"] = corp, ["corpName"] = "丙劳务有限公司", ["teamSysNo"] = team,
        ["workerList"] = new JsonArray(new JsonObject { ["idCardType"] = "01", ["idCardNumber"] = key.Client.Encrypt(TestMessages.Worker), ["date"] = date, ["type"] = 1 }),
    };

    public JsonObject Punches(long team, params string[] times) => PunchesOf(TestMessages.Worker, team, times);

    public JsonObject PunchesOf(string person, long team, params string[] times) => new()
    {
        ["projectCode"] = ProjectCode, ["teamSysNo"] = team,
        ["dataList"] = new JsonArray([.. times.Select(time => (JsonNode)new JsonObject
        {
            ["idCardType"] = "01", ["idCardNumber"] = key.Client.Encrypt(person), ["date"] = time, ["direction"] = "01", ["attendType"] = "001",
        })]),
    };

    public JsonObject Pay(string corp, long team, int days, string card) => new()
    {
        ["projectCode"] = ProjectCode, ["corpCode"] = corp, ["corpName"] = "丙建设有限公司", ["teamSysNo"] = team, ["payMonth"] = "2022-10",
        ["detailList"] = new JsonArray(new JsonObject
        {
            ["idCardType"] = "01", ["idCardNumber"] = key.Client.Encrypt(TestMessages.Worker), ["days"] = days,
            ["payRollBankCardNumber"] = key.Client.Encrypt(card), ["payRollBankCode"] = "102", ["payRollBankName"] = "工商银行深圳分行",
            ["payBankCardNumber"] = key.Client.Encrypt("4000020019200000000"), ["payBankCode"] = "102", ["payBankName"] = "工商银行深圳分行",
            ["totalPayAmount"] = 900, ["actualAmount"] = 900, ["isBackPay"] = 0, ["balanceDate"] = "2022-10-10", ["thirdPayRollCode"] = "S-1",
        }),
    };

    public async Task<DeviceAnswer> SendAsync(string method, JsonObject message)
    {
        var answer = await key.Client.SendAsync(method, message, IngestWorld.Now, None);
        Assert.Equal("0", answer.Code);
        return await key.Client.ResultAsync(answer.RequestSerialCode!, IngestWorld.Now, None);
    }

    /// <summary>What the platform says of the stored message: the number it gave.</summary>
    public async Task<string> StoredAsync(string method, JsonObject message)
    {
        var result = await SendAsync(method, message);
        Assert.True(result.Status == 20, $"{method}: {result.Code} {result.Message} {result.Data?["result"]}");
        return result.Data!["result"]!.GetValue<string>();
    }

    /// <summary>The rules that the message fails, sorted.</summary>
    public async Task<string[]> RulesAsync(string method, JsonObject message)
    {
        var result = await SendAsync(method, message);
        var findings = (JsonArray)result.Data!["findings"]!;
        Assert.True(findings.Count > 0, result.Data.ToJsonString());
        return [.. findings.Select(finding => finding!["rule"]!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }
}
