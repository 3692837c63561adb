using System.Runtime.CompilerServices;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Workflows.Activities.Elsa;

namespace WorkflowEngine.Host.Http;

/// <summary>The endpoints of the release in force that begin instances.</summary>
public sealed class FlowRoutes(ContentReleases releases)
{
    private readonly ConditionalWeakTable<ContentSet, Dictionary<string, HttpTrigger>> _routes = [];

    /// <summary>The first endpoint that one of the keys means.</summary>
    /// <param name="keys">The most exact first.</param>
    public (HttpTrigger Trigger, ContentSet Content)? Find(IReadOnlyList<string> keys)
    {
        if (!releases.HasCurrent) return null;

        var content = releases.Current;
        var routes = _routes.GetValue(content, RoutesOf);
        foreach (var key in keys)
        {
            if (routes.TryGetValue(key, out var trigger)) return (trigger, content);
        }

        return null;
    }

    /// <summary>Publishing refuses two endpoints of one path; here the first of them would count.</summary>
    private static Dictionary<string, HttpTrigger> RoutesOf(ContentSet content)
    {
        var routes = new Dictionary<string, HttpTrigger>(StringComparer.Ordinal);
        foreach (var trigger in content.Flows.Values.OrderBy(flow => flow.DefinitionId, StringComparer.Ordinal).SelectMany(HttpEndpoints.TriggersOf))
        {
            foreach (var method in trigger.Settings.Methods) routes.TryAdd(trigger.Settings.Path.KeyFor(method), trigger);
        }

        return routes;
    }
}
