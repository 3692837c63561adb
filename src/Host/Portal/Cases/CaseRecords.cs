using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Portal.Forms;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>One answer of the gateway and how often it was given.</summary>
public sealed record AnswerCode(string Code, string Message, int Count);

/// <summary>What the platform itself knows of a case, attached to a step of another: its key, its test traffic, its limits.</summary>
/// <param name="IsLate">Steps that were past their limit when this was attached.</param>
/// <param name="CredentialId">The newest key; null when none was issued.</param>
/// <param name="Requests">Accepted and refused requests with that key; null when none was issued.</param>
/// <param name="Product">What was connected elsewhere, for a record that says no more than that; null for one with its key and its traffic.</param>
public sealed record CaseRecord(
    string Number, string? Title, string? Applicant, string? Authority, DateTimeOffset? SubmittedAt, DateTimeOffset? ClosedAt, string? Outcome, bool IsLate,
    string? CredentialId, DateTimeOffset? KeyIssuedAt, DateTimeOffset? KeyRevokedAt,
    (int Accepted, int Rejected)? Requests, DateTimeOffset? FirstRequestAt, DateTimeOffset? LastRequestAt, IReadOnlyList<AnswerCode> Codes, string? Product = null);

/// <summary>Finds the register's entries in what a flow hands to a task.</summary>
public static class CaseRecords
{
    public static IReadOnlyList<CaseRecord> In(JsonObject? data) =>
    [
        .. from member in data ?? []
           from entry in member.Value is JsonArray list ? list.OfType<JsonObject>() : member.Value is JsonObject one ? [one] : []
           // Of a case that a verification needs a flow hands on the traffic; of one that proves a connection in another city, the product.
           where Text(entry, "number") is not null && (entry.ContainsKey("traffic") || entry.ContainsKey("productName"))
           select Read(entry),
    ];

    private static CaseRecord Read(JsonObject entry)
    {
        var key = entry["credential"] as JsonObject;
        var traffic = entry["traffic"] as JsonObject;
        return new CaseRecord(
            Text(entry, "number")!, Text(entry, "title"), Text(entry, "applicant"), Text(entry, "authorityName"), At(entry, "submittedAt"), At(entry, "closedAt"), Text(entry, "outcome"),
            entry["overdueSteps"] is JsonArray { Count: > 0 },
            Text(key, "id"), At(key, "issuedAt"), At(key, "revokedAt"),
            traffic is null ? null : (Count(traffic, "accepted"), Count(traffic, "rejected")), At(traffic, "firstAt"), At(traffic, "lastAt"),
            [.. from code in (traffic?["codes"] as JsonArray ?? []).OfType<JsonObject>() select new AnswerCode(FormText.Plain(code["code"]), FormText.Plain(code["message"]), Count(code, "count"))],
            entry.ContainsKey("traffic") ? null : $"{Text(entry, "productName")} {Text(entry, "productVersion")}（《接口标准》{Text(entry, "standardVersion")}）");
    }

    private static string? Text(JsonObject? json, string name) => FormText.Plain(json?[name]) is { Length: > 0 } text ? text : null;

    private static int Count(JsonObject json, string name) => int.TryParse(FormText.Plain(json[name]), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static DateTimeOffset? At(JsonObject? json, string name) =>
        DateTimeOffset.TryParse(Text(json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
