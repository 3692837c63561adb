using WorkflowEngine.Content.Scenarios;

namespace WorkflowEngine.Content.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    private const string File = "mine.scenarios.json";
    private const string Submit = """{ "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300" }""";

    [Fact]
    public void Every_shipped_story_uses_only_words_that_the_content_has()
    {
        var result = ScenarioReader.ReadShipped(ShippedContent.Set);

        Assert.Empty(result.Problems);
        Assert.Contains(result.Scenarios!, scenario => scenario.Id == "first");
        Assert.Equal(result.Scenarios!.Count, result.Scenarios.Select(scenario => scenario.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_example_of_the_guide_can_be_read()
    {
        var guide = await System.IO.File.ReadAllTextAsync(Path.Combine(ShippedContent.Root, "docs/scenarios.zh.md"));
        var example = guide.Split("```json\n")[1].Split("```")[0];

        Assert.Empty(ScenarioReader.Read(File, example, ShippedContent.Set).Problems);
    }

    [Theory]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integraton", "authority": "441300" }""", "did you mean 'guangdong-vendor-integration'?")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科枝", "submit": "guangdong-vendor-integration", "authority": "441300" }""", "there is no enterprise and no authority '甲科枝', did you mean '甲科技'?")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科技/officer", "submit": "guangdong-vendor-integration", "authority": "441300" }""", "nobody at '甲科技' is 'officer'")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441309" }""", "there is no authority '441309', did you mean '441300'?")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300", "values": { "companName": "x" } }""", "form 'vendor-application' has no field 'companName', did you mean 'companyName'?")]
    [InlineData("""{ "at": "6.3.2023", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300" }""", "'6.3.2023' is not an instant of the form 2022-09-30 16:40")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "甲科技", "submitt": "guangdong-vendor-integration" }""", "'submitt' is not known here, did you mean 'submit'?")]
    [InlineData("""{ "at": "2023-03-06 10:00", "submit": "guangdong-vendor-integration", "authority": "441300" }""", "'who' is missing")]
    [InlineData("""{ "at": "2023-03-06 10:00", "who": "441300/officer", "task": "review", "outcome": "Approved" }""", "no case has been opened yet")]
    [InlineData(Submit + """, { "at": "2023-03-05 10:00" }""", "time does not go back")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "who": "441300/officer", "task": "reveiw", "outcome": "Approved" }""", "flow 'guangdong-vendor-integration' has no task or warning 'reveiw', did you mean 'review'?")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "who": "441300/officer", "task": "review", "outcome": "Aproved" }""", "step 'review' has no outcome 'Aproved', did you mean 'Approved'?")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "who": "441300/officer", "task": "review", "outcome": "Approved", "send": "full" }""", "one act is one of submit, task, send, change, calendar")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "expect": { "notices": { "application-reciept": "甲科技" } } }""", "there is no notice 'application-reciept', did you mean 'application-receipt'?")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "expect": { "case": "别的", "outcome": null } }""", "no act before this one opened a case '别的'")]
    [InlineData(Submit + "," + Submit, "there is already a case '办件'")]
    [InlineData(Submit + """, { "at": "2023-03-06 10:00", "who": "甲科技", "send": { "messages": "full", "fault": "wrong-signatur" } }""", "did you mean 'wrong-signature'?")]
    public void A_word_that_the_content_does_not_have_is_told_with_its_line_and_what_was_meant(string acts, string message)
    {
        var result = Read(acts);

        Assert.Null(result.Scenarios);
        var problem = Assert.Single(result.Problems);
        Assert.StartsWith($"{File}:3: ", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Chinese);
    }

    [Theory]
    [InlineData("""{ "file": "workflows/guangdong/vendor-integration.json", "step": "reviw", "input": "limit", "value": 2 }""", "did you mean 'review'?")]
    [InlineData("""{ "file": "workflows/guangdong/vendor-integration.json", "step": "review", "input": "limits", "value": 2 }""", "did you mean 'limit'?")]
    [InlineData("""{ "file": "rules/calendars/cn.jsn", "path": "officeHours.cutoff", "value": "17:30" }""", "did you mean 'rules/calendars/cn.json'?")]
    [InlineData("""{ "file": "rules/calendars/cn.json", "value": "17:30" }""", "a change needs 'value', and either 'step' with 'input'")]
    public void A_change_of_the_content_names_what_is_there(string change, string message)
    {
        var result = Read(Submit, $$"""{ "content": [{{change}}] }""");

        Assert.Contains(message, Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forms_are_filled_from_the_defaults_as_far_as_they_are_asked_and_null_leaves_blank()
    {
        var scenario = Assert.Single(Read(
            Submit.Replace("\"authority\"", "\"values\": { \"commitment\": null, \"productVersion\": \"9.0\" }, \"authority\"", StringComparison.Ordinal),
            """{ "forms": { "vendor-application": { "connectedCity": "440100", "productName": "打卡宝" } } }""").Scenarios!);

        var answers = Assert.IsType<Deed.Submit>(scenario.Acts[0].Deed).Answers;
        Assert.Equal(("9.0", "打卡宝"), ((string?)answers.Values["productVersion"], (string?)answers.Values["productName"]));
        Assert.False(answers.Values.ContainsKey("connectedCity"), "entry one does not ask for the city");
        Assert.Equal(["营业执照.pdf"], answers.Files["businessLicence"]);
        Assert.False(answers.Files.ContainsKey("commitment"));
    }

    [Fact]
    public void A_changed_property_of_a_step_and_a_member_of_the_calendar_stand_in_the_changed_files()
    {
        var scenario = Assert.Single(Read(Submit, """
            { "content": [
              { "file": "workflows/guangdong/vendor-integration.json", "step": "review", "input": "limit", "value": 7 },
              { "file": "rules/calendars/cn.json", "path": "published.2027", "value": { "status": "official" } } ] }
            """).Scenarios!);

        var changed = ContentChanges.Apply(ShippedContent.Files, scenario.Content);
        var read = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { [ShippedContent.FlowPath] = changed[ShippedContent.FlowPath], ["rules/calendars/cn.json"] = changed["rules/calendars/cn.json"] });
        Assert.NotNull(read.Set);
        Assert.Equal("7", read.Set.Flows["guangdong-vendor-integration"].Activities.Single(activity => activity.Id == "review").Inputs["limit"].RawValue);
        Assert.False(read.Set.Calendar.IsProvisional(new DateOnly(2027, 3, 1)));
    }

    private static ScenarioResult Read(string acts, string given = "{}") => ScenarioReader.Read(
        File, $$"""
        { "scenarios": [{ "id": "x", "title": "x", "given":
        {{given.ReplaceLineEndings(" ")}},
        "acts": [{{acts}}] }] }
        """, ShippedContent.Set);
}
