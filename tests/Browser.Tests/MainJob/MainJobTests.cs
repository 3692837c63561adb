using WorkflowEngine.Browser.Tests.Support;

namespace WorkflowEngine.Browser.Tests.MainJob;

/// <summary>
/// The main job as people do it: a vendor and an officer at their browsers, from the application to 联调成功, around the
/// National Day holiday of 2022. Played once with script and once without: the pages promise the same for both.
/// </summary>
public sealed class MainJobTests
{
    private const string Succeeded = "联调成功";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_vendor_and_an_officer_reach_联调成功(bool javaScript)
    {
        await using var stage = await BrowserStage.SetAsync("2022-09-30T16:40");
        var vendor = await stage.SignInAsync("jia", javaScript);
        await vendor.LookAsync("01-vendor-home");

        var number = await ApplyAsync(vendor);
        await stage.SettleAsync();

        await stage.WaitUntilAsync("2022-10-08T10:00");
        var officer = await stage.SignInAsync("sz-officer", javaScript);
        await officer.LookAsync("05-officer-home");
        await ReturnAsync(officer, number);

        await stage.WaitUntilAsync("2022-10-08T15:20");
        await CorrectAsync(vendor, number);

        await stage.WaitUntilAsync("2022-10-09T11:00");
        await ApproveAsync(officer, number);

        await stage.WaitUntilAsync("2022-10-10T09:30");
        var (appid, secret) = await FetchKeyAsync(vendor);
        await SendFaultyAsync(stage, appid, secret);
        await ReadWhyAsync(vendor);

        await stage.WaitUntilAsync("2022-10-12T10:15");
        await CannotSucceedYetAsync(officer);
        await SendRightAsync(stage, appid, secret);

        await stage.WaitUntilAsync("2022-10-13T15:30");
        await ConcludeAsync(officer, number);
        await stage.SettleAsync();
        await ReadNoticeAsync(vendor, number);

        await StrangersSeeNothingAsync(stage, number, javaScript);
        await LookAtAPersonAsync(stage, appid, javaScript);
        await HoldTheMonthAsync(stage, javaScript);
        await SignOutAsync(vendor, number);

        Assert.Empty(vendor.Complaints);
        Assert.Empty(officer.Complaints);
    }

    private static async Task LookAtAPersonAsync(BrowserStage stage, string appid, bool javaScript)
    {
        var leader = await stage.SignInAsync("sz-leader", javaScript);
        await leader.FollowAsync("密钥与联调");
        await leader.FollowAsync(appid);
        await leader.FollowAsync("月到岗率");
        await leader.SeesAsync("有效考勤日");
        await leader.FollowAsync("报送记录");
        await leader.SeesAsync("4403**********0010");
        await leader.LookAsync("30-records");
        await leader.FollowAsync("查看 项目工人上传");
        await leader.SeesNotAsync("440306199003070010");
        await leader.LookAsync("31-record-covered");
        await leader.FillAsync("查看理由", "核实投诉中反映的代刷考勤");
        await leader.PressAsync("查看完整信息");
        await leader.SeesAsync("440306199003070010");
        await leader.SeesAsync("已记入审计日志");
        Assert.DoesNotContain("440306199003070010", leader.Page.Url, StringComparison.Ordinal);
        await leader.LookAsync("32-record-in-full");
        Assert.Empty(leader.Complaints);
    }

    private static async Task HoldTheMonthAsync(BrowserStage stage, bool javaScript)
    {
        var keeper = await stage.SignInAsync("gd-operator", javaScript);
        await keeper.FollowAsync("个人信息保存");
        await keeper.SeesAsync("2025-11-01 起销毁");
        await keeper.FillAsync("延长保存 2022-10 的理由", "投诉尚在核查");
        await keeper.PressAsync("延长保存");
        await keeper.SeesAsync("投诉尚在核查");
        await keeper.LookAsync("33-kept-months");
        await keeper.PressAsync("恢复按期销毁");
        await keeper.SeesAsync("2025-11-01 起销毁");
        Assert.Empty(keeper.Complaints);
    }

