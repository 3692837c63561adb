using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What came with a key by one method.</summary>
/// <param name="Accepted">Requests.</param>
/// <param name="Records">Distinct accepted records.</param>
/// <param name="Workers">Distinct accepted ID numbers.</param>
/// <param name="SinceRejected">Accepted requests since the last rejected one; all of them when there is none, counted to <see cref="ConformanceFigures.MostCounted"/> at most.</param>
public sealed record MethodFigures(
    string Method, long Accepted, long Rejected, long Records, long Workers, long SinceRejected, DateTimeOffset FirstAt, DateTimeOffset? LastAcceptedAt, DateTimeOffset? LastRejectedAt);

/// <summary>The conformance summary of a key (<see cref="FactKind.Conformance"/>), as rules read it.</summary>
public static class ConformanceFigures
{
    public const int MostCounted = 1000;

    /// <summary>
    /// <c>{ credentialId, accepted, rejected, methods: [ { method, accepted, rejected, records, sinceRejected, lastAcceptedAt, lastRejectedAt } ],
    /// workers, firstAt, lastAt, lastRejectedAt }</c>. A list, because rules can search a list and cannot name a member with a dot in it. Instants are ISO 8601 at +08:00.
    /// </summary>
    /// <param name="methods">In the order of their names.</param>
    public static JsonObject Summary(string credentialId, IReadOnlyList<MethodFigures> methods)
    {
        var byMethod = new JsonArray();
        foreach (var method in methods)
        {
            byMethod.Add((JsonNode)new JsonObject
            {
                ["method"] = method.Method,
                ["accepted"] = method.Accepted,
                ["rejected"] = method.Rejected,
                ["records"] = method.Records,
                ["sinceRejected"] = method.SinceRejected,
                ["lastAcceptedAt"] = RegisterEntry.Iso(method.LastAcceptedAt),
                ["lastRejectedAt"] = RegisterEntry.Iso(method.LastRejectedAt),
            });
        }

        var summary = new JsonObject
        {
            ["credentialId"] = credentialId,
            ["accepted"] = methods.Sum(method => method.Accepted),
            ["rejected"] = methods.Sum(method => method.Rejected),
            ["methods"] = byMethod,
            ["workers"] = methods.Sum(method => method.Workers),
            ["firstAt"] = RegisterEntry.Iso(methods.Select(method => (DateTimeOffset?)method.FirstAt).Min()),
            ["lastAt"] = RegisterEntry.Iso(methods.SelectMany(method => (DateTimeOffset?[])[method.LastAcceptedAt, method.LastRejectedAt]).Max()),
            ["lastRejectedAt"] = RegisterEntry.Iso(methods.Select(method => method.LastRejectedAt).Max()),
        };
        // As read from text: its numbers are then of whatever type a reader asks for.
        return JsonNode.Parse(summary.ToJsonString())!.AsObject();
    }
}
