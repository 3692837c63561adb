using System.Globalization;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// Finds the flow that an activity stands for: by its version id, whatever the activity says besides, else by its type, which is the flow's name, in the
/// activity's version or else the newest.
/// </summary>
internal sealed class ForeignActivities(IReadOnlyList<WorkflowDefinition> used)
{
    private readonly Dictionary<WorkflowDefinition, int> _numbers = [];

    public WorkflowDefinition? Find(JsonElement activity, string type)
    {
        if (used.Count == 0)
        {
            return null;
        }

        if (Json.Text(activity, "workflowDefinitionVersionId") is { } versionId
            && used.FirstOrDefault(d => d.UsableAsActivity && d.VersionId == versionId) is { } exact)
        {
            return exact;
        }

        var named = used.Where(d => d.UsableAsActivity && TypeName(d.Name) == type).ToList();
        return named.LastOrDefault(d => d.Version == Version(activity)) ?? named.MaxBy(d => d.Version);
    }

    /// <summary>Flows are numbered from the inside out: one that uses no other is <c>Workflow1</c>.</summary>
    public int NumberOf(JsonElement root) => used.Count == 0 ? 1 : 1 + DeepestIn(root);

    /// <summary>The type name of a flow used as an activity: its name without blanks and underscores, each word with a capital.</summary>
    internal static string TypeName(string name)
    {
        var text = new StringBuilder();
        var begins = true;
        foreach (var c in name)
        {
            if (c is ' ' or '_')
            {
                begins = true;
                continue;
            }

            text.Append(begins ? char.ToUpper(c, CultureInfo.InvariantCulture) : c);
            begins = false;
        }

        return text.ToString();
    }

    /// <summary>The member of an activity that holds an input or output of the flow it stands for.</summary>
    internal static string MemberName(string name) => TypeName(name) is { Length: > 0 } word ? char.ToLowerInvariant(word[0]) + word[1..] : name;

    /// <summary>The ids of all activities of a file.</summary>
    internal static IEnumerable<string> IdsIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => IdsIn(m.Value)).Concat(Json.Text(element, "type") is not null && Json.Text(element, "id") is { } id ? [id] : []),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(IdsIn),
        _ => [],
    };

    private static int? Version(JsonElement activity) =>
        Json.Member(activity, "version") is { ValueKind: JsonValueKind.Number } written && written.TryGetInt32(out var version) ? version : null;

    private int DeepestIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Math.Max(NumberOfUse(element), element.EnumerateObject().Select(m => DeepestIn(m.Value)).DefaultIfEmpty().Max()),
        JsonValueKind.Array => element.EnumerateArray().Select(DeepestIn).DefaultIfEmpty().Max(),
        _ => 0,
    };

    /// <summary>The number of the flow that an activity stands for; 0 for anything else.</summary>
    private int NumberOfUse(JsonElement element)
    {
        var isActivity = Json.Text(element, "id") is not null || Json.Text(element, "workflowDefinitionVersionId") is not null;
        if (!isActivity || Json.Text(element, "type") is not { } type || ActivityRegistry.Find(type) is not null || Find(element, type) is not { } foreign)
        {
            return 0;
        }

        if (!_numbers.TryGetValue(foreign, out var number))
        {
            // Stands while it is computed, so that flows that use each other in a circle come to an end here; they are refused when they are linked.
            _numbers[foreign] = 1;
            using var document = JsonDocument.Parse(foreign.Write(), new JsonDocumentOptions { MaxDepth = JsonSource.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            number = NumberOf(document.RootElement);
            _numbers[foreign] = number;
        }

        return number;
    }
}
