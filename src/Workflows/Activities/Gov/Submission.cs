using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.Submission: a party files a form, which opens the case.</summary>
internal sealed class Submission : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.Submission", "提交申请", "政务", "当事人提交表单，案件由此开始。")
    {
        Inputs = [new InputDescriptor("form", "String", "表单") { IsRequired = true }],
        Outputs = [new OutputDescriptor("result", "Object", "表单内容"), new OutputDescriptor("submissionId", "String", "提交编号")],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        var run = turn.Run;
        var id = run.Input("submissionId") as string;
        var values = Conversion.ToJson(run.Input("values")) as JsonObject;
        if (values is null && id is not null)
        {
            values = run.Fact<JsonObject>(new FactKey(FactKind.Submission, id));
        }

        var root = run.MainRoot!;
        root.Remember(CaseModel.SubmittedAtKey, run.Now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
        if (id is not null)
        {
            root.Remember(CaseModel.SubmissionIdKey, id);
            turn.Output("submissionId", id);
        }

        turn.Output("result", Conversion.Plain(values));
        turn.Complete();
    }
}
