using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// One flowchart as it is drawn, every edge included. Elsa leaves out an edge whose end does not exist and says nothing; for
/// us that is the author's mistake, so the edges are read here as written.
/// </summary>
internal sealed class FlowView
{
    private readonly Dictionary<string, FlowStep> _steps = [];

    private FlowView(string file, LocatedJson json)
    {
        File = file;
        Json = json;
    }

    public string File { get; }

    public LocatedJson Json { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<FlowStep> Steps => _steps.Values;

    /// <summary>All edges, also those that lead nowhere.</summary>
    public List<DrawnEdge> Drawn { get; } = [];

    public FlowStep? Step(string id) => _steps.GetValueOrDefault(id);

    /// <summary>The flowcharts of a definition, outer before inner.</summary>
    public static IEnumerable<FlowView> Of(WorkflowDefinition definition, string file, LocatedJson root) =>
        definition.Activities
            .Where(activity => activity.Type == "Elsa.Flowchart")
            .Select(container => (Container: container, Json: Find(root, container.Id)))
            .Where(found => found.Json is not null)
            .Select(found => Build(file, found.Container, found.Json!));

    /// <summary>
    /// The steps where a run may begin: triggers, and the one that Elsa takes when none was met (the first Start, else the
    /// first that may start, else the first without an edge into it, else the first).
    /// </summary>
    public IEnumerable<FlowStep> Starts()
    {
        var triggers = Steps.Where(step => step.Node.CanStartWorkflow || (step.Descriptor?.IsTrigger == true && step.In.Count == 0)).ToList();
        var first = Steps.FirstOrDefault(step => step.Node.Type == "Elsa.Start")
            ?? Steps.FirstOrDefault(step => step.Node.CanStartWorkflow)
            ?? Steps.FirstOrDefault(step => step.In.Count == 0)
            ?? Steps.FirstOrDefault();
        return first is null ? triggers : triggers.Prepend(first).Distinct();
    }

    /// <summary>The decisions of a shortest way from a start: the steps on it that could have ended otherwise. Empty also when no way leads there.</summary>
    /// <param name="not">A step that the way may not pass.</param>
    public IReadOnlyList<ProblemStep> WayTo(FlowStep step, FlowStep? not = null)
    {
        var cameBy = Starts().Where(start => start != not).ToDictionary(start => start, FlowEdge? (_) => null);
        var open = new Queue<FlowStep>(cameBy.Keys);
        while (!cameBy.ContainsKey(step) && open.TryDequeue(out var at))
        {
            foreach (var edge in at.Out.Where(edge => edge.Target != not && cameBy.TryAdd(edge.Target, edge)))
            {
                open.Enqueue(edge.Target);
            }
        }

        var way = new List<ProblemStep>();
        for (var at = cameBy.GetValueOrDefault(step); at is not null; at = cameBy[at.Source])
        {
            if (at.Source.Ports is not ["Done"] || at.IsSide)
            {
                way.Add(new ProblemStep(at.Source.Id, [at.Port]));
            }
        }

        way.Reverse();
        return way;
    }

    private static FlowView Build(string file, ActivityNode container, LocatedJson json)
    {
        var view = new FlowView(file, json);
        foreach (var child in container.Children)
        {
            var at = json.Member("activities")?.Values().FirstOrDefault(item => item.Member("id")?.Text == child.Id);
            view._steps.TryAdd(child.Id, new FlowStep(child, at ?? json));
        }

        foreach (var item in json.Member("connections")?.Values() ?? [])
        {
            var edge = DrawnEdge.Read(item);
            view.Drawn.Add(edge);
            if (view.Step(edge.Source) is { } source && view.Step(edge.Target) is { } target)
            {
                var drawn = new FlowEdge(source, edge.Port, target, edge);
                source.Out.Add(drawn);
                target.In.Add(drawn);
            }
        }

        return view;
    }

    private static LocatedJson? Find(LocatedJson json, string id)
    {
        if (json.IsObject && json.Member("activities") is not null && json.Member("id")?.Text == id)
        {
            return json;
        }

        return json.Members.Select(member => member.Value).Concat(json.Items)
            .Select(child => Find(child, id))
            .FirstOrDefault(found => found is not null);
    }
}

/// <summary>An edge as the file has it, in either of the two shapes that Elsa reads. A missing port means <c>Done</c>.</summary>
internal sealed record DrawnEdge(string Source, string Port, string Target, LocatedJson At, LocatedJson SourceAt, LocatedJson TargetAt)
{
    public static DrawnEdge Read(LocatedJson json)
    {
        var source = json.Member("source") ?? json;
        var target = json.Member("target") ?? json;
        return source.IsString
            ? new DrawnEdge(source.Text, PortOf(json.Member("sourcePort")), target.Text, json, source, target)
            : new DrawnEdge(
                source.Member("activity")?.Text ?? "", PortOf(source.Member("port")), target.Member("activity")?.Text ?? "", json,
                source.Member("activity") ?? source, target.Member("activity") ?? target);
    }

