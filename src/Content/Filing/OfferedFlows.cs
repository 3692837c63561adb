using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Filing;

/// <summary>A flow that a party opens by filing a form, and what its first step says about filing it.</summary>
/// <param name="Trigger">The step that the filing meets.</param>
public sealed record FlowOnOffer(WorkflowDefinition Flow, ActivityNode Trigger, FormDefinition Form)
{
    /// <summary>Who may file it.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>How its 办件编号 begin.</summary>
    public required string NumberPrefix { get; init; }

    /// <summary>Form fields that, with applicant and authority, name one application (D-27); none: any number may be open.</summary>
    public required IReadOnlyList<string> UniqueBy { get; init; }

    /// <summary>The form field that holds the 办件编号 of the case that this one is about.</summary>
    public string? LinkField { get; init; }

    /// <summary>The form field that holds the 统一社会信用代码 of the vendor whose product the case is about.</summary>
    public string? VendorField { get; init; }

    /// <summary>The form field in which the applicant asks not to be named to the authority (D-19).</summary>
    public string? ConfidentialField { get; init; }

    /// <summary>The province whose authorities take it; null: any.</summary>
    public string? Province { get; init; }

    /// <summary>How many of one applicant may be open, and filed in one day; null: any number.</summary>
    public int? MaxOpen { get; init; }

    public int? MaxPerDay { get; init; }

    /// <summary>Cities and counties handle cases; a flow of one province is not for those of another.</summary>
    public bool MayBeFiledAt(Body authority) =>
        authority is { Kind: "authority", Level: OrganisationLevel.City or OrganisationLevel.County }
        && (Province is null || authority.Path.StartsWith($"{Province}/", StringComparison.Ordinal));

    public bool MayBeFiledBy(string role) => Roles.Any(wanted => People.Roles.Covers(role, wanted));

    /// <summary>The 办件编号 that the form names; null when it names none.</summary>
    public string? LinkIn(JsonObject values) => LinkField is { } field && values[field]?.ToString().Trim() is { Length: > 0 } number ? number : null;

    /// <summary>Organisation id of the vendor that the form names; null when it names none.</summary>
    public string? VendorIn(JsonObject values) => VendorField is { } field && values[field]?.ToString().Trim() is { Length: > 0 } code ? code.ToUpperInvariant() : null;

    public bool IsConfidential(JsonObject values) => ConfidentialField is { } field && values[field]?.ToString() is "yes" or "true";

    /// <summary>What the application is for, in a form that is the same for the same answers; null when any number may be open.</summary>
    public string? UnitOf(JsonObject values)
    {
        if (UniqueBy.Count == 0) return null;

        // Somebody who writes 2.1 once with a blank and once in full-width digits means the same product.
        var answers = UniqueBy.Select(field => (values[field]?.ToString() ?? "").Normalize(NormalizationForm.FormKC).Trim().ToUpperInvariant());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', answers))));
    }
}

/// <summary>What can be applied for online: flows that begin with a filed form (<c>Gov.Submission</c>).</summary>
public static class OfferedFlows
{
    private const string Submission = "Gov.Submission";

    public static IEnumerable<FlowOnOffer> In(ContentSet content) => content.Flows.Values.Select(flow => Of(content, flow)).OfType<FlowOnOffer>();

    /// <summary>Null: there is no such flow, or it is not begun by a form.</summary>
    public static FlowOnOffer? Find(ContentSet content, string flowId) =>
        content.Flows.GetValueOrDefault(flowId) is { } flow ? Of(content, flow) : null;

    private static FlowOnOffer? Of(ContentSet content, WorkflowDefinition flow)
    {
        if (flow.Activities.FirstOrDefault(activity => activity.Type == Submission) is not { } trigger) return null;

        var name = Literal(trigger, "form") ?? throw new InvalidOperationException($"The step '{trigger.Id}' names no form.");
        var form = content.Forms.GetValueOrDefault(name) ?? throw new InvalidOperationException($"The step '{trigger.Id}' names the form '{name}', which does not exist.");
        return new FlowOnOffer(flow, trigger, form)
        {
            Roles = Names(trigger, "roles") is { Count: > 0 } roles ? roles : [People.Roles.VendorAdmin],
            NumberPrefix = Literal(trigger, "numberPrefix") ?? "YJDJ",
            UniqueBy = Names(trigger, "uniqueBy"),
            LinkField = Literal(trigger, "link"),
            VendorField = Literal(trigger, "vendor"),
            ConfidentialField = Literal(trigger, "confidential"),
            Province = Literal(trigger, "province"),
            MaxOpen = Number(trigger, "maxOpen"),
            MaxPerDay = Number(trigger, "maxPerDay"),
        };
    }

    private static int? Number(ActivityNode trigger, string input) =>
        int.TryParse(Literal(trigger, input), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IReadOnlyList<string> Names(ActivityNode trigger, string input) =>
        Literal(trigger, input)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>An input that is known before there is a case; null when it is not written or empty.</summary>
    private static string? Literal(ActivityNode trigger, string input)
    {
        if (trigger.Inputs.GetValueOrDefault(input)?.RawValue is not { } written) return null;

        var text = written.StartsWith('"') ? JsonSerializer.Deserialize<string>(written) : written;
        return string.IsNullOrWhiteSpace(text) || text == "null" ? null : text;
    }
}
