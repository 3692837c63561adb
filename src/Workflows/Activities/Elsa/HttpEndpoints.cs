using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>What an endpoint asks of a request before the flow hears of it.</summary>
/// <param name="Methods">In upper case.</param>
/// <param name="NeedsSignIn">True unless the flow says otherwise; whether it may say so is the operator's to allow.</param>
/// <param name="Policy">One of <see cref="HttpEndpoints.Policies"/>, or null: anybody who is signed in.</param>
public sealed record EndpointSettings(HttpPath Path, IReadOnlyList<string> Methods, bool NeedsSignIn, string? Policy)
{
    /// <summary>Of the whole request, in bytes, where the flow says so.</summary>
    public long? SizeLimit { get; init; }

    /// <summary>How long whoever asks waits for the answer; null: until it is there.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Which files it takes.</summary>
    public EndpointFiles Files { get; init; } = EndpointFiles.Any;

    /// <summary>Ports by which a request that is not taken goes on; by those not among them it is refused.</summary>
    public IReadOnlyList<string> Exposed { get; init; } = [];

    /// <summary>Most bytes of a request without files.</summary>
    public long ContentLimit => Math.Min(SizeLimit ?? HttpEndpoints.DefaultSize, HttpEndpoints.LargestContent);

    /// <summary>Most bytes of a request with files, all together.</summary>
    public long RequestLimit => SizeLimit ?? HttpEndpoints.LargestRequest;

    /// <summary>For the bookmark, so that the host can judge a request without running the flow.</summary>
    internal JsonObject ToPayload(string method) => new()
    {
        ["path"] = Path.ToString(),
        ["method"] = method,
        ["authorize"] = NeedsSignIn,
        ["policy"] = Policy,
        ["requestSizeLimit"] = SizeLimit,
        ["requestTimeout"] = Timeout?.ToString("c", CultureInfo.InvariantCulture),
        ["files"] = Files.ToJson(),
        ["exposed"] = HttpMessage.List(Exposed),
    };

    /// <summary>Reads the payload of a bookmark; null when it is not that of an endpoint.</summary>
    public static EndpointSettings? FromPayload(JsonObject? payload) =>
        HttpPath.Parse(HttpMessage.Text(payload, "path"), out _) is { } path && HttpMessage.Text(payload, "method") is { } method
            ? new EndpointSettings(
                path, [method], !(payload!["authorize"] is JsonValue given && given.TryGetValue<bool>(out var needed) && !needed), HttpMessage.Text(payload, "policy"))
            {
                SizeLimit = HttpMessage.Number(payload, "requestSizeLimit"),
                Timeout = TimeSpan.TryParse(HttpMessage.Text(payload, "requestTimeout"), CultureInfo.InvariantCulture, out var timeout) ? timeout : null,
                Files = EndpointFiles.FromJson(HttpMessage.Member(payload, "files")),
                Exposed = HttpMessage.Texts(payload, "exposed"),
            }
            : null;
}

/// <summary>Which files an endpoint takes, of those that the platform takes at all.</summary>
/// <param name="SizeLimit">Of one file, in bytes.</param>
/// <param name="Allowed">Endings such as <c>.pdf</c>; empty: all.</param>
/// <param name="Blocked">Endings that are not taken.</param>
/// <param name="Types">Media types, judged by content; empty: all.</param>
public sealed record EndpointFiles(long SizeLimit, IReadOnlyList<string> Allowed, IReadOnlyList<string> Blocked, IReadOnlyList<string> Types)
{
    public static EndpointFiles Any { get; } = new(HttpEndpoints.LargestFile, [], [], []);

    public bool TakesEnding(string fileName)
    {
        var ending = EndingOf(fileName);
        return !Blocked.Contains(ending, StringComparer.OrdinalIgnoreCase) && (Allowed.Count == 0 || Allowed.Contains(ending, StringComparer.OrdinalIgnoreCase));
    }

