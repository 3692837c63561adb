using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Mail;

/// <summary>Hands what was decided over to the outside, each by its way.</summary>
/// <param name="messages">Null: this installation sends no short messages.</param>
public sealed class Outlets(IMailTransport mails, IMessageOutlet? messages, DeliveryWishStore wishes, HostSettings settings)
{
    public bool HasMessages => messages is not null;

    /// <exception cref="DeliveryRefusedException">It will never be taken.</exception>
    public async Task SendAsync(OutboxMail mail, CancellationToken ct)
    {
        if (mail.Outlet == Outlet.Mail)
        {
            await mails.SendAsync(new OutgoingMail(mail.MessageId, settings.MailFrom, mail.Recipient, mail.Subject, mail.Html, mail.Text, mail.QueuedAt), ct);
            return;
        }

        if (messages is null) throw new DeliveryRefusedException("平台没有接入短消息（Messages:Folder），消息没有发出；通知在平台的“通知”中。");

        // Where it goes is looked up now: a number that was changed or removed counts at once.
        var account = await wishes.MessageAccountAsync(mail.OrganisationId, ct)
            ?? throw new DeliveryRefusedException("该单位已不再登记短消息账号，消息没有发出；通知在平台的“通知”中。");
        await messages.SendAsync(new OutgoingMessage(mail.MessageId, account, TextOf(mail)), ct);
    }

    private string TextOf(OutboxMail mail) =>
        MimeLetter.OneLine(settings.PublicAddress is { } address ? $"{mail.Subject}。请登录平台查看：{address.AbsoluteUri.TrimEnd('/')}/notices" : $"{mail.Subject}。请登录平台查看。");
}
