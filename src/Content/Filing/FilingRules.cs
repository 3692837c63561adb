using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.People;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Filing;

/// <summary>
/// What is asked of a form that opens a case, and what the case is called then. Whoever files looks up what these rules want to know; refusals are in the words
/// that the person is told (zh-CN).
/// </summary>
public static class FilingRules
{
    public const string NoAuthority = "请选择受理申请的市、县（区）主管部门。";

    public static string NoFlow(string flowId) => $"没有可以在线申请的事项“{Short(flowId)}”。";

    /// <summary>Null: the person may file it.</summary>
    public static string? RoleRefusal(FlowOnOffer offer, Person by) => offer.MayBeFiledBy(by.Actor.Role)
        ? null
        : $"只有{string.Join("、", offer.Roles.Select(Roles.NameOf))}可以提交“{offer.Flow.Name}”，请联系本企业的管理员。";

    /// <summary>Whether it is an authority that is asked for anything at all.</summary>
    public static bool Receives(Body? authority) => authority is { Kind: "authority", Level: not OrganisationLevel.Province };

    /// <summary>Why an authority of another province is not asked, and whom to ask instead.</summary>
    public static string Outside(FlowOnOffer offer, Body authority, string? provinceName)
    {
        var province = provinceName ?? offer.Province;
        return $"“{offer.Flow.Name}”只由{province}所辖的市、县（区）主管部门受理，{authority.Name}不在其中，不能向其提交。请选择该省的主管部门；在其他省开展业务的，按当地的规定办理。";
    }

    /// <summary>The form's own checks, and that an enterprise applies for itself: its name and its code on a form are those of who is signed in.</summary>
    public static IReadOnlyList<FieldProblem> FormProblems(FormDefinition form, JsonObject values, string? outcome, Person by)
    {
        var problems = FormValidator.Validate(form, values, outcome);
        return [.. problems, .. ApplicantProblems(form, values, by).Where(found => problems.All(known => known.Field != found.Field))];
    }

    /// <summary>A case that the form names must be there and the filer's to see; which of the two it is not, is not told.</summary>
    public static FieldProblem UnknownLink(FlowOnOffer offer, string number) =>
        new(offer.LinkField!, LabelOf(offer.Form, offer.LinkField!), $"没有找到办件“{Short(number)}”，请核对编号；只能填写本企业的办件。");

    /// <summary>A vendor that the form names must be one that is registered: letters about the case go to it.</summary>
    public static bool IsVendor(Body? vendor) => vendor is { Level: OrganisationLevel.Enterprise, Kind: "vendor" };

    public static FieldProblem UnknownVendor(FlowOnOffer offer, string vendor) => new(
        offer.VendorField!, LabelOf(offer.Form, offer.VendorField!), $"平台上没有软硬件企业“{Short(vendor)}”，请核对代码；尚未在平台登记的，请该企业先登记并申请接入。");

    /// <param name="number">办件编号 of the open one.</param>
    public static string UnitTaken(Body authority, string number) => $"同一申请已在{authority.Name}办理，办件编号 {number}，不能重复提交。请在原办件中继续办理。";

    /// <summary>Null: one more is within what the flow allows an applicant.</summary>
    /// <param name="open">Cases of the applicant in this flow that are open.</param>
    /// <param name="filedToday">Those filed today, by the business calendar date (T1).</param>
    public static string? TooMany(FlowOnOffer offer, int open, int filedToday, DateOnly today) =>
        filedToday >= offer.MaxPerDay ? $"“{offer.Flow.Name}”同一企业每天最多提交 {offer.MaxPerDay} 件，贵单位今天已提交 {filedToday} 件。{today.AddDays(1):yyyy年M月d日} 0 时起可以再次提交。"
        : open >= offer.MaxOpen ? $"“{offer.Flow.Name}”同一企业最多同时有 {offer.MaxOpen} 件未办结，贵单位现有 {open} 件。其中有一件办结或者撤回以后，可以再次提交。"
        : null;

    /// <summary>Tells people why a flow does not start beside what runs already.</summary>
    public static string NotActivated(WorkflowDefinition flow) => flow.ActivationStrategy switch
    {
        ActivationStrategy.Singleton => $"“{flow.Name}”同一时间只能运行一件，已有一件正在办理，请待其办结后再提交。",
        ActivationStrategy.Correlation => $"同一事项已有流程正在办理，“{flow.Name}”暂不能启动，请待其办结后再提交。",
        _ => $"同一事项的“{flow.Name}”正在办理，请待其办结后再提交。",
    };

