using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Tests.Standards;

public sealed class SigningProfileTests
{
    private const string Secret = "0123456789abcdef0123456789ABCDEF";

    private const string Data =
        "{\"projectCode\":\"44140320220910001\",\"teamSysNo\":1200000001,\"dataList\":[{\"idCardType\":\"01\",\"idCardNumber\":\"9ofurPnMOyNxEeSZTcsawmqr/tUmE1Rthd5qBIwOWLE=\",\"date\":\"2022-09-13 07:58:21\",\"direction\":\"01\"}]}";

    private static readonly IReadOnlyDictionary<string, MessageStandard> Standards = MessageStandards.Read(ShippedContent.Files).Standards!;

    private static readonly SigningProfile National = Standards["national-1.2.1"].Signing;

    private static Dictionary<string, string> NationalRequest() => new()
    {
        ["appid"] = "44140320220910001",
        ["data"] = Data,
        ["format"] = "json",
        ["method"] = "WorkerAttendance.Add",
        ["nonce"] = "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ["timestamp"] = "20220913080000",
        ["version"] = "1.0",
    };

    [Fact]
    public void The_national_profile_signs_the_whole_lower_cased_text_with_the_secret_at_its_end()
    {
        var request = NationalRequest();

        Assert.Equal(
            "appid=44140320220910001&data={\"projectcode\":\"44140320220910001\",\"teamsysno\":1200000001,\"datalist\":[{\"idcardtype\":\"01\",\"idcardnumber\":\"9ofurpnmoynxeesztcsawmqr/tume1rthd5qbiwowle=\",\"date\":\"2022-09-13 07:58:21\",\"direction\":\"01\"}]}&format=json&method=workerattendance.add&nonce=0a1b2c3d4e5f60718293a4b5c6d7e8f9&timestamp=20220913080000&version=1.0&appsecret=0123456789abcdef0123456789abcdef",
            National.StringToSign(request, Secret));
        Assert.Equal("af579d085ea577d0476197f6400c4f8a0df44a2e92402619a10f5afd935defbc", National.Sign(request, Secret));
    }

    [Theory]
    [InlineData("441403199001011233", "9ofurPnMOyNxEeSZTcsawmqr/tUmE1Rthd5qBIwOWLE=")]
    [InlineData("6222000000000000000", "ecV7/NfFn3VrrPtvTpSA0/TIP+oVtoaXqpgnXczAsd8=")]
    public void Personal_fields_are_encrypted_with_the_secret_as_key_and_its_first_half_as_vector(string plain, string cipher)
    {
        Assert.Equal(cipher, FieldCipher.Encrypt(plain, Secret));
        Assert.Equal(plain, FieldCipher.Decrypt(cipher, Secret));
        Assert.Null(FieldCipher.Decrypt(cipher, Secret.Replace('0', '9')));
        Assert.Null(FieldCipher.Decrypt(plain, Secret));
    }

    [Fact]
    public void The_meizhou_profile_puts_the_secret_at_both_ends_and_takes_upper_case_md5()
    {
        var profile = Standards["meizhou-1.2"].Signing;
        var request = new Dictionary<string, string>
        {
            ["api_key"] = "testkey", ["api_version"] = "1.0", ["timestamp"] = "2022-09-13 08:00:00", ["body"] = "{\"Project_ID\":\"44140320220910001\"}",
        };

        Assert.Equal("testsecretapi_keytestkeyapi_version1.0body{\"Project_ID\":\"44140320220910001\"}timestamp2022-09-13 08:00:00testsecret", profile.StringToSign(request, "testsecret"));
        Assert.Equal("124862EC7CB9F6B7BB9EA3037EA3C0A6", profile.Sign(request, "testsecret"));
    }

