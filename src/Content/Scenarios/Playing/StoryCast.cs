using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.People;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Who is in a story, and how a timeline names them.</summary>
public sealed class StoryCast(Scenario scenario, ContentSet content)
{
    private readonly Dictionary<string, StoryEnterprise> _enterprises = scenario.Enterprises.Values.DistinctBy(enterprise => enterprise.Code).ToDictionary(enterprise => enterprise.Code);

    public IEnumerable<StoryEnterprise> Enterprises => _enterprises.Values;

    /// <summary>As a timeline names them: 甲科技, 深圳经办.</summary>
    public string NameOf(Participant person)
    {
        if (Enterprise(person.OrganisationId) is { } enterprise) return enterprise.Name;

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

    public string NameOf(string authorityId) => content.Regions.Authority(authorityId)?.Name ?? authorityId;

    /// <summary>The title of the form that opens a case of the flow.</summary>
    public string FormOf(string flow) => OfferedFlows.Find(content, flow)?.Form.Title ?? flow;

    /// <summary>What messages and forms call the enterprise; null for an authority.</summary>
    public StoryEnterprise? Enterprise(string organisationId) => _enterprises.GetValueOrDefault(organisationId);

    /// <summary>The role that is written, or the one who stands for the organisation.</summary>
    public string RoleOf(Participant person) => person.Role ?? ReaderRole(person.OrganisationId);

    /// <summary>The role of whoever reads cases for the organisation.</summary>
    public string ReaderRole(string organisationId) => Enterprise(organisationId) is { } enterprise
        ? enterprise.Kind == EnterpriseKind.Contractor ? Roles.Contractor : Roles.VendorAdmin
        : content.Regions.Authority(organisationId) is { } authority
            ? authority.Level == OrganisationLevel.Province ? Roles.ProvinceOfficer : Roles.Officer
            : Roles.VendorAdmin;

    /// <summary>The authority and those above it, lowest first.</summary>
    public IEnumerable<string> Chain(string authorityId)
    {
        for (var at = content.Regions.Authority(authorityId); at is not null; at = at.ParentId is { } parent ? content.Regions.Authority(parent) : null) yield return at.Id;
    }
}
