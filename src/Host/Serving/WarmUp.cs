using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Identity;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// What the first requests would otherwise wait for, all of them, done before the host says that it serves: the maps between rows and records, compiled queries,
/// connections, the keys of sessions. It asks in nobody's name, and finds nothing.
/// </summary>
/// <remarks>
/// After a kill everybody comes to the host that is left. Where that one had just been started itself, on a machine that had much to do, its first answers took longer than the
/// 20 seconds within which the survivors of a kill make progress (docs/reliability/chaos.md).
/// </remarks>
internal static class WarmUp
{
    private const string Nobody = "-";

    public static async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        await users.FindByNameAsync(Nobody);
        await users.FindByIdAsync(Nobody);
        services.GetRequiredService<IDataProtectionProvider>().CreateProtector(nameof(WarmUp)).Protect(Nobody);

        var queries = services.GetRequiredService<CaseQueries>();
        var tenant = new Tenant(Nobody, Nobody);
        await queries.TasksAsync(tenant, new TaskFilter { PageSize = 1 }, ct);
        await queries.TaskAsync(tenant, Nobody, ct);
        await queries.CasesAsync(tenant, new CaseFilter { PageSize = 1 }, ct);
        await queries.CaseAsync(tenant, Nobody, Nobody, ct);
        await queries.UnreadAsync(tenant, Nobody, role: null, ct);
    }
}
