using System.Text.Json;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.ForEach: runs its body for each item, one after the other.</summary>
internal sealed class ForEach : Loop
{
    private const string Current = "current";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.ForEach", "逐项循环", "循环", "对每一项依次执行。")
    {
        Inputs = [new InputDescriptor("items", "Object", "项目")],
        Outputs = [new OutputDescriptor("currentValue", "Object", "当前值")],
        EmbeddedPorts = ["body"],
    };

    public override void Execute(Turn turn) => Next(turn);

    protected override void Next(Turn turn)
    {
        var items = ItemsOf(turn);
        var index = turn.Instance.Recall<int>(Current);
        if (index >= items.Count || turn.Node.Port("body") is not { } body)
        {
            turn.Complete();
            return;
        }

        turn.Instance.Remember(Current, index + 1);
        turn.Output("currentValue", items[index]);
        turn.Schedule(body, loop: new LoopValue(items[index], index));
    }

    private static List<object?> ItemsOf(Turn turn)
    {
        if (!turn.HasInput("items"))
        {
            return [];
        }

        var value = turn.InputValue("items") ?? throw new ActivityFault("there are no items to go through: the value is null");
        if (value is string text && (text.TrimStart().StartsWith('[') || turn.Node.Inputs["items"].Expression is Expression.JsonText))
        {
            try
            {
                value = JsonSerializer.Deserialize<List<JsonElement>>(text)!;
            }
            catch (JsonException broken)
            {
                throw new ActivityFault($"the items are not a JSON list: {broken.Message}", broken);
            }
        }

        return [.. Turn.Items(value)];
    }
}
