using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>Starts the instance that another one asked for, on the release that the parent runs on.</summary>
public sealed class ChildStarter(ContentReleases releases)
{
    public async Task<(InstanceTurn Turn, Stimulus Start)> BeginAsync(PendingSignal signal, CancellationToken ct)
    {
        var order = signal.Payload as JsonObject ?? throw new EngineContentException($"Signal {signal.Id} starts a child and does not say which.");
        var child = order.Deserialize<ChildOrder>(JsonSerializerOptions.Web)!;
        var content = await releases.GetAsync(child.ReleaseId, ct);
        var flow = content.Flows.GetValueOrDefault(child.DefinitionId)
            ?? throw new EngineContentException($"Release {content.Id} has no flow '{child.DefinitionId}', which a running instance starts.");
        var turn = InstanceTurn.Begin(
            signal.InstanceId,
            new NewInstance(flow.DefinitionId, flow.Version, child.ReleaseId, child.OrganisationId, child.Parent, child.BookmarkId),
            content,
            header: null);
        return (turn, new Stimulus.Start(TriggerActivityId: null, child.Input ?? [], child.CorrelationId));
    }

    public static Stimulus Finished(PendingSignal signal)
    {
        var end = (signal.Payload as JsonObject).Deserialize<ChildEnd>(JsonSerializerOptions.Web)
            ?? throw new EngineContentException($"Signal {signal.Id} tells of a child's end and does not say which.");
        return new Stimulus.ChildFinished(
            signal.BookmarkId ?? throw new EngineContentException($"Signal {signal.Id} names no bookmark."), end.Child, end.Faulted, end.Output ?? []);
    }

    private sealed record ChildOrder(
        string DefinitionId, string? CorrelationId, JsonObject? Input, Guid? Parent, string? BookmarkId, string ReleaseId, string OrganisationId);

    private sealed record ChildEnd(Guid Child, bool Faulted, JsonObject? Output);
}
