using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Demo;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Who is in a story, signed in: those it names, and those who look at its cases for the player.</summary>
public sealed class StoryPeople(Stage stage, StoryCast cast)
{
    private readonly Dictionary<(string Organisation, string Role), PlatformClient> _signedIn = [];

    /// <summary>Everybody whom the host must know before the story begins.</summary>
    public static IReadOnlyList<DemoGuest> Of(Scenario scenario, ContentSet content, StoryCast cast)
    {
        var authorities = scenario.People().Select(person => person.OrganisationId)
            .Concat(scenario.Acts.Select(act => act.Deed).OfType<Deed.Submit>().Select(submit => submit.AuthorityId))
            .Where(id => content.Regions.Authority(id) is not null);
        return
        [
            .. cast.Enterprises.Select(enterprise => Guest(enterprise.Code, cast.ReaderRole(enterprise.Code), enterprise)),
            .. authorities.SelectMany(cast.Chain).Distinct().Select(id => new DemoGuest(id, cast.ReaderRole(id))),
            .. scenario.People().Where(person => person.Role is not null).Select(person => Guest(person.OrganisationId, person.Role!, cast.Enterprise(person.OrganisationId))),
        ];
    }

    private static DemoGuest Guest(string organisationId, string role, StoryEnterprise? enterprise) => new(
        organisationId, role, enterprise is null ? null : new DemoEnterprise(enterprise.FullName, enterprise.Kind == EnterpriseKind.Contractor ? "contractor" : "vendor"));

    public async Task<PlatformClient> AsAsync(string organisationId, string role, CancellationToken ct)
    {
        if (_signedIn.TryGetValue((organisationId, role), out var known)) return known;

        var client = await stage.SignInAsync(organisationId, role, ct);
        _signedIn.Add((organisationId, role), client);
        return client;
    }

    public Task<PlatformClient> AsAsync(Participant person, CancellationToken ct) => AsAsync(person.OrganisationId, cast.RoleOf(person), ct);

    /// <summary>Who together see everything of a case: the province, the authority with those above it, the applicant.</summary>
    public async Task<IReadOnlyList<PlatformClient>> ReadersAsync(string applicantId, string authorityId, CancellationToken ct)
    {
        var readers = new List<PlatformClient>();
        foreach (var id in cast.Chain(authorityId).Reverse()) readers.Add(await AsAsync(id, cast.ReaderRole(id), ct));
        readers.Add(await AsAsync(applicantId, cast.ReaderRole(applicantId), ct));
        return readers;
    }
}
