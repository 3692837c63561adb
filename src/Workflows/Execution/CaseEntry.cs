using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>An entry of the register of cases (<see cref="FactKind.Cases"/>), as the Lambdas of a flow read it.</summary>
public static class CaseEntry
{
    /// <remarks>Counts are Double: that is what a number is again once it has been kept in a variable of the flow.</remarks>
    /// <param name="values">The type of the open values of the form that opened the case: it differs from flow to flow.</param>
    public static FactType.Record Of(FactType values) => new(
    [
        new("number", FactType.String), new("flow", FactType.String), new("title", FactType.String),
        new("applicant", FactType.String), new("authority", FactType.String), new("authorityName", FactType.String),
        new("submittedAt", FactType.String), new("closedAt", FactType.String), new("closedWorkingDays", FactType.Double), new("outcome", FactType.String), new("open", FactType.Boolean),
        new("linkedTo", FactType.String), new("confidential", FactType.Boolean), new("values", values),
        new("openSteps", new FactType.List(FactType.String)), new("overdueSteps", new FactType.List(FactType.String)),
        new("credential", new FactType.Record([new("id", FactType.String), new("issuedAt", FactType.String), new("revokedAt", FactType.String)])),
        new("traffic", new FactType.Record(
        [
            new("accepted", FactType.Double), new("rejected", FactType.Double), new("firstAt", FactType.String), new("lastAt", FactType.String),
            new("codes", new FactType.List(new FactType.Record([new("code", FactType.String), new("message", FactType.String), new("count", FactType.Double)]))),
        ])),
    ]);

    /// <summary>Entries as a list of known type, so that a Lambda over them holds also when there are none.</summary>
    internal static FactList List(object? entries) => new(Open, entries);

    private static FactType.Record Open { get; } = Of(FactType.Any);
}
