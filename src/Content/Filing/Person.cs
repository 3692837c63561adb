using WorkflowEngine.Content.People;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Filing;

/// <summary>An organisation as far as filing and deciding need it.</summary>
/// <param name="Kind"><c>authority</c>, <c>vendor</c>, <c>contractor</c>.</param>
/// <param name="Path">Superiors first, each with a slash: <c>440000/440300/</c>, <c>enterprise/9144…/</c>.</param>
public sealed record Body(string Id, string Name, OrganisationLevel Level, string Kind, string Path)
{
    /// <summary>It and those above it.</summary>
    public IEnumerable<string> Line => Path.TrimEnd('/').Split('/').Where(part => part != "enterprise");
}

/// <summary>Who acts: one person, one organisation, one role.</summary>
public sealed record Person(Actor Actor, OrganisationLevel Level, string OrganisationName)
{
    /// <summary>
    /// Whether a task or a letter for this role (null: for everybody) of an organisation, which row-level security lets the own one see, is for this person's
    /// eyes. Reading along with the organisations below is for who reads cases.
    /// </summary>
    public bool MaySee(string organisationId, string? role) =>
        Roles.OnlyRole(Actor.Role) is not { } only || (role == only && organisationId == Actor.OrganisationId);
}
