namespace WorkflowEngine.Host.Http;

public static class HttpSetup
{
    /// <summary>Adds what lets flows ask and be asked over HTTP.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddSingleton<INameResolver, SystemResolver>()
        .AddSingleton<GuardedSender>()
        .AddSingleton<RequestPump>()
        .AddHostedService<RequestService>()
        .AddSingleton<FlowRoutes>()
        .AddSingleton<FlowWays>()
        .AddSingleton<FlowRequests>()
        .AddSingleton<LateRequests>()
        .AddHostedService(services => services.GetRequiredService<LateRequests>())
        .AddSingleton<FormBodies>();
}
