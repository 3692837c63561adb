using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content;

/// <summary>
/// One release of everything that policy staff write: flows, rule sets, forms, notices, calendar, regions. Immutable and free
/// of errors: a case runs on the release it began with, and a release is known for ever by what its files say.
/// </summary>
public sealed class ContentSet
{
    /// <summary>SHA-256, in hex, over all paths and texts in the order of their paths: equal files, equal id.</summary>
    public required string Id { get; init; }

    /// <summary>The files as read, by repository path with forward slashes.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>By definition id.</summary>
    public required IReadOnlyDictionary<string, WorkflowDefinition> Flows { get; init; }

    /// <summary>By workflow name, as <c>Gov.EvaluateRules</c> names them.</summary>
    public required IReadOnlyDictionary<string, RuleSet> RuleSets { get; init; }

    /// <summary>By form id.</summary>
    public required IReadOnlyDictionary<string, FormDefinition> Forms { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, Notice> Notices { get; init; }

    public required WorkingDayCalendar Calendar { get; init; }

    public required RegionRegister Regions { get; init; }

    /// <summary>Interface standards by the name of their folder, e.g. <c>national-1.2.1</c>; <see cref="MessageStandards"/> reads them.</summary>
    public required IReadOnlyDictionary<string, MessageStandard> Standards { get; init; }

    /// <summary>What bursts read of the release: rule sets and flows. The calendar is always the current one.</summary>
    public Facts Facts => field ??= Flows.Aggregate(
        RuleSets.Aggregate(Facts.None, (facts, rules) => facts.With(new FactKey(FactKind.RuleSet, rules.Key), rules.Value)),
        (facts, flow) => facts.With(new FactKey(FactKind.Definition, flow.Key), flow.Value));

    /// <summary>The same with another calendar.</summary>
    internal ContentSet With(string id, IReadOnlyDictionary<string, string> files, WorkingDayCalendar calendar) => new()
    {
        Id = id, Files = files, Flows = Flows, RuleSets = RuleSets, Forms = Forms, Notices = Notices, Calendar = calendar, Regions = Regions, Standards = Standards, Places = Places,
    };

    /// <summary>The file a flow, rule set, form or notice comes from; null when there is no such item.</summary>
    public string? FileOf(ContentKind kind, string name) => Places.GetValueOrDefault((kind, name));

    public required IReadOnlyDictionary<(ContentKind Kind, string Name), string> Places { get; init; }
}

/// <summary>The kinds of content that carry a name of their own.</summary>
public enum ContentKind
{
    Flow,
    RuleSet,
    Form,
    Notice,
}