    [Fact]
    public void The_cwr_profile_signs_the_serial_of_the_client_between_body_and_timestamp()
    {
        var profile = Standards["cwr-1.0"].Signing;
        var request = new Dictionary<string, string>
        {
            ["api_key"] = "testkey", ["api_version"] = "1.0", ["timestamp"] = "2022-09-13 08:00:00", ["body"] = "{\"Project_ID\":\"44140320220910001\"}",
            ["client_serial"] = "PL00000000000000000000000000000000",
        };

        Assert.Equal("6596A67E6013B3223F156F626F02AF63", profile.Sign(request, "testsecret"));
        Assert.Contains("body{}client", profile.StringToSign(new Dictionary<string, string>(request) { ["body"] = "" }, "testsecret"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_platforms_own_profile_notices_a_changed_letter_case_and_the_national_one_cannot()
    {
        var own = Standards["hmac-1"].Signing;
        var request = new Dictionary<string, string>
        {
            ["$verb"] = "POST", ["$path"] = "/ingest/v1", ["X-Key-Id"] = "k1", ["X-Method"] = "WorkerAttendance.Add", ["X-Timestamp"] = "20220913080000",
            ["X-Nonce"] = "abcdef", ["$bodySha256"] = "00",
        };
        Assert.NotEqual(own.Sign(request, Secret), own.Sign(new Dictionary<string, string>(request) { ["X-Nonce"] = "ABCDEF" }, Secret));

        var shouted = NationalRequest();
        shouted["nonce"] = shouted["nonce"].ToUpperInvariant();
        Assert.Equal(National.Sign(NationalRequest(), Secret), National.Sign(shouted, Secret));
        Assert.Equal(National.NonceOf(NationalRequest()), National.NonceOf(shouted));
    }

    [Fact]
    public void A_change_of_any_parameter_that_is_more_than_letter_case_breaks_the_signature()
    {
        var request = NationalRequest();
        var sign = National.Sign(request, Secret);
        var change =
            from name in Gen.Elements(request.Keys.ToArray())
            from at in Gen.Choose(0, request[name].Length - 1)
            from character in Gen.Elements("0aZ&=\"{ 实".ToCharArray())
            select (name, at, character);

        Prop.ForAll(Arb.From(change), mutation =>
        {
            var (name, at, character) = mutation;
            var value = request[name];
            var changed = new Dictionary<string, string>(request) { [name] = value[..at] + character + value[(at + 1)..], ["sign"] = sign };
            var sameText = string.Equals(changed[name], value, StringComparison.OrdinalIgnoreCase);
            return National.Verify(changed, Secret) == sameText;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_window_is_six_minutes_either_way_in_beijing_time()
    {
        var sent = National.TimestampOf(NationalRequest())!.Value;
        Assert.Equal(new DateTimeOffset(2022, 9, 13, 0, 0, 0, TimeSpan.Zero), sent.ToUniversalTime());
        Assert.True(National.IsWithinWindow(sent, sent.AddMinutes(6)));
        Assert.True(National.IsWithinWindow(sent, sent.AddMinutes(-6)));
        Assert.False(National.IsWithinWindow(sent, sent.AddMinutes(6).AddSeconds(1)));
        Assert.False(National.IsWithinWindow(sent, sent.AddMinutes(-6).AddSeconds(-1)));
    }

    [Theory]
    [InlineData("appid", null, "缺少参数“appid”")]
    [InlineData("timestamp", "2022-09-13 08:00:00", "yyyyMMddHHmmss")]
    [InlineData("nonce", "12345", "6 到 64 位")]
    [InlineData("nonce", "abc&format=json", "nonce")]
    [InlineData("version", "1.1", "应为“1.0”")]
    [InlineData("method", "Team.Add&x=1", "method")]
    [InlineData("appsecret", "x", "不认识参数“appsecret”")]
    public void A_request_that_could_be_read_in_two_ways_is_refused_before_its_signature_is_looked_at(string name, string? value, string says)
    {
        var request = NationalRequest();
        request["sign"] = National.Sign(request, Secret);
        Assert.Null(National.FaultOf(request));

        if (value is null) request.Remove(name);
        else request[name] = value;
        Assert.Contains(says, National.FaultOf(request)!.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string> Profiles => new(Standards.Keys);

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_message_signed_in_any_profile_is_believed_as_sent_and_not_when_a_parameter_or_the_message_is_another(string id)
    {
        var profile = Standards[id].Signing;
        var signed = SignedRequest.Of(profile, "44030020221010000000001", "Team.Add", TestMessages.Parse("""{ "teamName": "砌筑一班" }"""), TestMessages.Now, "0a1b2c3d4e5f", Secret);

        Assert.Null(profile.FaultOf(signed.Parameters));
        Assert.True(profile.Verify(signed.Parameters, Secret));
        Assert.Equal(("Team.Add", "{\"teamName\":\"砌筑一班\"}"), (signed.Received.MethodOf(profile), signed.Received.DataOf(profile)));
        foreach (var name in signed.Parameters.Keys)
        {
            var changed = new Dictionary<string, string>(signed.Parameters) { [name] = signed.Parameters[name] + "0" };
            Assert.False(profile.Verify(changed, Secret), name);
        }
    }

    [Fact]
    public void An_interface_of_a_known_family_is_added_with_a_file_alone()
    {
        var files = new Dictionary<string, string>(ShippedContent.Files)
        {
            ["rules/standards/harbour-2.0/signing.json"] = ShippedContent.Files["rules/standards/meizhou-1.2/signing.json"]
                .Replace("\"meizhou-1.2\"", "\"harbour-2.0\"", StringComparison.Ordinal).Replace("api_key", "access_no", StringComparison.Ordinal)
                .Replace("\"md5\"", "\"sha256\"", StringComparison.Ordinal).Replace("\"upper\"", "\"lower\"", StringComparison.Ordinal),
        };

        var profile = MessageStandards.Read(files).Standards!["harbour-2.0"].Signing;
        var signed = SignedRequest.Of(profile, "k1", "Team.Add", [], TestMessages.Now, "", "testsecret");

        Assert.StartsWith("/ingest/harbour-2.0/Team.Add?", signed.Target, StringComparison.Ordinal);
        Assert.Contains("access_no=k1", signed.Target, StringComparison.Ordinal);
        Assert.Equal("testsecretaccess_nok1api_version1.0body{}timestamp2022-10-10 14:00:00testsecret", profile.StringToSign(signed.Parameters, "testsecret"));
        Assert.Equal(64, signed.Parameters["signature"].Length);
    }

    [Theory]
    [InlineData("signature", "24")]
    [InlineData("timestamp", "30")]
    [InlineData("api_version", "32")]
    [InlineData("api_key", "40")]
    public void The_cwr_profile_has_a_code_of_its_own_for_what_is_missing(string name, string code)
    {
        var profile = Standards["cwr-1.0"].Signing;
        var parameters = new Dictionary<string, string>(SignedRequest.Of(profile, "k1", "AddTeam", [], TestMessages.Now, "", "testsecret").Parameters);
        parameters.Remove(name);

        Assert.Equal(code, profile.FaultOf(parameters)!.Code);
    }
}
