namespace WorkflowEngine.Host.SignIn;

/// <summary>Cookie sign-in with lock-out: services and endpoints.</summary>
public static class SignInSetup
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services;

    public static void MapSignIn(this WebApplication app)
    {
    }
}
