using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// Gov.TransferCase: 转办 (D-7). The application goes on as a new case of the same flow at another authority, which remembers when it was filed first. The
/// flow then closes this one.
/// </summary>
internal sealed class TransferCase : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.TransferCase", "转办", "政务", "申请转由另一主管部门办理。")
    {
        Inputs =
        [
            new InputDescriptor("authority", "String", "接收单位") { IsRequired = true },
            new InputDescriptor("values", "Object", "申请内容") { IsRequired = true },
        ],
    };

    public override void Execute(Turn turn)
    {
        var run = turn.Run;
        var @case = run.Case ?? throw new ActivityFault("the instance carries out no case, so there is nothing to transfer");
        var authority = turn.RequiredText("authority");
        var receiver = run.Fact<OrganisationFact>(new FactKey(FactKind.Organisation, authority));
        if (receiver.Level is not (OrganisationLevel.City or OrganisationLevel.County) || authority == @case.Parties.GetValueOrDefault(CaseHeader.Authority)
            || (@case.Parties.TryGetValue(CaseHeader.Province, out var province) && !IsBelow(run, receiver, province)))
        {
            throw new ActivityFault($"the case cannot be transferred to {authority}: it must be another city's or county's authority of the same province");
        }

        var parties = new Dictionary<string, string>(@case.Parties, StringComparer.Ordinal) { [CaseHeader.Authority] = authority };
        var submittedAt = run.MainRoot?.Recall<string>(CaseModel.SubmittedAtKey) ?? CaseModel.Iso(run.Now);
        var input = new JsonObject
        {
            ["values"] = Conversion.ToJson(turn.InputValue("values")),
            [Submission.OriginalSubmittedAt] = submittedAt,
            [Submission.TransferredFrom] = @case.Number,
        };
        var child = ChildWorkflows.NewId(run);
        var transferred = new TransferredCase(@case.Title, parties, authority, submittedAt, @case.Number, @case.IsConfidential);
        run.Emit(id => new Effect.StartChild(id, child, run.Definition.DefinitionId, null, input, null, transferred));
        turn.Complete();
    }

    /// <summary>What one province decided by circular holds for its own cities and counties; the province of a case also stays its reader.</summary>
    private static bool IsBelow(BurstRun run, OrganisationFact organisation, string province) =>
        organisation.ParentId is { } parent && (parent == province || IsBelow(run, run.Fact<OrganisationFact>(new FactKey(FactKind.Organisation, parent)), province));
}
