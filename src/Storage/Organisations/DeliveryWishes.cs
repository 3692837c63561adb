using WorkflowEngine.Storage.Commit;

namespace WorkflowEngine.Storage.Organisations;

/// <summary>Which letters an organisation wants as mail.</summary>
public enum MailMode
{
    /// <summary>One mail for each.</summary>
    Each,

    /// <summary>One mail a day that lists them; urgent ones by themselves at once.</summary>
    Daily,

    /// <summary>None: the inbox only.</summary>
    Off,
}

/// <summary>Of which letters an organisation wants a short message.</summary>
public enum MessageMode
{
    Off,

    /// <summary>Warnings, and what has a short time limit.</summary>
    Urgent,

    Each,
}

/// <summary>How an organisation wants its letters besides the inbox, where each of them is.</summary>
/// <param name="Email">No address, no mail.</param>
/// <param name="HasAccount">Whether there is somewhere to send messages to; which it is lies sealed.</param>
public sealed record DeliveryWishes(string? Email, MailMode Mail, MessageMode Messages, bool HasAccount)
{
    public static DeliveryWishes InboxOnly { get; } = new(null, MailMode.Each, MessageMode.Off, HasAccount: false);

    /// <summary>The ways that a letter goes.</summary>
    public IReadOnlyList<Delivery> For(string organisationId, bool isUrgent)
    {
        var ways = new List<Delivery>();
        if (Email is not null && Mail != MailMode.Off) ways.Add(new Delivery(Outlet.Mail, Email, Daily: Mail == MailMode.Daily && !isUrgent));
        if (HasAccount && (Messages == MessageMode.Each || (Messages == MessageMode.Urgent && isUrgent))) ways.Add(new Delivery(Outlet.Message, organisationId));
        return ways;
    }
}
