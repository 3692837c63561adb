using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Switch: runs the activities of the matching cases, else its default.</summary>
internal sealed class Switch : ActivityKind
{
    private const string Open = "open";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Switch", "多路选择", "分支", "执行条件成立的分支。")
    {
        Inputs =
        [
            new InputDescriptor("cases", "Object", "分支") { IsPlain = true },
            new InputDescriptor("mode", "String", "匹配方式") { Default = "MatchFirst", Options = ["MatchFirst", "MatchAny"] },
        ],
        EmbeddedPorts = ["default"],
    };

    public override IEnumerable<(string Port, JsonElement Activity)> ListedContent(JsonElement activity)
    {
        var index = 0;
        foreach (var item in Json.Items(activity, "cases"))
        {
            if (Json.Object(item, "activity") is { } embedded)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"case{index}"), embedded);
            }

            index++;
        }
    }

    public override void Compile(ActivityNode node, InputReader inputs) => SwitchCases.Compile(node, inputs);

    public override void Execute(Turn turn)
    {
        var matching = SwitchCases.Matching(turn);
        if (matching.Count == 0)
        {
            turn.Instance.Remember(Open, 1);
            turn.Schedule(turn.Node.Port("default"));
            return;
        }

        turn.Instance.Remember(Open, matching.Count);
        foreach (var index in matching)
        {
            turn.Schedule(turn.Node.Port(string.Create(CultureInfo.InvariantCulture, $"case{index}")));
        }
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var open = turn.Instance.Recall<int>(Open) - 1;
        turn.Instance.Remember(Open, open);
        if (open == 0)
        {
            turn.Complete();
        }
    }
}
