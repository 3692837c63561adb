namespace WorkflowEngine.Content.People;

/// <summary>What a person is within the organisation that they act for. One person, one organisation, one role.</summary>
public static class Roles
{
    /// <summary>企业管理员: applies, corrects, withdraws, complains.</summary>
    public const string VendorAdmin = "vendor-admin";

    /// <summary>企业技术人员: drafts, tests the interface.</summary>
    public const string VendorTech = "vendor-tech";

    /// <summary>施工企业: complains, registers new projects.</summary>
    public const string Contractor = "contractor";

    /// <summary>经办: reviews, issues keys, answers warnings.</summary>
    public const string Officer = "officer";

    /// <summary>负责人: as the officer, and signs what an officer may not decide alone.</summary>
    public const string Leader = "leader";

    /// <summary>省级: reads everything of the province, orders (督办).</summary>
    public const string ProvinceOfficer = "province-officer";

    /// <summary>Draws and publishes flows, rules, notices and forms.</summary>
    public const string PolicyStaff = "policy-staff";

    /// <summary>Installs, watches, restores; sees no case.</summary>
    public const string Operator = "operator";

    /// <summary>技术支持单位: makes test keys, repairs the city's interface; does not see the case file.</summary>
    public const string SupportUnit = "support-unit";

    public static IReadOnlyList<string> All { get; } =
        [VendorAdmin, VendorTech, Contractor, Officer, Leader, ProvinceOfficer, PolicyStaff, Operator, SupportUnit];

    /// <summary>Who writes and publishes flows, rules, forms and letters, and moves running cases to what was published.</summary>
    public static IReadOnlyList<string> OfContent { get; } = [PolicyStaff, ProvinceOfficer];

    /// <summary>Who decides for an organisation how its letters reach it.</summary>
    public static IReadOnlyList<string> DecidingDelivery { get; } = [VendorAdmin, Contractor, Leader, ProvinceOfficer];

    /// <summary>Who may see what devices sent of a person in full, for a reason that is recorded.</summary>
    public static IReadOnlyList<string> DecidingPersonalData { get; } = [Leader, ProvinceOfficer];

    /// <summary>True when a person with role <paramref name="held"/> may do what is meant for <paramref name="wanted"/>.</summary>
    public static bool Covers(string held, string wanted) =>
        held == wanted || (held, wanted) is (Leader, Officer) or (ProvinceOfficer, Officer) or (VendorAdmin, VendorTech);

    /// <summary>
    /// True when a person with role <paramref name="held"/> may do a task of the own organisation that is meant for <paramref name="wanted"/>. What a flow asks
    /// of its applicant is the contractor's where a contractor has filed; what may be filed in the first place is told by <see cref="Covers"/> alone.
    /// </summary>
    public static bool MayDo(string held, string wanted) => Covers(held, wanted) || (held, wanted) is (Contractor, VendorAdmin);

    /// <summary>People who read and work on cases: enterprises, bureaus, the province; not operators and policy staff.</summary>
    public static IReadOnlyList<string> OfCaseWork { get; } = [VendorAdmin, VendorTech, Contractor, Officer, Leader, ProvinceOfficer];

    /// <summary>People who have tasks: those of <see cref="OfCaseWork"/>, and the technical support unit, which reads no case.</summary>
    public static IReadOnlyList<string> OfTaskWork { get; } = [.. OfCaseWork, SupportUnit];

    /// <summary>People of an enterprise, who file what opens a case and hold keys: a vendor those of a test, a contractor those of its projects.</summary>
    public static IReadOnlyList<string> OfApplicants { get; } = [VendorAdmin, VendorTech, Contractor];

    /// <summary>
    /// The one role whose tasks and letters a person of this role sees; null: those of the whole organisation. The technical support unit sits in its authority's
    /// organisation and does not read its cases, and neither does who looks after the installation.
    /// </summary>
    public static string? OnlyRole(string role) => role is SupportUnit or Operator ? role : null;

    /// <summary>As people call it.</summary>
    public static string NameOf(string role) => role switch
    {
        VendorAdmin => "企业管理员",
        VendorTech => "企业技术人员",
        Contractor => "施工企业",
        Officer => "经办人",
        Leader => "负责人",
        ProvinceOfficer => "省级主管",
        PolicyStaff => "政策人员",
        Operator => "运维人员",
        SupportUnit => "技术支持单位",
        _ => role,
    };
}
