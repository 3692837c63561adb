using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Reading;

/// <summary>
/// The problems found so far. Reading never stops at the first: an author wants the whole list. It does stop at
/// <see cref="Most"/>, because a wrong file can be wrong everywhere.
/// </summary>
internal sealed class ProblemList
{
    public const int Most = 500;

    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Problem> All => _problems;

    /// <summary>As an author goes through them: file by file, from the top.</summary>
    public static IReadOnlyList<Problem> InOrder(IEnumerable<Problem> problems) =>
        [.. problems.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public bool HasErrors => _problems.Exists(problem => problem.Severity == ProblemSeverity.Error);

    public void Add(
        string code, string file, int line, int column, string? activityId, string english, string chinese, ProblemSeverity severity = ProblemSeverity.Error) =>
        Add(new Problem(code, severity, file, line, column, activityId, english) { Chinese = chinese });

    public void Add(string code, string file, LocatedJson at, string english, string chinese) =>
        Add(code, file, at.Line, at.Column, null, english, chinese);

    public void Add(Problem problem)
    {
        if (_problems.Count < Most && !_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Reports members that a file of this kind does not have.</summary>
    public void RefuseUnknownMembers(string file, LocatedJson @object, IReadOnlyCollection<string> known)
    {
        foreach (var member in @object.Members.Where(member => !known.Contains(member.Name)))
        {
            Add(
                ProblemCodes.UnknownMember, file, member.Line, member.Column, null,
                $"'{member.Name}' is not known here{DidYouMean.Of(member.Name, known)} (known: {string.Join(", ", known)})",
                $"这里不认识“{member.Name}”{DidYouMean.Chinese(member.Name, known)}（可用：{string.Join("、", known)}）");
        }
    }
}
