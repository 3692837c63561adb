using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Bench;

/// <summary>What a host spends when somebody saves a file of its content: reading everything for the first time, and again after one file became another.</summary>
internal static class ContentRates
{
    private const int Repetitions = 9;
    private const string Flow = "workflows/guangdong/vendor-integration.json";

    public static int Run()
    {
        var files = ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!;
        var memory = new ContentMemory();
        Samples calibration = Ms("cal.json, the largest flow parsed and written 100 times"), fresh = Ms("all, for the first time"), same = Ms("all again, nothing changed"),
            flow = Ms("the largest flow changed"), letter = Ms("a letter changed");
        for (var repetition = -2; repetition < Repetitions; repetition++)
        {
            // A text that was never read before.
            var mark = string.Create(CultureInfo.InvariantCulture, $"{repetition}");
            (Samples Samples, Action Work)[] rounds =
            [
                (calibration, () => Parse(files[Flow], 100)),
                (fresh, () => Read(files, new ContentMemory())),
                (same, () => Read(files, memory)),
                (flow, () => Read(With(files, Flow, "广东省实名制软硬件接入联调", mark), memory)),
                (letter, () => Read(With(files, "templates/integration-succeeded.txt", "联调成功", mark), memory)),
            ];
            Read(files, memory);
            foreach (var (samples, work) in rounds)
            {
                var before = Samples.Cpu;
                work();
                if (repetition >= 0) samples.Add(Samples.CpuSince(before).TotalMilliseconds);
            }
        }

        foreach (var samples in new[] { calibration, fresh, same, flow, letter }) samples.Print(string.Create(CultureInfo.InvariantCulture, $"ratio {samples.Median / calibration.Median:N2} of cal.json"));
        return 0;
    }

    private static Samples Ms(string name) => new(name, "ms CPU", "N0", leastIsBest: true);

    private static void Parse(string text, int times)
    {
        for (var time = 0; time < times; time++) _ = JsonNode.Parse(text)!.ToJsonString();
    }

    private static void Read(IReadOnlyDictionary<string, string> files, ContentMemory memory)
    {
        if (ContentReader.Read(files, memory: memory).Set is null) throw new InvalidOperationException("The content of this clone has errors.");
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> files, string path, string passage, string mark) =>
        new(files) { [path] = files[path].Replace(passage, passage + mark, StringComparison.Ordinal) };
}
