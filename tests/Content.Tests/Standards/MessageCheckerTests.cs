using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Content.Standards;
using static WorkflowEngine.Content.Tests.Standards.TestMessages;

namespace WorkflowEngine.Content.Tests.Standards;

public sealed partial class MessageCheckerTests
{
    [Fact]
    public void A_right_message_is_accepted_and_its_personal_fields_are_set_apart()
    {
        var report = Check("ProjectWorker.Add", WorkerAdd());

        Assert.Empty(report.Findings);
        Assert.True(report.IsAccepted);
        var record = Assert.Single(report.Records);
        Assert.Equal(Worker, record.Identity);
        Assert.Equal(Worker, record.Sealed["idCardNumber"]);
        Assert.Equal("张三", record.Sealed["workerName"]);
        Assert.Equal("44030020220910001", record.Values["projectCode"]!.GetValue<string>());
        Assert.DoesNotMatch(IdNumber(), record.Values.ToJsonString());
        Assert.DoesNotContain("张三", record.Values.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("441403199001011233")]
    [InlineData("证号441403199001011233，抹灰")]
    public void A_persons_number_in_a_field_that_is_not_for_it_is_set_apart_as_well_and_so_are_pictures(string text)
    {
        var record = Assert.Single(Check("ProjectWorker.Add", WorkerAdd(worker => worker["Specialty"] = text)).Records);

        Assert.Equal(text, record.Sealed["Specialty"]);
        Assert.Contains("441***", record.Values["Specialty"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotMatch(IdNumber(), record.Values.ToJsonString());
        Assert.Equal(Picture, record.Images["headImage"]);
        Assert.DoesNotContain(Picture, record.Values.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("施工许可证440300202209100101")]
    [InlineData("9441403199001011233")]
    public void A_number_that_is_nobodys_stays_where_it_is(string text)
    {
        var record = Assert.Single(Check("ProjectWorker.Add", WorkerAdd(worker => worker["Specialty"] = text)).Records);

        Assert.Equal(text, record.Values["Specialty"]!.GetValue<string>());
        Assert.False(record.Sealed.ContainsKey("Specialty"));
    }

    [Fact]
    public void Attendance_is_accepted_with_and_without_milliseconds()
    {
        Assert.Empty(Check("WorkerAttendance.Add", AttendanceAdd()).Findings);
        Assert.Empty(Check("WorkerAttendance.Add", AttendanceAdd(record => record["date"] = "2022-10-10 07:58:21.123")).Findings);
    }

    public static TheoryData<string, string, string, string, string> WrongWorkers => new()
    {
        { "idCardNumber", "=441403199001011234", "V1-id-checksum", "校验码", "GB 11643" },
        { "idCardNumber", "=440605197802290010", "V1-id-birth-date", "出生日期", "GB 11643" },
        { "idCardNumber", "=110105491231002", "V1-id-shape", "15 位", "GB 11643" },
        { "idCardNumber", "441403199001011233", "F5-encryption", "无法解密", "idCardNumber" },
        { "workType", "777", "F3-dictionary", "不在代码表“工种”中", "workType" },
        { "workType", "砌筑工", "F3-dictionary", "“010”", "workType" },
        { "workType", "10", "F3-dictionary", "“010”", "workType" },
        { "politicsType", "群众", "F3-dictionary", "“13”", "politicsType" },
        { "nation", "汉族", "F3-dictionary", "“汉”", "nation" },
        { "grantOrg", "", "F1-required", "不能为空", "grantOrg" },
        { "workerName", "张三\n", "F2-type", "控制字符", "workerName" },
        { "address", "@201", "F2-length", "超过 200", "address" },
        { "issueCardDate", "2022-13-01", "F2-date", "yyyy-MM-dd", "issueCardDate" },
        { "headImage", "data:image/png;base64,AAAA", "F4-base64", "去掉开头", "headImage" },
        { "headImage", "R0lGODlhAQABAAAAACw=", "F4-image", "jpg", "headImage" },
        { "cellPhone", "138", "V7-mobile", "11 位", "建市〔2019〕18号" },
    };

    [Theory]
    [MemberData(nameof(WrongWorkers))]
    public void A_wrong_field_is_named_with_its_place_what_is_wrong_and_what_it_rests_on(string field, string value, string rule, string says, string basis)
    {
        var sent = value switch { ['=', .. var number] => Encrypt(number), ['@', .. var length] => new string('很', int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)), _ => value };
        var report = Check("ProjectWorker.Add", WorkerAdd(worker => worker[field] = sent));

        var finding = Assert.Single(report.Findings);
        Assert.Equal($"[workerList][0][{field}]", finding.Path);
        Assert.Equal((field, 0, rule), (finding.Field, finding.Record, finding.Rule));
        Assert.Contains(says, finding.ToString(), StringComparison.Ordinal);
        Assert.Contains(basis, finding.Basis, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Advice);
        Assert.Equal(finding.Level == FindingLevel.Warn, report.IsAccepted);
        Assert.DoesNotMatch(IdNumber(), finding.ToString());
    }

    [Fact]
    public void A_missing_field_and_a_missing_list_are_required()
    {
        Assert.Equal("[dataList][0][direction]", Assert.Single(Check("WorkerAttendance.Add", AttendanceAdd(record => record.Remove("direction"))).Findings).Path);

        var message = AttendanceAdd();
        message.Remove("dataList");
        message.Remove("projectCode");
        Assert.Equal(["[projectCode]", "[dataList]"], Check("WorkerAttendance.Add", message).Findings.Select(finding => finding.Path));
    }

    [Fact]
    public void A_field_is_required_when_another_one_says_so()
    {
        var payroll = Parse($$"""
            { "projectCode": "p", "corpCode": "91440300192359041F", "corpName": "丙", "teamSysNo": 1, "payMonth": "2022-09", "detailList": [
              { "idCardType": "01", "idCardNumber": "{{Encrypt(Worker)}}", "payRollBankCardNumber": "{{Encrypt("6222000000000000000")}}", "payRollBankCode": "102", "payRollBankName": "中国工商银行",
                "payBankCardNumber": "{{Encrypt("6222000000000000000")}}", "payBankCode": "102", "payBankName": "中国工商银行", "totalPayAmount": 6000.00, "actualAmount": 5800.5,
                "isBackPay": 1, "balanceDate": "2022-10-09", "thirdPayRollCode": "P-1" } ] }
            """);

        var finding = Assert.Single(Check("Payroll.Add", payroll).Findings);
        Assert.Equal(("[detailList][0][backPayMonth]", "F1-required"), (finding.Path, finding.Rule));

        payroll["detailList"]![0]!["isBackPay"] = "0";
        Assert.Empty(Check("Payroll.Add", payroll).Findings);
    }

    [Fact]
    public void A_batch_over_its_limit_is_refused_whole()
    {
        var message = AttendanceAdd();
        var list = (JsonArray)message["dataList"]!;
        while (list.Count < 21) list.Add(list[0]!.DeepClone());

        var finding = Assert.Single(Check("WorkerAttendance.Add", message).Findings);
        Assert.Equal("F4-batch", finding.Rule);
        Assert.Contains("一次最多 20 条", finding.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Batches =>
        [.. ShippedContent.Set.Standards["national-1.2.1"].Messages!.Messages.Values.Where(message => message.RecordList is not null).Select(message => message.Method)];

    /// <summary>By the message's own definition; in a profile with a limit of its own, by that.</summary>
    [Theory]
    [MemberData(nameof(Batches))]
    public void Every_batch_has_its_limit_and_one_more_is_refused_with_the_number(string method)
    {
        var standard = ShippedContent.Set.Standards["national-1.2.1"];
        var message = standard.Messages!.Messages[method];
        var list = message.Fields.Single(field => field.Name == message.RecordList);
        foreach (var (of, most) in new[] { (standard, list.MaxItems!.Value), (ShippedContent.Set.Standards["hmac-1"], 100) })
        {
            var checker = new MessageChecker(of, ShippedContent.Set.Regions, ShippedContent.Set.RuleSets[MessageChecker.ConformanceRules]);
            IEnumerable<Finding> Of(int records) => Check(checker, method, new JsonObject { [list.Name] = new JsonArray([.. Enumerable.Range(0, records).Select(_ => (JsonNode)new JsonObject())]) }.ToJsonString())
                .Findings.Where(finding => finding.Rule == "F4-batch");

            Assert.Empty(Of(most));
            var finding = Assert.Single(Of(most + 1));
            Assert.Equal($"[{list.Name}]", finding.Path);
            Assert.Contains($"一次最多 {most} 条", finding.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_second_of_two_records_is_named_by_its_index_and_nothing_of_the_message_is_stored()
    {
        var message = WorkerAdd();
        var list = (JsonArray)message["workerList"]!;
        list.Add(list[0]!.DeepClone());
        list[1]!["idCardNumber"] = Encrypt("441403199001011234");

        var report = Check("ProjectWorker.Add", message);
        Assert.Equal("[workerList][1][idCardNumber]", Assert.Single(report.Findings, finding => finding.Level == FindingLevel.Reject).Path);
        Assert.Equal(2, report.RecordCount);
        Assert.Empty(report.Records);
    }

    [Fact]
    public void A_wrong_field_of_the_message_itself_is_told_once_for_all_its_records()
    {
        var message = WorkerAdd();
        message["corpCode"] = "91440300192359041A";
        var list = (JsonArray)message["workerList"]!;
        list.Add(list[0]!.DeepClone());

        Assert.Equal("[corpCode]", Assert.Single(Check("ProjectWorker.Add", message).Findings).Path);
    }

    [Theory]
    [InlineData("2022-10-10 14:00:00", null)]
    [InlineData("2022-10-10 14:00:01", "V4-date-not-future")]
    public void Attendance_in_the_future_of_business_time_is_refused(string date, string? rule) =>
        Assert.Equal(rule, Check("WorkerAttendance.Add", AttendanceAdd(record => record["date"] = date)).Findings.SingleOrDefault()?.Rule);

    [Fact]
    public void Latitude_and_longitude_the_wrong_way_round_only_draw_attention()
    {
        var report = Check("WorkerAttendance.Add", AttendanceAdd(record => (record["lat"], record["lng"]) = (114.05, 22.55)));
        Assert.Equal(("V6-position-not-swapped", FindingLevel.Warn), (report.Findings.Single().Rule, report.Findings.Single().Level));
        Assert.True(report.IsAccepted);
    }

    [Fact]
    public void One_picture_for_two_workers_draws_attention_and_for_one_worker_twice_does_not()
    {
        var message = WorkerAdd();
        var list = (JsonArray)message["workerList"]!;
        list.Add(list[0]!.DeepClone());
        Assert.Empty(Check("ProjectWorker.Add", message).Findings);

        list[1]!["idCardNumber"] = Encrypt("34052419800101001X");
        var findings = Check("ProjectWorker.Add", message).Findings;
        Assert.All(findings, finding => Assert.Equal(("X3-image-not-reused", FindingLevel.Warn), (finding.Rule, finding.Level)));
        Assert.Equal([0, 1], findings.Select(finding => finding.Record));
    }

    [Theory]
    [InlineData(14, 0)]
    [InlineData(15, 15)]
    public void A_crowd_at_one_gate_within_one_minute_draws_attention(int punches, int findings)
    {
        var message = AttendanceAdd();
        var list = (JsonArray)message["dataList"]!;
        for (var i = 1; i < punches; i++)
        {
            list.Add(list[0]!.DeepClone());
            list[i]!["date"] = $"2022-10-10 07:58:{i:00}";
        }

        var report = Check("WorkerAttendance.Add", message);
        Assert.Equal(Enumerable.Repeat("X3-no-burst", findings), report.Findings.Select(finding => finding.Rule));
        Assert.True(report.IsAccepted);
    }

    [Fact]
    public void A_punch_sent_twice_in_one_message_is_accepted_and_told()
    {
        var message = AttendanceAdd();
        var list = (JsonArray)message["dataList"]!;
        list.Add(list[0]!.DeepClone());

        var report = Check("WorkerAttendance.Add", message);
        Assert.Equal(("X5-not-repeated", 1), (Assert.Single(report.Findings).Rule, report.Findings[0].Record));
        Assert.True(report.IsAccepted);
    }

    [Fact]
    public void A_wrong_company_code_is_told_digit_by_digit()
    {
        var message = WorkerAdd();
        message["corpCode"] = "91440300192359O41F";
        Assert.Contains("第 15 位“O”", Assert.Single(Check("ProjectWorker.Add", message).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_is_told_with_the_one_that_was_meant()
    {
        var finding = Assert.Single(Check("ProjectWorker.Add", WorkerAdd(worker => worker["specialty"] = "砌墙")).Findings);
        Assert.Equal(FindingLevel.Warn, finding.Level);
        Assert.Contains("“Specialty”", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_method_is_told_with_the_one_that_was_meant()
    {
        var report = Check("WorkerAttendence.Add", AttendanceAdd());
        Assert.Null(report.Definition);
        Assert.Contains("“WorkerAttendance.Add”", report.Findings.Single().Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\uD800\"}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"dataList\":{\"a\":1}}")]
    [InlineData("{\"dataList\":[1,null,\"x\",[]]}")]
    [InlineData("{\"projectCode\":[],\"teamSysNo\":{},\"dataList\":[{\"date\":1,\"lat\":\"x\",\"idCardNumber\":7,\"image\":false}]}")]
    public void Text_that_is_no_message_is_refused_and_never_thrown_about(string data)
    {
        var report = Check("WorkerAttendance.Add", data);
        Assert.False(report.IsAccepted);
        Assert.All(report.Findings, finding => Assert.NotEmpty(finding.Message));
    }

    [Fact]
    public void A_message_a_hundred_thousand_brackets_deep_or_with_a_million_elements_is_refused_unread()
    {
        var deep = new StringBuilder("{\"dataList\":").Insert(12, new string('[', 100_000)).Append(new string(']', 100_000)).Append('}').ToString();
        Assert.Contains("嵌套", Check("WorkerAttendance.Add", deep).Findings.Single().Message, StringComparison.Ordinal);

        var wide = "{\"dataList\":[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]}";
        Assert.Contains("过大", Check("WorkerAttendance.Add", wide).Findings.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_mistakes_give_a_hundred_findings_and_say_that_there_are_more()
    {
        var message = WorkerAdd();
        for (var i = 0; i < 1000; i++) message[$"x{i}"] = 1;

        var report = Check("ProjectWorker.Add", message);
        Assert.Equal(MessageReport.MostFindings, report.Findings.Count);
        Assert.Contains("另有", report.Findings[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rejection_is_not_lost_in_a_crowd_of_warnings()
    {
        var message = WorkerAdd(worker => worker["workType"] = "777");
        for (var i = 0; i < 1000; i++) message[$"x{i}"] = 1;

        Assert.False(Check("ProjectWorker.Add", message).IsAccepted);
    }

    [Fact]
    public async Task Many_messages_at_once_are_judged_as_one_by_one()
    {
        var right = WorkerAdd().ToJsonString();
        var wrong = WorkerAdd(worker => worker["idCardNumber"] = Encrypt("441403199001011234")).ToJsonString();
        for (var round = 0; round < 20; round++)
        {
            var checker = NewChecker();
            using var start = new Barrier(8);
            var rules = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Enumerable.Range(0, 20).Select(_ => Check(checker, "ProjectWorker.Add", number % 2 == 0 ? right : wrong).Findings.SingleOrDefault()?.Rule).Distinct().ToList();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.All(rules.Index(), found => Assert.Equal([found.Index % 2 == 0 ? null : "V1-id-checksum"], found.Item));
        }
    }

    /// <summary>Wherever a sender puts an ID number in clear, in whatever field or field name, no finding quotes it.</summary>
    [Fact]
    public void No_finding_ever_quotes_an_id_number()
    {
        string[] fields = ["workerName", "idCardType", "idCardNumber", "workType", "workRole", "isTeamLeader", "issueCardDate", "headImage", "nation", "cellPhone", "lat", Worker, "unknown"];
        Prop.ForAll(Arb.From(Gen.SubListOf(fields)), names =>
        {
            var message = WorkerAdd(worker =>
            {
                foreach (var name in names) worker[name] = Worker;
            });
            message["teamSysNo"] = long.Parse(Worker, System.Globalization.CultureInfo.InvariantCulture);
            message["corpCode"] = Worker;
            return Check("ProjectWorker.Add", message).Findings.All(finding => !IdNumber().IsMatch(finding.ToString() + finding.Field + finding.Basis));
        }).QuickCheckThrowOnFailure();
    }

    [GeneratedRegex("[1-9][0-9]{16}[0-9Xx]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdNumber();

    [Fact]
    public void What_the_register_knows_of_a_record_is_before_the_rules_with_it()
    {
        var message = TestMessages.Parse($$"""
            { "projectCode": "44030020220910001", "corpCode": "91440300192359041F", "corpName": "丙建设有限公司", "teamSysNo": 1200000001, "payMonth": "2022-10",
              "detailList": [ { "idCardType": "01", "idCardNumber": "{{TestMessages.Encrypt(TestMessages.Worker)}}", "days": 3, "payRollBankCardNumber": "{{TestMessages.Encrypt("6222000000000000000")}}",
                "payRollBankCode": "102", "payRollBankName": "工商银行", "payBankCardNumber": "{{TestMessages.Encrypt("4000020019200000000")}}", "payBankCode": "102", "payBankName": "工商银行",
                "totalPayAmount": 900, "actualAmount": 900, "isBackPay": 0, "balanceDate": "2022-10-10", "thirdPayRollCode": "S-1" } ] }
            """).ToJsonString();
        var (checker, context) = (TestMessages.NewChecker(), TestMessages.Context());

        var read = checker.Read("Payroll.Add", message, context);
        var question = Assert.Single(read.Questions);
        Assert.Equal(("44030020220910001", "91440300192359041F", 1200000001L), (question.ProjectCode, question.CorpCode, question.TeamSysNo));
        Assert.Equal((new DateTime(2022, 10, 1), TestMessages.Worker, "6222000000000000000"), (question.PayMonth, question.Person, question.WageCard));

        var report = checker.Judge(read, [new Dictionary<string, object?> { ["attendedDays"] = 2, ["wageCardIsOnRecord"] = false }], context);
        Assert.DoesNotContain(report.Findings, finding => finding.Rule == "F0-rules");
        Assert.Equal(["X4-days-not-above-attendance", "X4-wage-card-on-record"], report.Findings.Select(finding => finding.Rule));
    }
}
