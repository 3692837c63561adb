namespace WorkflowEngine.Host.Clocks;

public static class ClockSetup
{
    /// <summary>Adds both clocks; <paramref name="business"/> is what business time is read from.</summary>
    public static IServiceCollection AddClocks(this IServiceCollection services, TimeProvider business) => services
        .AddSingleton(new BusinessClock(business))
        .AddSingleton(new SystemClock(TimeProvider.System))
        .AddSingleton(TimeProvider.System);
}
