using WorkflowEngine.Content.Standards;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Ingest;

/// <summary>A request that was believed and read, on its way into the database together with others.</summary>
/// <param name="Nonce">What must not come twice under the key.</param>
/// <param name="Asked">What the register is asked about each of its records.</param>
/// <param name="Bytes">Of the message: what a group holds in memory.</param>
/// <param name="Judge">What the answers of the register make of it. Pure, and called at most once.</param>
/// <param name="Handle">Runs the flows that it begins.</param>
public sealed record Arrival(
    SigningCredential Credential, string Nonce, ReadMessage Message, IReadOnlyList<RegisterAsked> Asked, int Bytes, Func<IReadOnlyList<RegisterKnown>, IngestDelivery> Judge,
    Func<IngestDelivery, Task<IngestDelivery>> Handle)
{
    private readonly TaskCompletionSource<IngestResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the messages of a key are held against is what its case told before: both keys of a rotation share it.</summary>
    public Guid Scope { get; } = EffectId.Parse(Credential.Id).InstanceId;

    /// <summary>What became of it, once that is durable.</summary>
    public Task<IngestResult> Result => _result.Task;

    public void Settle(IngestResult result) => _result.TrySetResult(result);

    public void Fail(Exception problem) => _result.TrySetException(problem);

    public override string ToString() => $"{Message.Method} of {Credential.KeyId}";
}
