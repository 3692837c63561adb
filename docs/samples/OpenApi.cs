// 实名制数据接口样例：.NET 10（dotnet run OpenApi.cs；放进 .NET 8 及以上的控制台项目也可以，须去掉 #:property 一行），只用自带类库。
//
//     OPENAPI_SECRET=（领取的密钥） dotnet run OpenApi.cs
//
// 依次上传企业、项目、班组、工人、进场、考勤，查询每一次的处理结果，打印检查发现的问题。
// 密钥只从环境变量读取：不要写进源代码，不要放进版本库，不要打印。
#:property PublishAot=false
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

const string Gateway = "{{gateway}}";
const string KeyId = "{{keyId}}";
const string Profile = "{{profile}}"; // 与密钥页面的“签名方式”一致：national-1.2.1 或 hmac-1
var secret = Environment.GetEnvironmentVariable("OPENAPI_SECRET") ?? "";
if (secret.Length != 32) throw new InvalidOperationException("请先设置环境变量 OPENAPI_SECRET（32 位，在平台“密钥”页面领取）。");

var asWritten = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
Console.OutputEncoding = Encoding.UTF8;

// 以下单位和人员都是虚构的，联调时请换成自己的测试数据。
const string Corp = "91440300MA5DEMA16J";
const string Name = "丙建设有限公司";
var worker = Encrypt("441403199001011233");
var today = Now().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
await UploadAsync("Corp.Upload", new JsonObject { ["corpCode"] = Corp, ["corpName"] = Name, ["areaCode"] = "440300", ["registerDate"] = "2018-05-02" });
var project = await UploadAsync("Project.Add", new JsonObject
{
    ["contractorCorpCode"] = Corp, ["contractorCorpName"] = Name, ["name"] = "滨海一期", ["category"] = "01",
    ["builderLicenses"] = new JsonArray(new JsonObject { ["prjName"] = "滨海一期", ["builderLicenseNum"] = Encrypt("440300202209150101") }),
    ["areaCode"] = "440300", ["prjStatus"] = "003", ["thirdPartyProjectCode"] = $"YL-{RandomNumberGenerator.GetHexString(12)}",
});
var team = long.Parse(
    await UploadAsync("Team.Add", new JsonObject { ["projectCode"] = project, ["corpCode"] = Corp, ["corpName"] = Name, ["teamName"] = $"砌筑班 {RandomNumberGenerator.GetHexString(6)}" }),
    CultureInfo.InvariantCulture);
await UploadAsync("ProjectWorker.Add", new JsonObject
{
    ["projectCode"] = project, ["corpCode"] = Corp, ["corpName"] = Name, ["teamSysNo"] = team, ["teamName"] = "砌筑班",
    ["workerList"] = new JsonArray(new JsonObject
    {
        ["workerName"] = "张三", ["isTeamLeader"] = 0, ["idCardType"] = "01", ["idCardNumber"] = worker, ["workType"] = "010", ["workRole"] = 20, ["nation"] = "汉",
        ["address"] = "深圳市南山区某路1号", ["politicsType"] = "13", ["cellPhone"] = "13800138000", ["cultureLevelType"] = "02", ["grantOrg"] = "深圳市公安局",
        ["headImage"] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    }),
});
await UploadAsync("WorkerEntryExit.Add", new JsonObject
{
    ["projectCode"] = project, ["corpCode"] = Corp, ["corpName"] = Name, ["teamSysNo"] = team,
    ["workerList"] = new JsonArray(new JsonObject { ["idCardType"] = "01", ["idCardNumber"] = worker, ["date"] = today, ["type"] = 1 }),
});
// 先故意漏掉 direction，看看检查结果怎样说；再发送正确的。正式程序里请删去这一行。
await UploadAsync("WorkerAttendance.Add", Attendance(Punch()));
var punch = Punch();
punch["direction"] = "01";
await UploadAsync("WorkerAttendance.Add", Attendance(punch));

JsonObject Punch() => new()
{
    ["idCardType"] = "01", ["idCardNumber"] = worker, ["date"] = Now().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), ["attendType"] = "001",
};

