using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>What the checks of one flow need: the flow, everything it may name, and where to report.</summary>
internal sealed record FlowCheckContext(WorkflowDefinition Definition, LocatedJson Json, ContentIndex Index, ProblemList Problems)
{
    public string File => Definition.Path;

    /// <summary>A flow that carries a case must end by closing it; any other Elsa flow may simply stop.</summary>
    public bool IsCase { get; } = Definition.Activities.Any(activity => activity.Type is GovActivities.Submission or GovActivities.CloseCase);

    /// <summary>Variables that are declared and were not read, as their type does not exist: that is told, and not again where they are used.</summary>
    public IReadOnlyList<(string Id, string Name)> DroppedVariables { get; } =
    [
        .. (Json.Member("variables")?.Values() ?? [])
            .Select(item => (Id: item.StringAt("id") ?? item.StringAt("name") ?? "", Name: item.StringAt("name") ?? ""))
            .Where(written => Definition.Variables.All(variable => variable.Id != written.Id)),
    ];

    public void Error(string code, LocatedJson at, string? step, string english, string chinese) =>
        Problems.Add(code, File, at.Line, at.Column, step, english, chinese);

    /// <summary>Reports what happens only on a certain way; the way is told at the end of the sentence.</summary>
    public void Tell(string code, ProblemSeverity severity, (int Line, int Column) at, string step, string english, string chinese, IReadOnlyList<ProblemStep> path)
    {
        var (after, 经过) = PathWords.Of(path, Definition);
        Problems.Add(new Problem(code, severity, File, at.Line, at.Column, step, english + after) { Chinese = chinese + 经过, Path = path });
    }

    public void Warn(string code, LocatedJson at, string? step, string english, string chinese) =>
        Problems.Add(code, File, at.Line, at.Column, step, english, chinese, ProblemSeverity.Warning);

    /// <summary>Reports a name that is not among the known ones; nothing when it is, or when it is not written as a literal.</summary>
    public bool Knows(FlowStep step, string input, IReadOnlyCollection<string> known, string english, string chinese)
    {
        if (step.Literal(input) is not { } name || known.Contains(name) || Index.Broken.Contains(name))
        {
            return true;
        }

        Error(
            ProblemCodes.UnknownName, step.At(input), step.Id,
            $"step '{step.Id}' names {english} '{name}', which does not exist{DidYouMean.Of(name, known)}",
            $"步骤“{step.Id}”引用的{chinese}“{name}”不存在{DidYouMean.Chinese(name, known)}");
        return false;
    }
}
