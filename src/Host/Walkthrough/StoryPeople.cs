using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Who is in a story: those it names, and those who look at its cases for the player.</summary>
public sealed class StoryPeople(Stage stage, Scenario scenario, ContentSet content)
{
    private readonly Dictionary<(string Organisation, string Role), PlatformClient> _signedIn = [];

    /// <summary>Everybody whom the host must know before the story begins.</summary>
    public static IReadOnlyList<DemoGuest> Of(Scenario scenario, ContentSet content)
    {
        var authorities = scenario.People().Select(person => person.OrganisationId)
            .Concat(scenario.Acts.Select(act => act.Deed).OfType<Deed.Submit>().Select(submit => submit.AuthorityId))
            .Where(id => content.Regions.Authority(id) is not null);
        var guests = new List<DemoGuest>();
        foreach (var enterprise in scenario.Enterprises.Values)
        {
            guests.Add(new DemoGuest(enterprise.Code, ReaderRole(enterprise), new DemoEnterprise(enterprise.FullName, enterprise.Kind == EnterpriseKind.Contractor ? "contractor" : "vendor")));
        }

        foreach (var id in authorities.SelectMany(id => Chain(id, content)).Distinct()) guests.Add(new DemoGuest(id, ReaderRole(id, content)));
        foreach (var person in scenario.People().Where(person => person.Role is not null))
        {
            var enterprise = scenario.Enterprises.Values.FirstOrDefault(enterprise => enterprise.Code == person.OrganisationId);
            guests.Add(new DemoGuest(
                person.OrganisationId, person.Role!, enterprise is null ? null : new DemoEnterprise(enterprise.FullName, enterprise.Kind == EnterpriseKind.Contractor ? "contractor" : "vendor")));
        }

        return guests;
    }

    public async Task<PlatformClient> AsAsync(string organisationId, string role, CancellationToken ct)
    {
        if (_signedIn.TryGetValue((organisationId, role), out var known)) return known;

        var client = await stage.SignInAsync(organisationId, role, ct);
        _signedIn.Add((organisationId, role), client);
        return client;
    }

    public Task<PlatformClient> AsAsync(Participant person, CancellationToken ct) => AsAsync(person.OrganisationId, RoleOf(person), ct);

    /// <summary>Who together see everything of a case: the province, the authority with those above it, the applicant.</summary>
    public async Task<IReadOnlyList<PlatformClient>> ReadersAsync(string applicantId, string authorityId, CancellationToken ct)
    {
        var readers = new List<PlatformClient>();
        foreach (var id in Chain(authorityId, content).Reverse()) readers.Add(await AsAsync(id, ReaderRole(id, content), ct));
        readers.Add(await AsAsync(applicantId, ReaderRole(Enterprise(applicantId)), ct));
        return readers;
    }

    /// <summary>As a timeline names them: 甲科技, 深圳经办.</summary>
    public string NameOf(Participant person)
    {
        if (scenario.Enterprises.Values.FirstOrDefault(enterprise => enterprise.Code == person.OrganisationId) is { } enterprise) return enterprise.Name;

        var authority = content.Regions.Authority(person.OrganisationId);
        var place = authority is null || authority.Id != authority.AreaCode ? authority?.Name ?? person.OrganisationId : content.Regions.Area(authority.AreaCode)!.Name.TrimEnd('市', '省');
        return place + person.Role switch
        {
            Roles.Officer => "经办",
            Roles.Leader => "负责人",
            Roles.SupportUnit => "技术支持",
            Roles.ProvinceOfficer => "省厅",
            Roles.PolicyStaff => "政策",
            _ => "",
        };
    }

    /// <summary>The authority as it calls itself.</summary>
    public string NameOf(string authorityId) => content.Regions.Authority(authorityId)?.Name ?? authorityId;

    /// <summary>The title of the form that opens a case of the flow.</summary>
    public string FormOf(string flow) => OfferedFlows.In(content).FirstOrDefault(offer => offer.Flow.DefinitionId == flow)?.Form.Title ?? flow;

    /// <summary>What messages and forms call the enterprise; null for an authority.</summary>
    public StoryEnterprise? Enterprise(string organisationId) => scenario.Enterprises.Values.FirstOrDefault(enterprise => enterprise.Code == organisationId);

    private string RoleOf(Participant person) =>
        person.Role ?? (Enterprise(person.OrganisationId) is { } enterprise ? ReaderRole(enterprise) : ReaderRole(person.OrganisationId, content));

    private static string ReaderRole(StoryEnterprise? enterprise) => enterprise?.Kind == EnterpriseKind.Contractor ? "contractor" : Roles.VendorAdmin;

    private static string ReaderRole(string authorityId, ContentSet content) =>
        content.Regions.Authority(authorityId)?.Level == OrganisationLevel.Province ? Roles.ProvinceOfficer : Roles.Officer;

    /// <summary>The authority and those above it, lowest first.</summary>
    private static IEnumerable<string> Chain(string authorityId, ContentSet content)
    {
        for (var at = content.Regions.Authority(authorityId); at is not null; at = at.ParentId is { } parent ? content.Regions.Authority(parent) : null) yield return at.Id;
    }
}
