using System.Net;
using System.Text.RegularExpressions;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Portal.Contents.Files;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using static WorkflowEngine.Host.Tests.Designer.DesignerWorld;

namespace WorkflowEngine.Host.Tests.Designer;

/// <summary>Rules, letters, forms and the calendar are written, tried out and published on pages.</summary>
[Collection(DesignerCollection.Name)]
public sealed partial class FilePagesTests(DesignerWorld world)
{
    private const string Rules = "rules/guangdong/material-completeness.json";
    private const string Examples = "rules/guangdong/material-completeness.cases.json";

    [Fact]
    public async Task A_rule_and_its_examples_are_changed_tried_published_together_and_taken_back()
    {
        var policy = await world.AsAsync("gd-policy");
        var rules = await TextAsync(policy, Rules);
        await SaveAsync(policy, Rules, rules.Replace("application.standardVersion == \\\"V1.3\\\"", "application.standardVersion == \\\"V1.4\\\"", StringComparison.Ordinal));

        var page = await PageAsync(policy, FilePages.PathOf(Rules));
        Assert.Contains("“standard-in-force”的判断", page, StringComparison.Ordinal);
        Assert.Contains("个与所写不符", page, StringComparison.Ordinal);
        Assert.Contains("接口标准版本为“V1.3”", page, StringComparison.Ordinal);
        Assert.Contains("改正下列问题后才能发布", page, StringComparison.Ordinal);
        Assert.Contains("没有办成", (await PublishAsync(policy, Rules)).Page, StringComparison.Ordinal);

        var examples = await TextAsync(policy, Examples);
        await SaveAsync(policy, Examples, examples.Replace("\"V1.3\"", "\"V1.4\"", StringComparison.Ordinal));
        var together = await PageAsync(policy, FilePages.PathOf(Rules));
        Assert.Contains("检查通过", together, StringComparison.Ordinal);
        Assert.Contains("0 个与所写不符", together, StringComparison.Ordinal);
        var draft = With().Match(together).Groups["id"].Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await PublishAsync(policy, Rules, ("with", draft), ("reason", "改用 V1.4"))).Status);

        var published = await PageAsync(policy, FilePages.PathOf(Examples));
        Assert.Contains("第 2 版 · 现行", published, StringComparison.Ordinal);
        Assert.Contains("改用 V1.4", published, StringComparison.Ordinal);

        foreach (var path in (string[])[Rules, Examples]) Assert.Equal(HttpStatusCode.SeeOther, (await PressAsync(policy, FilePages.Act(path, "revert"), ("number", "1"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await PublishAsync(policy, Examples, ("with", With().Match(await PageAsync(policy, FilePages.PathOf(Examples))).Groups["id"].Value))).Status);
        Assert.Equal((rules, examples), (await TextAsync(policy, Rules), await TextAsync(policy, Examples)));
    }

    [Fact]
    public async Task While_a_text_is_written_its_problems_are_told_by_line_with_the_name_that_was_meant()
    {
        var policy = await world.AsAsync("gd-policy");
        const string form = "workflows/forms/withdrawal.json";
        var broken = (await TextAsync(policy, form)).Replace("\"required\"", "\"requird\"", StringComparison.Ordinal);

        var (_, told, _) = await PressAsync(policy, FilePages.Act(form, "check"), ("text", broken));

        Assert.Contains("第 7 行", told, StringComparison.Ordinal);
        Assert.Contains("requird", told, StringComparison.Ordinal);
        Assert.Contains("“required”", told, StringComparison.Ordinal);

        var (_, rule, _) = await PressAsync(policy, FilePages.Act(Rules, "check"), ("text", (await TextAsync(policy, Rules)).Replace("application.uscc)\"", "application.usc)\"", StringComparison.Ordinal)));
        Assert.Contains("uscc", rule, StringComparison.Ordinal);
        Assert.Contains("没有发现问题", (await PressAsync(policy, FilePages.Act(form, "check"), ("text", await TextAsync(policy, form)))).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_of_ones_own_are_judged_and_explained()
    {
        var reader = await world.AsAsync("gd-officer");

        var (_, page, _) = await PressAsync(
            reader, FilePages.Act(Rules, "try"), ("ruleSet", "material-completeness"), ("date", "2022-09-30"), ("facts", """{ "application": { "companyName": " ", "uscc": "91350100M000100Y43" }, "proven": false }"""));

        Assert.Contains("没有填写企业名称", page, StringComparison.Ordinal);
        Assert.Contains("依据：粤建市〔2022〕161号", page, StringComparison.Ordinal);
        Assert.Contains("事实应是一个 JSON 对象", (await PressAsync(reader, FilePages.Act(Rules, "try"), ("ruleSet", "material-completeness"), ("date", "2022-09-30"), ("facts", "[]"))).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_is_shown_with_the_text_that_is_being_written()
    {
        var policy = await world.AsAsync("gd-policy");
        const string subject = "templates/application-receipt.subject";

        var (_, shown, _) = await PressAsync(policy, FilePages.Act(subject, "preview"), ("text", "【收件回执】{{ case.number }}"));
        var (_, faulty, _) = await PressAsync(policy, FilePages.Act(subject, "preview"), ("text", "【收件回执】{{ case.nubmer }}"));

        Assert.Contains("【收件回执】YJDJ-2022", shown, StringComparison.Ordinal);
        Assert.Contains("nubmer", faulty, StringComparison.Ordinal);
        Assert.Contains("无法生成", faulty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_years_holidays_are_imported_as_a_draft_that_tells_which_deadlines_it_will_move()
    {
        var policy = await world.AsAsync("gd-policy");
        await Platform.SubmitAsync(await world.AsAsync("jia"));
        var before = await TextAsync(policy, ContentReader.CalendarFile);
        var days = Regex.Matches(before, "\"(?<day>2022-[0-9-]+)\": \\{\"name\": \"(?<name>[^\"]+)\", \"isOffDay\": (?<off>true|false)\\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var plan = string.Join('\n', days.Select(day => $"{day.Groups["day"].Value} {day.Groups["name"].Value} {(day.Groups["off"].Value == "true" ? "休" : "班")}"));

        var (refused, words, _) = await PressAsync(policy, FilePages.Act(ContentReader.CalendarFile, "year"), ("year", "2022"), ("paper", "国办发明电〔2022〕0号"), ("plan", plan + "\n2023-01-02 元旦 休\n十月十日 休"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Contains("不在 2022 年", words, StringComparison.Ordinal);
        Assert.Contains("应写成", words, StringComparison.Ordinal);

        await PressAsync(policy, FilePages.Act(ContentReader.CalendarFile, "year"), ("year", "2022"), ("paper", "国办发明电〔2022〕0号"), ("plan", plan + "\n2022-10-10 国庆节 休"));
        var page = await PageAsync(policy, FilePages.PathOf(ContentReader.CalendarFile));
        Assert.Contains("发布后哪些在办期限会变", page, StringComparison.Ordinal);
        Assert.Contains("2022-10-11（周二）", page, StringComparison.Ordinal);
        Assert.Contains("2022-10-10 平常 → 休息", page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await PressAsync(policy, FilePages.Act(ContentReader.CalendarFile, "discard"), ("version", await SeenAsync(policy, ContentReader.CalendarFile)))).Status);
        Assert.Equal(before, await TextAsync(policy, ContentReader.CalendarFile));
    }

    [Fact]
    public async Task Who_reads_sees_no_way_to_change_and_a_second_writer_is_told_of_the_first()
    {
        var policy = await world.AsAsync("gd-policy");
        var reader = await world.AsAsync("gd-officer");
        const string form = "workflows/forms/correction.json";
        var page = await PageAsync(reader, FilePages.PathOf(form));
        Assert.Contains("表单的样子", page, StringComparison.Ordinal);
        Assert.DoesNotContain("保存草稿", page, StringComparison.Ordinal);
        Assert.DoesNotContain("删除这份草稿", page, StringComparison.Ordinal);
        foreach (var act in (string[])["save", "check", "publish", "revert", "rebase", "discard", "year"]) Assert.Equal(HttpStatusCode.Forbidden, (await PressAsync(reader, FilePages.Act(form, act), ("text", "x"))).Status);
        using (var hidden = await (await world.AsAsync("sz-leader")).ReadAsync(FilePages.PathOf(form), CancellationToken.None)) Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);
        using (var outside = await policy.ReadAsync($"{FilePages.PathOf("../appsettings.json")}&new=true", CancellationToken.None)) Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);

        var seen = await SeenAsync(policy, form);
        var text = await TextAsync(policy, form);
        Assert.Equal(HttpStatusCode.SeeOther, (await PressAsync(policy, FilePages.Act(form, "save"), ("version", seen), ("text", text + " "))).Status);
        var (_, refused, _) = await PressAsync(policy, FilePages.Act(form, "save"), ("version", seen), ("text", text + "  "));
        Assert.Contains("您的修改没有保存", refused, StringComparison.Ordinal);
        Assert.Contains("何策", refused, StringComparison.Ordinal);
        await PressAsync(policy, FilePages.Act(form, "discard"), ("version", await SeenAsync(policy, form)));
    }

    [Fact]
    public async Task A_draft_whose_base_was_replaced_is_told_whose_and_goes_on_only_when_its_writer_says_so()
    {
        var policy = await world.AsAsync("gd-policy");
        const string form = "workflows/forms/complaint-takeover.json";
        var text = await TextAsync(policy, form);
        await SaveAsync(policy, form, text.Replace("\"title\": \"", "\"title\": \"草稿", StringComparison.Ordinal));
        await ContentCopy.ChangeAsync(Path.Combine(world.ContentFolder, form), "\"title\": \"", "\"title\": \"文件夹");
        while (!(await PageAsync(policy, FilePages.PathOf(form))).Contains("草稿开始之后，现行版本已经换了", StringComparison.Ordinal)) { }

        var page = await PageAsync(policy, FilePages.PathOf(form));
        Assert.Contains("内容文件夹 于", page, StringComparison.Ordinal);
        Assert.Contains("的标题", page, StringComparison.Ordinal);
        Assert.Contains("内容文件夹发布了另一个版本（第 3 版）", (await PublishAsync(policy, form)).Page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await PressAsync(policy, FilePages.Act(form, "rebase"), ("version", await SeenAsync(policy, form)))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await PublishAsync(policy, form)).Status);
        var published = await PageAsync(policy, FilePages.PathOf(form));
        Assert.Contains("第 4 版 · 现行", published, StringComparison.Ordinal);
        Assert.Contains("\"title\": \"草稿", published, StringComparison.Ordinal);
    }

    private static async Task SaveAsync(PlatformClient policy, string path, string text)
    {
        var (status, page, _) = await PressAsync(policy, FilePages.Act(path, "save"), ("version", await SeenAsync(policy, path)), ("text", text));
        Assert.True(status == HttpStatusCode.SeeOther, page);
    }

    private static async Task<(HttpStatusCode Status, string Page, string? Next)> PublishAsync(PlatformClient policy, string path, params (string, string)[] more) =>
        await PressAsync(policy, FilePages.Act(path, "publish"), [("version", await SeenAsync(policy, path)), .. more]);

    private static async Task<string> SeenAsync(PlatformClient policy, string path) => Version().Match(await PageAsync(policy, FilePages.PathOf(path))).Groups["id"].Value;

    private static async Task<string> TextAsync(PlatformClient policy, string path) => Box().Match(await PageAsync(policy, FilePages.PathOf(path))).Groups["text"].Value;

    [GeneratedRegex("name=\"version\" value=\"(?<id>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Version();

    [GeneratedRegex("name=\"with\" value=\"(?<id>[^\"]*)\" checked", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex With();

    [GeneratedRegex("<textarea class=\"editor-text\"[^>]*>\n(?<text>.*?)</textarea>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Box();
}
