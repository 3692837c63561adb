using System.Text;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>Makes requests for <c>flow batch</c> that nobody would write, from requests that somebody wrote. The same seed makes the same requests.</summary>
public sealed class FlowMutator
{
    private const int LongestList = 300;

    private static readonly string[] Values =
        ["null", "true", "\"\"", "-1", "0", "1e400", "[]", "{}", "99999999999", "0.5", "\"Variable\"", "\"Elsa.If\"", "\"WaitAny\"", "\"Done\"", "\"\\u0000\"", "\"[\"", "\"{\"", "\"9999-12-31T23:59:59Z\"", "\"10675199.02:48:05.4775807\"", "\"* * * * * *\""];

    private readonly JsonNode[] _corpus;
    private readonly string[] _types;
    private readonly Random _random;

    /// <param name="cases">The conformance cases.</param>
    public FlowMutator(string cases, int seed)
    {
        _random = new Random(seed);
        _corpus = [.. JsonNode.Parse(cases)!.AsArray().Select(Request)];
        _types = [.. _corpus.SelectMany(Nodes).OfType<JsonObject>().Select(o => o["type"]).OfType<JsonValue>().Select(t => t.ToString()).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The next request; at times not even JSON.</summary>
    public string Next()
    {
        var request = _corpus[_random.Next(_corpus.Length)].DeepClone();
        for (var change = _random.Next(4); change > 0; change--)
        {
            Change(request);
        }

        var text = request.ToJsonString();
        for (var change = _random.Next(4) == 0 ? _random.Next(1, 4) : 0; change > 0; change--)
        {
            text = Scratch(text);
        }

        return text;
    }

    private static JsonNode Request(JsonNode? @case)
    {
        var request = new JsonObject { ["definition"] = @case!["definition"]!.DeepClone(), ["plan"] = @case["plan"]?.DeepClone() };
        if (@case["with"] is { } with)
        {
            request["with"] = with.DeepClone();
        }

        return request;
    }

    private static List<JsonNode> Nodes(JsonNode root)
    {
        var found = new List<JsonNode>();
        var open = new Stack<JsonNode>([root]);
        while (open.TryPop(out var node))
        {
            found.Add(node);
            foreach (var child in node switch { JsonObject o => o.Select(m => m.Value), JsonArray a => a, _ => [] })
            {
                if (child is not null)
                {
                    open.Push(child);
                }
            }
        }

        return found;
    }

    private void Change(JsonNode request)
    {
        request["mode"] = _random.Next(2) == 0 ? "token" : "counter";
        var nodes = Nodes(request["definition"] ?? request);
        switch (nodes[_random.Next(nodes.Count)])
        {
            case JsonObject { Count: > 0 } members:
                ChangeMember(members);
                break;
            case JsonArray { Count: > 0 } list:
                ChangeList(list);
                break;
            case JsonValue { Parent: JsonObject owner } value:
                owner[value.GetPropertyName()] = Odd();
                break;
            default:
                break;
        }
    }

    private void ChangeMember(JsonObject members)
    {
        var (name, value) = members.ElementAt(_random.Next(members.Count));
        switch (_random.Next(7))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members[name] = Odd();
                break;
            case 2:
                members.Remove(name);
                members[name.ToUpperInvariant()] = value;
                break;
            case 3:
                members[name] = _corpus[_random.Next(_corpus.Length)]["definition"]!["root"]?.DeepClone();
                break;
            case 4:
                members[name] = Deep(value, _random.Next(1, 60));
                break;
            case 5 when members.ContainsKey("type"):
                members["type"] = _types[_random.Next(_types.Length)];
                break;
            default:
                members[new[] { "id", "mode", "port", "activity", "body", "items", "condition", "then", "root", "activities", "connections" }[_random.Next(11)]] = value?.DeepClone() ?? Odd();
                break;
        }
    }

    private void ChangeList(JsonArray list)
    {
        var item = list[_random.Next(list.Count)];
        switch (_random.Next(4))
        {
            case 0:
                list.Remove(item);
                break;
            case 1:
                list.Add(Odd());
                break;
            case 2:
                for (var i = _random.Next(LongestList); i > 0; i--)
                {
                    list.Add(item?.DeepClone());
                }

                break;
            default:
                list.Insert(0, item?.DeepClone());
                break;
        }
    }

    private static JsonNode? Deep(JsonNode? value, int levels)
    {
        var node = value?.DeepClone();
        for (; levels > 0; levels--)
        {
            node = new JsonObject { ["id"] = $"d{levels}", ["type"] = "Elsa.If", ["condition"] = true, ["then"] = node };
        }

        return node;
    }

    private JsonNode? Odd()
    {
        var text = Values[_random.Next(Values.Length)];
        return JsonNode.Parse(text);
    }

    /// <summary>Changes the text itself: a character, a value, its end.</summary>
    private string Scratch(string line)
    {
        var text = new StringBuilder(line);
        var at = _random.Next(text.Length);
        switch (_random.Next(3))
        {
            case 0:
                text[at] = (char)_random.Next(32, 127);
                break;
            case 1:
                text.Length = at + 1;
                break;
            default:
                var colon = line.IndexOf(':', at);
                if (colon >= 0)
                {
                    var end = line.AsSpan(colon).IndexOfAny(",}]");
                    end = end < 0 ? line.Length : colon + end;
                    text.Remove(colon + 1, end - colon - 1).Insert(colon + 1, Values[_random.Next(Values.Length)]);
                }

                break;
        }

        return text.ToString();
    }
}
