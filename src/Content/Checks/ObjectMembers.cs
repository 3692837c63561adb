using System.Text.RegularExpressions;

namespace WorkflowEngine.Content.Checks;

/// <summary>The members of an object that an input makes, by name, each with the text it is made of.</summary>
internal static partial class ObjectMembers
{
    /// <summary>Empty when the input is absent; null when the members cannot be told from the text.</summary>
    public static IReadOnlyDictionary<string, string>? Of(StepInput? input) => input switch
    {
        null => new Dictionary<string, string>(),
        { Type: "Object" or "Json" } => (input.Object()?.Members ?? []).DistinctBy(member => member.Name).ToDictionary(member => member.Name, _ => ""),
        { Type: "Lambda", Value: { IsString: true } text } when text.Text.TrimStart().StartsWith("new", StringComparison.Ordinal) =>
            Named().Matches(text.Text).DistinctBy(match => match.Groups["name"].Value).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["path"].Value),
        _ => null,
    };

    /// <summary><c>… as name</c>, with the plain path before it where there is one. The time is that of the wall: a busy machine must not fail a check.</summary>
    [GeneratedRegex(@"((?<=[(,]\s*)(?<path>\w+(\.\w+)*)\s+|\s|\))as\s+(?<name>\w+)\s*(?=[,)])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Named();
}
