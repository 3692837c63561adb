using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Templates.Tests.Conformance;

/// <summary>Templates with the answers that Scriban 7.2.6 gave to them.</summary>
public sealed class ConformanceTests
{
    /// <summary>Where we differ from Scriban on purpose: the template, and why. Each is a line of docs/compatibility.md.</summary>
    private static readonly Dictionary<string, string> Differences = new(StringComparer.Ordinal)
    {
        ["{{ date.parse '2026-03-14' }}|{{ date.parse '14/03/2026' }}|{{ date.parse '2026-03-14T10:00:00Z' | date.to_string '%FT%T%z' }}"]
            = "a text that is no date is an error here; Scriban answers 01 Jan 0001",
        ["{{ o | object.keys }}|{{ o | object.to_json }}|{{ o | object.has_key 'a' }}|{{ '{\"z\":1}' | object.from_json }}|{{ '1+2' | object.eval }}|{{ null | object.default 'd' }}|{{ '' | object.default 'd' }}|{{ o | object.typeof }}"]
            = "there is no object.eval here: text is never run as a template",
        ["{{ '((a+)+)+$' | regex.escape }}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex.match '^(a+)+$' }}"]
            = "the linear-time engine answers at once where Scriban's runs out of time",
    };

    public static TheoryData<int, string> Probes()
    {
        var data = new TheoryData<int, string>();
        var probes = Load();
        for (var i = 0; i < probes.Count; i++)
        {
            data.Add(i, (string)probes[i]!["template"]!);
        }

        return data;
    }

    private static JsonArray Load() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "scriban-probes.json")))!.AsArray();

    [Theory]
    [MemberData(nameof(Probes))]
    public void Scribans_answer_is_ours(int index, string template)
    {
        var probe = Load()[index]!.AsObject();
        var expected = probe["expected"]!.AsObject();
        probe.Remove("expected");

        var answer = JsonNode.Parse(TemplateBatch.Answer(probe.ToJsonString(), TimeProvider.System.GetUtcNow()))!.AsObject();

        var agrees = Agrees(expected, answer);
        if (Differences.TryGetValue(template, out var reason))
        {
            Assert.False(agrees, $"This agrees now: take it off the list of differences ({reason}).");
        }
        else
        {
            Assert.True(agrees, $"{template}\nexpected {expected.ToJsonString()}\nbut was  {answer.ToJsonString()}");
        }
    }

    /// <summary>Text exactly, but for outer white space; of failures, that there is one and on which line.</summary>
    private static bool Agrees(JsonObject expected, JsonObject answer)
    {
        if (expected["text"] is { } text)
        {
            return answer["text"] is { } ours && ((string)text!).Trim() == ((string)ours!).Trim();
        }

        return expected["exception"] is { } exception
            ? Line((string?)answer["exception"]?["text"]) is { } ourLine && ourLine == Line((string?)exception["text"])
            : Line((string?)answer["errors"]?[0]) is { } ourError && ourError == Line((string?)expected["errors"]![0]);
    }

    private static string? Line(string? error) =>
        error is not null && Regex.Match(error, @"\((?<line>\d+),\d+\) : error : ", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } match
            ? match.Groups["line"].Value
            : null;
}
