namespace WorkflowEngine.Storage.Commit;

/// <summary>A way out for letters, besides the inbox.</summary>
public enum Outlet
{
    /// <summary>The whole letter, to a mail address.</summary>
    Mail,

    /// <summary>One line that says that there is a letter, to a telephone or an account of the government's messenger.</summary>
    Message,
}

/// <summary>That a letter goes out, and how.</summary>
/// <param name="Recipient">A mail address; of a message the organisation, whose account is sealed and looked up when it is sent.</param>
/// <param name="Daily">Goes with the next mail of the day instead of by itself.</param>
public sealed record Delivery(Outlet Outlet, string Recipient, bool Daily = false)
{
    public static Delivery Mail(string address) => new(Outlet.Mail, address);
}
