using System.Globalization;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Templates;

namespace WorkflowEngine.Bench.Templates;

/// <summary>
/// A letter of 58 lines: a loop, a <c>case</c>, functions, a capture, ten dates, everything escaped. Scriban 7.2.6 does 9,000–12,000 such renders per CPU
/// second and parses one in 75–80 µs, without escaping. Calibration: the same letter put together by hand in C#.
/// </summary>
internal static class TemplateRates
{
    private const int Repetitions = 9;
    private const int Times = 20_000;

    private const string ModelText = """
        {
          "case": { "number": "YJDJ-2022-440300-000001", "title": "实名制软硬件接入", "approved": false, "returned": true, "submitted": { "$date": "2022-09-30T16:40:00+08:00" }, "correct_by": { "$date": "2022-10-21T00:00:00+08:00" } },
          "applicant": { "name": "甲科技 <有限> & 公司" },
          "authority": { "name": "深圳市住房和建设局" },
          "steps": [
            { "title": "材料审核", "start": { "$date": "2022-09-30T16:40:00+08:00" }, "due": { "$date": "2022-10-12T00:00:00+08:00" }, "days": 3, "state": "done" },
            { "title": "补正", "start": { "$date": "2022-10-08T00:00:00+08:00" }, "due": { "$date": "2022-10-21T00:00:00+08:00" }, "days": 10, "state": "late" },
            { "title": "软硬件标准化对接接口联调测试", "start": { "$date": "2022-10-13T00:00:00+08:00" }, "due": { "$date": "2022-10-20T00:00:00+08:00" }, "days": 5, "state": "open" }
          ],
          "contacts": [{ "name": "建设局技术支持" }, { "name": "省厅平台运维" }],
          "remark": "  请补充设备的“检测报告”及软件著作权登记证书。  ",
          "appeal_by": { "$date": "2022-11-30T00:00:00+08:00" },
          "today": { "$date": "2022-09-30T00:00:00+08:00" }
        }
        """;

    public static int Run()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Templates", "letter.html"));
        using var json = JsonDocument.Parse(ModelText);
        var template = Template.Parse(text, "letter.html").Template!;
        var model = TemplateModel.FromJson(json.RootElement);
        var settings = RenderSettings.Default with { Strict = true };
        var letter = template.Render(model, settings);
        var byHand = ByHand(json.RootElement);
        if (letter.Text != byHand)
        {
            Console.Error.WriteLine($"The letter is not the one written by hand:\n{letter.Error?.ToString() ?? letter.Text}\n--\n{byHand}");
            return 1;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text.Split('\n').Length - 1} lines, {Encoding.UTF8.GetByteCount(text):N0} bytes; {Encoding.UTF8.GetByteCount(byHand):N0} bytes come out"));
        var (calibration, given, read, parse) =
            (Rate("cal.letter, by hand in C#"), Rate("render, model at hand"), Rate("render, model out of JSON each time"), new Samples("parse", "µs CPU", "N1", leastIsBest: true));
        var allocated = new Samples("… allocated by one render", "bytes", leastIsBest: true);
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            calibration.Add(PerCpuSecond(() => ByHand(json.RootElement).Length));
            var before = GC.GetAllocatedBytesForCurrentThread();
            given.Add(PerCpuSecond(() => template.Render(model, settings).Text!.Length));
            allocated.Add((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Times);
            read.Add(PerCpuSecond(() => template.Render(json.RootElement, settings).Text!.Length));
            parse.Add(1e6 / PerCpuSecond(() => Template.Parse(text, "letter.html").Problems.Count));
        }

