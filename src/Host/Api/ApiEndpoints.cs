using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Api;

/// <summary>
/// The platform for programs: JSON under <c>/api</c>, with the session cookie of <c>POST /api/session</c>, its token in
/// <c>X-CSRF</c> for everything that changes something, and an <c>Idempotency-Key</c> for every act on a case.
/// </summary>
public static class ApiEndpoints
{
    /// <summary>Names one act of the caller; repeated with the same body it gets the first answer.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api").RequireAuthorization(Policies.SignedIn).RequireHeaderToken();
        api.MapCases();
        api.MapTasks();
        api.MapAttachments();
        api.MapIncidents();
        api.MapMail();
        api.MapDelivery();
        api.MapStatistics();
        api.MapNotices();
        api.MapWarnings();
        api.MapCredentials();
        api.MapContent();
        api.MapMigrations();
    }
}
