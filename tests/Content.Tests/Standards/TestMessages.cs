using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Tests.Standards;

/// <summary>Right messages of an invented site, to be made wrong one field at a time; and the checker of the shipped content.</summary>
internal static class TestMessages
{
    public const string Secret = "0123456789abcdef0123456789abcdef";
    public const string Worker = "441403199001011233";

    /// <summary>One pixel.</summary>
    public const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static readonly DateTimeOffset Now = new(2022, 10, 10, 14, 0, 0, TimeSpan.FromHours(8));

    private static readonly Lazy<MessageChecker> Shared = new(NewChecker);

    public static MessageChecker NewChecker() => new(
        ShippedContent.Set.Standards["national-1.2.1"], ShippedContent.Set.Regions, ShippedContent.Set.RuleSets[MessageChecker.ConformanceRules]);

    public static string Encrypt(string plain) => FieldCipher.Encrypt(plain, Secret);

    public static MessageReport Check(string method, string data, DateTimeOffset? now = null) => Check(Shared.Value, method, data, now);

    public static MessageReport Check(MessageChecker checker, string method, string data, DateTimeOffset? now = null) => checker.Check(method, data, Context(now));

    public static CheckContext Context(DateTimeOffset? now = null) => new()
    {
        BusinessNow = now ?? Now, AuthorityArea = "440300", Stage = "Test", Decrypt = cipher => FieldCipher.Decrypt(cipher, Secret),
    };

    public static MessageReport Check(string method, JsonObject data, DateTimeOffset? now = null) => Check(method, data.ToJsonString(), now);

    public static JsonObject WorkerAdd(Action<JsonObject>? change = null)
    {
        var worker = Parse($$"""
            { "workerName": "张三", "isTeamLeader": 0, "idCardType": "01", "idCardNumber": "{{Encrypt(Worker)}}", "workType": "010", "workRole": 20,
              "nation": "汉", "address": "深圳市南山区某路1号", "headImage": "{{Picture}}", "politicsType": "13", "cellPhone": "13800138000",
              "cultureLevelType": "02", "grantOrg": "深圳市公安局" }
            """);
        var message = Parse("""
            { "projectCode": "44030020220910001", "corpCode": "91440300192359041F", "corpName": "丙建设有限公司", "teamSysNo": 1200000001, "teamName": "砌筑一班" }
            """);
        change?.Invoke(worker);
        message["workerList"] = new JsonArray(worker);
        return message;
    }

    public static JsonObject AttendanceAdd(Action<JsonObject>? change = null)
    {
        var record = Parse($$"""
            { "idCardType": "01", "idCardNumber": "{{Encrypt(Worker)}}", "date": "2022-10-10 07:58:21", "direction": "01", "attendType": "001", "lng": 114.05, "lat": 22.55 }
            """);
        change?.Invoke(record);
        return new JsonObject { ["projectCode"] = "44030020220910001", ["teamSysNo"] = 1200000001, ["dataList"] = new JsonArray(record) };
    }

    public static JsonObject Parse(string json) => JsonSerializer.Deserialize<JsonObject>(json)!;
}
