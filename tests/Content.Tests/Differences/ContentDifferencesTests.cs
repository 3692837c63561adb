using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Differences;
using WorkflowEngine.Content.Tests.Checks;

namespace WorkflowEngine.Content.Tests.Differences;

/// <summary>Two versions side by side: each edit is one sentence, and what did not change is not spoken of.</summary>
public sealed class ContentDifferencesTests
{
    private const string Form = "workflows/forms/leave.json";

    /// <summary>File, what it says, what it says instead, the group, and the sentence.</summary>
    public static TheoryData<string, string, string, DifferenceKind, string> Edits => new()
    {
        { PlantedDefects.Case, "\"limit\": 3", "\"limit\": 2", DifferenceKind.Limit, "请假：decide时限 3 → 2 个工作日" },
        { PlantedDefects.Case, "\"reminder\": 1", "\"reminder\": 2", DifferenceKind.Limit, "请假：decide到期前提醒 1 → 2 个工作日" },
        { PlantedDefects.Case, "\"days\": 2", "\"days\": 4", DifferenceKind.Limit, "请假：wait时限 2 → 4 个工作日" },
        { PlantedDefects.Case, "\"clock\": \"decision\"", "\"clock\": \"review\"", DifferenceKind.Limit, "请假：decide的时钟：decision → review" },
        { PlantedDefects.Case, "\"label\": \"不同意\" }", "\"label\": \"不同意\" }, { \"name\": \"Passed\", \"label\": \"转交\" }", DifferenceKind.Outcome, "请假：decide新增办理结果“转交”" },
        { PlantedDefects.Case, "\"label\": \"不同意\"", "\"label\": \"驳回\"", DifferenceKind.Outcome, "请假：decide的办理结果“不同意”改为“驳回”" },
        { PlantedDefects.Case, "values.reason != null", "values.reason.Length > 5", DifferenceKind.Outcome, "请假：decide的办理条件“Refused：values.reason != null：请写明理由。”改为“Refused：values.reason.Length > 5：请写明理由。”" },
        { PlantedDefects.Case, "\"outcome\": \"不准\"", "\"outcome\": \"不予准假\"", DifferenceKind.Outcome, "请假：refuse的办结结果：不准 → 不予准假" },
        { PlantedDefects.Case, "\"role\": \"officer\", \"form\"", "\"role\": \"leader\", \"form\"", DifferenceKind.Step, "请假：decide的办理角色：officer → leader" },
        { PlantedDefects.Case, "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"applicant\"", "\"id\": \"tell\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"province\"", DifferenceKind.Notice, "请假：tell的收件方：applicant → province" },
        { PlantedDefects.Case, "\"activity\": \"tell\" }, \"target\": { \"activity\": \"refuse\" } }", "\"activity\": \"tell\" }, \"target\": { \"activity\": \"refuse\" } }, { \"source\": { \"activity\": \"decide\", \"port\": \"Overdue\" }, \"target\": { \"activity\": \"remind\" } }", DifferenceKind.Branch, "请假：新增分支：decide（超时） → remind" },
        { PlantedDefects.Case, "{ \"source\": { \"activity\": \"decide\", \"port\": \"Refused\" }, \"target\": { \"activity\": \"tell\" } },", "", DifferenceKind.Branch, "请假：删除分支：decide（不同意） → tell" },
        { PlantedDefects.Case, "{ \"id\": \"wait\",", "{ \"id\": \"copy\", \"type\": \"Gov.SendNotice\", \"notice\": \"leave-note\", \"party\": \"province\" }, { \"id\": \"wait\",", DifferenceKind.Notice, "请假：新增步骤“copy”（发送通知）" },
        { PlantedDefects.Case, "\"title\": \"审批\"", "\"title\": \"审批请假\"", DifferenceKind.Step, "请假：decide的标题：审批 → 审批请假" },
        { PlantedDefects.Plain, "\"vars.price > 10\"", "\"vars.price > 20\"", DifferenceKind.Branch, "Orders：decide的条件：vars.price > 10 → vars.price > 20" },
        { PlantedDefects.Plain, "\"value\": 7", "\"value\": 8", DifferenceKind.Step, "Orders：more的值：7 → 8" },
        { Form, "\"required\": true", "\"required\": false", DifferenceKind.Form, "表单“请假”的“day”不再必填" },
        { Form, "\"maxLength\": 18", "\"maxLength\": 20", DifferenceKind.Form, "表单“请假”的“idCard”的最多字数：18 → 20" },
        { Form, "\"fields\": [", "\"fields\": [ { \"name\": \"phone\", \"label\": \"电话\", \"type\": \"phone\" },", DifferenceKind.Form, "表单“请假”新增“phone”（电话）" },
        { "rules/calendars/cn.json", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": false}", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": true}", DifferenceKind.Calendar, "工作日历“cn.json”：2022-10-08 上班 → 休息" },
        { "templates/leave-note.txt", "办件 {{", "您的办件 {{", DifferenceKind.Template, "文书“leave-note.txt”第 1 行：“办件 {{ case.number }}：{{ vars.request.day }}，{{ clocks.decision.due }}”改为“您的办件 {{ case.number }}：{{ vars.request.day }}，{{ clocks.decision.due }}”" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edit_is_told_in_one_sentence(string file, string passage, string instead, DifferenceKind kind, string sentence)
    {
        var before = PlantedDefects.Content;
        Assert.Equal(2, before[file].Split(passage).Length);
        var after = new Dictionary<string, string>(before) { [file] = before[file].Replace(passage, instead, StringComparison.Ordinal) };

        var difference = Assert.Single(ContentDifferences.Between(before, after));

        Assert.Equal((kind, file, sentence), (difference.Kind, difference.File, difference.Chinese));
        Assert.NotEmpty(difference.English);
        Assert.Single(ContentDifferences.Between(after, before));
    }

    [Fact]
    public void The_same_content_differs_in_nothing_and_rearranged_only_in_its_layout()
    {
        var shipped = ShippedContent.Files;
        Assert.Empty(ContentDifferences.Between(shipped, shipped.Reverse().ToDictionary()));

        var rearranged = shipped.ToDictionary(file => file.Key, file => file.Key.EndsWith(".json", StringComparison.Ordinal) ? JsonNode.Parse(file.Value)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n\n" : file.Value);
        var differences = ContentDifferences.Between(shipped, rearranged);
        Assert.NotEmpty(differences);
        Assert.All(differences, difference => Assert.Equal(DifferenceKind.Layout, difference.Kind));
    }

    [Fact]
    public void A_step_that_was_moved_in_the_picture_is_layout()
    {
        var before = ShippedContent.Files;
        var flow = JsonNode.Parse(before[ShippedContent.FlowPath])!;
        flow["root"]!["activities"]![3]!["metadata"]!["designer"]!["position"]!["x"] = 4711;
        var after = new Dictionary<string, string>(before) { [ShippedContent.FlowPath] = flow.ToJsonString() };

        var difference = Assert.Single(ContentDifferences.Between(before, after));

        Assert.Equal((DifferenceKind.Layout, "广东省实名制软硬件接入联调：只调整了步骤在图上的位置或注释"), (difference.Kind, difference.Chinese));
    }

    [Fact]
    public void What_binds_people_comes_first_and_files_that_came_or_went_are_named()
    {
        var before = PlantedDefects.Content;
        var after = new Dictionary<string, string>(before)
        {
            [PlantedDefects.Case] = before[PlantedDefects.Case].Replace("\"limit\": 3", "\"limit\": 2", StringComparison.Ordinal).Replace("\"outcome\": \"不准\"", "\"outcome\": \"不予准假\"", StringComparison.Ordinal),
            ["templates/leave-note.subject"] = "办件",
            ["workflows/forms/more.json"] = """{ "title": "补充", "fields": [] }""",
        };
        after.Remove(PlantedDefects.Plain);

        var differences = ContentDifferences.Between(before, after);

        Assert.Equal([DifferenceKind.Limit, DifferenceKind.Outcome, DifferenceKind.Step, DifferenceKind.Form, DifferenceKind.Template], differences.Select(difference => difference.Kind));
        Assert.Equal("删除流程“Orders”", differences[2].Chinese);
        Assert.Equal("新增表单“补充”", differences[3].Chinese);
    }

    [Fact]
    public void A_rule_that_judges_otherwise_is_told_with_both_expressions()
    {
        const string Rules = "rules/guangdong/complaint-validity.json";
        var after = ShippedContent.With(Rules, "\"Expression\": \"DateTime(2022, 9, 10)\"", "\"Expression\": \"DateTime(2023, 1, 1)\"");

        var difference = Assert.Single(ContentDifferences.Between(ShippedContent.Files, after));

        Assert.Equal((DifferenceKind.Rule, "规则集“complaint-validity”的“CutOver”的判断：DateTime(2022, 9, 10) → DateTime(2023, 1, 1)"), (difference.Kind, difference.Chinese));
    }

    [Fact]
    public void A_file_that_is_no_json_is_told_and_the_rest_is_compared()
    {
        var after = new Dictionary<string, string>(PlantedDefects.Content) { [Form] = "{", [PlantedDefects.Case] = PlantedDefects.Content[PlantedDefects.Case].Replace("\"limit\": 3", "\"limit\": 2", StringComparison.Ordinal) };

        Assert.Equal([DifferenceKind.Limit, DifferenceKind.Form], ContentDifferences.Between(PlantedDefects.Content, after).Select(difference => difference.Kind));
    }
}
