using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>Reads all flows of a release and checks each by itself, by what it names, and against the others.</summary>
internal static class FlowReader
{
    /// <param name="files">The files of the flows, by path.</param>
    /// <param name="named">Stands for everything that <paramref name="index"/> was read from.</param>
    /// <param name="all">All files of the release.</param>
    /// <param name="reachableHosts">The hosts that flows of some organisation may send requests to; null when that is not known.</param>
    public static Dictionary<string, WorkflowDefinition> Read(
        IEnumerable<KeyValuePair<string, string>> files, string named, ContentIndex index, IReadOnlyDictionary<string, string> all, IReadOnlyCollection<string>? reachableHosts, ProblemList problems,
        ContentMemory memory)
    {
        var broken = TextHash.Of(index.Broken.Order(StringComparer.Ordinal));
        var flows = new Dictionary<string, WorkflowDefinition>();
        var read = new List<LinkChecks.Checked>();
        var unread = new List<string>();
        foreach (var (path, json) in files)
        {
            var (definition, flow) = memory.Find("flow", [path, json, named, broken], problems, own => Read(path, json, index, own));
            if (flow is null)
            {
                unread.Add(definition);
                continue;
            }

            if (!flows.TryAdd(definition, flow.Context.Definition))
            {
                problems.Add(
                    ProblemCodes.DuplicateName, path, flow.Context.Json["definitionId"] ?? flow.Context.Json,
                    $"there is already a flow '{definition}' in {flows[definition].Path}", $"{flows[definition].Path} 里已有名为“{definition}”的流程");
            }

            read.Add(flow with { Context = flow.Context with { Problems = problems } });
        }

        LinkChecks.Run(read, unread);
        foreach (var (context, steps) in read.Where(flow => !problems.All.Any(problem => problem.File == flow.Context.File && problem.Severity == ProblemSeverity.Error)))
        {
            memory.Find("soundness", [context.File, all[context.File]], problems, own => SoundnessChecks.Run(steps, context with { Problems = own }));
        }

        FormUseChecks.Run([.. read.SelectMany(flow => flow.Steps)], index, all, problems);
        HttpChecks.Run([.. read.Select(flow => flow.Context)], reachableHosts);
        return flows;
    }

    /// <returns>The id, or the path where none is to be found, and the flow; null when it cannot be read.</returns>
    private static (string Definition, LinkChecks.Checked? Flow) Read(string path, string json, ContentIndex index, ProblemList problems)
    {
        var result = WorkflowDefinition.Read(json, path);
        foreach (var problem in result.Problems.Where(problem => !FlowChecks.SaysBetter(problem.Code)))
        {
            problems.Add(InChinese(problem));
        }

        var better = result.Problems.Where(problem => FlowChecks.SaysBetter(problem.Code)).ToList();
        if (result.Definition is not { } flow || LocatedJson.Parse(path, json, problems) is not { } root)
        {
            better.ForEach(problem => problems.Add(InChinese(problem)));
            return (LocatedJson.Parse(path, json, new ProblemList())?.StringAt("definitionId") ?? path, null);
        }

        if (flow.DefinitionId.Length == 0)
        {
            problems.Add(ProblemCodes.Missing, path, root["definitionId"] ?? root, "a flow needs a 'definitionId', by which cases name it", "流程必须写明“definitionId”，案件以它引用流程");
        }

        var context = new FlowCheckContext(flow, root, index, problems);
        var steps = FlowChecks.Run(context);
        foreach (var problem in better.Where(problem => !problems.All.Any(told => told.Code == problem.Code && (told.Line == problem.Line || told.ActivityId == problem.ActivityId))))
        {
            problems.Add(InChinese(problem));
        }

        return (flow.DefinitionId, new LinkChecks.Checked(context, steps));
    }

    private static Problem InChinese(Problem problem) => problem with { Chinese = problem.Chinese ?? $"流程文件有误：{problem.Message}" };
}
