using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>The organisations of a rehearsal: the authorities of the register of regions, and the enterprises that take part.</summary>
public sealed class OrganisationBook
{
    private readonly Dictionary<string, Body> _bodies = [];
    private readonly Dictionary<string, string?> _parents = [];
    private readonly OrganisationBook? _authorities;

    /// <summary>The authorities alone.</summary>
    public OrganisationBook(RegionRegister regions)
    {
        foreach (var authority in regions.Authorities)
        {
            _bodies[authority.Id] = new Body(authority.Id, authority.Name, authority.Level, "authority", regions.PathOf(authority));
            _parents[authority.Id] = authority.ParentId;
        }
    }

    /// <summary>The same authorities with these enterprises.</summary>
    public OrganisationBook(OrganisationBook authorities, IEnumerable<Body> enterprises)
    {
        _authorities = authorities;
        foreach (var enterprise in enterprises) _bodies[enterprise.Id] = enterprise;
    }

    /// <param name="kind"><c>vendor</c> or <c>contractor</c>.</param>
    public static Body Enterprise(string code, string name, string kind) => new(code, name, OrganisationLevel.Enterprise, kind, $"enterprise/{code}/");

    public Body? Find(string id) => _bodies.GetValueOrDefault(id) ?? _authorities?.Find(id);

    public string NameOf(string id) => Find(id)?.Name ?? id;

    internal OrganisationFact? Fact(string id) => _authorities?.Fact(id) ?? (_bodies.GetValueOrDefault(id) is { } body ? new OrganisationFact(body.Id, body.Name, body.Level, _parents.GetValueOrDefault(id)) : null);
}