    /// <param name="isAboutConfidential">The case that this one is about is confidential: it would give its applicant away (a review of a complaint), so it is confidential too.</param>
    public static CaseHeader HeaderOf(FlowOnOffer offer, string number, JsonObject values, bool isAboutConfidential, Body authority, Person by)
    {
        var parties = new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = by.Actor.OrganisationId,
            [CaseHeader.Authority] = authority.Id,
            [CaseHeader.Province] = authority.Path.Split('/')[0],
        };
        if (offer.VendorIn(values) is { } vendor) parties[CaseHeader.Vendor] = vendor;
        var isConfidential = offer.IsConfidential(values) || isAboutConfidential;
        return new CaseHeader(number, isConfidential ? $"申请保密 · {offer.Flow.Name}" : TitleOf(offer.Flow, values, by), parties)
        {
            LinkedTo = offer.LinkIn(values),
            IsConfidential = isConfidential,
            IsLinkedConfidential = isAboutConfidential,
        };
    }

    /// <summary>What the flow is begun with.</summary>
    /// <param name="open">The form's values without personal ones.</param>
    public static Stimulus.Start Beginning(FlowOnOffer offer, Guid submission, JsonObject open) => new(
        offer.Trigger.Id, new JsonObject { ["submissionId"] = submission.ToString(), ["form"] = offer.Form.Id, ["values"] = open.DeepClone() }, CorrelationId: null);

    /// <summary>Files that the form names.</summary>
    public static List<Guid> FilesIn(IEnumerable<FormField> fields, JsonObject values) =>
    [
        .. from field in fields
           where field.Type == FormFieldType.File
           from file in values[field.Name] as JsonArray ?? []
           let id = Guid.TryParse((file as JsonObject)?["id"]?.ToString(), out var parsed) ? parsed : Guid.Empty
           select id,
    ];

    /// <summary>
    /// The answer with the files as they are stored: of a handle only the id is taken from the sender, or an officer would read a name and a digest that nobody checked.
    /// </summary>
    /// <param name="fileOf">The handle of a file of the filer's own; null: there is none.</param>
    public static (IReadOnlyList<FieldProblem> Problems, JsonObject Values) WithFiles(FormDefinition form, JsonObject values, string? outcome, Func<Guid, JsonObject?> fileOf)
    {
        var stored = (JsonObject)values.DeepClone();
        var missing = new List<FieldProblem>();
        foreach (var field in form.Fields.Where(field => field.Type == FormFieldType.File))
        {
            var files = FilesIn([field], values).ConvertAll(file => fileOf(file));
            if (files.TrueForAll(file => file is not null))
            {
                if (files.Count > 0) stored[field.Name] = new JsonArray([.. files]);
                continue;
            }

            missing.Add(new FieldProblem(field.Name, field.Label, $"“{field.Label}”中有附件未上传成功，请重新上传。"));
        }

        // Once more, now that each file has its own name: the kind that a field accepts is told by it.
        return missing.Count > 0 ? (missing, values) : (FormValidator.Validate(form, stored, outcome), stored);
    }

    public static string LabelOf(FormDefinition form, string field) => form.Fields.FirstOrDefault(known => known.Name == field)?.Label ?? field;

    private static IEnumerable<FieldProblem> ApplicantProblems(FormDefinition form, JsonObject values, Person by)
    {
        if (by.Level != OrganisationLevel.Enterprise) yield break;

        if (Differs("uscc", by.Actor.OrganisationId)) yield return new FieldProblem("uscc", LabelOf(form, "uscc"), "统一社会信用代码与登录企业不一致");
        if (Differs("companyName", by.OrganisationName)) yield return new FieldProblem("companyName", LabelOf(form, "companyName"), "企业名称与登录企业不一致");

        bool Differs(string field, string own) =>
            form.Fields.Any(known => known.Name == field) && values[field]?.ToString().Trim() is { Length: > 0 } given && !string.Equals(given, own, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What a list shows of the case: the project or the product, when the form asks for one, else who files it.</summary>
    private static string TitleOf(WorkflowDefinition flow, JsonObject values, Person by)
    {
        var subject = values["projectName"]?.ToString().Trim() is { Length: > 0 } project ? project : $"{values["productName"]} {values["productVersion"]}".Trim();
        return $"{(subject.Length > 0 ? subject : by.OrganisationName)} · {flow.Name}";
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
