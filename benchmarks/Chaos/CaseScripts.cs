using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>Everybody whom the rig signs in, and what they need to act.</summary>
internal sealed record Cast(IReadOnlyDictionary<string, RigPerson> People, IReadOnlyList<RigHost> Hosts, SigningProfile Profile);

/// <summary>
/// The ways through the shipped flows, and through the drill, that clients take: each from the form that opens the case to its outcome. A way that is
/// given up, because nobody answers, leaves a case that waits for a person.
/// </summary>
internal sealed class CaseScripts(Cast cast, IntentLedger ledger, Courier courier)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(400);

    /// <summary>Answers that no client should have got, for the report.</summary>
    public List<string> Surprises { get; } = [];

    public static IReadOnlyList<string> Paths { get; } =
        ["申请-通过-撤回", "申请-补正-撤回", "申请-联调成功", "投诉-不受理", "投诉-不属实", "演练"];

    private RigPerson Officer => cast.People["sz-officer"];

    private RigPerson Leader => cast.People["sz-leader"];

    /// <summary>Takes one way to its end; false when it had to be given up.</summary>
    public async Task<bool> TakeAsync(string path, bool isReference)
    {
        var vendor = cast.People[courier.Random.Next(2) == 0 ? "jia" : "yi"];
        var end = path switch
        {
            "申请-通过-撤回" => await ApplyAsync(vendor, corrected: false, succeeds: false),
            "申请-补正-撤回" => await ApplyAsync(vendor, corrected: true, succeeds: false),
            "申请-联调成功" => await ApplyAsync(vendor, corrected: false, succeeds: true),
            "投诉-不受理" => await ComplainAsync(vendor, accepted: false),
            "投诉-不属实" => await ComplainAsync(vendor, accepted: true),
            _ => await DrillAsync(vendor),
        };
        if (end is not { } ended) return false;

        ledger.End(new EndedCase(ended.Number, path, ended.Outcome, isReference));
        return true;
    }

    private async Task<(string Number, string Outcome)?> ApplyAsync(RigPerson vendor, bool corrected, bool succeeds)
    {
        var number = await StartAsync(vendor, "guangdong-vendor-integration", mark =>
        {
            var form = new JsonObject
            {
                ["companyName"] = vendor.Organisation, ["uscc"] = vendor.OrganisationId, ["productName"] = "实名通", ["productVersion"] = mark, ["productType"] = "软件",
                ["standardVersion"] = "V1.3", ["entry"] = "1", ["contactName"] = "王晓", ["contactPhone"] = "13800138000", ["contactEmail"] = "contact@example.com", ["truth"] = true,
            };
            foreach (var (field, handle) in vendor.Papers) form[field] = new JsonArray(handle.DeepClone());
            return form;
        });
        if (number is null) return null;
        if (corrected)
        {
            if (!await CompleteAsync(Officer, number, "review", "Returned", mark => new JsonObject
            {
                ["opinion"] = mark,
                ["defects"] = new JsonArray(new JsonObject { ["item"] = "接口自测报告", ["clause"] = "161号 二（四）材料清单", ["problem"] = "没有逐项列出", ["expected"] = "逐项列出" }),
            }))
            {
                return null;
            }

            if (!await CompleteAsync(vendor, number, "correct", "Resubmitted", mark => new JsonObject
            {
                ["remedies"] = new JsonArray(new JsonObject { ["item"] = "接口自测报告", ["explanation"] = mark }),
            }))
            {
                return null;
            }
        }

        if (!await CompleteAsync(Officer, number, "review", "Approved", mark => new JsonObject { ["opinion"] = mark })) return null;
        if (!succeeds)
        {
            return await CompleteAsync(vendor, number, "withdraw", "Withdrawn", mark => new JsonObject { ["reason"] = mark, ["confirm"] = true }) ? (number, "已撤回") : null;
        }

        if (!await SendAsync(vendor, number) || await WaitForAsync(vendor, number, view => view.Timeline.Any(entry => entry is { ActivityId: "mark-conformant", Event: "Completed" })) is null) return null;
        return await CompleteAsync(Officer, number, "interface-test", "Succeeded", mark => new JsonObject { ["conclusion"] = mark }) ? (number, "联调成功") : null;
    }

    private async Task<(string Number, string Outcome)?> ComplainAsync(RigPerson vendor, bool accepted)
    {
        var number = await StartAsync(vendor, "guangdong-complaint", mark => new JsonObject
        {
            ["grounds"] = new JsonArray(new JsonObject { ["ground"] = "故意拖延" }), ["account"] = mark, ["confidential"] = "no", ["contactName"] = "王晓", ["contactPhone"] = "13800138000",
            ["truth"] = true,
        });
        if (number is null) return null;
        if (!accepted)
        {
            return await CompleteAsync(Officer, number, "acknowledge", "Declined", mark => new JsonObject { ["reason"] = mark }) ? (number, "不受理") : null;
        }

        return await CompleteAsync(Officer, number, "acknowledge", "Accepted", mark => new JsonObject { ["handlerNote"] = mark })
            && await CompleteAsync(Officer, number, "verify", "Unfounded", mark => new JsonObject { ["account"] = mark })
            && await CompleteAsync(Leader, number, "sign", "Signed", mark => new JsonObject { ["opinion"] = mark }) ? (number, "不属实") : null;
    }

    /// <summary>Timers of real seconds, a flow within the flow, a request to another system, then a person.</summary>
    private async Task<(string Number, string Outcome)?> DrillAsync(RigPerson vendor)
    {
        var seconds = courier.Random.Next(2, 15);
        var number = await StartAsync(vendor, "drill", mark => new JsonObject { ["mark"] = mark, ["seconds"] = seconds.ToString("00", System.Globalization.CultureInfo.InvariantCulture) });
        return number is not null && await CompleteAsync(Officer, number, "confirm", "Confirmed", mark => new JsonObject { ["mark"] = mark }) ? (number, "演练完成") : null;
    }

    /// <summary>The case's number; null when nobody answered.</summary>
    private async Task<string?> StartAsync(RigPerson vendor, string flow, Func<string, JsonObject> form)
    {
        var intent = ledger.Begin(IntentKind.Start, MarkOf);
        var order = new NewCase(flow, DemoPeople.Shenzhen, form(intent.Mark));
        var answer = await DeliverAsync((host, ct) => vendor.PostAsync(host, "/api/cases", order, intent.Key, ct));
        var number = answer is { IsDone: true } ? JsonSerializer.Deserialize<OpenedCase>(answer.Body, RigPerson.Json)!.Number : null;
        Acknowledge(intent, answer, number);
        return number;
    }

    private async Task<bool> CompleteAsync(RigPerson person, string number, string step, string outcome, Func<string, JsonObject> form)
    {
        TaskDetail? task = null;
        await WaitForAsync(person, number, view => (task = view.Tasks.FirstOrDefault(found => found.Line.Open && found.ActivityId == step)) is not null);
        if (task is null) return false;

        var intent = ledger.Begin(IntentKind.Complete, MarkOf, @case: number, task: task.Line.Id, outcome: outcome);
        var answer = await DeliverAsync((host, ct) => person.PostAsync(host, $"/api/tasks/{task.Line.Id}/complete", new TaskAnswer(outcome, form(intent.Mark)), intent.Key, ct));
        Acknowledge(intent, answer, answer is { IsDone: true } ? JsonSerializer.Deserialize<TaskDone>(answer.Body, RigPerson.Json)!.CaseNumber : null);
        return answer is { IsDone: true };
    }

    /// <summary>One message of each kind that the rules want; false when the key or an answer was lost.</summary>
    private async Task<bool> SendAsync(RigPerson vendor, string number)
    {
        var view = await WaitForAsync(vendor, number, view => view.Credentials.Count > 0);
        if (view is null) return false;

        // A key is shown once, and again to whoever repeats the same act: the host that showed it may have been killed before the answer was out.
        var act = Guid.NewGuid().ToString("N");
        var shown = await courier.DeliverAsync((host, ct) => vendor.PostAsync(host, $"/api/credentials/{view.Credentials[0].Id}/reveal", null, act, ct));
        if (shown is not { IsDone: true }) return false;

        var key = JsonSerializer.Deserialize<RevealedKey>(shown.Body, RigPerson.Json)!;
        using var devices = new Devices(cast.Hosts, cast.Profile, key.Appid, key.Appsecret);
        foreach (var method in (string[])[TestMessages.WorkerAdd, TestMessages.EntryExitAdd, TestMessages.AttendanceAdd])
        {
            // Of the three kinds only an attendance record has a key of its own, by which a repeated one is known.
            if (method != TestMessages.AttendanceAdd)
            {
                var parameters = devices.Sign(method, 0);
                if (await courier.DeliverAsync((host, ct) => devices.PushAsync(host, parameters, ct)) is not { IsDone: true }) return false;
                continue;
            }

            var intent = ledger.Begin(IntentKind.Message, Devices.MarkOf, @case: number);
            var signed = devices.Sign(method, intent.Id);
            var answer = await DeliverAsync((host, ct) => devices.PushAsync(host, signed, ct));
            Acknowledge(intent, answer, number);
            if (answer is not { IsDone: true }) return false;
        }

        return true;
    }

    /// <summary>One in five goes to both hosts at once.</summary>
    private Task<HostAnswer?> DeliverAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask) =>
        courier.Random.Next(5) == 0 ? courier.DeliverTwiceAsync(ask) : courier.DeliverAsync(ask);

    private void Acknowledge(Intent intent, HostAnswer? answer, string? number)
    {
        if (answer is null) return;

        var trouble = answer is { IsDone: true, Status: not 299 } ? null : $"{answer.Status} {answer.Body}";
        ledger.Acknowledge(new Acknowledgement(intent.Id, answer.Status, number, trouble));
        if (trouble is not null) Surprises.Add($"{intent.Kind} {intent.Mark} of {intent.Case ?? "a new case"}: {trouble}");
    }

    private async Task<CaseView?> WaitForAsync(RigPerson reader, string number, Predicate<CaseView> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < LongestWait)
        {
            if (await courier.ReadAsync((host, ct) => reader.GetAsync(host, $"/api/cases/{number}", ct)) is { IsDone: true } answer
                && JsonSerializer.Deserialize<CaseView>(answer.Body, RigPerson.Json) is { } view && isSo(view))
            {
                return view;
            }

            await Task.Delay(LookEvery, courier.Stop);
        }

        return null;
    }

    private static string MarkOf(int intent) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"R{intent:000000}");
}
