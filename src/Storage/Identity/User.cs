using Microsoft.AspNetCore.Identity;

namespace WorkflowEngine.Storage.Identity;

/// <summary>A person who signs in. Acts for one organisation in one role.</summary>
public sealed class User : IdentityUser
{
    /// <summary>The organisation the person acts for.</summary>
    public string OrganisationId { get; set; } = "";

    /// <summary>One of the roles of the host: <c>vendor-admin</c>, <c>officer</c>, …</summary>
    public string Role { get; set; } = "";

    /// <summary>The name on screen and in the journal.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>A disabled person cannot sign in and every session of theirs ends.</summary>
    public bool Disabled { get; set; }
}
