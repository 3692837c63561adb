using WorkflowEngine.Browser.Tests.Support;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Browser.Tests.Stories;

/// <summary>Policy staff try a changed letter on the sample and on one that was really sent; a leader says how letters reach the bureau.</summary>
public sealed class LetterTests
{
    [Fact]
    public async Task A_letter_is_tried_out_beside_its_texts_and_the_bureau_chooses_how_letters_reach_it()
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T10:00");
        var applicant = await stage.ClientAsync("yi");
        await applicant.ApplyAsYiAsync(DemoPeople.Shenzhen);
        await stage.SettleAsync();
        var staff = await stage.SignInAsync("gd-policy", javaScript: true);

        await staff.FollowAsync("文书");
        await staff.FollowAsync("提交回执");
        Assert.Contains("甲科技有限公司", await PreviewAsync(staff), StringComparison.Ordinal);
        await staff.FillAsync("主题", "【回执】{{ case.numbr }}");
        Assert.Contains("numbr", await PreviewAsync(staff), StringComparison.Ordinal);
        await staff.FillAsync("主题", "【回执】{{ case.number }} {{ applicant.name }}");
        var real = await staff.Page.Locator("#sample option").Nth(1).InnerTextAsync();
        await staff.ChooseAsync("用什么内容看", real);
        var masked = await PreviewAsync(staff);
        Assert.Contains("某某某某", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("乙智能", masked, StringComparison.Ordinal);
        await staff.LookAsync("80-letter");

        var leader = await stage.SignInAsync("sz-leader", javaScript: true);
        await leader.GoAsync("/notices");
        await leader.FollowAsync("送达方式");
        await leader.FillAsync("邮箱", "办公室");
        await leader.TickAsync("每天 08:30 一封汇总");
        // Past the browser's own check.
        await leader.Page.Locator("form.sheet").EvaluateAsync("form => form.noValidate = true");
        await leader.PressAsync("保存");
        await leader.SeesAsync("邮箱应形如 name@example.com");
        await leader.LookAsync("81-delivery-refused");
        await leader.FillAsync("邮箱", "office@example.com");
        await leader.FillAsync("手机号码", "13800138000");
        await leader.TickAsync("只发时限紧的");
        await leader.PressAsync("保存");
        await leader.SeesAsync("已保存");
        await leader.SeesNotAsync("13800138000");
        await leader.LookAsync("82-delivery");

        Assert.Empty(staff.Complaints);
        Assert.Empty(leader.Complaints);
    }

    /// <summary>What the frame beside the texts shows: nothing may run in it, so its answer is read on its way.</summary>
    private static async Task<string> PreviewAsync(Visitor staff)
    {
        var answer = await staff.Page.RunAndWaitForResponseAsync(() => staff.PressAsync("预览"), response => response.Url.Contains("/preview", StringComparison.Ordinal) && response.Request.Method == "POST");
        return await answer.TextAsync();
    }
}
