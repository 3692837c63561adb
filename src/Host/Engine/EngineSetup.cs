namespace WorkflowEngine.Host.Engine;

public static class EngineSetup
{
    /// <summary>Adds what runs bursts: content releases, facts, letters, keys.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services) => services
        .AddSingleton<ContentReleases>()
        .AddSingleton<FactLoader>()
        .AddSingleton<Addressees>()
        .AddSingleton<LetterWriter>()
        .AddSingleton<SecretMaker>()
        .AddSingleton<BurstExecutor>()
        .AddSingleton<ChildStarter>();
}
