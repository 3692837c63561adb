using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Who a party of the case is.</summary>
internal static class Parties
{
    private const string ParentSuffix = ".parent";

    /// <summary>The organisation of <c>applicant</c>, <c>authority</c>, <c>province</c>, or of the level above one: <c>authority.parent</c>.</summary>
    public static string Resolve(Turn turn, string party)
    {
        if (party.EndsWith(ParentSuffix, StringComparison.Ordinal))
        {
            var below = Resolve(turn, party[..^ParentSuffix.Length]);
            var organisation = turn.Run.Fact<OrganisationFact>(new FactKey(FactKind.Organisation, below));
            return organisation.ParentId ?? throw new ActivityFault($"organisation {below} has no level above it, so there is no party '{party}'");
        }

        var parties = turn.Run.Case?.Parties ?? throw new ActivityFault($"the instance carries out no case, so there is no party '{party}'");
        return parties.TryGetValue(party, out var id)
            ? id
            : throw new ActivityFault($"the case has no party '{party}'; it has {string.Join(", ", parties.Keys)}");
    }
}
