using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>What an endpoint asks of a request before the flow hears of it.</summary>
/// <param name="Methods">In upper case.</param>
/// <param name="NeedsSignIn">True unless the flow says otherwise; whether it may say so is the operator's to allow.</param>
/// <param name="Policy">One of <see cref="HttpEndpoints.Policies"/>, or null: anybody who is signed in.</param>
/// <param name="SizeLimit">Of the content, in bytes.</param>
/// <param name="TakesTooLarge">A request over the limit is not refused but goes on through a port of its own, without its content.</param>
public sealed record EndpointSettings(HttpPath Path, IReadOnlyList<string> Methods, bool NeedsSignIn, string? Policy, long SizeLimit, bool TakesTooLarge)
{
    /// <summary>For the bookmark, so that the host can judge a request without running the flow.</summary>
    internal JsonObject ToPayload(string method) => new()
    {
        ["path"] = Path.ToString(),
        ["method"] = method,
        ["authorize"] = NeedsSignIn,
        ["policy"] = Policy,
        ["requestSizeLimit"] = SizeLimit,
        ["takesTooLarge"] = TakesTooLarge,
    };

    /// <summary>Reads the payload of a bookmark; null when it is not that of an endpoint.</summary>
    public static EndpointSettings? FromPayload(JsonObject? payload) =>
        HttpPath.Parse(HttpMessage.Text(payload, "path"), out _) is { } path && HttpMessage.Text(payload, "method") is { } method
            ? new EndpointSettings(
                path, [method], !(payload!["authorize"] is JsonValue given && given.TryGetValue<bool>(out var needed) && !needed), HttpMessage.Text(payload, "policy"),
                payload["requestSizeLimit"] is JsonValue limit && limit.TryGetValue<long>(out var bytes) ? bytes : HttpEndpoints.DefaultSize, HttpMessage.Flag(payload, "takesTooLarge"))
            : null;
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

    /// <summary>No endpoint takes more, in bytes. Files go another way: as attachments.</summary>
    public const long LargestSize = 1024 * 1024;

    public const string TooLarge = "Request too large";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

    /// <summary>Ports that Elsa's file checks would leave by. They are drawn in imported flows and never taken: files are not received here.</summary>
    private static readonly (string Input, string Port)[] Exposed =
    [
        ("exposeRequestTooLargeOutcome", TooLarge),
        ("exposeFileTooLargeOutcome", "File too large"),
        ("exposeInvalidFileExtensionOutcome", "Invalid file extension"),
        ("exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type"),
    ];

    /// <summary>Who may ask, as flows name it: anybody signed in, people who work on cases, of vendors, of authorities, of operations.</summary>
    public static IReadOnlyList<string> Policies { get; } = ["signed-in", "case-work", "vendor", "authority", "operations"];

    /// <summary>Inputs about files, which have no effect here.</summary>
    public static IReadOnlyList<string> FileInputs { get; } =
        ["fileSizeLimit", "allowedFileExtensions", "blockedFileExtensions", "allowedMimeTypes", "exposeFileTooLargeOutcome", "exposeInvalidFileExtensionOutcome", "exposeInvalidFileMimeTypeOutcome"];

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

        var limit = (long?)Value("requestSizeLimit", typeof(long)) ?? DefaultSize;
        if (limit is < 0 or > LargestSize)
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' takes {limit} bytes; the limit must be between 0 and {LargestSize}");
        }

        var policy = (string?)Value("policy", typeof(string));
        if (!string.IsNullOrEmpty(policy) && !Policies.Contains(policy))
        {
            throw new ActivityFault($"the endpoint '{endpoint.Id}' names the policy '{policy}'; there are {string.Join(", ", Policies)}");
        }

        return new EndpointSettings(
            path, methods, (bool?)Value("authorize", typeof(bool)) ?? true, string.IsNullOrEmpty(policy) ? null : policy, limit,
            (bool?)Value("exposeRequestTooLargeOutcome", typeof(bool)) ?? false);

        object? Value(string name, Type type) =>
            endpoint.Inputs.TryGetValue(name, out var input) && input.Expression is { } expression ? evaluate(expression, name, type) : null;
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
