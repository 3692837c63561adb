using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Bench;

/// <summary>
/// How long <c>simulate</c> takes for 10,000 applications of the shipped vendor flow, on a draft with a shorter review and on what is published. Goal: 60 s. One in ten
/// is returned once, one in ten reviewed too late, the rest go straight on to 联调成功; devices send what conformance asks for.
/// </summary>
internal static class ReplayRates
{
    private const string Flow = "workflows/guangdong/vendor-integration.json";
    private const string Limit = "\"value\": \"review\" } },\n        \"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": ";

    private static readonly string[] Methods = ["ProjectWorker.Add", "WorkerEntryExit.Add", "WorkerAttendance.Add"];

    public static int Run(int cases)
    {
        var files = ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!;
        var published = Read(files);
        var text = files[Flow];
        if (!text.Contains(Limit + "3", StringComparison.Ordinal)) throw new InvalidOperationException("The review's limit is not where it was.");
        var draft = Read(new Dictionary<string, string>(files) { [Flow] = text.Replace(Limit + "3", Limit + "2", StringComparison.Ordinal) });
        var period = Period(published.Content, cases);
        var lines = PastCaseFile.Write(period).ToList();
        ReplayComparison.Of(period with { Cases = [.. period.Cases.Take(100)] }, published, draft);

        var calibration = new Samples("cal.json, the largest flow parsed and written", "texts/CPU-s");
        Calibrate(calibration, text);
        var began = Stopwatch.GetTimestamp();
        var cpu = Samples.Cpu;
        var read = PastCaseFile.Read("cases.jsonl", lines, published.Content);
        var reading = Stopwatch.GetElapsedTime(began);
        var told = ReplayComparison.Of(read.Period ?? throw new InvalidOperationException(string.Join('\n', read.Problems)), published, draft);
        var whole = Stopwatch.GetElapsedTime(began);
        var spent = Samples.CpuSince(cpu);
        Calibrate(calibration, text);

        Console.WriteLine(told);
        calibration.Print();
        var acts = period.Cases.Sum(past => 1 + past.Acts.Count + past.Requests.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{cases} cases, {acts} acts and requests, both versions: {whole.TotalSeconds:N1} s (reading the file {reading.TotalSeconds:N1} s), {spent.TotalSeconds:N1} s CPU, {cases / whole.TotalSeconds:N0} cases/s, {cases / spent.TotalSeconds:N0} cases/CPU-s, ratio {cases / spent.TotalSeconds / calibration.Median:N2} of cal.json; goal for 10,000: 60 s; heap {GC.GetTotalMemory(false) >> 20} MB"));
        return told.Total.NotReplayed.Count == 0 ? 0 : 1;
    }

    private static Library Read(IReadOnlyDictionary<string, string> files) =>
        new(ContentReader.Read(files) is { Set: { } set } ? set : throw new InvalidOperationException("The content of this clone has errors."));

    private static void Calibrate(Samples calibration, string text)
    {
        for (var sample = 0; sample < 3; sample++)
        {
            calibration.Add(Samples.PerCpuSecond(TimeSpan.FromMilliseconds(500), () =>
            {
                JsonNode.Parse(text)!.ToJsonString();
                return 1;
            }));
        }
    }

    /// <summary>Filed over two months of 2023, at all cities and counties of Guangdong in turn, by a tenth as many vendors.</summary>
    private static PastPeriod Period(ContentSet content, int cases)
    {
        var calendar = content.Calendar;
        var authorities = content.Regions.Authorities.Where(authority => authority.Level != Workflows.Execution.OrganisationLevel.Province && authority.Id.StartsWith("44", StringComparison.Ordinal)).ToList();
        var first = new DateTimeOffset(2023, 3, 6, 9, 0, 0, Deadlines.Shanghai);
        return new PastPeriod(first.AddDays(90), [.. Enumerable.Range(0, cases).Select(Case)]);

        PastCase Case(int index)
        {
            var at = first.AddMinutes(index * 60L * 24 * 60 / cases);
            var authority = authorities[index % authorities.Count].Id;
            var (isReturned, isLate) = (index % 10 == 3, index % 10 == 7);
            var acts = new List<PastAct>();
            var approved = isReturned ? 3 : isLate ? 4 : 2;
            if (isReturned)
            {
                acts.Add(Act(Day(1, 10), "review", "officer", "Returned"));
                acts.Add(new PastAct(Day(2, 10), "correct", $"vendor-{index % (cases / 10)}", "vendor-admin", "Resubmitted", []));
            }

            acts.Add(Act(Day(approved, 11), "review", "officer", "Approved"));
            if (isLate) acts.Add(Act(Day(approved, 12), "review-warning", "officer", "Answered"));
            acts.Add(Act(Day(approved + 4, 10), "interface-test", "officer", "Succeeded"));
            return new PastCase
            {
                Number = CaseNumber.From("YJDJ", 2023, authority, index + 1), Flow = "guangdong-vendor-integration", Authority = authority, Applicant = $"vendor-{index % (cases / 10)}", Kind = "vendor", At = at,
                Values = Application(index), Acts = acts,
                Requests = [.. Methods.Select((method, place) => new PastRequest(Day(approved + 1 + place, 10), 1, method, true, "0", 3, 3, place == 0 ? 3 : 0))],
            };

            DateTimeOffset Day(int workingDays, int hour) => Deadlines.StartOf(calendar.AddWorkingDays(Deadlines.DateOf(at), workingDays)).AddHours(hour).AddSeconds(index % 3600);

            PastAct Act(DateTimeOffset when, string step, string role, string outcome) => new(when, step, authority, role, outcome, []);
        }
    }

    private static JsonObject Application(int index)
    {
        var form = new JsonObject
        {
            ["companyName"] = "企业", ["uscc"] = "91440300MA5DEMA16J", ["productName"] = "实名通", ["productVersion"] = $"2.{index}", ["productType"] = "软件", ["standardVersion"] = "V1.3", ["entry"] = "1", ["truth"] = true,
        };
        foreach (var paper in (string[])["businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment"])
        {
            form[paper] = new JsonArray(new JsonObject { ["id"] = Guid.Empty.ToString(), ["name"] = "1.pdf", ["size"] = 1, ["type"] = "application/pdf", ["sha256"] = "00" });
        }

        return form;
    }
}
