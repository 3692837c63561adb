using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Submissions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>Starts the instance that another one, or a message of a device, asked for, on the release that it named.</summary>
public sealed class ChildStarter(ContentReleases releases, CaseNumbering numbering, CaseRegister register, SubmissionStore submissions)
{
    public async Task<(InstanceTurn Turn, Stimulus Start)> BeginAsync(PendingSignal signal, CancellationToken ct)
    {
        var order = signal.Payload as JsonObject ?? throw new EngineContentException($"Signal {signal.Id} starts a child and does not say which.");
        var child = order.Deserialize<ChildOrder>(JsonSerializerOptions.Web)!;
        var content = await releases.GetAsync(child.ReleaseId, ct);
        if (child.Case is { } transferred) return await BeginCaseAsync(signal.InstanceId, child, transferred, content, ct);

        var flow = content.Flows.GetValueOrDefault(child.DefinitionId)
            ?? throw new EngineContentException($"Release {content.Id} has no flow '{child.DefinitionId}', which a running instance starts.");
        var turn = InstanceTurn.Begin(
            signal.InstanceId,
            new NewInstance(flow.DefinitionId, flow.Version, child.ReleaseId, child.OrganisationId, child.Parent, child.BookmarkId),
            content,
            header: null);
        return (turn, new Stimulus.Start(child.Trigger, child.Input ?? [], child.CorrelationId));
    }

    public static Stimulus Finished(PendingSignal signal)
    {
        var end = (signal.Payload as JsonObject).Deserialize<ChildEnd>(JsonSerializerOptions.Web)
            ?? throw new EngineContentException($"Signal {signal.Id} tells of a child's end and does not say which.");
        return new Stimulus.ChildFinished(
            signal.BookmarkId ?? throw new EngineContentException($"Signal {signal.Id} names no bookmark."), end.Child, end.Faulted, end.Output ?? []);
    }

    /// <summary>
    /// 转办: the case goes on under a number of the receiving authority, filed when it was filed first, with the form and the files that its applicant handed
    /// in. The instance's id is the signal's, so however often the signal is claimed there is one case; a number that was drawn in vain leaves a gap.
    /// </summary>
    private async Task<(InstanceTurn Turn, Stimulus Start)> BeginCaseAsync(
        Guid instanceId, ChildOrder child, TransferredCase transferred, ContentSet content, CancellationToken ct)
    {
        var offer = OfferedFlows.Find(content, child.DefinitionId)
            ?? throw new EngineContentException($"Release {content.Id} has no flow '{child.DefinitionId}' that begins with a form; case {transferred.From} cannot go on in it.");
        var opening = await submissions.OpeningAsync(Tenant.System, transferred.From, ct)
            ?? throw new EngineContentException($"Case {transferred.From} was not opened by a form, so there is nothing to hand on.");
        var values = Transfers.ValuesOf(child.Input, opening.Values);
        var header = Transfers.HeaderOf(transferred, await numbering.NextAsync(offer, transferred.AuthorityId, ct));
        var turn = InstanceTurn.Begin(
            instanceId,
            new NewInstance(offer.Flow.DefinitionId, offer.Flow.Version, child.ReleaseId, header.OwnerId, child.Parent, child.BookmarkId)
            {
                Unit = await UnitAsync(offer, values, transferred, ct),
                SubmittedAt = Transfers.SubmittedAt(transferred),
                Continues = transferred.From,
            },
            content,
            header);
        turn.Submission = new NewSubmission(Guid.NewGuid(), offer.Form.Id, opening.OrganisationId, (JsonObject)values.DeepClone(), opening.Personal);
        turn.Brought[new FactKey(FactKind.Submission, turn.Submission.Id.ToString())] = turn.Submission.Values;
        return (turn, Transfers.Beginning(offer, turn.Submission.Id, values, child.Input, child.CorrelationId));
    }

    /// <summary>Two authorities' cases may meet at a third: what is handed on is taken in beside an application that is open there already.</summary>
    private async Task<string?> UnitAsync(FlowOnOffer offer, JsonObject values, TransferredCase transferred, CancellationToken ct)
    {
        if (offer.UnitOf(values) is not { } unit) return null;

        var applicant = transferred.Parties.GetValueOrDefault(CaseHeader.Applicant, "");
        return await register.OpenOneAsync(offer.Flow.DefinitionId, applicant, transferred.AuthorityId, unit, ct) is null ? unit : null;
    }

    private sealed record ChildOrder(
        string DefinitionId, string? Trigger, string? CorrelationId, JsonObject? Input, Guid? Parent, string? BookmarkId, string ReleaseId, string OrganisationId, TransferredCase? Case);

    private sealed record ChildEnd(Guid Child, bool Faulted, JsonObject? Output);
}
