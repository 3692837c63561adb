using System.Globalization;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Personal;

namespace WorkflowEngine.Host.Portal.Personal;

/// <summary>Months of devices' personal data.</summary>
/// <param name="KeepMonths">Whole months after the one of arrival.</param>
public sealed record KeptMonthsModel(IReadOnlyList<KeptMonth> Months, int KeepMonths)
{
    /// <summary>From which day on the month's key is destroyed.</summary>
    public DateOnly EndOf(KeptMonth month) => month.Month.AddMonths(KeepMonths + 1);
}

/// <summary>个人信息保存: until when personal data can be opened, and which months are held longer.</summary>
public static class KeptMonthPages
{
    private const int LongestReason = 200;

    public static void MapKeptMonthPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/personal-data", ShowAsync).RequireAuthorization(Policies.Installation);
        pages.MapPost("/personal-data", HoldAsync).RequireAuthorization(Policies.Installation).RequireFormToken();
    }

    private static async Task<IResult> ShowAsync(PersonalRetention retention, HostSettings settings, CancellationToken ct) =>
        Pages.Show<KeptMonthsPage, KeptMonthsModel>(new KeptMonthsModel(await retention.MonthsAsync(ct), settings.PersonalMonths));

    private static async Task<IResult> HoldAsync(HttpContext http, Viewer viewer, PersonalRetention retention, BusinessClock clock, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var holds = form["act"] == "hold";
        var reason = form["reason"].ToString().Trim();
        if (!DateOnly.TryParseExact(form["month"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)) return Pages.NotFound();

        if (holds && reason.Length is 0 or > LongestReason) return Refused($"请写明延长保存的理由（不超过 {LongestReason} 字）。");

        return await retention.HoldAsync(form["province"].ToString(), month, holds ? Masking.Sentence(reason) : null, viewer.Person.Actor, clock.Now, ct)
            ? Pages.Next("/personal-data")
            : Refused("该月份已销毁，或已由他人处理，请刷新后查看。");

        static IResult Refused(string why) => Pages.Message(new Message("未能处理", why, Section.PersonalData, "/personal-data", "返回个人信息保存"), StatusCodes.Status422UnprocessableEntity);
    }
}
