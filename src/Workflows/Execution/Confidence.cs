using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// What an organisation is told of a confidential case (D-19). Another case of the applicant would name it: whoever may not know the applicant reads no
/// 办件编号 but those of confidential cases, and nothing of what the register has on another.
/// </summary>
internal static partial class Confidence
{
    private const string Number = "number";

    /// <summary>The same content as the organisation may read it; content that it may read is handed back unchanged.</summary>
    public static JsonObject? For(CaseHeader? @case, string organisation, JsonObject? told) =>
        told is null || @case is null || @case.MayKnowApplicant(organisation) ? told : (JsonObject)Told(told, @case)!;

    /// <inheritdoc cref="For(CaseHeader?, string, JsonObject?)"/>
    public static FactObject For(CaseHeader? @case, string organisation, FactObject told) =>
        @case is null || @case.MayKnowApplicant(organisation) ? told : (FactObject)FactJson.Plain(Told(FactJson.Of(told), @case))!;

    private static JsonNode? Told(JsonNode? node, CaseHeader @case) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(item => Told(item, @case))]),
        JsonObject record when Text(record[Number]) is { } number && Unnamed(number, @case) != number => new JsonObject { [Number] = CaseHeader.UnnamedApplicant },
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Told(member.Value, @case)))),
        JsonValue value when Text(value) is { } text => JsonValue.Create(Unnamed(text, @case)),
        _ => node?.DeepClone(),
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Unnamed(string text, CaseHeader @case)
    {
        var unnamed = CaseNumber().Replace(text, found => MayBeNamed(found.Value, @case) ? found.Value : CaseHeader.UnnamedApplicant);
        foreach (var telling in (string?[])[@case.IsLinkedConfidential ? null : @case.LinkedTo, @case.Parties.GetValueOrDefault(CaseHeader.Applicant)])
        {
            if (telling is { Length: > 0 }) unnamed = unnamed.Replace(telling, CaseHeader.UnnamedApplicant, StringComparison.OrdinalIgnoreCase);
        }

        return unnamed;
    }

    private static bool MayBeNamed(string number, CaseHeader @case) =>
        string.Equals(number, @case.Number, StringComparison.OrdinalIgnoreCase)
        || (@case.IsLinkedConfidential && string.Equals(number, @case.LinkedTo, StringComparison.OrdinalIgnoreCase));

    /// <summary>办件编号 as the host forms them: <c>YJDJ-2022-440300-000001</c>.</summary>
    [GeneratedRegex(@"(?<![0-9A-Z])[A-Z]{1,8}-\d{4}-[0-9A-Z]+(-[0-9A-Z]+)*-\d{6}(?!\d)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 500)]
    private static partial Regex CaseNumber();
}