    public bool TakesType(string type) => Types.Count == 0 || Types.Contains(type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Endings as people write them: <c>pdf</c>, <c>.pdf</c>.</summary>
    internal static IReadOnlyList<string> EndingsOf(IEnumerable<string> written) => [.. written.Select(ending => "." + ending.Trim().TrimStart('.')).Where(ending => ending.Length > 1)];

    internal JsonObject ToJson() => new()
    {
        ["sizeLimit"] = SizeLimit,
        ["allowed"] = HttpMessage.List(Allowed),
        ["blocked"] = HttpMessage.List(Blocked),
        ["types"] = HttpMessage.List(Types),
    };

    internal static EndpointFiles FromJson(JsonNode? json) =>
        new(HttpMessage.Number(json, "sizeLimit") ?? HttpEndpoints.LargestFile, HttpMessage.Texts(json, "allowed"), HttpMessage.Texts(json, "blocked"), HttpMessage.Texts(json, "types"));

    private static string EndingOf(string fileName) => fileName.LastIndexOf('.') is >= 0 and var dot ? fileName[dot..] : ".";
}

/// <summary>An endpoint that begins instances of a flow.</summary>
public sealed record HttpTrigger(WorkflowDefinition Flow, ActivityNode Endpoint, EndpointSettings Settings);

/// <summary>What host and checks know of endpoints.</summary>
public static class HttpEndpoints
{
    public const string Type = "Elsa.HttpEndpoint";

    /// <summary>Name under which an expected request is told to the host; its key is that of <see cref="KeyFor"/>.</summary>
    public const string Expectation = "http-request";

    /// <summary>An endpoint without a limit of its own takes this much content, in bytes.</summary>
    public const long DefaultSize = 256 * 1024;

    /// <summary>No endpoint takes more content that is no file, in bytes.</summary>
    public const long LargestContent = 1024 * 1024;

    /// <summary>No endpoint takes a larger file, in bytes.</summary>
    public const long LargestFile = 10 * 1024 * 1024;

    /// <summary>No endpoint takes more, files and all, in bytes.</summary>
    public const long LargestRequest = 12 * 1024 * 1024;

    public const string TooLarge = "Request too large";
    public const string FileTooLarge = "File too large";
    public const string InvalidExtension = "Invalid file extension";
    public const string InvalidType = "Invalid file MIME type";

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

    /// <summary>Ports of requests that are not taken, each with the input that opens it.</summary>
    private static readonly (string Input, string Port)[] Exposed =
    [
        ("exposeRequestTooLargeOutcome", TooLarge),
        ("exposeFileTooLargeOutcome", FileTooLarge),
        ("exposeInvalidFileExtensionOutcome", InvalidExtension),
        ("exposeInvalidFileMimeTypeOutcome", InvalidType),
    ];

    /// <summary>Who may ask, as flows name it: anybody signed in, people who work on cases, who file them, of authorities, of operations.</summary>
    public static IReadOnlyList<string> Policies { get; } = ["signed-in", "case-work", "applicant", "authority", "operations"];

    /// <summary>What an expected request is found by: <c>POST ORDERS/{}</c>.</summary>
    public static string KeyFor(this HttpPath path, string method) => $"{method} {path.Key}";

    /// <summary>All that a request may be expected by, the most exact first.</summary>
    public static IReadOnlyList<string> KeysOf(string method, string requested) => [.. HttpPath.KeysOf(requested).Select(key => $"{method} {key}")];

    /// <summary>The endpoints that begin instances of a flow. One whose inputs are not all written out cannot be found by a request, and publishing refuses it.</summary>
    public static IEnumerable<HttpTrigger> TriggersOf(WorkflowDefinition flow)
    {
        foreach (var endpoint in flow.Activities.Where(activity => activity.Type == Type && activity.Kind is not null && activity.CanStartWorkflow))
        {
            if (ReadWritten(endpoint, out _) is { } settings)
            {
                yield return new HttpTrigger(flow, endpoint, settings);
            }
        }
    }

