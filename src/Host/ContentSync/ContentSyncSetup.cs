namespace WorkflowEngine.Host.ContentSync;

public static class ContentSyncSetup
{
    public static IServiceCollection AddContentSync(this IServiceCollection services) => services
        .AddSingleton<FolderSync>()
        .AddSingleton<ContentVersions>()
        .AddSingleton<DriftDesk>()
        .AddHostedService<FolderWatch>();
}
