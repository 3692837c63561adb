using System.Net.Mail;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Mail;

/// <summary>How somebody's organisation wants its letters, as they entered it.</summary>
/// <param name="Account">Where short messages go; null leaves it as it is, empty removes it.</param>
public sealed record DeliveryChoice(string? Email, MailMode Mail, MessageMode Messages, string? Account = null);

/// <summary>Lets an organisation say how it wants its letters besides the inbox, where each of them is in any case.</summary>
public sealed class DeliveryDesk(OrganisationStore organisations, DeliveryWishStore wishes, Outlets outlets, BusinessClock clock)
{
    private const int LongestAddress = 254;
    private const int LongestAccount = 64;

    /// <summary>Whether this installation sends short messages.</summary>
    public bool HasMessages => outlets.HasMessages;

    public async Task<DeliveryWishes> OfAsync(SignedInPerson person, CancellationToken ct) =>
        await organisations.FindAsync(person.Actor.OrganisationId, ct) is { } organisation ? organisation.Wishes : DeliveryWishes.InboxOnly;

    /// <returns>What is wrong with it; nothing: it is saved.</returns>
    public async Task<IReadOnlyList<FieldProblem>> SaveAsync(DeliveryChoice choice, SignedInPerson by, CancellationToken ct)
    {
        var now = await OfAsync(by, ct);
        var (email, account) = (choice.Email?.Trim() is { Length: > 0 } given ? given : null, choice.Account?.Trim());
        var hasAccount = HasMessages && (account is null ? now.HasAccount : account.Length > 0);
        var problems = new List<FieldProblem>();
        if (email is not null && !IsAddress(email)) problems.Add(new FieldProblem("email", "邮箱", "邮箱应形如 name@example.com，不能含有中文、空格或多个地址。"));
        if (account is { Length: > 0 } && !IsAccount(account)) problems.Add(new FieldProblem("account", "短消息账号", $"短消息账号只能含有字母、数字和 + - _ . @，不超过 {LongestAccount} 个字符。"));
        if (account is { Length: > 0 } && !HasMessages) problems.Add(new FieldProblem("account", "短消息账号", "本平台没有接入短消息。"));
        if (!Enum.IsDefined(choice.Mail)) problems.Add(new FieldProblem("mail", "邮件", "请选择一种。"));
        if (!Enum.IsDefined(choice.Messages)) problems.Add(new FieldProblem("messages", "短消息", "请选择一种。"));
        if (email is null && choice.Mail == MailMode.Daily) problems.Add(new FieldProblem("email", "邮箱", "要每天收一封汇总邮件，请填写邮箱。"));
        if (choice.Messages != MessageMode.Off && !hasAccount) problems.Add(new FieldProblem("account", "短消息账号", "要收短消息，请填写账号。"));
        if (problems.Count > 0) return problems;

        await wishes.SaveAsync(new DeliveryWishes(email, choice.Mail, choice.Messages, hasAccount), account, by.Actor, clock.Now, ct);
        return [];
    }

    /// <summary>One plain address that every mail server takes; what a person's name or a second address would add is refused.</summary>
    private static bool IsAddress(string text) =>
        text.Length <= LongestAddress && text.All(c => c is > ' ' and < '\x7f' and not (',' or ';' or '<' or '>' or '"')) && MailAddress.TryCreate(text, out var address) && address.Address == text
        && address.Host.Contains('.', StringComparison.Ordinal);

    private static bool IsAccount(string text) => text.Length <= LongestAccount && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '_' or '.' or '@');
}