        calibration.Print();
        given.Print(FormattableString.Invariant($"ratio {given.Median / calibration.Median:N2} of cal.letter"));
        allocated.Print();
        read.Print(FormattableString.Invariant($"ratio {read.Median / calibration.Median:N2} of cal.letter; goal 20,000"));
        parse.Print("goal 60");
        return 0;
    }

    private static Samples Rate(string name) => new(name, "/CPU s");

    private static double PerCpuSecond(Func<int> once)
    {
        var start = Samples.Cpu;
        var checksum = 0L;
        for (var i = 0; i < Times; i++) checksum += once();
        GC.KeepAlive(checksum);
        return Times / Samples.CpuSince(start).TotalSeconds;
    }

    /// <summary>The same letter as a programmer would write it who knows the model.</summary>
    private static string ByHand(JsonElement model)
    {
        var (@case, authority) = (model.GetProperty("case"), Escaped(model.GetProperty("authority"), "name"));
        var heading = Escaped(@case, "title") + "（" + Escaped(@case, "number") + "）";
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>").Append(heading)
            .Append("</title></head>\n<body style=\"font-family:sans-serif\">\n<h1>").Append(heading).Append("</h1>\n<p>").Append(Escaped(model.GetProperty("applicant"), "name"))
            .Append("：</p>\n<p>\n  你单位于").Append(DateZh(@case, "submitted")).Append("提交的申请，\n");
        if (@case.GetProperty("approved").GetBoolean()) page.Append("  已由").Append(authority).Append("审核通过。\n");
        else if (@case.GetProperty("returned").GetBoolean()) page.Append("  需要补正，请于").Append(DateZh(@case, "correct_by")).Append("前重新提交。\n");
        else page.Append("  ").Append(authority).Append("正在审核。\n");

        page.Append("</p>\n<table>\n  <tr style=\"background:#f2f4f7;color:#1f2937;text-align:left\"><th>环节</th><th>起算</th><th>到期</th><th>状态</th><th>剩余</th></tr>\n");
        var (index, total, late) = (0, 0, 0);
        foreach (var step in model.GetProperty("steps").EnumerateArray())
        {
            var (days, state) = (step.GetProperty("days").GetInt32(), step.GetProperty("state").GetString());
            total += days;
            if (state == "late") late++;
            page.Append("  <tr class=\"").Append(index % 2 == 0 ? "even" : "odd").Append("\">\n    <td>").Append(++index).Append(". ").Append(Escaped(step, "title"))
                .Append("</td>\n    <td>").Append(Day(step, "start").ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append("</td>\n    <td>").Append(DateZh(step, "due"))
                .Append("</td>\n    <td>").Append(state switch { "open" => "待办", "late" => "已超时", "done" => "已办结", _ => "其他" }).Append("</td>\n    <td>").Append(days)
                .Append(" 个工作日</td>\n  </tr>\n");
        }

        page.Append("</table>\n<p class=\"sum\" style=\"margin:8px 0\">共 ").Append(index).Append(" 个环节，合计 ").Append(total).Append(" 个工作日");
        if (late > 0) page.Append("，其中 ").Append(late).Append(" 个已超时");
        page.Append("。</p>\n<p>\n  联系单位：").AppendJoin('、', model.GetProperty("contacts").EnumerateArray().Select(contact => Escaped(contact, "name"))).Append("。\n");
        if (model.GetProperty("remark").GetString() is { Length: > 0 }) page.Append("  备注：").Append(Escaped(model, "remark").Trim()).Append('\n');
        return page.Append("</p>\n<p>\n  如对审核意见有异议，可自收到之日起 60 日内（").Append(DateZh(model, "appeal_by"))
            .Append("前）向上一级主管部门反映。\n  本通知由平台自动发出，请勿直接回复。\n</p>\n<p>").Append(authority).Append("</p>\n<p>").Append(DateZh(model, "today"))
            .Append("</p>\n</body>\n</html>\n").ToString();
    }

    private static DateTimeOffset Day(JsonElement of, string name) => of.GetProperty(name).GetProperty("$date").GetDateTimeOffset();

    private static string DateZh(JsonElement of, string name) => Day(of, name).ToString("yyyy年M月d日", CultureInfo.InvariantCulture);

    private static string Escaped(JsonElement of, string name) =>
        of.GetProperty(name).GetString()!.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
}
