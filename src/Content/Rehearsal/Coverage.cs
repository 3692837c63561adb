using System.Globalization;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>What the stories of a release try of it.</summary>
/// <param name="Stories">How many were played.</param>
/// <param name="Flows">In the order of their files.</param>
/// <param name="RuleSets">Of those that steps of a flow evaluate: how often each rule held and failed in stories.</param>
/// <param name="NoticesSent">By name.</param>
/// <param name="NoticesNotSent">Of those that flows send.</param>
public sealed record StoryCoverage(
    int Stories, IReadOnlyList<FlowCoverage> Flows, IReadOnlyList<RuleSetCoverage> RuleSets, IReadOnlyList<string> NoticesSent, IReadOnlyList<string> NoticesNotSent)
{
    /// <summary>For the terminal, Chinese first.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"情景 {Stories} 个 ({Stories} stories played in memory)");
        foreach (var flow in Flows)
        {
            yield return flow.ToString();
            foreach (var edge in flow.NotTaken) yield return $"  未走过：{edge}";
            foreach (var (edge, reason) in flow.Exempt) yield return $"  已声明不走：{edge}：{reason}";
        }

        foreach (var set in RuleSets)
        {
            var never = set.Rules.Where(rule => rule.Held == 0 || rule.Failed == 0).Select(rule => $"{rule.Rule}（{(rule.Held == 0 ? "未成立过" : "")}{(rule is { Held: 0, Failed: 0 } ? "、" : "")}{(rule.Failed == 0 ? "未不成立过" : "")}）").ToList();
            yield return $"规则集 {set.RuleSet}：{set.Rules.Count - never.Count}/{set.Rules.Count} 条在情景中成立和不成立都出现过 (rules seen both ways in stories){(never.Count == 0 ? "" : $"；{string.Join("、", never)}")}";
        }

        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"通知 {NoticesSent.Count}/{NoticesSent.Count + NoticesNotSent.Count} 种在情景中发出过 (notices sent in stories){(NoticesNotSent.Count == 0 ? "" : $"；未发出过：{string.Join("、", NoticesNotSent)}")}");
    }
}

/// <summary>Edges of a flow that some story takes.</summary>
/// <param name="Exempt">Those that a file of stories declares as not to be taken, each with the reason.</param>
public sealed record FlowCoverage(string Flow, string File, int Line, int Edges, IReadOnlyList<EdgeName> NotTaken, IReadOnlyList<ExemptEdge> Exempt)
{
    public int Taken => Edges - NotTaken.Count - Exempt.Count;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"流程 {File}：连线 {Taken}/{Edges}{(Exempt.Count == 0 ? "" : $"，另有 {Exempt.Count} 条声明不走")} (edges taken{(Exempt.Count == 0 ? "" : $", {Exempt.Count} exempt")})");
}

/// <summary>An edge that is declared as not to be taken.</summary>
public sealed record ExemptEdge(EdgeName Edge, string Reason);

/// <summary>An edge in words.</summary>
/// <param name="Line">In the flow's file.</param>
public sealed record EdgeName(string Source, string SourceTitle, string Port, string Target, string TargetTitle, int Line)
{
    public static EdgeName Of(WorkflowDefinition flow, Connection edge) => new(
        edge.Source, TitleOf(flow, edge.Source), edge.SourcePort ?? "Done", edge.Target, TitleOf(flow, edge.Target), edge.Line);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SourceTitle}（{Source}）—{Port}→ {TargetTitle}（{Target}），第 {Line} 行");

    private static string TitleOf(WorkflowDefinition flow, string id) => flow.Find(id) is { } step ? step.Literal("title") ?? step.DisplayName : id;
}
