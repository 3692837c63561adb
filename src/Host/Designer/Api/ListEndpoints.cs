using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>Lists of flows and of a flow's versions.</summary>
internal static class ListEndpoints
{
    private const int LargestPage = 100;

    public static void MapLists(this IEndpointRouteBuilder api) => api.MapGet("/workflow-definitions", ListAsync);

    private static async Task<IResult> ListAsync(FlowDesk desk, DefinitionAnswers answers, HttpContext http, CancellationToken ct)
    {
        var asked = http.Request.Query;
        var person = SignedInPerson.Required(http.User);
        var all = await desk.ListAsync(ct);
        var latest = all.GroupBy(version => version.Item).ToDictionary(flow => flow.Key, flow => flow.First().Id, StringComparer.Ordinal);

        var versions = asked["Ids"] is { Count: > 0 } ids
            ? all.Where(version => ids.Contains(version.Id))
            : all.GroupBy(version => version.Item).SelectMany(flow => FlowDesk.Chosen([.. flow], asked["versionOptions"]));
        if (asked["DefinitionIds"] is { Count: > 0 } wanted) versions = versions.Where(version => wanted.Contains(version.Item));

        var found = versions.ToList();
        var names = await answers.NamesAsync(found, ct);
        if (asked["SearchTerm"].ToString() is { Length: > 0 } term)
        {
            found = [.. found.Where(version => names[version.Hash].Name.Contains(term, StringComparison.OrdinalIgnoreCase) || version.Item.Contains(term, StringComparison.OrdinalIgnoreCase))];
        }

        found = Ordered(found, asked["OrderBy"].ToString(), asked["OrderDirection"].ToString().Equals("Descending", StringComparison.OrdinalIgnoreCase), version => names[version.Hash].Name);
        var size = int.TryParse(asked["PageSize"], out var given) ? Math.Clamp(given, 1, LargestPage) : LargestPage;
        var page = int.TryParse(asked["Page"], out var number) ? Math.Clamp(number, 0, 100_000) : 0;
        var lines = await answers.LinesAsync([.. found.Skip(page * size).Take(size).Select(version => (version, latest[version.Item] == version.Id))], person, ct);

        // Without this link a designer shows the list and lets nothing be done with it.
        var links = new JsonArray();
        if (ContentOwner.MayPublish(person))
        {
            foreach (var rel in (string[])["publish", "retract", "delete"]) links.Add(DefinitionAnswers.Link($"{DesignerSetup.ApiRoot}/bulk-actions/{rel}/workflow-definitions", $"bulk-{rel}", "POST"));
        }

        return Answers.Json(new JsonObject { ["links"] = links, ["items"] = new JsonArray([.. lines]), ["totalCount"] = found.Count });
    }

    private static List<FileVersion> Ordered(List<FileVersion> versions, string by, bool descending, Func<FileVersion, string> name)
    {
        var sorted = by.ToUpperInvariant() switch
        {
            "VERSION" => versions.OrderBy(version => version.Number),
            "CREATED" or "CREATEDAT" => versions.OrderBy(version => version.SavedAt),
            _ => versions.OrderBy(name, StringComparer.Ordinal).ThenBy(version => version.Number),
        };
        List<FileVersion> list = [.. sorted];
        if (descending) list.Reverse();
        return list;
    }
}
