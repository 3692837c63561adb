namespace WorkflowEngine.Rules;

/// <summary>Reads RulesEngine's JSON: one workflow object, or an array of them.</summary>
public static class RuleFile
{
    /// <summary>
    /// Reads strictly: member names are case-sensitive, unknown members are problems, comments and trailing commas are refused.
    /// Problems do not stop the reading; what could be read is in <see cref="RuleFileResult.Workflows"/>.
    /// </summary>
    /// <param name="json">The text of the file, at most 4 MiB.</param>
    /// <param name="path">The name that problems carry.</param>
    public static RuleFileResult Parse(string json, string path) => RuleFileReader.Read(json, path);
}

/// <summary>What a rule file says, and what is wrong with it.</summary>
public sealed record RuleFileResult(IReadOnlyList<RuleWorkflow> Workflows, IReadOnlyList<RuleProblem> Problems)
{
    public bool IsValid => Problems.Count == 0;
}
