using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Migration;

/// <summary>A plan as a file: docs/migrate.zh.md.</summary>
public static class MigrationPlanJson
{
    /// <summary>A plan names steps of one flow; a longer text is no plan.</summary>
    public const int MaxLength = 1_000_000;

    private static readonly string[] Members = ["flow", "from", "to", "activities", "clocks", "variables"];
    private static readonly string[] MoveMembers = ["from", "to", "confirmed", "because"];
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(MigrationPlan plan) => new JsonObject
    {
        ["flow"] = plan.FlowId,
        ["from"] = plan.From,
        ["to"] = plan.To,
        ["activities"] = Moves(plan.Activities),
        ["clocks"] = Moves(plan.Clocks),
        ["variables"] = Moves(plan.Variables),
    }.ToJsonString(Layout);

    /// <exception cref="FormatException">The text is no plan; the message says where, in Chinese and in English.</exception>
    public static MigrationPlan Read(string json)
    {
        if (json.Length > MaxLength)
        {
            throw new FormatException($"方案超过 {MaxLength} 个字符。The plan is longer than {MaxLength} characters.");
        }

        try
        {
            if (JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) is not JsonObject plan)
            {
                throw new FormatException("方案应为一个 JSON 对象。The plan is a JSON object.");
            }

            Known(plan, Members, "方案");
            return new MigrationPlan(Text(plan, "flow"), Text(plan, "from"), Text(plan, "to"))
            {
                Activities = Moves(plan, "activities"),
                Clocks = Moves(plan, "clocks"),
                Variables = Moves(plan, "variables"),
            };
        }
        catch (JsonException odd)
        {
            throw new FormatException($"第 {odd.LineNumber + 1} 行不是 JSON。Line {odd.LineNumber + 1} is no JSON: {odd.Message}", odd);
        }
    }

    private static JsonArray Moves(IReadOnlyList<PlannedMove> moves) => [.. moves.Select(move =>
    {
        var line = new JsonObject { ["from"] = move.From, ["to"] = move.To, ["confirmed"] = move.IsConfirmed };
        if (move.Because is { } because)
        {
            line["because"] = because;
        }

        return (JsonNode)line;
    })];

    private static List<PlannedMove> Moves(JsonObject plan, string member)
    {
        if (plan[member] is not { } listed)
        {
            return [];
        }

        if (listed is not JsonArray lines)
        {
            throw new FormatException($"“{member}”应为一个列表。'{member}' is a list.");
        }

        return [.. lines.Select((line, index) =>
        {
            if (line is not JsonObject move)
            {
                throw new FormatException($"“{member}”第 {index + 1} 项应为对象，如 {{ \"from\": \"…\", \"to\": \"…\" }}。Item {index + 1} of '{member}' is an object.");
            }

            Known(move, MoveMembers, $"“{member}”第 {index + 1} 项");
            var isConfirmed = move["confirmed"] switch
            {
                null => true,
                JsonValue value when value.TryGetValue<bool>(out var truth) => truth,
                _ => throw new FormatException($"“{member}”第 {index + 1} 项的 confirmed 应为 true 或 false。'confirmed' is true or false."),
            };
            return new PlannedMove(Text(move, "from"), move["to"] is null ? null : Text(move, "to")) { IsConfirmed = isConfirmed, Because = move["because"]?.ToString() };
        })];
    }

    private static void Known(JsonObject json, string[] members, string place)
    {
        if (json.FirstOrDefault(member => !members.Contains(member.Key)).Key is { } odd)
        {
            throw new FormatException($"{place}中没有“{odd}”这一项{DidYouMean.Chinese(odd, members)}。There is no '{odd}' in a plan{DidYouMean.Of(odd, members)}");
        }
    }

    private static string Text(JsonObject json, string member) => json[member] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
        ? text
        : throw new FormatException($"缺少“{member}”，或它不是文字。'{member}' is missing, or is no text.");
}
