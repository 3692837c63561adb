using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Filing;

/// <summary>转办: a case that goes on under a number of the receiving authority, filed when it was filed first, with the form that its applicant handed in.</summary>
public static class Transfers
{
    /// <summary>The form's values as they go on: those that the flow hands on, else those that the case was opened with.</summary>
    public static JsonObject ValuesOf(JsonObject? input, JsonObject opening) => input?["values"] as JsonObject ?? opening;

    public static CaseHeader HeaderOf(TransferredCase transferred, string number) => new(number, transferred.Title, transferred.Parties)
    {
        LinkedTo = transferred.From,
        IsConfidential = transferred.IsConfidential,
        IsLinkedConfidential = transferred.IsConfidential,
    };

    public static DateTimeOffset SubmittedAt(TransferredCase transferred) => DateTimeOffset.Parse(transferred.SubmittedAt, CultureInfo.InvariantCulture);

    /// <summary>What the receiving case begins with.</summary>
    public static Stimulus.Start Beginning(FlowOnOffer offer, Guid submission, JsonObject values, JsonObject? input, string? correlationId)
    {
        var begins = (JsonObject?)input?.DeepClone() ?? [];
        begins["submissionId"] = submission.ToString();
        begins["form"] = offer.Form.Id;
        begins["values"] = values.DeepClone();
        return new Stimulus.Start(offer.Trigger.Id, begins, correlationId);
    }
}
