using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>How one record resembles the others of its message: the facts <c>batch.…</c> that conformance rules read.</summary>
/// <param name="SameImage">Records of other persons that came with the same picture.</param>
/// <param name="SameMinute">Records of the same channel and minute, this one among them.</param>
/// <param name="Repeated">Whether an earlier record of the message says the same by the standard's key.</param>
internal sealed record Batch(int SameImage, int SameMinute, bool Repeated)
{
    private static readonly string[] Images = ["image", "headImage"];

    /// <summary>A message that is one record.</summary>
    public static Batch Alone { get; } = new(SameImage: 0, SameMinute: 1, Repeated: false);

    public Dictionary<string, object?> Facts { get; } = new(StringComparer.Ordinal)
    {
        ["sameImage"] = SameImage, ["sameMinute"] = SameMinute, ["repeated"] = Repeated,
    };

    /// <summary>One for each record, in their order.</summary>
    public static IReadOnlyList<Batch> Of(IReadOnlyList<ObjectReading> records, MessageDefinition message)
    {
        var persons = records.ToLookup(Picture, record => record.Identity);
        var minutes = records.ToLookup(Minute);
        // Fields of the message itself are the same for all of its records.
        var own = message.RecordKey.Where(name => message.RecordFields.Any(field => field.Name == name)).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. records.Select(record => new Batch(
                Picture(record) is { } picture ? persons[picture].Where(person => person != record.Identity).Distinct().Count() : 0,
                Minute(record) is { } minute ? minutes[minute].Count() : 1,
                own.Count > 0 && !seen.Add(string.Join('\n', own.Select(name => record.Sealed.GetValueOrDefault(name) ?? record.Values[name]?.ToJsonString()))))),
        ];
    }

    private static string? Picture(ObjectReading record) =>
        Images.Select(name => (record.Values[name] as JsonObject)?["sha256"]?.ToString()).FirstOrDefault(digest => digest is not null);

    /// <summary>The channel and the minute; null without a time of day.</summary>
    private static string? Minute(ObjectReading record) => record.Facts.GetValueOrDefault("date") is DateTime { TimeOfDay.Ticks: > 0 } time
        ? $"{record.Values["channel"]?.ToJsonString()} {time:yyyyMMddHHmm}"
        : null;
}
