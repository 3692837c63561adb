using System.Collections.Concurrent;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>A release with what is made of it once, however many rehearsals run on it. Safe to share between threads.</summary>
public sealed class Library
{
    private readonly Dictionary<string, FlowOnOffer> _offers;
    private readonly ConcurrentDictionary<string, MessageChecker?> _checkers = new();

    /// <param name="memory">What was found when the release was read, for stories that change one of its files; null: nothing.</param>
    public Library(ContentSet content, ContentMemory? memory = null)
    {
        Content = content;
        Memory = memory ?? new ContentMemory();
        _offers = OfferedFlows.In(content).ToDictionary(offer => offer.Flow.DefinitionId);
        var facts = content.Facts.With(FactKey.Calendar, content.Calendar);
        Authorities = new OrganisationBook(content.Regions);
        foreach (var authority in content.Regions.Authorities) facts = facts.With(new FactKey(FactKind.Organisation, authority.Id), Authorities.Fact(authority.Id)!);
        Facts = facts;
    }

    public ContentSet Content { get; }

    internal ContentMemory Memory { get; }

    /// <summary>Those of the register of regions.</summary>
    public OrganisationBook Authorities { get; }

    /// <summary>What bursts read of the release: rule sets, flows, authorities, the calendar.</summary>
    public Facts Facts { get; }

    public FlowOnOffer? Offer(string flowId) => _offers.GetValueOrDefault(flowId);

    /// <summary>Null where the standard is unknown to the release or its messages are.</summary>
    internal MessageChecker? Checker(string standard) => _checkers.GetOrAdd(standard, id => CheckerOf(Content, id));

    private static MessageChecker? CheckerOf(ContentSet content, string standard) =>
        content.Standards.TryGetValue(standard, out var found) && found.Messages is not null && content.RuleSets.TryGetValue(MessageChecker.ConformanceRules, out var rules)
            ? new MessageChecker(found, content.Regions, rules)
            : null;
}
