using System.Collections.Concurrent;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Instances;

/// <summary>A case beside the version of the flow that it runs on.</summary>
public sealed record CaseRun(CaseView Case, FileVersion Version, WorkflowDefinition Flow);

/// <summary>
/// Running cases as designers look at them: an instance is a case, and its id is the 办件编号. Everything is read with the eyes of who asks, as on the case's page; what people
/// wrote into forms is not shown here.
/// </summary>
public sealed class InstanceDesk(CaseQueries cases, ContentReleases releases, VersionStore versions, InstanceStore instances)
{
    private const int MostKnown = 1_000;

    private readonly ConcurrentDictionary<(string Release, string Flow), FileVersion> _versions = new();

    public Task<Page<CaseLine>> ListAsync(SignedInPerson person, CaseFilter filter, CancellationToken ct) => cases.CasesAsync(person.Tenant, filter, ct);

    /// <summary>Null: there is no such case, or it is not theirs.</summary>
    public async Task<CaseRun?> FindAsync(SignedInPerson person, string number, CancellationToken ct)
    {
        if (await cases.CaseAsync(person.Tenant, number, person.Actor.UserId, ct) is not { } view) return null;

        var content = await releases.GetAsync(view.ReleaseId, ct);
        return content.Flows.GetValueOrDefault(view.Line.FlowId) is { } flow && await VersionAsync(view.ReleaseId, view.Line.FlowId, ct) is { } version ? new CaseRun(view, version, flow) : null;
    }

    /// <summary>The version of a flow that a release has; null when the release has it no more.</summary>
    public async Task<FileVersion?> VersionAsync(string releaseId, string flowId, CancellationToken ct)
    {
        if (_versions.TryGetValue((releaseId, flowId), out var known)) return known;

        if ((await releases.GetAsync(releaseId, ct)).FileOf(ContentKind.Flow, flowId) is not { } path || await versions.OfReleaseAsync(releaseId, path, ct) is not { } version) return null;

        if (_versions.Count > MostKnown) _versions.Clear();
        return _versions[(releaseId, flowId)] = version;
    }

    /// <summary>The variables that hold a word, a number or yes and no. What a form left in one is told as such and read on the case's page.</summary>
    public async Task<IReadOnlyList<(string Name, string Value)>> VariablesAsync(CaseRun run, CancellationToken ct)
    {
        var found = await instances.LoadAsync([run.Case.Line.InstanceId], ct);
        if (!found.TryGetValue(run.Case.Line.InstanceId, out var stored)) return [];

        var simple = run.Flow.Variables.Where(variable => variable.TypeName is not ("Object" or "String") && !variable.IsArray).Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return [.. stored.State.VariablesOf(run.Flow).Select(variable => (variable.Key, simple.Contains(variable.Key) ? variable.Value?.ToString() ?? "" : variable.Value is null ? "" : "（表单内容，见办件页）"))];
    }
}
