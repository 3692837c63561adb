using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// Gov.Submission: a party files a form, which opens the case. Who may file, where, how many, how the case is numbered and what makes two applications the
/// same is read by the door before the case exists; <c>refusals</c> are judged here, with what the register knows.
/// </summary>
internal sealed class Submission : ActivityKind
{
    /// <summary>Inputs of a transferred case: when it was filed first (ISO 8601 with offset), and the 办件编号 that it continues.</summary>
    public const string OriginalSubmittedAt = "originalSubmittedAt";
    public const string TransferredFrom = "transferredFrom";

    public override ActivityDescriptor Descriptor { get; } = new("Gov.Submission", "提交申请", "政务", "当事人提交表单，案件由此开始。")
    {
        Inputs =
        [
            new InputDescriptor("form", "String", "表单") { IsRequired = true },
            new InputDescriptor("roles", "String", "可提交的角色（逗号分隔）") { Default = "vendor-admin" },
            new InputDescriptor("numberPrefix", "String", "办件编号前缀") { Default = "YJDJ" },
            new InputDescriptor("uniqueBy", "String", "同一申请的判断项（逗号分隔）"),
            new InputDescriptor("link", "String", "填写关联办件编号的项"),
            new InputDescriptor("vendor", "String", "填写软硬件企业信用代码的项"),
            new InputDescriptor("confidential", "String", "申请保密的项"),
            new InputDescriptor("province", "String", "只在这个省提交（行政区划代码）"),
            new InputDescriptor("maxOpen", "Int32", "同一企业最多几件未办结（不写：不限）"),
            new InputDescriptor("maxPerDay", "Int32", "同一企业每天最多提交几件（不写：不限）"),
            new InputDescriptor("refusals", "Object", "不予受理的情形"),
        ],
        Outputs = [new OutputDescriptor("result", "Object", "表单内容"), new OutputDescriptor("submissionId", "String", "提交编号")],
        IsTrigger = true,
    };

    public override void Compile(ActivityNode node, InputReader inputs) =>
        node.Compiled = ConditionList.Read(node, "refusals")
            .Select(refusal => new Refusal(ConditionList.Condition(node, inputs, refusal), ConditionList.Message(refusal, "现在不能提交。")))
            .ToArray();

    public override void Execute(Turn turn)
    {
        var run = turn.Run;
        var id = run.Input("submissionId") as string;
        var values = run.Input("values") as FactObject;
        if (values is null && id is not null)
        {
            values = Conversion.Plain(run.Fact<JsonObject>(new FactKey(FactKind.Submission, id))) as FactObject;
        }

        // A transferred case was taken in when it was filed first; its predecessor is still open now.
        if (run.Input(TransferredFrom) is null)
        {
            Refuse(turn, values);
        }

        var root = run.MainRoot!;
        root.Remember(CaseModel.SubmittedAtKey, run.Input(OriginalSubmittedAt) as string ?? CaseModel.Iso(run.Now));
        if (id is not null)
        {
            root.Remember(CaseModel.SubmissionIdKey, id);
            turn.Output("submissionId", id);
        }

        turn.Output("result", values);
        turn.Complete();
    }

    private static void Refuse(Turn turn, FactObject? values)
    {
        foreach (var refusal in (Refusal[])turn.Node.Compiled!)
        {
            // As the form's checks read them: whole numbers are whole.
            turn.Extra["values"] = FactJson.Of(values);
            if (refusal.Condition.Speaks("linked"))
            {
                turn.Extra["linked"] = CaseRegister.Of(turn, turn.Run.Case?.LinkedTo).FirstOrDefault();
            }

            if (refusal.Condition.Speaks("earlier"))
            {
                turn.Extra["earlier"] = CaseEntry.List(CaseRegister.OfApplicant(turn, turn.Run.Definition.DefinitionId));
            }

            if (refusal.Condition.Speaks("vendorCases"))
            {
                turn.Extra["vendorCases"] = CaseEntry.List(CaseRegister.OfVendor(turn));
            }

            if (turn.Evaluate<bool>(refusal.Condition, "refusals"))
            {
                throw new StimulusRefused("submission-refused", refusal.Message);
            }
        }
    }

    /// <summary>What makes the flow refuse a filing, with what the party is told.</summary>
    private sealed record Refusal(Expression Condition, string Message);
}
