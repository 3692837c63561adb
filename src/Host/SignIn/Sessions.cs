using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Storage.Identity;

namespace WorkflowEngine.Host.SignIn;

/// <summary>What came of trying to sign in.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <summary>The cookie is on its way, and the rest of this request is this person's.</summary>
    public sealed record SignedIn(SignedInPerson Person) : SignInOutcome;

    /// <summary>Wrong name, wrong password, locked or disabled: which of these is not told to anybody outside.</summary>
    public sealed record Refused : SignInOutcome;
}

/// <summary>Opens and ends sessions. All of it runs on the system clock: a simulation does not age anybody's session.</summary>
public sealed class Sessions(
    UserManager<User> users, IdentityContext identities, PersonClaims claims, Clocks.SystemClock clock, IHttpContextAccessor context, ILogger<Sessions> log)
{
    /// <summary>Longer input is not hashed at all: hashing is the expensive part, and nobody types this much.</summary>
    public const int LongestInput = 128;

    /// <summary>Where the moment of signing in is kept beside the claims; renewing the cookie leaves it alone.</summary>
    internal const string SignedInAt = "signed-in-at";

    /// <summary>More than the failures that lock an account: whoever loses so often finds it locked before.</summary>
    private const int MostTries = 4 * SignInSetup.MostFailures;

    private static readonly User Nobody = new();
    private static readonly string NobodysPassword = new PasswordHasher<User>().HashPassword(Nobody, Guid.NewGuid().ToString("N"));

    private HttpContext Http => context.HttpContext ?? throw new InvalidOperationException("Sessions are opened within a request.");

    public async Task<SignInOutcome> OpenAsync(string userName, string password)
    {
        if (userName.Length is 0 or > LongestInput || password.Length is 0 or > LongestInput || userName.Any(char.IsControl)) return new SignInOutcome.Refused();

        var user = await users.FindByNameAsync(userName);
        if (user is null)
        {
            // The same work as for a name that exists, so that the time taken does not tell which names do.
            users.PasswordHasher.VerifyHashedPassword(Nobody, NobodysPassword, password);
            return new SignInOutcome.Refused();
        }

        var locked = await users.IsLockedOutAsync(user);
        var right = await users.CheckPasswordAsync(user, password);
        if (!right && !locked) await CountFailureAsync(user);
        if (!right || locked || user.Disabled)
        {
            log.LogWarning("Sign-in refused for user {UserId} (locked: {Locked}, disabled: {Disabled})", user.Id, locked, user.Disabled);
            return new SignInOutcome.Refused();
        }

        await users.ResetAccessFailedCountAsync(user);
        var principal = await claims.CreateAsync(user);
        var properties = new AuthenticationProperties();
        properties.SetString(SignedInAt, clock.Now.ToString("O", CultureInfo.InvariantCulture));
        await Http.SignInAsync(IdentityConstants.ApplicationScheme, principal, properties);

        // An antiforgery token handed out in this same answer must already be this person's.
        Http.User = principal;
        return new SignInOutcome.SignedIn(SignedInPerson.Required(principal));
    }

    /// <summary>Ends this session and every other of the same person: a cookie that was copied must not outlive signing out.</summary>
    public async Task CloseAsync()
    {
        if (await users.GetUserAsync(Http.User) is { } user) await users.UpdateSecurityStampAsync(user);
        await Http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Failures that come at the same moment all count: the framework gives up when another one was written first, and guessing in parallel would be free.</summary>
    private async Task CountFailureAsync(User user)
    {
        for (var attempt = 0; attempt < MostTries && !(await users.AccessFailedAsync(user)).Succeeded; attempt++)
        {
            await identities.Entry(user).ReloadAsync(Http.RequestAborted);
            if (await users.IsLockedOutAsync(user)) return;
        }
    }
}
