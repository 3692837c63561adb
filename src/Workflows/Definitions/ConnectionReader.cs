using System.Text.Json;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// Reads the connections of flowcharts: nested or flat, in a list or in a list wrapped as <c>$values</c>. Connections that lead nowhere are told; the flat form
/// of them is refused, as in Elsa.
/// </summary>
internal sealed class ConnectionReader(JsonSource source, List<Problem> problems)
{
    private const int MaxConnections = 10_000;

    private int _connections;

    public void Read(JsonElement element, ActivityNode flowchart)
    {
        var member = Json.Member(element, "connections") ?? default;
        if (member.ValueKind == JsonValueKind.Object && Json.Wrapped(member) is null)
        {
            throw new UnreadableDefinition(source.Problem("connections-shape", member, flowchart.Id, "connections must be a list"));
        }

        var known = flowchart.Children.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var connections = new List<Connection>();
        var seen = new HashSet<(string, string?, string, string?)>();
        bool? flat = null;
        foreach (var item in Json.Items(element, "connections"))
        {
            if (++_connections > MaxConnections)
            {
                throw new UnreadableDefinition(source.Problem("too-many-connections", item, flowchart.Id, $"a definition may have {MaxConnections} connections at most"));
            }

            var isFlat = Json.Member(item, "source") is { ValueKind: JsonValueKind.String };
            if (flat is { } before && before != isFlat)
            {
                throw new UnreadableDefinition(source.Problem("connections-mixed", item, flowchart.Id, "nested and flat connections must not be mixed"));
            }

            flat = isFlat;
            var connection = isFlat ? ReadFlat(item) : ReadNested(item);
            if (connection is null || !known.Contains(connection.Source) || !known.Contains(connection.Target))
            {
                ReportLostConnection(item, flowchart, connection, known, isFlat);
                continue;
            }

            if (seen.Add((connection.Source, connection.SourcePort, connection.Target, connection.TargetPort)))
            {
                connections.Add(connection);
            }
        }

        flowchart.Connections = connections;
        Restore(element, flowchart, seen);
    }

    /// <summary>A studio that did not know a step's type puts the step's connections aside; they count again when the type is known.</summary>
    private void Restore(JsonElement element, ActivityNode flowchart, HashSet<(string, string?, string, string?)> seen)
    {
        var known = flowchart.Children.Where(c => !c.IsOfUnknownType).Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var aside = Json.Items(Json.Object(element, "customProperties"), "notFoundConnections")
            .Select(item => Json.Member(item, "source") is { ValueKind: JsonValueKind.String } ? ReadFlat(item) : ReadNested(item))
            .Take(MaxConnections);
        foreach (var connection in aside)
        {
            if (connection is not null && known.Contains(connection.Source) && known.Contains(connection.Target)
                && seen.Add((connection.Source, connection.SourcePort, connection.Target, connection.TargetPort)))
            {
                flowchart.Connections = [.. flowchart.Connections, connection];
            }
        }
    }

    private Connection? ReadNested(JsonElement item)
    {
        var begin = Json.Object(item, "source");
        var end = Json.Object(item, "target");
        return Json.Text(begin, "activity") is { } from && Json.Text(end, "activity") is { } to
            ? new Connection(from, Json.Text(begin, "port"), to, Json.Text(end, "port"), source.PlaceOf(item).Line)
            : null;
    }

    private Connection? ReadFlat(JsonElement item) =>
        Json.Text(item, "source") is { } from && Json.Text(item, "target") is { } to
            ? new Connection(from, Json.Text(item, "sourcePort"), to, Json.Text(item, "targetPort"), source.PlaceOf(item).Line)
            : null;

    private void ReportLostConnection(JsonElement item, ActivityNode flowchart, Connection? connection, HashSet<string> known, bool isFlat)
    {
        if (connection is null)
        {
            problems.Add(source.Problem("connection-shape", item, flowchart.Id, "a connection needs source.activity and target.activity"));
            return;
        }

        var lost = known.Contains(connection.Source) ? connection.Target : connection.Source;
        var message = known.Contains(connection.Source)
            ? $"step '{connection.Source}' goes to '{lost}', which is not a step{DidYouMean.Of(lost, known)}"
            : $"a connection to '{connection.Target}' begins at '{lost}', which is not a step{DidYouMean.Of(lost, known)}";
        if (isFlat)
        {
            throw new UnreadableDefinition(source.Problem("unknown-step", item, flowchart.Id, message));
        }

        problems.Add(source.Problem("unknown-step", item, flowchart.Id, message));
    }
}
