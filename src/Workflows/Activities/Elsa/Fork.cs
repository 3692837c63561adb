using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Fork: runs all branches at once and goes on when all, or any, have ended.</summary>
internal sealed class Fork : ActivityKind
{
    private const string Ended = "ended";
    private const string Breaking = "breaking";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Fork", "分叉", "分支", "同时执行各个分支。")
    {
        Inputs = [new InputDescriptor("joinMode", "String", "汇合方式") { Default = "WaitAll", Options = ["WaitAny", "WaitAll"], IsPlain = true }],
        IsBrowsable = false,
    };

    public override IEnumerable<(string Port, JsonElement Activity)> ListedContent(JsonElement activity)
    {
        var index = 0;
        foreach (var branch in Json.Items(activity, "branches"))
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"branch{index++}"), branch);
        }
    }

    public override void Compile(ActivityNode node, InputReader inputs)
    {
        var mode = node.Plain.GetValueOrDefault("joinMode")?.Trim('"');
        node.Compiled = mode is null || mode == "1" || string.Equals(mode, "WaitAll", StringComparison.OrdinalIgnoreCase);
    }

    public override void Execute(Turn turn)
    {
        if (turn.Node.Children.Count == 0)
        {
            turn.Complete();
            return;
        }

        foreach (var branch in turn.Node.Children)
        {
            turn.Schedule(branch);
        }
    }

    /// <summary>The next branch that ends takes the others with it; the loop around hears of the break too.</summary>
    public override bool Breaks(Turn turn)
    {
        turn.Instance.Remember(Breaking, true);
        return false;
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var ended = turn.Instance.Recall<int>(Ended) + 1;
        turn.Instance.Remember(Ended, ended);
        if (turn.Instance.Recall<bool>(Breaking) || turn.Node.Compiled is false || ended == turn.Node.Children.Count)
        {
            turn.Complete();
        }
    }
}
