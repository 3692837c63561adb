namespace WorkflowEngine.Workflows.Execution;

/// <summary>The case (案件) that an instance carries out.</summary>
/// <param name="Number">办件编号.</param>
/// <param name="Parties">Organisation id by the party's name: <c>applicant</c>, <c>authority</c>, <c>province</c>.</param>
public sealed record CaseHeader(string Number, string Title, IReadOnlyDictionary<string, string> Parties)
{
    public const string Applicant = "applicant";
    public const string Authority = "authority";
    public const string Province = "province";
}