    private static async Task<string> ApplyAsync(Visitor vendor)
    {
        await vendor.FollowAsync("申请与投诉");
        await vendor.FollowAsync("广东省实名制软硬件接入联调");
        await vendor.SeesAsync("实名制软硬件接入申请表");
        await vendor.LookAsync("02-application");

        await vendor.ChooseAsync("受理单位", "深圳市住房和建设局");
        await vendor.FillAsync("企业名称", "甲科技有限公司");
        await vendor.FillAsync("统一社会信用代码", "91440300MA5DEMA16K");
        await vendor.AttachAsync("营业执照", "营业执照.pdf");
        await vendor.PressAsync("提交");
        await vendor.SeesAsync("处需要修改");
        await vendor.SeesAsync("“产品名称”未填写");
        await vendor.LookAsync("03-application-with-errors");

        // The file stayed although the rest was not right.
        await vendor.SeesAsync("营业执照.pdf");
        await vendor.FillAsync("统一社会信用代码", "91440300MA5DEMA16J");
        await vendor.FillAsync("产品名称", "实名通考勤一体机");
        await vendor.FillAsync("产品版本", "2.1.0");
        await vendor.ChooseAsync("产品类型", "软硬件一体");
        await vendor.ChooseAsync("接口标准版本", "V1.3（现行）");
        await vendor.ChooseAsync("申请情形", "一、尚未在广东省任一地市测试并接入");
        await vendor.FillAsync("联系人", "王晓");
        await vendor.FillAsync("联系电话", "13800138000");
        await vendor.FillAsync("电子邮箱", "jia@example.com");
        await vendor.AttachAsync("授权书", "授权书.pdf");
        await vendor.AttachAsync("产品说明", "产品说明.pdf");
        await vendor.AttachAsync("承诺书", "承诺书.pdf");
        await vendor.TickAsync("本企业承诺所填内容和所附材料真实有效");
        await vendor.PressAsync("提交");

        await vendor.SeesAsync("已提交，办件编号");
        await vendor.SeesAsync("2022-10-10（周一）");
        await vendor.SeesAsync("含10月8日、10月9日调休上班");
        await vendor.LookAsync("04-case-submitted");
        return new Uri(vendor.Page.Url).Segments[^1];
    }

    private static async Task ReturnAsync(Visitor officer, string number)
    {
        await officer.FollowAsync("待办");
        await officer.SeesAsync(number);
        await officer.SeesAsync("还剩 2 个工作日");
        await officer.LookAsync("06-tasks");
        await officer.FollowAsync("材料审核");
        await officer.SeesAsync("系统检查");
        await officer.LookAsync("07-review");

        await officer.PressAsync("提交");
        await officer.SeesAsync("请选择办理结果");
        await officer.TickAsync("不符合要求，退回补正");
        await officer.PressAsync("提交");
        await officer.SeesAsync("“需要补正的问题”未填写");

        await officer.FillAsync("材料或内容", "接口自测报告");
        await officer.PressAsync("再加一条");
        await officer.SeesAsync("第 2 条");
        Assert.Equal("接口自测报告", await officer.Page.GetByLabel("材料或内容").First.InputValueAsync());
        await officer.ChooseAsync("依据", "粤建市〔2022〕161号 二（四）：应当递交的材料");
        await officer.FillAsync("存在的问题", "没有上传接口自测报告");
        await officer.FillAsync("补正要求", "按《接口标准》V1.3 逐项自测并上传报告");
        await officer.LookAsync("08-review-defects");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await officer.SeesNotAsync("材料审核");
    }

    private static async Task CorrectAsync(Visitor vendor, string number)
    {
        await vendor.GoAsync("/tasks");
        await vendor.FollowAsync("补正材料");
        await vendor.SeesAsync("没有上传接口自测报告");
        await vendor.LookAsync("09-correction");
        await vendor.FillAsync("对应的问题", "接口自测报告");
        await vendor.Page.GetByLabel("整改说明").Last.FillAsync("已按 V1.3 逐项自测，报告见附件。");
        await vendor.AttachAsync("接口自测报告", "接口自测报告.pdf");
        await vendor.PressAsync("重新提交");
        await vendor.SeesAsync("办件已进入下一环节");
        Assert.Contains(number, vendor.Page.Url, StringComparison.Ordinal);
    }

    private static async Task ApproveAsync(Visitor officer, string number)
    {
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("材料审核");
        await officer.SeesAsync("已按 V1.3 逐项自测");
        await officer.TickAsync("符合要求，发放测试密钥");
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync("2022-10-14（周五）");
        await officer.LookAsync("10-case-testing");
    }

    private static async Task<(string AppId, string Secret)> FetchKeyAsync(Visitor vendor)
    {
        await vendor.GoAsync("/keys");
        await vendor.SeesAsync("待领取");
        await vendor.LookAsync("11-keys");
        await vendor.Page.Locator("a.lead-link").First.ClickAsync();
        await vendor.SeesAsync("密钥只显示一次");
        var address = vendor.Page.Url;
        await vendor.LookAsync("12-key");
        await vendor.PressAsync("显示密钥");
        await vendor.SeesAsync("请立即复制保存");
        await vendor.LookAsync("13-key-shown");
        var secret = await vendor.Page.Locator("#secret").InnerTextAsync();
        var appid = await vendor.Page.Locator(".secret .mono").First.InnerTextAsync();

        await vendor.GoAsync(new Uri(address).AbsolutePath);
        await vendor.SeesAsync("使用中");
        await vendor.SeesNotAsync(secret);
        return (appid, secret);
    }

