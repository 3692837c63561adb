using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.SendNotice: notice N to party P, always to the inbox, by mail when they have an address. Nobody is above the province, so nothing goes there.</summary>
internal sealed class SendNotice : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.SendNotice", "发送通知", "政务", "向当事方发送通知。")
    {
        Inputs =
        [
            new InputDescriptor("notice", "String", "通知模板") { IsRequired = true },
            new InputDescriptor("party", "String", "收件方") { IsRequired = true },
            new InputDescriptor("role", "String", "收件角色"),
            new InputDescriptor("model", "Object", "附加内容"),
        ],
    };

    public override void Execute(Turn turn)
    {
        var notice = turn.RequiredText("notice");
        var party = turn.RequiredText("party");
        if (Parties.Find(turn, party) is not { } organisation)
        {
            turn.Complete();
            return;
        }

        var role = turn.Input<string>("role");
        var model = CaseModel.Notice(turn, organisation);
        var extra = turn.InputValue("model");
        if (Conversion.Plain(extra is string text ? Conversion.To<JsonObject>(text) : extra) is FactObject members)
        {
            foreach (var (name, value) in members)
            {
                model[name] = value;
            }
        }

        var told = Confidence.For(turn.Run.Case, organisation, new FactObject(model));
        turn.Run.Emit(id => new Effect.QueueNotice(id, notice, party, organisation, string.IsNullOrEmpty(role) ? null : role, told));
        turn.Complete();
    }
}
