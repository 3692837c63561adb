using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>Filing, transferring and looking up cases that have to do with one another.</summary>
public sealed class CaseRegisterTests
{
    private const string Mode = "CounterBased";

    [Fact]
    public void A_filing_is_refused_with_the_flows_own_words_when_the_linked_case_is_not_what_it_must_be()
    {
        var header = CaseInMemory.Header("440300") with { LinkedTo = "YJDJ-1" };
        var flow = Drawing.Flow(Mode, [Submission("""{ "condition": "linked == null || linked.outcome != \"不属实\"", "message": "只能对不属实的投诉申请复核。" }"""), Drawing.Close("close", "完")], "submit > close");

        var unknown = new CaseInMemory(flow, header: header);
        Assert.Equal(("submission-refused", "只能对不属实的投诉申请复核。"), Words(unknown.TryStart("2025-05-06 09:00")));

        var upheld = new CaseInMemory(flow, header: header);
        upheld.Registers("number/YJDJ-1", new JsonObject { ["number"] = "YJDJ-1", ["outcome"] = "属实已整改" });
        Assert.IsType<RunResult.Refused>(upheld.TryStart("2025-05-06 09:00"));

        var unfounded = new CaseInMemory(flow, header: header);
        unfounded.Registers("number/YJDJ-1", new JsonObject { ["number"] = "YJDJ-1", ["outcome"] = "不属实" });
        Assert.IsType<RunResult.Ran>(unfounded.TryStart("2025-05-06 09:00"));
    }