    private static string PortOf(LocatedJson? port) => port is { IsString: true } ? port.Text : "Done";
}

/// <summary>An edge between two steps that exist.</summary>
internal sealed record FlowEdge(FlowStep Source, string Port, FlowStep Target, DrawnEdge Drawn)
{
    /// <summary>Leaves through a port that fires while the step stays open.</summary>
    public bool IsSide => Source.SidePorts.Contains(Port);
}

/// <summary>An activity of a flowchart with its edges.</summary>
internal sealed class FlowStep
{
    public FlowStep(ActivityNode node, LocatedJson json)
    {
        Node = node;
        Json = json;
        (Ports, SidePorts) = FlowPorts.Of(this);
    }

    public ActivityNode Node { get; }

    public LocatedJson Json { get; }

    public string Id => Node.Id;

    public string Type => Node.Type;

    public ActivityDescriptor? Descriptor => Node.Descriptor;

    public List<FlowEdge> Out { get; } = [];

    public List<FlowEdge> In { get; } = [];

    /// <summary>The outcomes that the step may end with; null when they are not known before it runs.</summary>
    public IReadOnlyList<string>? Ports { get; }

    public IReadOnlyList<string> SidePorts { get; }

    public bool IsTerminal => Descriptor?.IsTerminal == true;

    public IEnumerable<FlowEdge> MainOut => Out.Where(edge => !edge.IsSide);

    /// <summary>The place of an input's member, or of the step where the input is not written.</summary>
    public LocatedJson At(string input) => Json.Member(input) ?? Json;

    public StepInput? Input(string name) => Json.Member(name) is { } json ? StepInput.Read(name, json) : null;

    /// <summary>The value of an input that is written as a literal; null when it is absent or computed.</summary>
    public string? Literal(string name) => Input(name) is { Type: "Literal", Value: { IsObject: false, IsArray: false } value } ? value.Text : null;

    public override string ToString() => Id;
}

/// <summary>An input as written: the kind of its expression and the expression's value.</summary>
internal sealed record StepInput(string Name, string Type, LocatedJson? Value, LocatedJson At)
{
    /// <summary>A bare scalar is a literal, as in Elsa; null for what is no input (an output, an embedded activity, plain JSON).</summary>
    public static StepInput? Read(string name, LocatedJson json)
    {
        if (!json.IsObject)
        {
            return json.IsArray ? null : new StepInput(name, "Literal", json, json);
        }

        return json.Member("expression") is { } expression
            ? new StepInput(name, expression.Member("type")?.Text ?? "", expression.Member("value"), expression)
            : null;
    }

    /// <summary>The value as JSON: as it stands, or the JSON inside a text, which is how Elsa Studio writes objects.</summary>
    public LocatedJson? Object() => Value is { IsString: true } text ? LocatedJson.ParseInside(text) : Value;
}