JsonObject Attendance(JsonObject record) => new() { ["projectCode"] = project, ["teamSysNo"] = team, ["dataList"] = new JsonArray(record) };

// 北京时间。OPENAPI_TIME（yyyyMMddHHmmss）只用于对着模拟时钟的平台演练。
DateTime Now() => Environment.GetEnvironmentVariable("OPENAPI_TIME") is { Length: 14 } given
    ? DateTime.ParseExact(given, "yyyyMMddHHmmss", CultureInfo.InvariantCulture)
    : DateTime.UtcNow.AddHours(8);

// ---- 签名 ----

// 全国平台 OpenAPI：参数按名称排序，拼上 appsecret，整体（连同密钥）转小写，再取 SHA-256。
HttpRequestMessage National(string method, string data)
{
    var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["appid"] = KeyId, ["data"] = data, ["format"] = "json", ["method"] = method, ["nonce"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        ["timestamp"] = Now().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), ["version"] = "1.0",
    };
    var text = string.Join('&', parameters.Select(parameter => $"{parameter.Key}={parameter.Value}")) + "&appsecret=" + secret;
    parameters["sign"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToLowerInvariant()))).ToLowerInvariant();
    return new HttpRequestMessage(HttpMethod.Post, Gateway) { Content = new FormUrlEncodedContent(parameters) };
}

// 本平台接口：正文就是报文，签名和其余参数在请求头；每项一行，区分大小写，取 HMAC-SHA256。
HttpRequestMessage Hmac1(string method, string data)
{
    var body = Encoding.UTF8.GetBytes(data);
    var timestamp = Now().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
    var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
    string[] lines = ["WFE1", "POST", new Uri(Gateway).AbsolutePath, KeyId, method, timestamp, nonce, Convert.ToHexString(SHA256.HashData(body)).ToLowerInvariant()];
    var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    return new HttpRequestMessage(HttpMethod.Post, Gateway)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        Headers = { { "X-Key-Id", KeyId }, { "X-Method", method }, { "X-Timestamp", timestamp }, { "X-Nonce", nonce }, { "X-Signature", Convert.ToHexString(signature).ToLowerInvariant() } },
    };
}

// 个人信息加密：AES-256-CBC，PKCS7 填充，密钥为 appsecret，IV 为其前 16 位，Base64。
string Encrypt(string plain)
{
    using var aes = Aes.Create();
    aes.Key = Encoding.UTF8.GetBytes(secret);
    return Convert.ToBase64String(aes.EncryptCbc(Encoding.UTF8.GetBytes(plain), Encoding.UTF8.GetBytes(secret[..16])));
}

// ---- 发送、查询结果 ----

async Task<JsonObject> SendAsync(string method, JsonObject message)
{
    // 签名和发送用同一段文字：签名之后不要再重新排版。
    var data = message.ToJsonString(asWritten);
    using var request = Profile == "hmac-1" ? Hmac1(method, data) : National(method, data);
    using var response = await http.SendAsync(request);
    var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    if ((string?)answer["code"] != "0") throw new InvalidOperationException($"{method} 被拒绝：{answer["code"]} {answer["message"]}");
    return answer["data"]!.AsObject();
}

// 上传并等到处理结束；返回平台给出的编号（项目编码、班组编号），没有编号的返回说明。
async Task<string> UploadAsync(string method, JsonObject message)
{
    var serial = (string)(await SendAsync(method, message))["requestSerialCode"]!;
    var result = await SendAsync("AsyncHandleResult.Query", new JsonObject { ["requestSerialCode"] = serial });
    while ((int)result["status"]! == 0)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        result = await SendAsync("AsyncHandleResult.Query", new JsonObject { ["requestSerialCode"] = serial });
    }

    Console.WriteLine($"{method}：{((int)result["status"]! == 20 ? "成功" : "未通过")}");
    foreach (var finding in result["findings"]!.AsArray())
    {
        Console.WriteLine($"  [{finding!["level"]}] {finding["path"]} {finding["rule"]} {finding["message"]}");
        Console.WriteLine($"    应改为：{finding["advice"]}（{finding["basis"]}）");
    }

    return (string)result["result"]!;
}
