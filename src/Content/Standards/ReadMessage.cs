using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>A message whose structure was read and whose values nobody has judged yet.</summary>
public sealed class ReadMessage
{
    private static readonly string[] Images = ["image", "headImage"];

    internal ReadMessage(string method, MessageDefinition? definition, FindingList findings, IReadOnlyList<ReadRecord> records)
    {
        (Method, Definition, Findings, Records) = (method, definition, findings, records);
        Questions = definition is { IsUpload: true } ? [.. records.Select(QuestionOf)] : [];
    }

    /// <summary>As sent; masked when it is not known.</summary>
    public string Method { get; }

    public MessageDefinition? Definition { get; }

    /// <summary>What a register of projects may know of each record; empty for what is stored nowhere.</summary>
    public IReadOnlyList<RegisterQuestion> Questions { get; }

    internal FindingList Findings { get; }

    internal IReadOnlyList<ReadRecord> Records { get; }

    private static RegisterQuestion QuestionOf(ReadRecord record)
    {
        var values = record.Reading.Values;
        string? Text(string name) => (values[name] as JsonValue)?.ToString();
        return new RegisterQuestion(
            Text("projectCode"), Text("corpCode") ?? Text("contractorCorpCode"),
            long.TryParse(Text("teamSysNo"), NumberStyles.None, CultureInfo.InvariantCulture, out var team) ? team : null, Text("teamName"))
        {
            Person = record.Reading.Identity,
            WageCard = record.Reading.Sealed.GetValueOrDefault("payRollBankCardNumber"),
            At = record.Facts.GetValueOrDefault("date") as DateTime?,
            PayMonth = record.Facts.GetValueOrDefault("payMonth") as DateTime?,
            Image = Images.Select(name => (values[name] as JsonObject)?["sha256"]?.ToString()).FirstOrDefault(digest => digest is not null),
            Latitude = record.Facts.GetValueOrDefault("lat") as decimal?,
            Longitude = record.Facts.GetValueOrDefault("lng") as decimal?,
            OwnNumber = Text("thirdPartyProjectCode"),
        };
    }
}

/// <summary>What one record names that a register of projects may know.</summary>
public sealed record RegisterQuestion(string? ProjectCode, string? CorpCode, long? TeamSysNo, string? TeamName)
{
    /// <summary>The person's number, normalised. To be looked up by its blind index, never stored.</summary>
    public string? Person { get; init; }

    public string? WageCard { get; init; }

    /// <summary>When it happened, Beijing time; a date without a time of day is its midnight.</summary>
    public DateTime? At { get; init; }

    /// <summary>First day of the month that is paid.</summary>
    public DateTime? PayMonth { get; init; }

    /// <summary>SHA-256 of the picture that came with it, hexadecimal.</summary>
    public string? Image { get; init; }

    public decimal? Latitude { get; init; }

    public decimal? Longitude { get; init; }

    /// <summary>The sender's own number of a project that is told of.</summary>
    public string? OwnNumber { get; init; }

    public override string ToString() => $"RegisterQuestion {ProjectCode} {CorpCode} {TeamSysNo}";
}

/// <summary>One record with everything its rules need, its place in the message among it.</summary>
/// <param name="Facts">Its own and those of the message around it.</param>
internal sealed record ReadRecord(int Index, ObjectReading Reading, Dictionary<string, object?> Facts, Batch Batch, Place Place);
