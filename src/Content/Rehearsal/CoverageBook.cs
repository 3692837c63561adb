using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>Notes which edges are taken, which rules hold and which notices are sent while stories are played.</summary>
public sealed class CoverageBook : IRehearsalWatch
{
    private readonly HashSet<(string Flow, string Step, string Port)> _ports = [];
    private readonly HashSet<string> _notices = [];
    private readonly Dictionary<(string RuleSet, string Rule), (int Held, int Failed)> _rules = [];

    /// <summary>Activities that began, came to an end or fired beside their work: the engine's steps.</summary>
    public long Steps { get; private set; }

    public void Saw(CaseFile file, Burst burst)
    {
        foreach (var entry in burst.Journal)
        {
            switch (entry.Event)
            {
                case "Started":
                    Steps++;
                    break;
                case "Completed" or "Fired" or "Skipped":
                    if (entry.Event != "Completed") Steps++;
                    foreach (var port in entry.Outcomes ?? ["Done"]) _ports.Add((file.Flow.DefinitionId, entry.ActivityId, port));
                    break;
                case "Resumed":
                    Steps++;
                    break;
                case "Evaluated":
                    Judge(file, entry);
                    break;
            }
        }

        foreach (var notice in burst.Effects.OfType<Effect.QueueNotice>()) _notices.Add(notice.Notice);
    }

    /// <param name="exempt">Edges that are declared as not to be taken, with the reason.</param>
    public StoryCoverage Of(ContentSet content, int stories, Func<WorkflowDefinition, Connection, string?> exempt)
    {
        var flows = new List<FlowCoverage>();
        foreach (var flow in content.Flows.Values.OrderBy(flow => flow.Path, StringComparer.Ordinal))
        {
            var edges = flow.Activities.SelectMany(activity => activity.Connections).ToList();
            var notTaken = edges.Where(edge => !_ports.Contains((flow.DefinitionId, edge.Source, edge.SourcePort ?? "Done"))).ToList();
            flows.Add(new FlowCoverage(
                flow.DefinitionId, flow.Path, 1, edges.Count, [.. notTaken.Where(edge => exempt(flow, edge) is null).Select(edge => EdgeName.Of(flow, edge))],
                [.. notTaken.Where(edge => exempt(flow, edge) is not null).Select(edge => new ExemptEdge(EdgeName.Of(flow, edge), exempt(flow, edge)!))]));
        }

        var named = content.Flows.Values.SelectMany(flow => flow.Activities).ToList();
        var notices = named.Where(step => step.Type == "Gov.SendNotice").Select(step => step.Literal("notice")).OfType<string>().ToHashSet();
        var sets = named.Where(step => step.Type == "Gov.EvaluateRules").Select(step => step.Literal("ruleSet")).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Where(content.RuleSets.ContainsKey);
        return new StoryCoverage(
            stories, flows, [.. sets.Select(set => new RuleSetCoverage(set, [.. RulesOf(content.RuleSets[set]).Select(rule => Seen(set, rule.RuleName))]))],
            [.. _notices.Order(StringComparer.Ordinal)], [.. notices.Except(_notices).Order(StringComparer.Ordinal)]);
    }

    public bool Took(WorkflowDefinition flow, Connection edge) => _ports.Contains((flow.DefinitionId, edge.Source, edge.SourcePort ?? "Done"));

    private RuleCoverage Seen(string set, string rule)
    {
        var (held, failed) = _rules.GetValueOrDefault((set, rule));
        return new RuleCoverage(rule, held, failed);
    }

    /// <summary>Of a set of which one rule is taken, the one that held is told; of another, those that failed.</summary>
    private void Judge(CaseFile file, JournalEntry entry)
    {
        if (file.Flow.Find(entry.ActivityId)?.Literal("ruleSet") is not { } set || !file.Release.Content.RuleSets.TryGetValue(set, out var rules)) return;

        var conclusion = (string?)entry.Details?["conclusion"];
        var failures = (entry.Details?["findings"] as JsonArray ?? []).Select(finding => (string?)finding?["rule"]).ToHashSet();
        var isFirst = rules.Workflows[0].Match == RuleMatch.First;
        foreach (var rule in RulesOf(rules))
        {
            var holds = isFirst ? conclusion is not null && rule.SuccessEvent == conclusion : !failures.Contains(rule.RuleName);
            var (held, failed) = _rules.GetValueOrDefault((set, rule.RuleName));
            _rules[(set, rule.RuleName)] = holds ? (held + 1, failed) : (held, failed + 1);
        }
    }

    private static IEnumerable<Rule> RulesOf(RuleSet rules) => rules.Workflows[0].Rules.Where(rule => rule.Enabled);
}
