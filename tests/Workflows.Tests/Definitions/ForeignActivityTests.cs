using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Batch;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>Flows used as activities of other flows, as Elsa 3.7.1 finds them, names them and passes values in and out. What is written here in single quotes is JSON.</summary>
public sealed class ForeignActivityTests
{
    private const string Stored = "'storageDriverTypeName':'Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core'";

    [Fact]
    public void Flows_are_numbered_from_the_inside_out()
    {
        var atom = Child("Atom", Line("w", "'atom'"));
        var molecule = Child("Molecule", Use("a", "Atom"));
        var answer = Run("{'root':" + Use("m", "Molecule") + "}", molecule, atom);
        Assert.Equal(["Workflow3", "m", "Workflow2", "a", "Workflow1", "w"], Started(answer));
        Assert.Equal(["atom"], Lines(answer));
    }

    [Theory]
    [InlineData("'workflowDefinitionVersionId':'Letter-1','type':'Anything'", "first")]
    [InlineData("'workflowDefinitionVersionId':'Letter-2','version':1,'type':'Letter'", "second")]
    [InlineData("'workflowDefinitionVersionId':'gone','version':1,'type':'Letter'", "first")]
    [InlineData("'version':1,'type':'Letter'", "first")]
    [InlineData("'version':9,'type':'Letter'", "second")]
    [InlineData("'type':'Letter'", "second")]
    [InlineData("'type':'letter'", null)]
    public void A_flow_is_found_by_its_version_id_else_by_its_name_and_version(string written, string? prints)
    {
        var answer = Run("{'root':{'id':'x'," + written + "}}", Child("Letter", Line("w", "'first'")), Child("Letter", Line("w", "'second'"), version: 2));
        Assert.Equal(prints is null ? [] : [prints], Lines(answer));
    }

    [Theory]
    [InlineData("send letter", "SendLetter")]
    [InlineData("send_letter", "SendLetter")]
    [InlineData("Letter 3 - Copy", "Letter3-Copy")]
    [InlineData("send-letter", "Send-letter")]
    public void A_flow_is_an_activity_type_by_its_name(string name, string type) =>
        Assert.Equal(["sent"], Lines(Run("{'root':{'id':'x','type':'" + type + "'}}", Child(name, Line("w", "'sent'")))));

