using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Storage.Identity;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.SignIn;

/// <summary>
/// Writes a person's claims when they sign in, and again each time the session is checked: a changed role or organisation
/// is in force within <see cref="SignInSetup.SessionCheck"/>.
/// </summary>
public sealed class PersonClaims(OrganisationStore organisations, IOptions<IdentityOptions> options) : IUserClaimsPrincipalFactory<User>
{
    public async Task<ClaimsPrincipal> CreateAsync(User user)
    {
        var organisation = await organisations.FindAsync(user.OrganisationId, CancellationToken.None)
            ?? throw new InvalidOperationException($"User {user.Id} belongs to organisation '{user.OrganisationId}', which is not in the register.");
        var person = new SignedInPerson(
            new Actor(user.Id, user.DisplayName, organisation.Id, user.Role), organisation.Path, organisation.Level, organisation.Name);

        var identity = new ClaimsIdentity(person.ToClaims(), IdentityConstants.ApplicationScheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(options.Value.ClaimsIdentity.SecurityStampClaimType, user.SecurityStamp ?? ""));
        return new ClaimsPrincipal(identity);
    }
}
