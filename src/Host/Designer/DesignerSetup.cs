using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Api;
using WorkflowEngine.Host.Designer.Descriptors;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Host.Designer.Instances;
using WorkflowEngine.Host.Designer.Studio;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Designer;

/// <summary>
/// The API that designers speak, Elsa Studio among them: flows as versions, and running cases as instances. It is Elsa's own contract, so that whoever draws with one designer
/// can go on with another.
/// </summary>
public static class DesignerSetup
{
    public const string ApiRoot = "/elsa/api";

    public static IServiceCollection AddDesigner(this IServiceCollection services) => services
        .AddSingleton<FileDesk>()
        .AddSingleton<DraftCheck>()
        .AddSingleton<FlowDesk>()
        .AddSingleton<DraftPublishing>()
        .AddSingleton<DefinitionAnswers>()
        .AddSingleton<ActivityCatalogue>()
        .AddSingleton<InstanceDesk>()
        .AddSingleton<ObservedCases>()
        .AddSingleton<StudioBundle>()
        .AddHostedService<InstanceWatch>()
        .AddSignalR()
        .Services;

    public static void MapDesigner(this WebApplication app)
    {
        var api = app.MapGroup(ApiRoot).RequireAuthorization(Policies.Designer).RequireHeaderToken().AddEndpointFilter(OwnContentAsync);
        api.MapLists();
        api.MapDefinitions();
        api.MapSubgraphs();
        api.MapDescriptors();
        api.MapInstances();
        app.MapStudio();
        app.MapFallback($"{ApiRoot}/{{*path}}", () => TypedResults.NotFound()).RequireAuthorization(Policies.SignedIn);
    }

    private static async ValueTask<object?> OwnContentAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ContentOwner.IsOf(SignedInPerson.From(context.HttpContext.User)) ? await next(context) : TypedResults.NotFound();
}