    [Fact]
    public void A_filing_is_refused_for_what_it_says_and_for_what_the_applicant_has_open()
    {
        var flow = Drawing.Flow(
            Mode,
            [
                Submission("""
                    { "condition": "values.product == \"\"", "message": "请填写产品。" },
                    { "condition": "earlier.Any(e => e.open == true)", "message": "已有在办申请。" }
                    """),
                Drawing.Close("close", "完"),
            ],
            "submit > close");
        Assert.Equal("请填写产品。", Words(new CaseInMemory(flow).TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "" })).Message);

        var twice = new CaseInMemory(flow);
        twice.Registers("applicant/91440300192359041F/drawn", new JsonObject { ["open"] = true });
        Assert.Equal("已有在办申请。", Words(twice.TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "A" })).Message);

        var first = new CaseInMemory(flow);
        Assert.IsType<RunResult.Ran>(first.TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "A" }));
    }

    [Fact]
    public void A_filing_about_a_product_is_refused_by_what_its_vendor_has_at_the_authority()
    {
        var flow = Drawing.Flow(
            Mode,
            [
                Submission("""{ "condition": "!vendorCases.Any(c => c.outcome == \"联调成功\" && c.values.product == values.product)", "message": "产品没有联调成功。" }"""),
                Drawing.Close("close", "完"),
            ],
            "submit > close");
        var header = CaseInMemory.Header("440300") with
        {
            Parties = new Dictionary<string, string> { ["applicant"] = "C", ["authority"] = "440300", ["province"] = "440000", ["vendor"] = "V" },
        };
        var unconnected = new CaseInMemory(flow, header: header);
        Assert.Equal("产品没有联调成功。", Words(unconnected.TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "A" })).Message);
        Assert.Contains(new FactKey(FactKind.Cases, "at/440300/V"), unconnected.Asked);

        var connected = new CaseInMemory(flow, header: header);
        connected.Registers("at/440300/V", new JsonObject { ["outcome"] = "联调成功", ["values"] = new JsonObject { ["product"] = "A" } });
        Assert.IsType<RunResult.Ran>(connected.TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "A" }));

        var unnamed = new CaseInMemory(flow);
        Assert.IsType<RunResult.Refused>(unnamed.TryStart("2025-05-06 09:00", new JsonObject { ["product"] = "A" }));
        Assert.DoesNotContain(unnamed.Asked, key => key.Kind == FactKind.Cases);
    }

    [Fact]
    public void A_transferred_case_goes_on_elsewhere_and_remembers_when_it_was_filed_first()
    {
        var flow = Drawing.Flow(
            Mode,
            [
                Submission("""{ "condition": "earlier.Any(e => e.open == true)", "message": "已有在办申请。" }"""),
                Drawing.Task("review", "Transferred"),
                """
                { "id": "transfer", "type": "Gov.TransferCase", "authority": "440600", "values": { "typeName": "Object", "expression": { "type": "Variable", "value": { "id": "v-filed" } } } }
                """,
                Drawing.Close("close", "已转办"),
            ],
            "submit > review", "review.Transferred > transfer", "transfer > close");
        var @case = new CaseInMemory(flow);
        @case.Start("2023-03-04 10:05", new JsonObject { ["product"] = "A" });
        @case.At("2023-03-06 09:00");
        @case.Complete("review", "Transferred");

        var child = Assert.Single(@case.Effects.OfType<Effect.StartChild>());
        Assert.Equal(("drawn", "440600", "2023-03-04T10:05:00+08:00", "440300-2022-0001"), (child.DefinitionId, child.Case!.AuthorityId, child.Case.SubmittedAt, child.Case.From));
        Assert.Equal(("440600", "91440300192359041F"), (child.Case.Parties["authority"], child.Case.Parties["applicant"]));
        Assert.Equal("A", (string?)child.Input["values"]!["product"]);
        Assert.Equal("已转办", @case.State.Outcome);

        var next = new CaseInMemory(flow, header: CaseInMemory.Header("440606"));
        next.Registers("applicant/91440300192359041F/drawn", new JsonObject { ["open"] = true });
        Assert.IsType<RunResult.Ran>(next.TryStart("2023-03-06 09:00", continues: "440300-2022-0001", firstFiled: "2023-03-04T10:05:00+08:00"));
        next.Complete("review", "Transferred");
        Assert.Equal("2023-03-04T10:05:00+08:00", Assert.Single(next.Effects.OfType<Effect.StartChild>()).Case!.SubmittedAt);
    }

    [Theory]
    [InlineData("440300")]
    [InlineData("440000")]
    [InlineData("620100")]
    [InlineData("999999")]
    public void A_case_cannot_be_transferred_to_its_own_authority_nor_to_one_that_takes_no_cases_nor_to_another_province(string authority)
    {
        var flow = Drawing.Flow(Mode, [Drawing.Submit, $$"""{ "id": "transfer", "type": "Gov.TransferCase", "authority": "{{authority}}", "values": "{}" }"""], "submit > transfer");
        var state = WorkflowState.New(Guid.NewGuid(), flow, CaseInMemory.Header("440300"));
        var facts = Facts.None
            .With(new FactKey(FactKind.Organisation, "440300"), new OrganisationFact("440300", "深圳", OrganisationLevel.City, "440000"))
            .With(new FactKey(FactKind.Organisation, "440000"), new OrganisationFact("440000", "省厅", OrganisationLevel.Province, null))
            .With(new FactKey(FactKind.Organisation, "620100"), new OrganisationFact("620100", "兰州", OrganisationLevel.City, "620000"))
            .With(new FactKey(FactKind.Organisation, "620000"), new OrganisationFact("620000", "省厅", OrganisationLevel.Province, null))
            .WithUnknown(new FactKey(FactKind.Organisation, "999999"));
        var ran = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(flow, state, new Stimulus.Start(null, new JsonObject { ["values"] = new JsonObject() }, null), facts, DateTimeOffset.UnixEpoch));
        Assert.Equal("transfer", Assert.Single(ran.Burst.State.Incidents).ActivityId);
        Assert.Empty(ran.Burst.Effects.OfType<Effect.StartChild>());
    }

    [Theory]
    [InlineData("""  "scope": "applicant", "flow": "other" """, "applicant/91440300192359041F/other")]
    [InlineData("", "applicant/91440300192359041F/drawn")]
    [InlineData(""" "scope": "linked" """, "linked/440300-2022-0001")]
    [InlineData(""" "scope": "number" """, "number/YJDJ-1")]
    [InlineData(""" "scope": "number", "number": "YJDJ-2" """, "number/YJDJ-2")]
    [InlineData(""" "scope": "vendor" """, "at/440300/91440300MA5DEMA16J")]
    public void Cases_are_found_in_the_register_and_where_there_are_none_the_list_is_empty(string inputs, string key)
    {
        var step = $$"""{ "id": "find", "type": "Gov.FindCases", {{inputs}}{{(inputs.Length > 0 ? "," : "")}} "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } } }""";
        var flow = Drawing.Flow(Mode, [Drawing.Submit, step, Drawing.Task("decide", "Yes")], "submit > find", "find > decide");
        var header = CaseInMemory.Header("440300") with { LinkedTo = "YJDJ-1" };
        header = header with { Parties = new Dictionary<string, string>(header.Parties) { [CaseHeader.Vendor] = "91440300MA5DEMA16J" } };
        var found = new CaseInMemory(flow, header: header);
        found.Registers(key, new JsonObject { ["number"] = "N-1" });
        found.Start("2025-05-06 09:00");
        Assert.Equal("N-1", (string?)found.Variables["found"]![0]!["number"]);

        var none = new CaseInMemory(flow, header: header);
        none.Start("2025-05-06 09:00");
        Assert.Empty(none.Variables["found"]!.AsArray());
        Assert.Contains(new FactKey(FactKind.Cases, key), none.Asked);
    }

    [Theory]
    [InlineData("vars.found.Any(c => c.outcome == \"联调成功\" && c.open == false)")]
    [InlineData("vars.found.Where(c => c.values.product == \"A\").Count() > 0")]
    [InlineData("vars.found.Any(c => c.credential != null && c.credential.revokedAt == null)")]
    public void A_lambda_over_found_cases_holds_also_for_an_applicant_who_has_none(string condition)
    {
        var decision = """{ "id": "before", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": CONDITION } } }"""
            .Replace("CONDITION", JsonValue.Create(condition).ToJsonString(), StringComparison.Ordinal);
        var flow = Drawing.Flow(
            Mode,
            [
                Drawing.Submit, """{ "id": "find", "type": "Gov.FindCases", "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } } }""",
                Drawing.Task("decide", "Yes"), decision, Drawing.Close("again", "再次"), Drawing.Close("first", "首次"),
            ],
            "submit > find", "find > decide", "decide.Yes > before", "before.True > again", "before.False > first");
        foreach (var outcome in new[] { "首次", "再次" })
        {
            var @case = new CaseInMemory(flow);
            if (outcome == "再次")
            {
                @case.Registers("applicant/91440300192359041F/drawn", new JsonObject
                {
                    ["outcome"] = "联调成功", ["open"] = false, ["values"] = new JsonObject { ["product"] = "A" },
                    ["credential"] = new JsonObject { ["id"] = "k", ["issuedAt"] = "2022-10-11T10:00:00+08:00", ["revokedAt"] = null },
                });
            }

            @case.Start("2025-05-06 09:00");
            @case.Complete("decide", "Yes");
            Assert.Equal(outcome, @case.State.Outcome);
        }
    }

    [Fact]
    public void A_guard_may_look_at_the_cases_about_this_one_and_only_then_are_they_loaded()
    {
        var guard = Drawing.List("guards", """{ "outcome": "Yes", "condition": "!linked.Any(c => c.open == true)", "message": "投诉尚未办结。" }""");
        var flow = Drawing.Flow(Mode, [Drawing.Submit, Drawing.Task("decide", "Yes No", guard), Drawing.Close("close", "完")], "submit > decide", "decide.Yes > close", "decide.No > close");
        var @case = new CaseInMemory(flow);
        @case.Start("2025-05-06 09:00");
        @case.Registers("linked/440300-2022-0001", new JsonObject { ["open"] = true });
        Assert.Equal("投诉尚未办结。", Words(@case.TryComplete("decide", "Yes")).Message);
        @case.Registers("linked/440300-2022-0001", new JsonObject { ["open"] = false });
        @case.Complete("decide", "Yes");

        var other = new CaseInMemory(flow);
        other.Start("2025-05-06 09:00");
        other.Complete("decide", "No");
        Assert.DoesNotContain(other.Asked, k => k.Kind == FactKind.Cases);
    }

    [Fact]
    public void A_closed_case_tells_the_cases_that_wait_for_it()
    {
        var closed = new CaseInMemory(Drawing.Flow(Mode, [Drawing.Submit, Drawing.Close("close", "联调成功")], "submit > close"));
        closed.Start("2025-05-06 09:00");
        var told = Assert.Single(closed.Effects.OfType<Effect.PublishEvent>());
        Assert.Equal(("case-closed", "440300-2022-0001", "联调成功"), (told.Name, told.CorrelationId, (string?)told.Payload!["outcome"]));

        var cancelled = new CaseInMemory(Drawing.Flow(Mode, [Drawing.Submit, Drawing.Task("decide", "Yes")], "submit > decide"));
        cancelled.Start("2025-05-06 09:00");
        cancelled.Cancel("已撤回");
        Assert.Equal("已撤回", (string?)Assert.Single(cancelled.Effects.OfType<Effect.PublishEvent>()).Payload!["outcome"]);
    }

    [Fact]
    public void A_confidential_applicant_is_named_to_itself_and_the_province_only()
    {
        var flow = Drawing.Flow(
            Mode,
            [Drawing.Submit, Drawing.Notice("to-city"), Drawing.Notice("to-province", "authority.parent"), Drawing.Notice("to-applicant", "applicant")],
            "submit > to-city", "to-city > to-province", "to-province > to-applicant");
        var @case = new CaseInMemory(flow, header: CaseInMemory.Header("440300") with { IsConfidential = true });
        @case.Start("2025-05-06 09:00");
        var letters = @case.Effects.OfType<Effect.QueueNotice>().ToDictionary(n => n.Notice, n => FactJson.Of(n.Told["applicant"])!);
        Assert.Equal(("", "（申请保密）"), ((string?)letters["to-city"]["id"], (string?)letters["to-city"]["name"]));
        Assert.Equal("91440300192359041F", (string?)letters["to-province"]);
        Assert.Equal("91440300192359041F", (string?)letters["to-applicant"]);
        Assert.DoesNotContain("91440300192359041F", @case.Effects.OfType<Effect.QueueNotice>().Select(n => FactJson.Of(n.Told)).First()!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, """{"record":"（申请保密）","own":"440300-2022-0001","said":"见（申请保密）和（申请保密）"}""")]
    [InlineData(true, """{"record":"TS-2022-440300-000007","own":"440300-2022-0001","said":"见TS-2022-440300-000007和（申请保密）"}""")]
    public void Whoever_may_not_know_the_applicant_reads_no_number_that_would_tell(bool isAboutConfidential, string told)
    {
        const string Data = """
            "data": { "typeName": "Object", "expression": { "type": "Lambda", "value": "new (np(vars.found.FirstOrDefault().number) as record, case.number as own, vars.filed.said as said)" } },
            """;
        var find = """{ "id": "find", "type": "Gov.FindCases", "scope": "number", "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } } }""";
        var header = CaseInMemory.Header("440300") with { IsConfidential = true, LinkedTo = "TS-2022-440300-000007", IsLinkedConfidential = isAboutConfidential };
        var flow = Drawing.Flow(
            Mode, [Drawing.Submit, find, Drawing.Task("city", "Yes", Data), Drawing.Task("above", "Yes", Data, "province")], "submit > find", "find > city", "find > above");
        var @case = new CaseInMemory(flow, header: header);
        @case.Registers("number/TS-2022-440300-000007", new JsonObject { ["number"] = "TS-2022-440300-000007", ["outcome"] = "不属实" });

        @case.Start("2025-05-06 09:00", new JsonObject { ["said"] = "见TS-2022-440300-000007和yjdj-2022-440600-rail-000001" });

        Assert.Equal(told, Words(@case.Tasks.Single(task => task.ActivityId == "city").Data!));
        Assert.Contains("yjdj-2022-440600-rail-000001", Words(@case.Tasks.Single(task => task.ActivityId == "above").Data!), StringComparison.Ordinal);

        static string Words(JsonObject data) => System.Text.RegularExpressions.Regex.Unescape(data.ToJsonString());
    }

    [Fact]
    public void A_lambda_knows_when_the_case_was_filed_and_what_it_is_linked_to()
    {
        var write = """{ "id": "say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Lambda", "value": "case.submittedAt + \" \" + case.linkedTo" } } }""";
        var @case = new CaseInMemory(Drawing.Flow(Mode, [Drawing.Submit, write], "submit > say"), header: CaseInMemory.Header("440300") with { LinkedTo = "YJDJ-1" });
        @case.Start("2025-05-06 09:00");
        Assert.Equal("2025-05-06T09:00:00+08:00 YJDJ-1", Assert.Single(@case.Effects.OfType<Effect.WriteLine>()).Text);
    }

    private static string Submission(string refusals) => $$"""
        { "id": "submit", "type": "Gov.Submission", {{Drawing.List("refusals", refusals)}} "form": "f", "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }
        """;

    private static (string Code, string Message) Words(RunResult result)
    {
        var refused = Assert.IsType<RunResult.Refused>(result);
        return (refused.Code, refused.Message);
    }
}
