using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.WriteLine: writes a line of text, for people who try flows out.</summary>
internal sealed class WriteLine : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.WriteLine", "输出文字", "控制台", "输出一行文字。")
    {
        Inputs = [new InputDescriptor("text", "String", "文字")],
    };

    public override void Execute(Turn turn)
    {
        var text = turn.Input<string>("text") ?? "";
        turn.Run.Emit(id => new Effect.WriteLine(id, text));
        turn.Complete();
    }
}
