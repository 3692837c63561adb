using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Mail;

public static class MailSetup
{
    /// <summary>Adds the outbox and its way out: the mail server that is configured, else the folder <c>mail</c> of the data folder.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, HostSettings settings) => services
        .AddSingleton<IMailTransport>(settings.Smtp is { } smtp ? new SmtpTransport(smtp) : new FolderTransport(settings.MailFolder))
        .AddSingleton(services => new Outlets(
            services.GetRequiredService<IMailTransport>(), settings.MessageFolder is { } folder ? new MessageFolder(folder) : null, services.GetRequiredService<DeliveryWishStore>(), settings))
        .AddSingleton<DigestWriter>()
        .AddSingleton<OutboxGauges>()
        .AddSingleton<OutboxPump>()
        .AddSingleton<MailDesk>()
        .AddSingleton<DeliveryDesk>()
        .AddSingleton<BounceFolder>()
        .AddHostedService<OutboxService>()
        .AddHostedService<BounceService>();
}