    /// <summary>The settings as far as they are written out; null when they are computed or wrong, and <paramref name="problem"/> says which.</summary>
    public static EndpointSettings? ReadWritten(ActivityNode endpoint, out string problem)
    {
        problem = "";
        try
        {
            return Read(endpoint, static (expression, _, type) => expression.Evaluate(WrittenOnly.Scope, type));
        }
        catch (Exception unusable) when (unusable is ActivityFault or ConversionException)
        {
            problem = unusable.Message;
            return null;
        }
    }

    /// <exception cref="ActivityFault">An input has no usable value.</exception>
    internal static EndpointSettings Read(ActivityNode endpoint, Func<Expression, string, Type, object?> evaluate)
    {
        if (HttpPath.Parse((string?)Value("path", typeof(string)), out var problem) is not { } path)
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' cannot be reached: {problem}");
        }

        var methods = ((string[]?)Value("supportedMethods", typeof(string[])) ?? ["GET"]).Select(method => method.ToUpperInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        if (methods.Length == 0 || Array.Find(methods, method => !Methods.Contains(method)) is { })
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' needs methods among {string.Join(", ", Methods)}; it names {(methods.Length == 0 ? "none" : string.Join(", ", methods))}");
        }

        var limit = Limit("requestSizeLimit", LargestRequest);
        var timeout = (TimeSpan?)Value("requestTimeout", typeof(TimeSpan));
        if (timeout is { } wait && (wait <= TimeSpan.Zero || wait > LongestTimeout))
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' lets people wait for {wait}; 'requestTimeout' must be more than nothing and at most {LongestTimeout}");
        }

        var policy = (string?)Value("policy", typeof(string));
        if (!string.IsNullOrEmpty(policy) && !Policies.Contains(policy))
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' names the policy '{policy}'; there are {string.Join(", ", Policies)}");
        }

        return new EndpointSettings(path, methods, (bool?)Value("authorize", typeof(bool)) ?? true, string.IsNullOrEmpty(policy) ? null : policy)
        {
            SizeLimit = limit,
            Timeout = timeout,
            Files = new EndpointFiles(
                Limit("fileSizeLimit", LargestFile) ?? LargestFile, EndpointFiles.EndingsOf(Texts("allowedFileExtensions")), EndpointFiles.EndingsOf(Texts("blockedFileExtensions")),
                Texts("allowedMimeTypes")),
            Exposed = [.. Exposed.Where(exposed => (bool?)Value(exposed.Input, typeof(bool)) ?? false).Select(exposed => exposed.Port)],
        };

        object? Value(string name, Type type) =>
            endpoint.Inputs.TryGetValue(name, out var input) && input.Expression is { } expression ? evaluate(expression, name, type) : null;

        string[] Texts(string name) => (string[]?)Value(name, typeof(string[])) ?? [];

        long? Limit(string name, long most) => (long?)Value(name, typeof(long)) is not { } bytes ? null
            : bytes >= 0 && bytes <= most ? bytes
            : throw new ActivityFault($"the endpoint '{endpoint.Id}' takes {bytes} bytes; '{name}' must be between 0 and {most}");
    }

    internal static IEnumerable<string> ExposedPorts(ActivityNode node) =>
        Exposed.Where(exposed => node.Inputs.TryGetValue(exposed.Input, out var input) && input.Expression is Expression.Literal { Value: true or "true" or "True" })
            .Select(exposed => exposed.Port);
}

/// <summary>A scope in which only what is written out has a value.</summary>
internal sealed class WrittenOnly : EvaluationScope
{
    public static WrittenOnly Scope { get; } = new();

    public override object? ReadVariable(string id) => throw Computed();

    public override object? ReadInput(string name) => throw Computed();

    public override object? Evaluate(Rules.Lambda lambda, string text) => throw Computed();

    private static ConversionException Computed() => new("the value is computed, so it is not known before the flow runs");
}
