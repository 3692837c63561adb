using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Content.Tests;

/// <summary>
/// The customer is told, for every point on which the circular is silent, where to change what was chosen. A place that is not there, or says something else,
/// would have them change the wrong thing.
/// </summary>
public sealed partial class DecisionsTests
{
    private const string Path = "docs/decisions-for-the-customer.md";
    private const string NotWritten = "（未写）";
    private const int Decisions = 33;
    private const int ClockRules = 10;

    /// <summary>By which member a place names one element of a list.</summary>
    private static readonly string[] NamingMembers = ["id", "name", "outcome", "event", "label", "value", "RuleName", "Name"];

    private static readonly string Document = File.ReadAllText(System.IO.Path.Combine(ShippedContent.Root, Path)).ReplaceLineEndings("\n");

    [Fact]
    public void Every_decision_has_its_chapter_and_says_where_to_change_it()
    {
        var chapters = Chapter().Matches(Document).ToDictionary(chapter => chapter.Groups["id"].Value, chapter => chapter.Groups["text"].Value, StringComparer.Ordinal);

        Assert.Equal(Enumerable.Range(1, Decisions).Select(n => $"D-{n}").Concat(Enumerable.Range(1, ClockRules).Select(n => $"T{n}")), chapters.Keys);
        foreach (var (id, text) in chapters)
        {
            Assert.True(text.Contains("**在哪里改**", StringComparison.Ordinal) && text.Contains("*In English: ", StringComparison.Ordinal), $"{id} lacks its place or its English line");
            Assert.True(id[0] == 'T' || Place.AllIn(text).Any(), $"{id} names no place in the content");
        }
    }

    [Fact]
    public void What_the_document_says_of_the_content_is_so()
    {
        var places = Place.AllIn(Document).ToList();

        Assert.Equal(Document.Split(".json#").Length - 1, places.Count);
        var wrong = places.Select(place => place.Problem()).OfType<string>().ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("workflows/guangdong/vendor-integration.json#review.limit=4", "is 3")]
    [InlineData("workflows/guangdong/vendor-integration.json#review.limits=3", "is not written")]
    [InlineData("workflows/guangdong/vendor-integration.json#reviews.limit=3", "no step or part 'reviews'")]
    [InlineData("workflows/guangdong/vendor-integration.json#review.limit=（未写）", "is 3")]
    [InlineData("workflows/guangdong/vendor-integration.json#reviews.limit=（未写）", "no step or part 'reviews'")]
    [InlineData("workflows/guangdong/vendor-integration.json#review.Returned→correct", "leads to pause-review-clock")]
    [InlineData("workflows/guangdong/nothing.json#review.limit=3", "no such file")]
    [InlineData("workflows/forms/review.json#newPointReason.help∋第一百次", "does not contain")]
    public void A_place_that_is_not_so_is_found(string place, string problem) =>
        Assert.Contains(problem, Assert.Single(Place.AllIn($"`{place}`")).Problem(), StringComparison.Ordinal);

    [GeneratedRegex(@"^### (?<id>D-\d+|T\d+) .*\n(?<text>(?:(?!^##).*\n?)*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Chapter();

    [GeneratedRegex("`(?<file>[^`#]+\\.json)#(?<path>[^`=∋→]+)(?<relation>[=∋→])(?<value>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlaceNotation();

    /// <summary>One place: <c>file#step.property=value</c>, <c>∋</c> for "contains", <c>→</c> for the step that an outcome leads to.</summary>
    private sealed record Place(string File, string[] Path, char Relation, string Value)
    {
        public static IEnumerable<Place> AllIn(string text) => PlaceNotation().Matches(text)
            .Select(match => new Place(match.Groups["file"].Value, match.Groups["path"].Value.Split('.'), match.Groups["relation"].Value[0], match.Groups["value"].Value));

        /// <summary>What is not so; null when it is.</summary>
        public string? Problem()
        {
            if (!ShippedContent.Files.TryGetValue(File, out var text))
            {
                return $"{this}: there is no such file";
            }

            var content = JsonNode.Parse(text)!;
            var parts = File.StartsWith("rules/", StringComparison.Ordinal) && RulesIn(content) is { Count: > 0 } rules ? rules
                : content["root"]?["activities"] ?? content["fields"] ?? content;
            var step = Find([parts], Path[0]).ToList();
            if (step.Count == 0)
            {
                return Value == NotWritten && parts == content ? null : $"{this}: there is no step or part '{Path[0]}'";
            }

            if (Relation == '→')
            {
                var targets = content["root"]!["connections"]!.AsArray()
                    .Where(edge => Text(edge!["source"]!["activity"]) == Path[0] && Text(edge["source"]!["port"]) == Path[1]).Select(edge => Text(edge!["target"]!["activity"])).ToList();
                return targets.Contains(Value) ? null : $"{this}: it leads to {string.Join(", ", targets)}";
            }

            var values = Path[1..].Aggregate<string, IEnumerable<JsonNode>>(step, Find).SelectMany(Elements).Select(Text).ToList();
            return (Relation, Value, values) switch
            {
                (_, NotWritten, []) => null,
                (_, NotWritten, _) => $"{this}: it is {string.Join(", ", values)}",
                (_, _, []) => $"{this}: it is not written",
                ('=', _, _) => values.Contains(Value) ? null : $"{this}: it is {string.Join(", ", values)}",
                _ => values.Any(value => value.Contains(Value, StringComparison.Ordinal)) ? null : $"{this}: {string.Join(", ", values)} does not contain it",
            };
        }

        /// <summary>The rules and parameters of the workflows in a rule file.</summary>
        private static JsonArray RulesIn(JsonNode content) =>
        [
            .. from workflow in (content as JsonArray ?? [content.DeepClone()]).OfType<JsonObject>()
               from part in (workflow["Rules"] as JsonArray ?? []).Concat(workflow["GlobalParams"] as JsonArray ?? [])
               select part.DeepClone(),
        ];

        public override string ToString() => $"{File}#{string.Join('.', Path)}{Relation}{Value}";

        /// <summary>The member or the named element; of a list without such an element, the member of each.</summary>
        private static IEnumerable<JsonNode> Find(IEnumerable<JsonNode> nodes, string name) => nodes.Select(Unwrapped).SelectMany(node => node switch
        {
            JsonObject members => members[name] is { } member ? [member] : [],
            JsonArray list when Named(list, name) is { Length: > 0 } named => named,
            JsonArray list => Find(list.OfType<JsonObject>(), name),
            _ => Array.Empty<JsonNode>(),
        });

        private static JsonNode[] Named(JsonArray list, string name) =>
            [.. list.OfType<JsonObject>().Where(element => NamingMembers.Any(member => element[member] is JsonValue value && Text(value) == name))];

        private static IEnumerable<JsonNode> Elements(JsonNode node)
        {
            var value = Unwrapped(node);
            return value is JsonArray list ? list.OfType<JsonNode>() : [value];
        }

        /// <summary>An activity's input is wrapped in its type and expression; an Object expression is JSON in a text.</summary>
        private static JsonNode Unwrapped(JsonNode node)
        {
            var expression = (node as JsonObject)?["expression"] ?? node;
            return expression is JsonObject { Count: 2 } typed && typed["type"] is { } type && typed["value"] is { } value
                ? Text(type) == "Object" ? JsonNode.Parse(Text(value))! : value
                : node;
        }

        private static string Text(JsonNode? node) => node?.ToString() ?? "";
    }
}