    [Fact]
    public void Inputs_go_by_their_name_in_camel_case_and_become_what_the_flow_declares()
    {
        var child = Child("Kid", Sequence(Line("a", Input("first_name")), Line("b", Input("Count"))), "'inputs':[{'name':'first_name','type':'String'},{'name':'Count','type':'Int32'}]");
        Assert.Equal(["Ann", "7"], Lines(Run("{'root':{'id':'x','type':'Kid','firstName':" + Literal("'Ann'") + ",'count':" + Literal("' 7 '") + "}}", child)));
        Assert.Equal([], Lines(Run("{'root':{'id':'x','type':'Kid','FirstName':" + Literal("'Ann'") + ",'Count':" + Literal("'7'") + "}}", child)));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("'Ann'")]
    [InlineData("['Ann']")]
    public void An_input_without_its_wrapper_fails_where_the_flow_is_used(string written)
    {
        var answer = Run("{'root':{'id':'x','type':'Kid','word':" + written + "}}", Child("Kid", Line("w", "'kid'"), "'inputs':[{'name':'Word','type':'String'}]"));
        Assert.Equal(("Faulted", 0), ((string?)answer["subStatus"], Lines(answer).Length));
        Assert.Equal("x", (string?)Assert.Single(answer["incidents"]!.AsArray())!["activityId"]);
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("Version")]
    [InlineData("NodeId")]
    [InlineData("WorkflowDefinitionVersionId")]
    [InlineData("LatestAvailablePublishedVersion")]
    [InlineData("RunAsynchronously")]
    public void An_input_may_not_be_called_as_a_member_that_every_such_step_has(string name)
    {
        var member = char.ToLowerInvariant(name[0]) + name[1..];
        var request = Request("{'root':{'id':'x','type':'Kid','" + member + "':" + Literal("'Ann'") + "}}", Child("Kid", Line("w", "'kid'"), "'inputs':[{'name':'" + name + "','type':'String'}]"));
        Assert.Contains($"'{member}' of 'x' must be", (string?)JsonNode.Parse(FlowBatch.Answer(request))!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_flow_with_a_script_is_an_error_where_it_is_used_or_started_and_not_where_it_is_only_there()
    {
        var scripted = Child("Scripted", Line("js", "{'typeName':'String','expression':{'type':'JavaScript','value':'1'}}"));
        Assert.Equal(["alone"], Lines(Run("{'root':" + Line("w", "'alone'") + "}", scripted)));
        Assert.Equal("Faulted", (string?)Run("{'root':{'id':'x','type':'Elsa.ExecuteWorkflow','workflowDefinitionId':'nobody'}}", scripted)["subStatus"]);
        foreach (var root in new[] { Use("x", "Scripted"), "{'id':'x','type':'Elsa.ExecuteWorkflow','workflowDefinitionId':'Scripted'}", "{'id':'x','type':'Elsa.DispatchWorkflow','workflowDefinitionId':'Scripted'}" })
        {
            var error = (string?)JsonNode.Parse(FlowBatch.Answer(Request("{'root':" + root + "}", scripted)))!["error"];
            Assert.Contains("'js' has an expression of type JavaScript", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inputs_are_variables_of_the_flow_around_its_root()
    {
        var child = Child("Kid", Sequence("{'id':'s','type':'Elsa.SetVariable','variable':{'id':'Word'},'value':'changed'}", Line("w", Input("Word"))), "'inputs':[{'name':'Word','type':'String'}]");
        Assert.Equal(["changed"], Lines(Run("{'root':{'id':'x','type':'Kid','word':" + Literal("'given'") + "}}", child)));
    }

    [Theory]
    [InlineData("", "from the start")]
    [InlineData("'variables':[{'id':'v','name':'Town','typeName':'String','value':'from around'}],", "from around")]
    public void An_input_that_the_flow_does_not_declare_is_a_variable_around_it_or_an_input_of_the_whole(string variables, string prints) =>
        Assert.Equal([prints], Lines(Run("{" + variables + "'root':" + Use("x", "Kid") + "}", Child("Kid", Line("w", Input("Town"))))));

    [Fact]
    public void Outputs_go_out_through_every_flow_around()
    {
        var inner = Child("Inner", SetOutput("Number", "'42'"), "'outputs':[{'name':'Number','type':'Object'}]");
        var outer = Child("Outer", Use("i", "Inner", "'number':{'typeName':'Object','memoryReference':{'id':'Answer'}}"), "'outputs':[{'name':'Answer','type':'Object'}]");
        var whole = "{'variables':[{'id':'v','name':'v','typeName':'Object'," + Stored + "}],'root':" + Sequence(
            Use("o", "Outer", "'answer':{'typeName':'Object','memoryReference':{'id':'v'}}"),
            Line("w", "{'typeName':'String','expression':{'type':'Variable','value':{'id':'v'}}}")) + "}";
        Assert.Equal(["42"], Lines(Run(whole, inner, outer)));
    }

    [Fact]
    public void A_step_may_be_bound_to_an_output_by_its_name()
    {
        var child = Child("Kid", "{'id':'t','type':'Elsa.RunTask','taskName':'t','result':{'typeName':'Object','memoryReference':{'id':'Answer'}}}", "'outputs':[{'name':'Answer','type':'Object'}]");
        var whole = "{'outputs':[{'name':'Result','type':'Object'}],'root':" + Use("x", "Kid", "'answer':{'typeName':'Object','memoryReference':{'id':'Result'}}") + "}";
        Assert.Equal("yes", (string?)Run(whole, child)["output"]!["Result"]);
    }

    [Fact]
    public void An_output_that_was_not_set_leaves_what_was_there()
    {
        var child = Child("Kid", Line("w", "'kid'"), "'outputs':[{'name':'Answer','type':'Object'}]");
        var whole = "{'variables':[{'id':'v','name':'v','typeName':'String','value':'before'," + Stored + "}],'root':" + Use("x", "Kid", "'answer':{'typeName':'Object','memoryReference':{'id':'v'}}") + "}";
        Assert.Equal("before", (string?)Run(whole, child)["variables"]!["v"]);
    }

    [Theory]
    [InlineData("'metadata':{}", "Done")]
    [InlineData("'outcomes':null", "Done")]
    [InlineData("'outcomes':5", "Done")]
    [InlineData("'outcomes':'Yes'", "Yes")]
    [InlineData("'outcomes':{'typeName':'Object','expression':{'type':'Object','value':'[1]'}}", "[1]")]
    public void Complete_names_the_outcome_of_the_flow_around_it(string outcomes, string outcome)
    {
        var answer = Run("{'root':" + Use("x", "Kid") + "}", Child("Kid", "{'id':'c','type':'Elsa.Complete'," + outcomes + "}", "'outcomes':['Yes']"));
        var ended = Assert.Single(answer["journal"]!.AsArray(), row => (string?)row![0] == "x" && (string?)row[1] == "Completed");
        Assert.Equal(outcome, (string?)Assert.Single(ended![2]!.AsArray()));
    }

    private static string Child(string name, string root, string rest = "'customProperties':{}", int version = 1) =>
        "{'definitionId':'" + name + "','id':'" + name + "-" + version + "','name':'" + name + "','version':" + version + ",'options':{'usableAsActivity':true}," + rest + ",'root':" + root + "}";

    private static string Use(string id, string name, string rest = "'metadata':{}") =>
        "{'id':'" + id + "','type':'" + name + "','workflowDefinitionId':'" + name + "','workflowDefinitionVersionId':'" + name + "-1','version':1," + rest + "}";

    private static string Sequence(params string[] activities) => "{'id':'seq','type':'Elsa.Sequence','activities':[" + string.Join(',', activities) + "]}";

    private static string Line(string id, string text) => "{'id':'" + id + "','type':'Elsa.WriteLine','text':" + text + "}";

    private static string SetOutput(string name, string value) => "{'id':'so','type':'Elsa.SetOutput','outputName':'" + name + "','outputValue':" + Literal(value) + "}";

    private static string Literal(string value) => "{'typeName':'Object','expression':{'type':'Literal','value':" + value + "}}";

    private static string Input(string name) => "{'typeName':'String','expression':{'type':'Input','value':{'name':'" + name + "'}}}";

    private static JsonNode Run(string definition, params string[] with)
    {
        var answer = JsonNode.Parse(FlowBatch.Answer(Request(definition, with)))!;
        Assert.Null(answer["error"]);
        return answer;
    }

    private static string Request(string definition, params string[] with) =>
        ("{'definition':" + definition + ",'with':[" + string.Join(',', with) + "],'plan':{'input':{'Town':'from the start'},'resumes':[{'match':'t','result':'yes'}]}}").Replace('\'', '"');

    private static string[] Lines(JsonNode answer) => [.. answer["lines"]!.AsArray().Select(l => (string)l!)];

    private static string[] Started(JsonNode answer) =>
        [.. answer["journal"]!.AsArray().Where(row => (string?)row![1] == "Started" && (string)row[0]! != "seq").Select(row => (string)row![0]!)];
}
