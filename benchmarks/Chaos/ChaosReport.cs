using System.Globalization;
using System.Text;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>What a run did and what the checker found.</summary>
internal sealed record ChaosReport(ChaosOptions Options, Faults Faults, Figures Figures, IReadOnlyList<RigHost> Hosts, TimeSpan Faulty)
{
    /// <summary>Fewer acknowledgements say nothing: what is never answered cannot be lost.</summary>
    private const double LeastShare = 95;

    public bool Counts => Figures.Share >= LeastShare;

    public bool IsClean => Counts && Figures.Findings.Count == 0;

    public string ToText()
    {
        var text = new StringBuilder().AppendLine(FaultsLine()).AppendLine(ShareLine());
        foreach (var line in Figures.Lines) text.AppendLine(line);
        foreach (var finding in Figures.Findings) text.AppendLine(CultureInfo.InvariantCulture, $"FOUND {finding.Check}: {finding.What}");
        return text.Append(IsClean ? "Nothing lost, nothing doubled, nothing stuck." : "The run is not clean.").ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"`{Options}`").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"- {FaultsLine()}").AppendLine(CultureInfo.InvariantCulture, $"- {ShareLine()}");
        foreach (var line in Figures.Lines) text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
        text.AppendLine().AppendLine(Figures.Findings.Count == 0 ? "The checker found nothing." : "The checker found:").AppendLine();
        foreach (var finding in Figures.Findings) text.AppendLine(CultureInfo.InvariantCulture, $"- {finding.Check}: {finding.What}");
        return text.ToString();
    }

    private string FaultsLine()
    {
        var starts = Hosts.SelectMany(host => host.StartTimes).Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Faults.Killed} kills in {Faults.Cycles} cycles ({Faults.Count(FaultKind.KillBoth)} of both hosts at once), {Crashes()} database crashes ({Faults.Done.Count(fault => fault is { Kind: FaultKind.Crash, What: not "once" })} of them twice, the second during recovery), {Faults.Count(FaultKind.Thaw)} zombies, {Faults.Count(FaultKind.Cut)} times connections cut, in {Faulty.TotalMinutes:0.0} minutes; a host was back after {starts[starts.Count / 2].TotalSeconds:0.0} s (median); the load average of the machine was {LoadLine()}.{(Faults.Cycles < Options.Cycles ? $" Ended before cycle {Faults.Cycles + 1} of {Options.Cycles}." : "")}");
    }

    /// <summary>What others do on the machine is in it too: progress is to be read beside it.</summary>
    private string LoadLine()
    {
        var load = Faults.Load.Order().ToList();
        return load.Count == 0 ? "not looked at" : string.Create(CultureInfo.InvariantCulture, $"{load[load.Count / 2]:0.0} (median), {load[^1]:0.0} (most)");
    }

    private int Crashes() => Faults.Done.Where(fault => fault.Kind == FaultKind.Crash).Sum(fault => fault.What == "once" ? 1 : 2);

    private string ShareLine() => string.Create(
        CultureInfo.InvariantCulture, $"{Figures.Share:0.00} % of {Figures.Intents} intents acknowledged{(Counts ? "" : $"; the run does not count, {LeastShare:0} % are wanted")}.");
}
