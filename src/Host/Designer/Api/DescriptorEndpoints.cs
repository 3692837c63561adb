using System.Text.Json.Nodes;
using WorkflowEngine.Host.Designer.Descriptors;
using WorkflowEngine.Host.Engine;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>What a designer has to know before it can draw and edit.</summary>
internal static class DescriptorEndpoints
{
    private const string InstanceDriver = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    public static void MapDescriptors(this IEndpointRouteBuilder api)
    {
        var descriptors = api.MapGroup("/descriptors");
        descriptors.MapGet("/activities", (ActivityCatalogue catalogue, ContentReleases releases) => Answers.Json(catalogue.Of(releases.Current)));
        descriptors.MapPost("/activities/{type}/options/{input}", () => Answers.Json(new JsonObject { ["items"] = new JsonObject() }));
        Fixed(descriptors, "/expression-descriptors", Expression("Literal", "固定值", false), Expression("Object", "结构", false), Expression("Variable", "变量", true), Expression("Input", "输入", true), Expression("Lambda", "公式", true));
        Fixed(descriptors, "/storage-drivers", Named(InstanceDriver, "随办件保存"));
        Fixed(
            descriptors, "/variables",
            Variable("String", "文本"), Variable("Int32", "整数"), Variable("Decimal", "小数"), Variable("Boolean", "是否"), Variable("DateTimeOffset", "时刻"), Variable("Object", "表单内容或其他结构"));
        Fixed(
            descriptors, "/workflow-activation-strategies",
            Named("Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core", "总是允许"),
            Named("Elsa.Workflows.ActivationValidators.SingletonStrategy, Elsa.Workflows.Core", "同时只有一件"),
            Named("Elsa.Workflows.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Core", "同一关联编号同时只有一件"),
            Named("Elsa.Workflows.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Core", "同一关联编号在所有流程中只有一件"));
        Fixed(
            descriptors, "/incident-strategies",
            Named("Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core", "出错的分支停下，其余继续"),
            Named("Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core", "出错即全部停下"));
        Fixed(descriptors, "/log-persistence-strategies", Named("WorkflowEngine.Journal", "全部记录"));
        Fixed(descriptors, "/commit-strategies/workflows");
        Fixed(descriptors, "/commit-strategies/activities");
        Fixed(descriptors, "/output-converters");
        Fixed(api, "/features/installed", new JsonObject
        {
            ["name"] = "RealTimeWorkflowUpdates", ["namespace"] = "Elsa", ["fullName"] = "Elsa.RealTimeWorkflowUpdates", ["displayName"] = "实时更新", ["description"] = "",
        });
        Fixed(api, "/resilience/strategies");
        api.MapPost("/scripting/javascript/type-definitions/{definitionId}", () => TypedResults.Text("", "text/plain"));
    }

    private static void Fixed(IEndpointRouteBuilder api, string path, params JsonObject[] items)
    {
        var json = Answers.List(items).ToJsonString();
        api.MapGet(path, () => Answers.Json(json));
    }

    private static JsonObject Expression(string type, string displayName, bool isBrowsable) => new()
    {
        ["type"] = type, ["displayName"] = displayName, ["isSerializable"] = true, ["isBrowsable"] = isBrowsable,
        ["properties"] = type == "Object" ? new JsonObject { ["MonacoLanguage"] = "json" } : new JsonObject(),
    };

    private static JsonObject Named(string typeName, string displayName) => new() { ["typeName"] = typeName, ["displayName"] = displayName, ["description"] = "", ["priority"] = 0, ["deprecated"] = false };

    private static JsonObject Variable(string typeName, string displayName) => new() { ["typeName"] = typeName, ["displayName"] = displayName, ["category"] = "基本类型", ["description"] = null };
}
