using Microsoft.AspNetCore.Authorization;

namespace WorkflowEngine.Host.Access;

/// <summary>
/// Who may call which endpoint. Every endpoint names one of these or says AllowAnonymous; an endpoint that says nothing
/// is denied to everybody by the fallback policy. Which organisation's cases somebody sees is decided further in, by the
/// queries and by row-level security.
/// </summary>
public static class Policies
{
    /// <summary>Anybody who is signed in.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>People who read and work on cases: enterprises, bureaus, the province; not operators and policy staff.</summary>
    public const string CaseWork = "case-work";

    /// <summary>People who have tasks: those of <see cref="CaseWork"/>, and the technical support unit, which reads no case (<see cref="SignedInPerson.MaySee(string, string?)"/>).</summary>
    public const string TaskWork = "task-work";

    /// <summary>People who have letters: those of <see cref="TaskWork"/>, and who looks after the installation, whose letters are about that.</summary>
    public const string Letters = "letters";

    /// <summary>Who decides for an organisation how its letters reach it.</summary>
    public const string Delivery = "delivery";

    /// <summary>Who writes and publishes flows, rules, forms and letters, and moves running cases to what was published.</summary>
    public const string Content = "content";

    /// <summary>People of an enterprise, who file what opens a case and hold keys: a vendor those of a test, a contractor those of its projects.</summary>
    public const string Applicant = "applicant";

    /// <summary>People of a bureau or of the province.</summary>
    public const string Authority = "authority";

    /// <summary>
    /// People who may see what devices sent of a person in full, for a reason that is recorded: who answers for an authority's cases, and the province. Who works on cases sees it masked.
    /// </summary>
    public const string PersonalData = "personal-data";

    /// <summary>People who decide about steps that could not go on: who looks after the installation, who answers for the case.</summary>
    public const string Incidents = "incidents";

    /// <summary>Who looks after the installation: what is about no procedure, such as whether a mail is sent again.</summary>
    public const string Installation = "installation";

    /// <summary>People who look after the installation or its content.</summary>
    public const string Operations = "operations";

    /// <summary>Who looks at the content in a designer; writing and publishing are <see cref="Publishing"/>.</summary>
    public const string Designer = "designer";

    /// <summary>Who writes drafts of the content and publishes them.</summary>
    public const string Publishing = "publishing";

    /// <summary>Who looks at running instances in a designer: the province, which reads every case.</summary>
    public const string Instances = "instances";

    public static void Add(AuthorizationOptions options)
    {
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build();
        options.AddPolicy(SignedIn, policy => policy.RequireAuthenticatedUser());
        options.AddPolicy(CaseWork, policy => policy.RequireRole(Roles.OfCaseWork));
        options.AddPolicy(TaskWork, policy => policy.RequireRole(Roles.OfTaskWork));
        options.AddPolicy(Letters, policy => policy.RequireRole([.. Roles.OfTaskWork, Roles.Operator]));
        options.AddPolicy(Content, policy => policy.RequireRole(Roles.OfContent));
        options.AddPolicy(Delivery, policy => policy.RequireRole(Roles.DecidingDelivery));
        options.AddPolicy(Applicant, policy => policy.RequireRole(Roles.OfApplicants));
        options.AddPolicy(Authority, policy => policy.RequireRole(Roles.Officer, Roles.Leader, Roles.ProvinceOfficer));
        options.AddPolicy(PersonalData, policy => policy.RequireRole(Roles.DecidingPersonalData));
        options.AddPolicy(Incidents, policy => policy.RequireRole(Roles.Operator, Roles.Leader, Roles.ProvinceOfficer));
        options.AddPolicy(Installation, policy => policy.RequireRole(Roles.Operator));
        options.AddPolicy(Designer, policy => policy.RequireRole(Roles.PolicyStaff, Roles.ProvinceOfficer, Roles.Operator));
        options.AddPolicy(Publishing, policy => policy.RequireRole(Roles.PolicyStaff));
        options.AddPolicy(Instances, policy => policy.RequireRole(Roles.ProvinceOfficer));
        options.AddPolicy(Operations, policy => policy.RequireRole(Roles.Operator, Roles.PolicyStaff, Roles.ProvinceOfficer));
    }
}
