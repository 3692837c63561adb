using System.Diagnostics;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// Runs one stimulus on one instance: the engine decides, facts are loaded as it asks for them, letters are rendered and
/// keys are made for what it decided. Everything lands in the <see cref="InstanceTurn"/>; nothing is committed here.
/// </summary>
public sealed class BurstExecutor(FactLoader facts, LetterWriter letters, SecretMaker secrets)
{
    /// <summary>A burst that asks for facts more often than this asks for ever.</summary>
    private const int MaxRounds = 100;

    /// <param name="turn">The instance; takes over the burst when there is one.</param>
    /// <param name="businessNow">The instant that the burst happens at.</param>
    /// <param name="timer">The timer that the stimulus answers, if it is one.</param>
    /// <param name="signal">The signal that the stimulus answers, if it is one.</param>
    /// <param name="amend">What the host adds to the decision before letters are written: notices that no flow draws.</param>
    /// <returns>Ran, Refused or NotWaiting; the first with its burst already in the turn.</returns>
    public async Task<RunResult> RunAsync(
        InstanceTurn turn, Stimulus stimulus, DateTimeOffset businessNow, CancellationToken ct, string? timer = null, string? signal = null,
        Func<Burst, Burst>? amend = null)
    {
        using var span = Telemetry.Source.StartActivity("burst");
        span?.SetTag("instance", turn.State.InstanceId);
        span?.SetTag("flow", turn.Definition.DefinitionId);
        span?.SetTag("stimulus", stimulus.GetType().Name);

        var known = turn.Brought.Aggregate(facts.Of(turn.Content), (all, fact) => all.With(fact.Key, fact.Value));
        for (var round = 0; round < MaxRounds; round++)
        {
            switch (WorkflowRunner.Run(turn.Definition, turn.State, stimulus, known, businessNow))
            {
                case RunResult.NeedFacts need:
                    known = await facts.LoadAsync(known, need.Keys, turn.Content, businessNow, ct);
                    break;

                case RunResult.Ran ran:
                    var burst = await letters.WriteAsync(turn, amend?.Invoke(ran.Burst) ?? ran.Burst, businessNow, ct);
                    foreach (var effect in burst.Effects.OfType<Effect.IssueCredential>())
                    {
                        turn.Secrets[effect.Id] = secrets.Make(effect, businessNow);
                    }

                    if (stimulus is Stimulus.Start start) turn.StartsUnder(start.CorrelationId);
                    turn.Add(burst, timer, signal);
                    span?.SetTag("effects", burst.Effects.Count);
                    return ran;

                case var other:
                    span?.SetStatus(ActivityStatusCode.Ok, other.GetType().Name);
                    return other;
            }
        }

        throw new InvalidOperationException($"Instance {turn.State.InstanceId:N}: the burst asked for facts {MaxRounds} times and still wants more.");
    }
}
