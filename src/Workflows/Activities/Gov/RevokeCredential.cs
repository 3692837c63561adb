using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.RevokeCredential: the key signs nothing from now on.</summary>
internal sealed class RevokeCredential : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.RevokeCredential", "吊销密钥", "政务", "密钥即刻失效。")
    {
        Inputs =
        [
            new InputDescriptor("credential", "String", "密钥") { IsRequired = true },
            new InputDescriptor("reason", "String", "原因") { IsRequired = true },
        ],
    };

    public override void Execute(Turn turn)
    {
        if (turn.Input<string>("credential") is { Length: > 0 } credential)
        {
            var reason = turn.RequiredText("reason");
            turn.Run.Emit(id => new Effect.RevokeCredential(id, credential, reason));
        }

        turn.Complete();
    }
}
