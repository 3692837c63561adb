
namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>The parts of the portal, as the navigation names them.</summary>
public enum Section
{
    None,
    Home,
    Tasks,
    Cases,
    Apply,
    Warnings,
    Notices,
    Keys,
    Incidents,
    Mail,
    Statistics,
    Letters,
    Content,
    PersonalData,
}

/// <summary>One entry of the navigation.</summary>
public sealed record MenuItem(Section Section, string Label, string Href);

/// <summary>A choice above a list.</summary>
public sealed record Tab(string Label, string Href, bool IsCurrent);

/// <summary>Names that every page uses, and what each role finds in the navigation.</summary>
public static class Site
{
    public const string Name = "实名制设备联调对接办理平台";
    public const string NameEn = "Interface Admission for Real-Name Attendance Systems";

    /// <summary>Stands where the name of an applicant would, who asked not to be named to the authority complained of (D-19).</summary>
    public const string Confidential = "申请人已申请保密";

    private static readonly MenuItem Home = new(Section.Home, "首页", "/");
    private static readonly MenuItem Tasks = new(Section.Tasks, "待办", "/tasks");
    private static readonly MenuItem Incidents = new(Section.Incidents, "系统中断", "/incidents");
    private static readonly MenuItem Mail = new(Section.Mail, "邮件", "/mail");
    private static readonly MenuItem PersonalData = new(Section.PersonalData, "个人信息保存", "/personal-data");
    private static readonly MenuItem Letters = new(Section.Letters, "文书", "/letters");
    private static readonly MenuItem Content = new(Section.Content, "流程与规则", "/content");
    private static readonly MenuItem Notices = new(Section.Notices, "通知", "/notices");

    private static readonly IReadOnlyList<MenuItem> ForEnterprises =
        [Home, Tasks, new(Section.Cases, "我的办件", "/cases"), new(Section.Apply, "申请与投诉", "/apply"), new(Section.Keys, "密钥与联调", "/keys"), Notices];

    private static readonly IReadOnlyList<MenuItem> ForAuthorities =
        [Home, Tasks, new(Section.Warnings, "预警", "/warnings"), new(Section.Cases, "办件查询", "/cases"), new(Section.Keys, "密钥与联调", "/keys"), Notices,
        new(Section.Statistics, "统计", "/statistics")];

    private static readonly IReadOnlyList<MenuItem> ForSupportUnits = [Home, Tasks, Notices];

    private static readonly IReadOnlyList<MenuItem> ForLeaders = [.. ForAuthorities, Incidents];

    private static readonly IReadOnlyList<MenuItem> ForProvince = [.. ForLeaders, Content, Letters];

    private static readonly IReadOnlyList<MenuItem> ForPolicyStaff = [Home, Content, Letters];

    private static readonly IReadOnlyList<MenuItem> ForOperators = [Home, Incidents, Mail, PersonalData, Notices];

    private static readonly IReadOnlyList<MenuItem> ForOthers = [Home];

    public static IReadOnlyList<MenuItem> Menu(string role) => role switch
    {
        Roles.VendorAdmin or Roles.VendorTech or Roles.Contractor => ForEnterprises,
        Roles.SupportUnit => ForSupportUnits,
        Roles.Officer => ForAuthorities,
        Roles.Leader => ForLeaders,
        Roles.ProvinceOfficer => ForProvince,
        Roles.PolicyStaff => ForPolicyStaff,
        Roles.Operator => ForOperators,
        _ => ForOthers,
    };

    public static string RoleName(string role) => Roles.NameOf(role);

    public static bool WorksOnCases(string role) => Menu(role).Contains(Tasks);

    public static bool HasLetters(string role) => Menu(role).Contains(Notices);

    public static bool LooksAfterMail(string role) => Menu(role).Contains(Mail);

    public static bool DecidesIncidents(string role) => Menu(role).Contains(Incidents);

    /// <summary>People of an enterprise: the applicant's side of a case.</summary>
    public static bool IsVendor(string role) => role is Roles.VendorAdmin or Roles.VendorTech or Roles.Contractor;
}
