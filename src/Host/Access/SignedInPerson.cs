using System.Security.Claims;
using WorkflowEngine.Storage;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Access;

/// <summary>
/// The person behind a request, as claims carry them: who, for which organisation, in which role. Sign-in writes the
/// claims with <see cref="ToClaims"/>; everything else reads them with <see cref="From"/>.
/// </summary>
/// <param name="Actor">For journal, audit and the engine.</param>
/// <param name="OrganisationPath">Path from the province down, e.g. <c>440000/440300/</c>: what a higher level sees begins with its own path.</param>
/// <param name="Level">The organisation's level.</param>
/// <param name="OrganisationName">For the page's header.</param>
public sealed record SignedInPerson(Actor Actor, string OrganisationPath, OrganisationLevel Level, string OrganisationName)
{
    private const string Organisation = "organisation";
    private const string Path = "organisation-path";
    private const string LevelClaim = "organisation-level";
    private const string Display = "organisation-name";

    /// <summary>The second wall: what row-level security lets this person's queries see.</summary>
    public Tenant Tenant => new(Actor.OrganisationId, OrganisationPath);

    /// <inheritdoc cref="Roles.OnlyRole"/>
    public string? OnlyRole => Roles.OnlyRole(Actor.Role);

    /// <summary>As filing and deciding need to know them.</summary>
    public Person Person => new(Actor, Level, OrganisationName);

    /// <inheritdoc cref="Person.MaySee"/>
    public bool MaySee(string organisationId, string? role) => Person.MaySee(organisationId, role);

    public IEnumerable<Claim> ToClaims() =>
    [
        new(ClaimTypes.NameIdentifier, Actor.UserId),
        new(ClaimTypes.Name, Actor.Name),
        new(ClaimTypes.Role, Actor.Role),
        new(Organisation, Actor.OrganisationId),
        new(Path, OrganisationPath),
        new(LevelClaim, Level.ToString()),
        new(Display, OrganisationName),
    ];

    /// <summary>Null when nobody is signed in, or the cookie is of an older form.</summary>
    public static SignedInPerson? From(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true }) return null;

        return (principal.FindFirstValue(ClaimTypes.NameIdentifier), principal.FindFirstValue(ClaimTypes.Name), principal.FindFirstValue(ClaimTypes.Role),
                principal.FindFirstValue(Organisation), principal.FindFirstValue(Path), principal.FindFirstValue(Display)) switch
        {
            ({ } id, { } name, { } role, { } organisation, { } path, { } display)
                when Enum.TryParse<OrganisationLevel>(principal.FindFirstValue(LevelClaim), out var level) =>
                new SignedInPerson(new Actor(id, name, organisation, role), path, level, display),
            _ => null,
        };
    }

    /// <summary>For endpoints and pages behind a policy, where somebody is certainly signed in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is: the endpoint lacks its policy.</exception>
    public static SignedInPerson Required(ClaimsPrincipal principal) =>
        From(principal) ?? throw new InvalidOperationException("The endpoint is reached without a signed-in person; it lacks a policy.");
}
