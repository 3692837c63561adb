using System.Text.Json;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Portal.Applications;

/// <summary>What a flow's first step says about who may file it and about which case.</summary>
public static class OfferRules
{
    /// <summary>Without a list of roles it is the enterprise's administrator who files.</summary>
    public static bool MayBeFiledBy(this FlowOnOffer offer, string role) =>
        (Literal(offer, "roles") ?? Roles.VendorAdmin).Split(',', StringSplitOptions.TrimEntries).Any(wanted => Roles.Covers(role, wanted));

    /// <summary>The form field that names the case an application is about; null when there is none.</summary>
    public static string? LinkField(this FlowOnOffer offer) => Literal(offer, "link");

    private static string? Literal(FlowOnOffer offer, string input)
    {
        if (offer.Trigger.Inputs.GetValueOrDefault(input) is not { ExpressionType: "Literal", RawValue: { } raw }) return null;
        return raw.StartsWith('"') ? JsonSerializer.Deserialize<string>(raw) : raw;
    }
}