    private static async Task SendFaultyAsync(BrowserStage stage, string appid, string secret)
    {
        var device = stage.Device("national-1.2.1", appid, secret);
        var worker = device.Encrypt(TestMessages.Worker);
        var mistyped = device.Encrypt(TestMessages.WorkerMistyped);
        await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), stage.Now, CancellationToken.None, signWith: new string('0', 32));
        await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(mistyped), stage.Now, CancellationToken.None);
        await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker, workType: "777"), stage.Now, CancellationToken.None);
        await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, stage.Now, withDirection: false), stage.Now, CancellationToken.None);
        await stage.SettleAsync();
    }

    private static async Task ReadWhyAsync(Visitor vendor)
    {
        await vendor.FollowAsync("联调检查结果");
        await vendor.SeesAsync("idCardNumber");
        await vendor.SeesAsync("workType");
        await vendor.SeesAsync("direction");
        await vendor.SeesAsync("应改为");
        // What was never sent is named as well.
        await vendor.SeesAsync("WorkerEntryExit.Add");
        await vendor.SeesNotAsync(TestMessages.WorkerMistyped);
        await vendor.LookAsync("14-conformance");
    }

    private static async Task CannotSucceedYetAsync(Visitor officer)
    {
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.TickAsync(Succeeded);
        await officer.PressAsync("提交");
        await officer.SeesAsync("一致性检查尚未达到要求");
        await officer.LookAsync("15-cannot-succeed-yet");
    }

    private static async Task SendRightAsync(BrowserStage stage, string appid, string secret)
    {
        var device = stage.Device("national-1.2.1", appid, secret);
        var worker = device.Encrypt(TestMessages.Worker);
        foreach (var answer in new[]
        {
            await device.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(worker), stage.Now, CancellationToken.None),
            await device.SendAsync(TestMessages.EntryExitAdd, TestMessages.Entered(worker, stage.Now), stage.Now, CancellationToken.None),
            await device.SendAsync(TestMessages.AttendanceAdd, TestMessages.Attended(worker, stage.Now), stage.Now, CancellationToken.None),
        })
        {
            Assert.Equal(("0", answer.Method), (answer.Code, answer.Method));
        }

        await stage.SettleAsync();
    }

    private static async Task ConcludeAsync(Visitor officer, string number)
    {
        await officer.GoAsync("/tasks");
        await officer.FollowAsync("接口测试联调");
        await officer.FillAsync("联调结论说明", "三类报文均已入库，联调完成。");
        await officer.TickAsync(Succeeded);
        await officer.PressAsync("提交");
        await officer.SeesAsync("已办理。");
        await officer.GoAsync($"/cases/{number}");
        await officer.SeesAsync($"已办结 · {Succeeded}");
        await officer.LookAsync("16-case-succeeded");
    }

    private static async Task ReadNoticeAsync(Visitor vendor, string number)
    {
        await vendor.GoAsync("/notices");
        await vendor.SeesAsync(number);
        await vendor.SeesAsync("未签收");
        await vendor.LookAsync("17-inbox");
        await vendor.Page.Locator("a.lead-link").First.ClickAsync();
        await Microsoft.Playwright.Assertions.Expect(vendor.Page.FrameLocator("iframe").Locator("body")).ToContainTextAsync("甲科技有限公司");
        await vendor.LookAsync("18-notice");
        await vendor.PressAsync("签收");
        await vendor.SeesAsync("已签收");
    }

    private static async Task StrangersSeeNothingAsync(BrowserStage stage, string number, bool javaScript)
    {
        var otherVendor = await stage.SignInAsync("yi", javaScript);
        Assert.Equal(404, await otherVendor.GoAsync($"/cases/{number}"));
        await otherVendor.SeesAsync("找不到页面");
        var foreign = await otherVendor.Page.Locator("main").InnerHTMLAsync();
        Assert.Equal(404, await otherVendor.GoAsync("/cases/YJDJ-2022-440300-999999"));
        Assert.Equal(foreign, await otherVendor.Page.Locator("main").InnerHTMLAsync());
        await otherVendor.LookAsync("19-not-found");

        var otherCity = await stage.SignInAsync("gz-officer", javaScript);
        Assert.Equal(404, await otherCity.GoAsync($"/cases/{number}"));
        Assert.Equal(403, await otherCity.GoAsync("/apply"));

        var province = await stage.SignInAsync("gd-officer", javaScript);
        Assert.Equal(200, await province.GoAsync($"/cases/{number}"));
        Assert.Empty(otherVendor.Complaints);
        Assert.Empty(otherCity.Complaints);
    }

    private static async Task SignOutAsync(Visitor vendor, string number)
    {
        await vendor.PressAsync("退出");
        await vendor.SeesAsync("用户名");
        await vendor.GoAsync($"/cases/{number}");
        await vendor.SeesAsync("用户名");
        await vendor.SeesNotAsync("甲科技有限公司");
        await vendor.LookAsync("20-sign-in");
    }
}
