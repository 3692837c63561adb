using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Batch;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>
/// Everything odd that Elsa 3.7.1 does with a definition file, one row each: honoured as it is, or read the same way and told with its place, so that it is not
/// published unnoticed. What is written here in single quotes is JSON.
/// </summary>
public sealed class ElsaOddityTests
{
    private const string Plan = ""","plan":{"input":{"amount":12},"resumes":[{"match":"t","result":"42"}]}}""";
    private const string Stored = "'storageDriverTypeName':'Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core'";

    /// <summary>What the oddity is, the definition, the code with which it is told (or null), what the flow prints (or null where it cannot be loaded).</summary>
    public static TheoryData<string, string, string?, string?> Oddities { get; } = new()
    {
        // The root.
        { "members that nobody knows are ignored", "{'$schema':'x','metadata':{'a':1},'root':" + Line("w", "'hello'") + "}", null, "hello" },
        { "members of the root are read in any case", "{'Root':" + Line("w", "'hello'") + "}", null, "hello" },
        { "a flow without root is an empty sequence", "{'name':'empty'}", null, "" },
        { "any activity may be the root", "{'root':" + Line("w", "'bare'") + "}", null, "bare" },
        { "a sequence may be the root", "{'root':{'id':'s','type':'Elsa.Sequence','activities':[" + Line("a", "'1'") + "," + Line("b", "'2'") + "]}}", null, "1,2" },
        { "an activity outside a flowchart may lack an id", "{'root':{'type':'Elsa.WriteLine','text':'x'}}", null, "x" },
        { "an unknown incident strategy is the default", "{'options':{'incidentStrategyType':'ContinueWithIncidentsStrategy'},'root':" + Line("w", "'x'") + "}", "unknown-strategy", "x" },
        { "an unknown activation strategy is the default", "{'options':{'activationStrategyType':'Elsa.Singelton, Elsa'},'root':" + Line("w", "'x'") + "}", "unknown-strategy", "x" },

        // Variables.
        { "a first value is a text", Variable("'Int32','value':5"), "variable-value", null },
        { "a first value that does not convert is the type's default", Variable("'Int32','value':'abc'"), "variable-initial", "0" },
        { "a first value that is no JSON is null", Variable("'JsonElement','value':'Variable'"), "variable-initial", "" },
        { "a first value converts", Variable("'Int32','value':' 7 '"), null, "7" },
        { "type names are aliases in any case", Variable("'int32?','value':'7'"), null, "7" },
        { "a variable of an unknown type is dropped", Variable("'Int23','value':'7'"), "unknown-variable-type", "" },
        { "a variable needs a type", "{'variables':[{'id':'v','name':'v'}],'root':" + Line("w", "'x'") + "}", "variable-without-type", null },
        { "an array is a JSON list in a text", Variable("'Int32','isArray':true,'value':'[1,2]'"), null, "Int32[] Array" },
        { "a text that is no list is one item", Variable("'String','isArray':true,'value':'not json'"), "variable-initial", "[\"not json\"]" },
        { "a driver that is not known keeps nothing", Waiting("'storageDriverTypeName':'MyDriver'"), "storage-driver", "first" },
        { "a driver of an old namespace is known", Waiting("'storageDriverTypeName':'Elsa.Workflows.Core.Services.WorkflowStorageDriver, Elsa.Workflows.Core'"), null, "second" },
        { "without a driver the first value comes back after a wait", Waiting("'isArray':false"), null, "first" },
        { "with one the value stays", Waiting(Stored), null, "second" },
        { "a flowchart's variable may begin with a number", Flow(Line("w", Read("v")), "", "'variables':[{'id':'v','name':'v','typeName':'Int32','value':5}]"), null, "5" },
        { "a flowchart's variable of an unknown type takes any value", Flow(Line("w", Read("v")), "", "'variables':[{'id':'v','name':'v','typeName':'Int23','value':'x'}]"), "unknown-variable-type", "x" },
        { "a flowchart's variable needs no type", Flow(Line("w", Read("v")), "", "'variables':[{'id':'v','name':'v','value':'x'}]"), null, "x" },

        // Activities.
        { "types are matched case by case", "{'root':{'id':'w','type':'elsa.writeline','text':'x'}}", "unknown-activity-type", "" },
        { "an unknown type loads and fails when it runs", Flow(Line("a", "'a'") + ",{'id':'n','type':'Elsa.NoSuch'}", "a>n"), "unknown-activity-type", "a" },
        { "a newer version loads and fails when it runs", "{'root':{'id':'w','type':'Elsa.WriteLine','version':7,'text':'x'}}", "unknown-activity-version", "" },
        { "a missing version is the newest", "{'root':{'id':'w','type':'Elsa.WriteLine','text':'x'}}", null, "x" },
        { "'type' is lower case", "{'root':{'id':'w','Type':'Elsa.WriteLine'}}", "activity-without-type", null },
        { "a flowchart's activity needs an id", Flow("{'type':'Elsa.End'}", ""), "activity-without-id", null },
        { "an id is unique in its flowchart", Flow(Line("a", "'1'") + "," + Line("a", "'2'"), ""), "duplicate-id", null },
        { "an id may repeat in another container", Flow(Line("a", "'1'") + ",{'id':'s','type':'Elsa.Sequence','activities':[" + Line("a", "'2'") + "]}", "a>s"), null, "1,2" },
        { "canStartWorkflow is read in any case", Flow(Line("a", "'a'") + ",{'id':'b','type':'Elsa.WriteLine','text':'b','customProperties':{'CanStartWorkflow':true}}", ""), null, "b" },
        { "canStartWorkflow is read where the first 3.0 wrote it", Flow(Line("a", "'a'") + ",{'id':'b','type':'Elsa.WriteLine','text':'b','canStartWorkflow':true}", ""), null, "b" },
        { "a version is a whole number", "{'root':{'id':'w','type':'Elsa.WriteLine','version':'1','text':'x'}}", "activity-shape", null },
        { "a name is a text", "{'root':{'id':'w','type':'Elsa.WriteLine','name':{'typeName':'String'},'text':'x'}}", "activity-shape", null },
        { "custom properties are an object", "{'root':{'id':'w','type':'Elsa.WriteLine','customProperties':null,'text':'x'}}", "activity-shape", null },
        { "what stands for an activity of a type once unknown is that activity", Flow(Line("a", "'a'") + ",{'id':'n','type':'Elsa.NotFoundActivity','originalActivityJson':'{\\u0022id\\u0022:\\u0022b\\u0022,\\u0022type\\u0022:\\u0022Elsa.WriteLine\\u0022,\\u0022text\\u0022:\\u0022b\\u0022}'}", "a>b"), null, "a,b" },
        { "an activity that is no task runs at once whatever it says", "{'root':{'id':'w','type':'Elsa.WriteLine','text':'x','customProperties':{'runAsynchronously':true}}}", "runs-apart", "x" },
        { "an activity that says that it runs at once does", "{'root':{'id':'w','type':'Elsa.WriteLine','text':'x','customProperties':{'runAsynchronously':false}}}", null, "x" },
        { "inputs are read in any case", "{'root':{'id':'w','type':'Elsa.WriteLine','Text':'x'}}", null, "x" },

        // Inputs and outputs.
        { "a bare scalar is a literal", "{'root':" + Line("w", "42.50") + "}", null, "42.50" },
        { "the name of the type does not matter", "{'root':" + Line("w", "{'typeName':'Nonsense','expression':{'type':'Literal','value':'x'},'memoryReference':{'id':'w:input-0'}}") + "}", null, "x" },
        { "an object without typeName is unset", "{'root':" + Line("w", "{'expression':{'type':'Literal','value':'x'}}") + "}", "input-without-type", "" },
        { "an output goes to a variable by its id", Answered("v"), null, "42" },
        { "an output to an unknown id is dropped", Answered("x"), null, "" },
        { "an output without typeName is lost", Flow("{'id':'t','type':'Elsa.RunTask','taskName':'t','result':{'memoryReference':{'id':'v'}}}," + Line("b", "'b'"), "t>b"), "input-without-type", "b" },
        { "an output needs a reference", Flow("{'id':'t','type':'Elsa.RunTask','taskName':'t','result':{'typeName':'Object'}}," + Line("b", "'b'"), "t>b"), "activity-shape", null },
        { "SetVariable names its variable by id", Set("'id':'v'", "'7'"), null, "7" },
        { "SetVariable does not find it by name", Set("'name':'v'", "'7'"), null, "" },
        { "SetVariable converts, else the type's default", Set("'id':'v'", "'zz'"), null, "0" },
        { "there is no console to read from", Flow("{'id':'r','type':'Elsa.ReadLine'}," + Line("b", "'b'"), "r>b"), null, "b" },
        { "choices are matched case by case", Flow("{'id':'j','type':'Elsa.FlowJoin','mode':'waitall'}," + Line("b", "'b'"), "b>j"), "unknown-option", "b" },

        // Connections.
        { "connections are read in any case", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':[{'Source':{'Activity':'a','Port':'Done'},'Target':{'Activity':'b'}}]"), null, "a,b" },
        { "connections may be wrapped as $values", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':{'$id':'1','$values':[{'source':{'activity':'a'},'target':{'activity':'b'}}]}"), null, "a,b" },
        { "lists may be wrapped with their type", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':{'_type':'x','items':[{'source':{'activity':'a'},'target':{'activity':'b'}}]}"), null, "a,b" },
        { "no way leads out of a step of unknown type", Flow(Line("a", "'a'") + ",{'id':'n','type':'Elsa.NoSuch'}", "n>a"), "unknown-activity-type", "a" },
        { "connections that were put aside count again", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'customProperties':{'notFoundConnections':[{'source':{'activity':'a','port':'Done'},'target':{'activity':'b'}}]}"), null, "a,b" },
        { "connections may be flat", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':[{'source':'a','target':'b','sourcePort':'Done','targetPort':'In'}]"), null, "a,b" },
        { "both kinds do not mix", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':[{'source':'a','target':'b'},{'source':{'activity':'a'},'target':{'activity':'b'}}]"), "connections-mixed", null },
        { "one connection is not a list of them", Flow(Line("a", "'a'"), "", "'connections':{'source':{'activity':'a'},'target':{'activity':'a'}}"), "connections-shape", null },
        { "a nested connection to nowhere is dropped", Flow(Line("a", "'a'"), "a>b"), "unknown-step", "a" },
        { "a flat one is not", Flow(Line("a", "'a'"), "", "'connections':[{'source':'a','target':'b'}]"), "unknown-step", null },
        { "the same connection twice is one", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "a>b a>b"), null, "a,b" },
        { "a missing port is Done", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':[{'source':{'activity':'a','port':null},'target':{'activity':'b'}}]"), null, "a,b" },
        { "an empty port is not", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'connections':[{'source':{'activity':'a','port':''},'target':{'activity':'b'}}]"), null, "a" },
        { "a missing port does not follow a named outcome", Flow(Decision("d") + "," + Line("b", "'b'"), "d>b"), null, "" },
        { "ports are matched case by case", Flow(Decision("d") + "," + Line("b", "'b'"), "d:true>b"), null, "" },
        { "an outcome without connection ends its path", Flow(Decision("d") + "," + Line("b", "'b'"), "d:False>b"), null, "" },
        { "start is not read", Flow(Line("a", "'a'") + "," + Line("b", "'b'"), "", "'start':'b'"), "start-not-read", "a" },
        { "an unknown merge mode is none", Flow("{'id':'a','type':'Elsa.WriteLine','text':'a','customProperties':{'mergeMode':'Marge'}}", ""), "unknown-option", "a" },

        // Expressions.
        { "an unknown expression type is unset", "{'root':" + Line("w", "{'typeName':'String','expression':{'type':'literal','value':'x'}}") + "}", "unknown-expression-type", "" },
        { "no expression type is unset", "{'root':" + Line("w", "{'typeName':'String','expression':{'value':'x'}}") + "}", "unknown-expression-type", "" },
        { "a Variable expression by plain text is null", "{'root':" + Line("w", "{'typeName':'String','expression':{'type':'Variable','value':'v'}}") + "}", "expression-shape", "" },
        { "an Input expression by plain text is null", "{'root':" + Line("w", "{'typeName':'String','expression':{'type':'Input','value':'n'}}") + "}", "expression-shape", "" },
        { "an input's name is read in any case", "{'root':" + Line("w", "{'typeName':'String','expression':{'type':'Input','value':{'name':'AMOUNT'}}}") + "}", null, "12" },
        { "an unreadable condition is false", Flow("{'id':'d','type':'Elsa.FlowDecision','condition':'yes'}," + Line("b", "'b'"), "d:False>b"), "literal-type", "b" },
        { "a number for a choice is the first one", Flow("{'id':'d','type':'Elsa.FlowSwitch','mode':1}," + Line("b", "'b'"), "d:Default>b"), "unknown-option", "b" },
        { "scripts are refused by name", "{'root':" + Line("w", "{'typeName':'String','expression':{'type':'JavaScript','value':'1'}}") + "}", "script-expression", null },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public void Each_oddity_is_honoured_or_told_with_its_place(string oddity, string definition, string? code, string? prints)
    {
        var json = definition.Replace('\'', '"');
        var problems = WorkflowDefinition.Read(json, "workflows/odd.json").Problems;
        if (code is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            var told = Assert.Single(problems, p => p.Code == code);
            Assert.True(told is { Line: 1, Column: > 1 }, $"{oddity}: {told} at column {told.Column}");
        }

        var answer = JsonNode.Parse(FlowBatch.Answer("{\"definition\":" + json + Plan))!;
        Assert.Equal(prints, answer["error"] is null ? string.Join(',', answer["lines"]!.AsArray().Select(l => (string?)l)) : null);
    }

    [Fact]
    public void An_id_that_is_made_is_none_that_is_written()
    {
        const string Json = """{"root":{"id":"s","type":"Elsa.Sequence","activities":[{"type":"Elsa.WriteLine"},{"id":"WriteLine1","type":"Elsa.WriteLine"}]}}""";
        Assert.Equal(["Workflow1", "s", "WriteLine2", "WriteLine1"], WorkflowDefinition.Read(Json, "workflows/odd.json").Definition!.Activities.Select(a => a.Id));
    }

    private static string Line(string id, string text) => "{'id':'" + id + "','type':'Elsa.WriteLine','text':" + text + "}";

    private static string Decision(string id) => $$"""{'id':'{{id}}','type':'Elsa.FlowDecision','condition':true}""";

    private static string Read(string variable) => "{'typeName':'String','expression':{'type':'Variable','value':{'id':'" + variable + "'}}}";

    /// <summary>A flow that prints its only variable.</summary>
    private static string Variable(string rest) => "{'variables':[{'id':'v','name':'v','typeName':" + rest + "}],'root':" + Line("w", Read("v")) + "}";

    /// <summary>A flow that sets its variable, waits and prints it.</summary>
    private static string Waiting(string driver) => With(
        "'value':'first','typeName':'String'," + driver,
        "{'id':'s','type':'Elsa.SetVariable','variable':{'id':'v'},'value':'second'},{'id':'t','type':'Elsa.RunTask','taskName':'t'}," + Line("w", Read("v")),
        "s>t t>w");

    /// <summary>A flow that prints what a task answered, when that goes to the variable <paramref name="id"/>.</summary>
    private static string Answered(string id) => With(
        "'typeName':'Int32'," + Stored,
        "{'id':'t','type':'Elsa.RunTask','taskName':'t','result':{'typeName':'Object','memoryReference':{'id':'" + id + "'}}}," + Line("w", Read("v")),
        "t>w");

    private static string Set(string variable, string value) => With(
        "'typeName':'Int32'," + Stored,
        "{'id':'s','type':'Elsa.SetVariable','variable':{" + variable + "},'value':" + value + "}," + Line("w", Read("v")),
        "s>w");

    private static string With(string variable, string activities, string edges) =>
        "{'variables':[{'id':'v','name':'v'," + variable + "}]," + Flow(activities, edges)[1..];

    /// <summary>A flowchart; edges are written a>b or a:Port>b.</summary>
    private static string Flow(string activities, string edges, string rest = "'metadata':{}")
    {
        var drawn = edges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(edge =>
        {
            var ends = edge.Split('>');
            var source = ends[0].Split(':');
            var port = source.Length > 1 ? $",'port':'{source[1]}'" : "";
            return "{'source':{'activity':'" + source[0] + "'" + port + "},'target':{'activity':'" + ends[1] + "','port':'In'}}";
        });
        var connections = edges.Length == 0 ? "" : $"'connections':[{string.Join(',', drawn)}],";
        return "{'root':{'id':'flow','type':'Elsa.Flowchart','activities':[" + activities + "]," + connections + rest + "}}";
    }
}
