using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// What a burst may cost, counted and not timed, so that a replay stops where the run did. One unit is meant to be about ten nanoseconds; what is counted is whatever
/// grows with the definition, the state or the values in it. A plan has one for all its bursts.
/// </summary>
internal sealed class Work(long most = Work.Most)
{
    /// <summary>Some two seconds of one core.</summary>
    public const long Most = 200_000_000;

    /// <summary>An execution with what it leaves in journal and state.</summary>
    public const long Step = 1_000;

    /// <summary>Something that is kept until the burst is over: an activity that is due, a token, an effect.</summary>
    public const long Kept = 100;

    /// <summary>A value inside another that is copied.</summary>
    private const long Node = 10;

    private long _left = most;

    /// <returns>False: there is not so much left.</returns>
    public bool Take(long amount) => (_left -= amount) >= 0;

    /// <summary>What it costs to hand a value on: texts by their length, lists by their items.</summary>
    public static long OfReading(object? value) => value switch
    {
        string text => text.Length,
        JsonElement element => Length(element),
        ICollection many => many.Count,
        _ => 0,
    };

    /// <summary>What it costs to copy a value with all that is in it.</summary>
    public static long OfCopying(object? value)
    {
        switch (value)
        {
            case null or bool or int or long or decimal or double:
                return Node;
            case string text:
                return Node + (text.Length / 16);
            case JsonElement element:
                return Node + Length(element);
            case JsonObject members:
                return Node + members.Sum(m => Node + OfCopying(m.Value));
            case JsonArray items:
                return Node + items.Sum(OfCopying);
            case JsonValue single when single.TryGetValue<string>(out var text):
                return Node + text.Length;
            case IEnumerable<KeyValuePair<string, object?>> members:
                return Node + members.Sum(m => Node + OfCopying(m.Value));
            case byte[] bytes:
                return Node + bytes.Length;
            case IEnumerable items:
                return Node + items.Cast<object?>().Sum(OfCopying);
            default:
                return Node;
        }
    }

    private static long Length(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(element).Length;
}
