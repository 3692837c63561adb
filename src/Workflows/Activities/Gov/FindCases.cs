using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.FindCases: what the register says of the applicant's earlier cases, of the cases about this one, of one case, or of the named vendor's cases at this authority.</summary>
internal sealed class FindCases : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.FindCases", "查询办件", "政务", "从办件登记中查询相关办件。")
    {
        Inputs =
        [
            new InputDescriptor("scope", "String", "范围") { Default = "applicant", Options = ["applicant", "linked", "number", "vendor"] },
            new InputDescriptor("flow", "String", "流程（申请人的办件）"),
            new InputDescriptor("number", "String", "办件编号（默认为所关联的办件）"),
        ],
        Outputs = [new OutputDescriptor("result", "Object", "办件")],
    };

    public override void Execute(Turn turn)
    {
        var found = turn.Input("scope", "applicant") switch
        {
            "applicant" => CaseRegister.OfApplicant(turn, turn.Input<string>("flow") is { Length: > 0 } flow ? flow : turn.Run.Definition.DefinitionId),
            "linked" => CaseRegister.AboutThis(turn),
            "number" => CaseRegister.Of(turn, turn.Input<string>("number") is { Length: > 0 } number ? number : turn.Run.Case?.LinkedTo),
            "vendor" => CaseRegister.OfVendor(turn),
            var scope => throw new ActivityFault($"'{turn.Node.Id}' looks for cases in '{scope}'; it can be applicant, linked, number or vendor"),
        };
        turn.Output("result", found);
        turn.Complete();
    }
}
