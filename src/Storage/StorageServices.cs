using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Calendars;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Storage.Identity;
using WorkflowEngine.Storage.Incidents;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Personal;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Reconciliation;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Submissions;
using WorkflowEngine.Storage.Timers;

namespace WorkflowEngine.Storage;

public static class StorageServices
{
    /// <summary>
    /// Every store over an open database, as singletons (<see cref="IdentityContext"/> per scope), and the repository of data-protection keys.
    /// The database itself stays the caller's to dispose.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, Database database) => services
        .AddSingleton(database)
        .AddSingleton<CommitStore>()
        .AddSingleton<AnswerStore>()
        .AddSingleton<InstanceStore>()
        .AddSingleton<IncidentStore>()
        .AddSingleton<IncidentLetters>()
        .AddSingleton<CaseNumbers>()
        .AddSingleton<TimerStore>()
        .AddSingleton<SignalStore>()
        .AddSingleton<WakeUps>()
        .AddSingleton<OutboxStore>()
        .AddSingleton<MailDigests>()
        .AddSingleton<OutboxDesk>()
        .AddSingleton<SentLetters>()
        .AddSingleton<RequestStore>()
        .AddSingleton<ExpectedRequests>()
        .AddSingleton<AuditChain>()
        .AddSingleton<CredentialStore>()
        .AddSingleton<AttachmentStore>()
        .AddSingleton<SubmissionStore>()
        .AddSingleton<IngestStore>()
        .AddSingleton<IngestMonths>()
        .AddSingleton<AttendanceRates>()
        .AddSingleton<PersonalRetention>()
        .AddSingleton<DeviceRecords>()
        .AddSingleton<RegisterStore>()
        .AddSingleton<QueryStore>()
        .AddSingleton<CredentialRevocation>()
        .AddSingleton<ReleaseStore>()
        .AddSingleton<VersionStore>()
        .AddSingleton<ReplanStore>()
        .AddSingleton<ReconcileStore>()
        .AddSingleton<OrganisationStore>()
        .AddSingleton<DeliveryWishStore>()
        .AddSingleton<CaseQueries>()
        .AddSingleton<StatisticsQueries>()
        .AddSingleton<CaseRegister>()
        .AddSingleton<SimulatedTime>()
        .AddSingleton<IXmlRepository, SealedKeyRepository>()
        .AddDbContext<IdentityContext>(options => options.UseNpgsql(database.SignIn));
}
