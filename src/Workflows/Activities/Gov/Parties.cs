using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Who a party of the case is.</summary>
internal static class Parties
{
    private const string ParentSuffix = ".parent";

    /// <summary>A level above a party, which the province does not have.</summary>
    public static bool MayBeMissing(string party) => party.EndsWith(ParentSuffix, StringComparison.Ordinal);

    /// <summary>The organisation of a party that must exist.</summary>
    public static string Resolve(Turn turn, string party) =>
        Find(turn, party) ?? throw new ActivityFault($"no organisation is '{party}': nobody is above the province");

    /// <summary>
    /// The organisation of <c>applicant</c>, <c>authority</c>, <c>province</c>, or of a level above one: <c>authority.parent</c>,
    /// <c>authority.parent.parent</c>. Null when there is no such level: nobody is above the province.
    /// </summary>
    public static string? Find(Turn turn, string party)
    {
        if (MayBeMissing(party))
        {
            return Find(turn, party[..^ParentSuffix.Length]) is { } below
                ? turn.Run.Fact<OrganisationFact>(new FactKey(FactKind.Organisation, below)).ParentId
                : null;
        }

        var parties = turn.Run.Case?.Parties ?? throw new ActivityFault($"the instance carries out no case, so there is no party '{party}'");
        return parties.TryGetValue(party, out var id)
            ? id
            : throw new ActivityFault($"the case has no party '{party}'; it has {string.Join(", ", parties.Keys)}");
    }
}
