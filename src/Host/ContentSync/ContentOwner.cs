using WorkflowEngine.Host.Access;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>Whose the content is: the province's, until its cities have versions of their own.</summary>
public static class ContentOwner
{
    public const string Province = "440000";

    /// <summary>Who looks at the content of another province learns nothing of this one's.</summary>
    public static bool IsOf(SignedInPerson? person) => person?.Actor.OrganisationId == Province;

    /// <summary>Others who look at the content read it; <see cref="Policies.Publishing"/> says the same of endpoints.</summary>
    public static bool MayPublish(SignedInPerson person) => IsOf(person) && person.Actor.Role == Roles.PolicyStaff;
}
