using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// The path of an endpoint, such as <c>orders/{id}</c>: segments that are as written, in any case, and parameters that are any one segment. Constraints,
/// optional parameters and catch-alls of ASP.NET's templates are not among them.
/// </summary>
public sealed class HttpPath
{
    /// <summary>More segments than this are no path of ours; all paths that could match a request can then be counted up (2^8).</summary>
    public const int MaxSegments = 8;

    private const int MaxLength = 200;
    private const string Anything = "{}";

    private readonly string[] _segments;

    private HttpPath(string[] segments) => _segments = segments;

    /// <summary>What two paths have in common that no request can tell apart: <c>orders/{}</c>.</summary>
    public string Key => string.Join('/', _segments.Select(KeyOf));

    /// <summary>Reads a path as a flow writes it.</summary>
    /// <returns>Null when it is none; <paramref name="problem"/> says why.</returns>
    public static HttpPath? Parse(string? text, out string problem)
    {
        var segments = (text ?? "").Trim('/').Split('/');
        problem = "";
        if (string.IsNullOrWhiteSpace(text) || segments is [""])
        {
            problem = "the path is empty";
        }
        else if (text.Length > MaxLength || segments.Length > MaxSegments)
        {
            problem = $"a path has at most {MaxSegments} segments and {MaxLength} characters";
        }
        else if (Array.Find(segments, segment => !IsLiteral(segment) && !IsParameter(segment)) is { } odd)
        {
            problem = $"'{odd}' is no segment of a path: write plain text, or a parameter such as {{id}}, without constraints, question marks or stars";
        }
        else if (segments.Where(IsParameter).GroupBy(NameOf, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            problem = $"the parameter {{{twice.Key}}} stands twice";
        }

        return problem.Length == 0 ? new HttpPath(segments) : null;
    }

    /// <summary>The keys of all paths that a request may mean, the most exact first: <c>orders/17</c>, then <c>orders/{}</c>, then <c>{}/17</c>, <c>{}/{}</c>.</summary>
    public static IReadOnlyList<string> KeysOf(string requested)
    {
        var segments = requested.Trim('/').Split('/');
        if (segments.Length > MaxSegments || requested.Length > MaxLength || Array.Exists(segments, segment => segment.Length == 0 || segment == Anything))
        {
            return [];
        }

        var keys = new string[1 << segments.Length];
        for (var mask = 0; mask < keys.Length; mask++)
        {
            // The first segment is the highest bit: what is written out earlier counts more.
            keys[mask] = string.Join('/', segments.Select((segment, index) => (mask >> (segments.Length - 1 - index) & 1) == 1 ? Anything : Plain(segment)));
        }

        return keys;
    }

    /// <summary>What stands in the places of the parameters; null when the request is for another path.</summary>
    public JsonObject? Match(string requested)
    {
        var segments = requested.Trim('/').Split('/');
        if (segments.Length != _segments.Length)
        {
            return null;
        }

        var values = new JsonObject();
        for (var index = 0; index < segments.Length; index++)
        {
            if (IsParameter(_segments[index]))
            {
                values[NameOf(_segments[index])] = segments[index];
            }
            else if (Plain(segments[index]) != Plain(_segments[index]))
            {
                return null;
            }
        }

        return values;
    }

    public override string ToString() => string.Join('/', _segments);

    private static bool IsParameter(string segment) => segment is ['{', _, .., '}'] && NameOf(segment).All(letter => char.IsLetterOrDigit(letter) || letter == '_');

    private static bool IsLiteral(string segment) =>
        segment.Length > 0 && segment is not ("." or "..") && segment.All(letter => !char.IsControl(letter) && !char.IsWhiteSpace(letter) && !@"{}?#%*\:;".Contains(letter, StringComparison.Ordinal));

    private static string NameOf(string parameter) => parameter[1..^1];

    private static string KeyOf(string segment) => IsParameter(segment) ? Anything : Plain(segment);

    private static string Plain(string segment) => segment.ToUpperInvariant();
}
