using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>Versions of flows as Elsa's designers read them: whole, and in lists. What somebody may do with them is told by links.</summary>
public sealed class DefinitionAnswers(VersionStore versions)
{
    private const int MostNames = 2_000;

    private readonly ConcurrentDictionary<string, (string Name, string? Description)> _names = new(StringComparer.Ordinal);

    public static JsonObject Whole(OpenedVersion flow, SignedInPerson person)
    {
        var view = FlowNodes.Parse(flow.Text) is { } file ? FlowView.Of(file) : new JsonObject { ["name"] = flow.DefinitionId };
        var answer = new JsonObject();
        foreach (var (name, value) in OfVersion(flow.File, flow.IsLatest)) answer[name] = value?.DeepClone();
        foreach (var (name, value) in view)
        {
            if (name != "definitionId") answer[name] = value?.DeepClone();
        }

        answer["materializerContext"] = null;
        answer["links"] = Links(flow.File, person);
        return answer;
    }

    /// <summary>Lines of a list, in its order.</summary>
    public async Task<List<JsonObject>> LinesAsync(IReadOnlyList<(FileVersion Version, bool IsLatest)> list, SignedInPerson person, CancellationToken ct)
    {
        var names = await NamesAsync([.. list.Select(item => item.Version)], ct);
        return [.. list.Select(item =>
        {
            var line = OfVersion(item.Version, item.IsLatest);
            var (name, description) = names[item.Version.Hash];
            line["name"] = name;
            line["description"] = description;
            line["isReadonly"] = false;
            line["links"] = Links(item.Version, person);
            return line;
        })];
    }

    /// <summary>The flows' names, by the hash of their text.</summary>
    public async Task<IReadOnlyDictionary<string, (string Name, string? Description)>> NamesAsync(IReadOnlyList<FileVersion> wanted, CancellationToken ct)
    {
        if (_names.Count > MostNames) _names.Clear();
        var unknown = wanted.Where(version => !_names.ContainsKey(version.Hash)).DistinctBy(version => version.Hash).ToList();
        var texts = unknown.Count == 0 ? new Dictionary<string, string>() : await versions.TextsAsync([.. unknown.Select(version => version.Id)], ct);
        foreach (var version in unknown)
        {
            var file = texts.GetValueOrDefault(version.Id) is { } text ? FlowNodes.Parse(text) : null;
            _names[version.Hash] = (FlowNodes.Text(file, "name") is { Length: > 0 } name ? name : version.Item, FlowNodes.Text(file, "description"));
        }

        return wanted.DistinctBy(version => version.Hash).ToDictionary(version => version.Hash, version => _names.GetValueOrDefault(version.Hash, (version.Item, null)));
    }

    private static JsonObject OfVersion(FileVersion version, bool isLatest) => new()
    {
        ["id"] = version.Id,
        ["definitionId"] = version.Item,
        ["tenantId"] = null,
        ["createdAt"] = version.SavedAt,
        ["version"] = version.Number,
        ["isLatest"] = isLatest,
        ["isPublished"] = version.State == VersionState.Published,
        ["providerName"] = null,
        ["materializerName"] = "Json",
    };

    /// <summary>Without the link to publish a designer lets nothing be changed.</summary>
    private static JsonArray Links(FileVersion version, SignedInPerson person)
    {
        var path = $"{DesignerSetup.ApiRoot}/workflow-definitions/{version.Item}";
        var links = new JsonArray(Link(path, "self", "GET"));
        if (!ContentOwner.MayPublish(person)) return links;

        links.Add(Link($"{path}/publish", "publish", "POST"));
        links.Add(Link($"{path}/retract", "retract", "POST"));
        links.Add(Link(path, "delete", "DELETE"));
        return links;
    }

    public static JsonObject Link(string href, string rel, string method) => new() { ["href"] = href, ["rel"] = rel, ["method"] = method };
}
