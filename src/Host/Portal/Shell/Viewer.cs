using WorkflowEngine.Host.Access;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>Who looks at the page. A parameter of page endpoints; every one of them stands behind a policy.</summary>
public sealed record Viewer(SignedInPerson Person)
{
    public Storage.Tenant Tenant => Person.Tenant;

    public string UserId => Person.Actor.UserId;

    public string Role => Person.Actor.Role;

    public string OrganisationId => Person.Actor.OrganisationId;

    public bool IsVendor => Site.IsVendor(Role);

    public static ValueTask<Viewer?> BindAsync(HttpContext http) => ValueTask.FromResult<Viewer?>(new Viewer(SignedInPerson.Required(http.User)));
}
