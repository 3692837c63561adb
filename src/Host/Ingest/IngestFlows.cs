using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// The flows that a message begins (<c>Gov.DataIngest</c> as the first step), run in memory before the message is stored. One that ends and asks for nothing leaves its version on the receipt and
/// nothing else. One that waits, or that wants something done, becomes an instance: its order is stored with the message, and whoever carries out signals begins it. One that fails is set
/// aside in the same transaction, with an incident; the message is stored and answered all the same.
/// </summary>
public sealed class IngestFlows(BurstExecutor executor, ILogger<IngestFlows> log)
{
    private readonly ConditionalWeakTable<ContentSet, ILookup<string, IngestTrigger>> _triggers = [];

    /// <param name="message">What the flow is told of the message: nothing of a person.</param>
    /// <returns>The delivery with what its flows left behind.</returns>
    public async Task<IngestDelivery> RunAsync(IngestDelivery delivery, JsonObject message, SigningCredential credential, ContentSet content, CancellationToken ct)
    {
        var orders = new List<FlowOrder>();
        var names = new List<string>();
        foreach (var trigger in _triggers.GetValue(content, TriggersOf)[delivery.Method])
        {
            names.Add($"{trigger.Flow.DefinitionId}@{trigger.Flow.Version}");
            var input = new JsonObject { ["message"] = message.DeepClone(), ["accepted"] = delivery.Accepted };
            var instance = Guid.NewGuid();
            if (await TryAsync(instance, trigger, input, credential, content, delivery.BusinessNow, ct) is var (isDone, fault) && isDone) continue;

            orders.Add(new FlowOrder(instance, trigger.Flow.DefinitionId, trigger.Step.Id, content.Id, credential.AuthorityId, input, fault));
        }

        return names.Count == 0 ? delivery : delivery with { Flow = string.Join(' ', names), Orders = orders };
    }

    /// <returns>Whether it has ended and nothing is left to do; else why it cannot go on, null when it only waits or wants something done.</returns>
    private async Task<(bool IsDone, string? Fault)> TryAsync(
        Guid instance, IngestTrigger trigger, JsonObject input, SigningCredential credential, ContentSet content, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            var turn = InstanceTurn.Begin(instance, new NewInstance(trigger.Flow.DefinitionId, trigger.Flow.Version, content.Id, credential.AuthorityId), content, header: null);
            switch (await executor.RunAsync(turn, new Stimulus.Start(trigger.Step.Id, input, CorrelationId: null), now, ct))
            {
                case RunResult.Ran { Burst: var burst }:
                    return burst.Effects.OfType<Effect.RaiseIncident>().FirstOrDefault() is { } incident
                        ? (false, incident.Message)
                        : (burst.State.Status == InstanceStatus.Finished && burst.Effects.All(effect => effect is Effect.WriteLine), null);
                case RunResult.Refused refused:
                    return (false, refused.Message);
                case var other:
                    return (false, other.ToString());
            }
        }
        catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
        {
            log.LogError(problem, "Flow {Flow} cannot take a message of {Credential} and is set aside.", trigger.Flow.DefinitionId, credential.KeyId);
            return (false, problem.Message);
        }
    }

    private static ILookup<string, IngestTrigger> TriggersOf(ContentSet content) =>
        content.Flows.Values.OrderBy(flow => flow.DefinitionId, StringComparer.Ordinal).SelectMany(IngestTriggers.Of).ToLookup(trigger => trigger.Method, StringComparer.Ordinal);
}
