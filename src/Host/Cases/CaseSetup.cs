namespace WorkflowEngine.Host.Cases;

public static class CaseSetup
{
    /// <summary>Adds the use cases that pages and API share.</summary>
    public static IServiceCollection AddCases(this IServiceCollection services) => services
        .AddSingleton<CaseService>()
        .AddSingleton<IncidentService>()
        .AddSingleton<StatisticsService>()
        .AddSingleton<OperatorLetters>()
        .AddHostedService<OperatorLetterService>()
        .AddSingleton<CaseNumbering>()
        .AddSingleton<Migration.CaseMover>()
        .AddSingleton<AttachmentService>();
}
