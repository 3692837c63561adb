using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>What is internal until a decision names a decision that exists, and is shown by no other task before it.</summary>
public sealed class InternalCheckTests
{
    private const string Flow = "workflows/guangdong/complaint.json";

    [Theory]
    [InlineData("\"value\": \"sign.Signed\"", "\"value\": \"sing.Signed\"", "unknown-step", "did you mean 'sign'?")]
    [InlineData("\"value\": \"sign.Signed\"", "\"value\": \"sign\"", "wrong-value", "write step.Outcome")]
    [InlineData("\"value\": \"sign.Signed\"", "\"value\": \"sign.Sined\"", "unknown-outcome", "did you mean 'Signed'?")]
    [InlineData("\"type\": \"Literal\", \"value\": \"sign.Signed\"", "\"type\": \"Lambda\", \"value\": \"case.number\"", "wrong-value", "must be a literal")]
    public void A_decision_that_never_comes_is_found(string right, string wrong, string code, string words)
    {
        var at = Complaint.IndexOf(right, StringComparison.Ordinal);
        var problems = Problems(string.Concat(Complaint.AsSpan(0, at), wrong, Complaint.AsSpan(at + right.Length)));

        Assert.Contains(problems, problem => problem.Code == code && problem.Message.Contains(words, StringComparison.Ordinal) && !string.IsNullOrEmpty(problem.Chinese));
    }

    [Fact]
    public void A_task_that_shows_the_draft_before_it_is_decided_on_is_found()
    {
        const string Right = "np(vars.application.overdueSteps) as overdueSteps) as application, vars.takeover as takeover";
        Assert.Empty(Problems(Complaint));

        // The leader's task is internal like the officer's; were it not, it would hand the finding on.
        var sign = Complaint.IndexOf("\"id\": \"sign\"", StringComparison.Ordinal);
        var until = Complaint.IndexOf("        \"internalUntil\"", sign, StringComparison.Ordinal);
        var open = Complaint.Remove(until, Complaint.IndexOf('\n', until) + 1 - until);
        Assert.Contains(Problems(open), problem => problem.Code == "internal-shown" && problem.ActivityId == "sign");

        var handedUp = Complaint.Replace(Right, Right + ", vars.signature as signature", StringComparison.Ordinal)
            .Replace("""        "internalUntil": { "typeName": "String", "expression": { "type": "Literal", "value": "verify-province""", """        "credential": { "typeName": "String", "expression": { "type": "Literal", "value": "verify-province""", StringComparison.Ordinal);
        Assert.Contains(Problems(handedUp), problem => problem.Code == "internal-shown" && problem.ActivityId == "verify-province");
    }

    private static string Complaint => ShippedContent.Files[Flow];

    private static List<Problem> Problems(string flow) =>
        [.. ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { [Flow] = flow }).Problems.Where(problem => problem.File == Flow)];
}
