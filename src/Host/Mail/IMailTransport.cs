namespace WorkflowEngine.Host.Mail;

/// <summary>A letter ready to go. Addresses and subject are checked when it is made; nothing in it can add a header.</summary>
/// <param name="MessageId">Fixed when the notice is queued, so that a letter sent twice after a crash is one letter to the reader.</param>
/// <param name="Date">When it was decided, business time.</param>
public sealed record OutgoingMail(string MessageId, string From, string To, string Subject, string Html, string Text, DateTimeOffset Date);

/// <summary>The border with the outside world of mail.</summary>
public interface IMailTransport
{
    /// <summary>Returns when the other side has taken the letter over.</summary>
    /// <exception cref="DeliveryRefusedException">It never will: the letter is parked.</exception>
    /// <exception cref="IOException">It did not now: the letter is tried again later.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}

/// <summary>The other side refuses this letter for good (unknown recipient, content).</summary>
public sealed class DeliveryRefusedException(string message, Exception? inner = null) : Exception(message, inner);
