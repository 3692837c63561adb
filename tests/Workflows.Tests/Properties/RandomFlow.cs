using System.Text;

namespace WorkflowEngine.Workflows.Tests.Properties;

/// <summary>Flows that nobody drew, made from a seed.</summary>
internal sealed class RandomFlow(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<string> _steps = [];
    private int _next;

    /// <summary>Ids of the steps that must run exactly once.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>
    /// A flowchart whose forks all meet again in a join of theirs, nested at random, some steps of it waiting: whatever the order of the answers, every step runs
    /// once and the flow ends.
    /// </summary>
    public string Structured(string mode)
    {
        var chart = new Chart();
        var begin = Step(chart, "Elsa.Start");
        Block(chart, begin, depth: 3);
        return Definition(mode, chart.ToJson("flow"));
    }

    /// <summary>Anything: containers in containers, joins and merges of all modes, edges drawn at random, loops, faults and ends.</summary>
    public string Wild(string mode) => Definition(mode, Container(depth: 3));

    /// <summary>Draws what follows a step; the last step of it.</summary>
    private string Block(Chart chart, string after, int depth)
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            after = depth > 0 && _random.Next(3) == 0 ? Fork(chart, after, depth - 1) : Then(chart, after, Step(chart, _random.Next(2) == 0 ? "Elsa.RunTask" : "Elsa.WriteLine"));
        }

        return after;
    }

    private string Fork(Chart chart, string after, int depth)
    {
        var fork = Then(chart, after, Step(chart, "Elsa.WriteLine"));
        var join = Step(chart, "Elsa.FlowJoin");
        for (var branch = _random.Next(2, 4); branch > 0; branch--)
        {
            Then(chart, Block(chart, fork, depth), join);
        }

        return join;
    }

    private static string Then(Chart chart, string from, string to)
    {
        chart.Connections.Add(Connection(from, "Done", to));
        return to;
    }

    private string Step(Chart chart, string type)
    {
        var id = $"s{_next++}";
        _steps.Add(id);
        chart.Activities.Add(Activity(id, type, type switch
        {
            "Elsa.RunTask" => ",\"taskName\":\"t\"",
            "Elsa.FlowJoin" => ",\"mode\":\"WaitAll\"",
            _ => "",
        }));
        return id;
    }

    private string Container(int depth) => _random.Next(8) switch
    {
        0 when depth > 0 => Activity(Id(), "Elsa.Sequence", $",\"activities\":[{Children(depth - 1)}]"),
        1 when depth > 0 => Activity(Id(), "Elsa.Parallel", $",\"activities\":[{Children(depth - 1)}]"),
        2 when depth > 0 => Activity(Id(), "Elsa.If", $",\"condition\":{Truth()},\"then\":{Container(depth - 1)}"),
        3 when depth > 0 => Activity(Id(), "Elsa.Fork", $",\"joinMode\":\"{Pick("WaitAll", "WaitAny")}\",\"branches\":[{Children(depth - 1)}]"),
        4 when depth > 0 => Activity(Id(), "Elsa.For", $",\"start\":{_random.Next(3)},\"end\":{_random.Next(4)},\"step\":{Pick("1", "2", "-1")},\"body\":{Container(depth - 1)}"),
        5 when depth > 0 => Activity(Id(), Pick("Elsa.ForEach", "Elsa.ParallelForEach"), ""","items":{"typeName":"Object","expression":{"type":"Variable","value":{"id":"list"}}},"body":""" + Container(depth - 1)),
        _ => Flowchart(Math.Max(0, depth - 1)),
    };

    private string Flowchart(int depth)
    {
        var chart = new Chart();
        var ids = new List<(string Id, string[] Ports)>();
        for (var i = _random.Next(1, 8); i > 0; i--)
        {
            var merge = _random.Next(4) == 0 ? $$""","customProperties":{"mergeMode":"{{Pick("Stream", "Merge", "Converge", "Cascade", "Race")}}"}""" : "";
            var id = Id();
            string[] ports = ["Done"];
            switch (_random.Next(10))
            {
                case 0:
                    ports = ["True", "False"];
                    chart.Activities.Add(Activity(id, "Elsa.FlowDecision", $",\"condition\":{Truth()}{merge}"));
                    break;
                case 1:
                    chart.Activities.Add(Activity(id, "Elsa.FlowJoin", $",\"mode\":\"{Pick("WaitAny", "WaitAll", "WaitAllActive")}\""));
                    break;
                case 2 or 3:
                    chart.Activities.Add(Activity(id, "Elsa.RunTask", $",\"taskName\":\"t\"{merge}"));
                    break;
                case 4 when _random.Next(2) == 0:
                    chart.Activities.Add(Activity(id, Pick("Elsa.End", "Elsa.Finish", "Elsa.Complete", "Elsa.Break", "Elsa.Fault"), ""));
                    break;
                case 5 when depth > 0:
                    chart.Activities.Add(Container(depth - 1));
                    continue;
                default:
                    chart.Activities.Add(Activity(id, "Elsa.WriteLine", $",\"text\":\"x\"{merge}"));
                    break;
            }

            ids.Add((id, ports));
        }

        for (var i = ids.Count == 0 ? 0 : _random.Next(2 * ids.Count); i > 0; i--)
        {
            var from = ids[_random.Next(ids.Count)];
            chart.Connections.Add(Connection(from.Id, from.Ports[_random.Next(from.Ports.Length)], ids[_random.Next(ids.Count)].Id));
        }

        return chart.ToJson(Id());
    }

    private string Children(int depth) => string.Join(',', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Container(depth)));

    private string Definition(string mode, string root)
    {
        var strategy = _random.Next(3) == 0 ? """ "incidentStrategyType":"Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" """ : "";
        return $$$"""
            {"definitionId":"random","customProperties":{"Flowchart:ExecutionMode":"{{{mode}}}"},"options":{ {{{strategy}}} },
             "variables":[{"id":"list","name":"list","typeName":"String","isArray":true,"value":"[\"a\",\"b\"]","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
             "root":{{{root}}} }
            """;
    }

    private string Id() => $"a{_next++}";

    private string Truth() => Pick("true", "false");

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private static string Activity(string id, string type, string rest) => $$"""{"id":"{{id}}","type":"{{type}}"{{rest}}}""";

    private static string Connection(string from, string port, string to) =>
        $$$"""{"source":{"activity":"{{{from}}}","port":"{{{port}}}"},"target":{"activity":"{{{to}}}","port":"In"}}""";

    private sealed class Chart
    {
        public List<string> Activities { get; } = [];

        public List<string> Connections { get; } = [];

        public string ToJson(string id) => new StringBuilder($$"""{"id":"{{id}}","type":"Elsa.Flowchart","activities":[""")
            .AppendJoin(',', Activities).Append("],\"connections\":[").AppendJoin(',', Connections).Append("]}").ToString();
    }
}
