using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Host.Mail;

/// <summary>The outbox for who looks after the installation: what waits and why, and what is done with mail of before a restore (ADR 0014).</summary>
public sealed class MailDesk(OutboxDesk desk, ContentReleases releases, WakeUps wakeUps, BusinessClock clock)
{
    /// <summary>Mails that are decided about at once.</summary>
    public const int MostAtOnce = 200;

    public Task<OutboxFigures> FiguresAsync(CancellationToken ct) => desk.FiguresAsync(ct);

    /// <summary>Mail of before a restore that nobody has decided about.</summary>
    public async Task<Page<WaitingMail>> BeforeRestoreAsync(int page, int pageSize, CancellationToken ct) => Named(await desk.BeforeRestoreAsync(page, pageSize, ct));

    /// <summary>Mail that was tried in vain and is tried again.</summary>
    public async Task<Page<WaitingMail>> FailingAsync(int page, int pageSize, CancellationToken ct) => Named(await desk.FailingAsync(page, pageSize, ct));

    /// <returns>How many were decided about, or why not. The same again decides about none: they are decided.</returns>
    public async Task<(int Decided, string? Refused)> DecideAsync(IReadOnlyCollection<string> mails, MailDecision decision, string? reason, SignedInPerson by, CancellationToken ct)
    {
        var given = reason?.Trim() ?? "";
        if (mails.Count == 0) return (0, "请选择邮件。");
        if (mails.Count > MostAtOnce) return (0, $"一次最多处理 {MostAtOnce} 封邮件。");
        if (given.Length == 0) return (0, "请填写理由，理由将记入审计记录。");
        if (given.Length > RequestLimits.Reason) return (0, $"理由不能超过 {RequestLimits.Reason} 字。");
        // PostgreSQL has no NUL in text and would answer with an error.
        if (mails.Append(given).Any(text => text.Contains('\0', StringComparison.Ordinal))) return (0, "提交的内容含有无法保存的字符。");

        var decided = await desk.DecideAsync(mails, decision, by.Actor, given, clock.Now, ct);
        if (decision == MailDecision.Send) wakeUps.Announce(Wake.Outbox);
        return (decided, null);
    }

    /// <summary>The letter's kind as people call it.</summary>
    private Page<WaitingMail> Named(Page<WaitingMail> mails) => mails with
    {
        Items = [.. mails.Items.Select(mail => releases.HasCurrent && releases.Current.Notices.TryGetValue(mail.Template, out var notice) ? mail with { Template = notice.Title } : mail)],
    };
}
