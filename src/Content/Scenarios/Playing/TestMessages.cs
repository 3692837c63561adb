using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Messages of an invented building site with invented people; their numbers have right check digits.</summary>
public static class TestMessages
{
    public const string WorkerAdd = "ProjectWorker.Add";
    public const string EntryExitAdd = "WorkerEntryExit.Add";
    public const string AttendanceAdd = "WorkerAttendance.Add";
    public const string CorpUpload = "Corp.Upload";
    public const string ProjectAdd = "Project.Add";
    public const string TeamAdd = "Team.Add";

    public const string Worker = "440306199003070010";

    /// <summary>The same number with a check digit that does not fit.</summary>
    public const string WorkerMistyped = "440306199003070011";

    private const string Contractor = "91440300MA5DEMA16J";
    private const string ContractorName = "丙建设有限公司";
    private const string TeamName = "砌筑一班";

    /// <summary>A picture of 60 KB, where the standard allows 50.</summary>
    public static readonly string LargePicture = Convert.ToBase64String([.. Convert.FromBase64String(Picture), .. new byte[60 * 1024]]);

    /// <summary>The smallest PNG there is: one pixel.</summary>
    public const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>The contractor, of whom a project is told first.</summary>
    public static JsonObject Contracting(string areaCode) => new()
    {
        ["corpCode"] = Contractor, ["corpName"] = ContractorName, ["areaCode"] = areaCode, ["registerDate"] = "2018-05-02",
    };

    public static JsonObject Project(string areaCode, string permit, string encryptedPermit) => new()
    {
        ["contractorCorpCode"] = Contractor, ["contractorCorpName"] = ContractorName, ["name"] = "滨海一期", ["category"] = "01",
        ["builderLicenses"] = new JsonArray(new JsonObject { ["prjName"] = "滨海一期", ["builderLicenseNum"] = encryptedPermit }),
        ["areaCode"] = areaCode, ["prjStatus"] = "003", ["thirdPartyProjectCode"] = permit,
    };

    public static JsonObject Team(string projectCode) => new()
    {
        ["projectCode"] = projectCode, ["corpCode"] = Contractor, ["corpName"] = ContractorName, ["teamName"] = TeamName,
    };

    /// <param name="face">Base64 of the picture of the face.</param>
    public static JsonObject WorkerAdded(string encryptedNumber, string workType = "010", string face = Picture, TestSite? site = null) => At(site, new JsonObject
    {
        ["teamName"] = TeamName,
        ["workerList"] = new JsonArray(new JsonObject
        {
            ["workerName"] = "张三",
            ["isTeamLeader"] = 0,
            ["idCardType"] = "01",
            ["idCardNumber"] = encryptedNumber,
            ["workType"] = workType,
            ["workRole"] = 20,
            ["nation"] = "汉",
            ["address"] = "广东省深圳市宝安区某路 1 号",
            ["headImage"] = Picture,
            ["politicsType"] = "13",
            ["cellPhone"] = "13800138000",
            ["cultureLevelType"] = "02",
            ["grantOrg"] = "深圳市公安局宝安分局",
        }),
    });

    public static JsonObject Entered(string encryptedNumber, DateTimeOffset at, TestSite? site = null) => At(site, new JsonObject
    {
        ["workerList"] = new JsonArray(new JsonObject
        {
            ["idCardType"] = "01",
            ["idCardNumber"] = encryptedNumber,
            ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["type"] = 1,
        }),
    });

    /// <param name="withDirection">False leaves out a field that the standard wants.</param>
    /// <param name="face">Base64 of the picture taken at the gate; null: none was taken.</param>
    public static JsonObject Attended(string encryptedNumber, DateTimeOffset at, bool withDirection = true, string? face = null, TestSite? site = null)
    {
        var record = new JsonObject
        {
            ["idCardType"] = "01",
            ["idCardNumber"] = encryptedNumber,
            ["date"] = at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["attendType"] = "001",
        };
        if (withDirection) record["direction"] = "01";
        if (face is not null) record["image"] = face;
        site ??= TestSite.Untold;
        return new JsonObject { ["projectCode"] = site.ProjectCode, ["teamSysNo"] = site.Team, ["dataList"] = new JsonArray(record) };
    }

    private static JsonObject At(TestSite? site, JsonObject rest)
    {
        site ??= TestSite.Untold;
        var message = new JsonObject
        {
            ["projectCode"] = site.ProjectCode,
            ["corpCode"] = Contractor,
            ["corpName"] = ContractorName,
            ["teamSysNo"] = site.Team,
        };
        foreach (var (name, value) in rest.ToList())
        {
            rest.Remove(name);
            message[name] = value;
        }

        return message;
    }
}

/// <summary>Where the people of the messages work, by the platform's numbers.</summary>
public sealed record TestSite(string ProjectCode, long Team)
{
    /// <summary>A project that nobody has told the platform of: test keys may try single messages.</summary>
    public static TestSite Untold { get; } = new("44030620220910001", 1_200_000_001);
}
