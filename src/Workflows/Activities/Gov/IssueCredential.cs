using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.IssueCredential: a test or formal key for a party. The flow holds its id only.</summary>
internal sealed class IssueCredential : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.IssueCredential", "发放密钥", "政务", "发放测试密钥或正式密钥，只显示一次。")
    {
        Inputs =
        [
            new InputDescriptor("stage", "String", "密钥种类") { Default = "Test", Options = ["Test", "Formal"] },
            new InputDescriptor("profile", "String", "签名规范") { IsRequired = true },
            new InputDescriptor("holder", "String", "持有方") { Default = "applicant" },
            new InputDescriptor("authority", "String", "发放方") { Default = "authority" },
            new InputDescriptor("label", "String", "说明"),
            new InputDescriptor("permit", "String", "所属项目的施工许可证编号"),
        ],
        Outputs = [new OutputDescriptor("credential", "String", "密钥编号")],
    };

    public override void Execute(Turn turn)
    {
        var stage = turn.Input("stage", CredentialStage.Test);
        var holder = Parties.Resolve(turn, turn.Input("holder", CaseHeader.Applicant));
        var authority = Parties.Resolve(turn, turn.Input("authority", CaseHeader.Authority));
        var profile = turn.RequiredText("profile");
        var label = turn.Input<string>("label") ?? turn.Run.Case?.Title ?? turn.Node.DisplayName;
        var permit = turn.Input<string>("permit") is { Length: > 0 } written ? written : null;
        var id = turn.Run.Emit(i => new Effect.IssueCredential(i, stage, holder, authority, profile, label) { Permit = permit });
        turn.Output("credential", id.ToString());
        turn.Complete();
    }
}
