using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.AwaitConformance: waits until the test traffic of a credential satisfies a rule set.</summary>
internal sealed class AwaitConformance : LimitedActivity
{
    /// <summary>Name of the expectation; its key is the credential's id.</summary>
    public const string Expectation = "conformance";
    private const string MessageResume = "message";
    private const string CredentialKey = "credential";

    public override ActivityDescriptor Descriptor { get; } = new("Gov.AwaitConformance", "等待联调达标", "政务", "等到密钥的测试数据全部符合规则。")
    {
        Inputs =
        [
            new InputDescriptor("credential", "String", "密钥") { IsRequired = true },
            new InputDescriptor("ruleSet", "String", "规则集") { IsRequired = true },
            .. LimitInputs,
        ],
        Outputs = [new OutputDescriptor("result", "Object", "联调情况")],
        Ports = ["Conformant"],
        SidePorts = [Deadline.OverduePort, Deadline.ReminderPort],
    };

    public override void Execute(Turn turn)
    {
        var credential = turn.RequiredText("credential");
        turn.Instance.Remember(CredentialKey, credential);
        if (Conforms(turn, credential, out var summary))
        {
            Conclude(turn, summary);
            return;
        }

        var bookmark = turn.Run.Emit(id => new Effect.ExpectMessage(id, Expectation, credential)).ToString();
        turn.Run.Wait(new OpenBookmark(bookmark, WaitKind.Message, turn.Instance, MessageResume, false, new JsonObject { ["credential"] = credential }));
        if (Deadline.PlanOf(turn) is { } plan)
        {
            Deadline.Arm(turn, plan, bookmark, null, bindsParty: false);
        }
    }

    protected override Effect? OpenAgain(Turn turn, OpenBookmark bookmark, EffectId id) =>
        turn.Instance.Recall<string>(CredentialKey) is { } credential ? new Effect.ExpectMessage(id, Expectation, credential) : null;

    protected override void Arrived(Turn turn, string resume, object? arrived)
    {
        if (Conforms(turn, turn.Instance.Recall<string>(CredentialKey)!, out var summary))
        {
            Deadline.Answer(turn, firesAnsweredLate: false);
            Deadline.StopClock(turn);
            Conclude(turn, summary);
        }
    }

    private static void Conclude(Turn turn, JsonObject summary)
    {
        turn.Output("result", Conversion.Plain(summary));
        turn.Complete("Conformant");
    }

    private static bool Conforms(Turn turn, string credential, out JsonObject summary)
    {
        summary = turn.Run.Fact<JsonObject>(new FactKey(FactKind.Conformance, credential));
        var rules = turn.Run.Fact<RuleSet>(new FactKey(FactKind.RuleSet, turn.RequiredText("ruleSet")));
        var facts = new Dictionary<string, object?>(StringComparer.Ordinal) { ["conformance"] = summary };
        return rules.Evaluate(facts, turn.Run.RuleRun).Passed;
    }
}
