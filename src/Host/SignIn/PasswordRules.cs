using Microsoft.AspNetCore.Identity;
using WorkflowEngine.Storage.Identity;

namespace WorkflowEngine.Host.SignIn;

/// <summary>
/// Length is what makes a password strong (ASVS 6.2); kinds of characters are not prescribed. Refused besides: what names
/// the person or the organisation, and what is one or two keys held down.
/// </summary>
public sealed class PasswordRules : IPasswordValidator<User>
{
    public const int ShortestPassword = 12;
    private const int FewestDifferent = 5;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        var text = password ?? "";
        if (text.Length > Sessions.LongestInput) return Fail("too-long", $"密码最长 {Sessions.LongestInput} 个字符。");
        if (text.Distinct().Count() < FewestDifferent) return Fail("too-plain", "密码中不同的字符太少，请换一个。");
        foreach (var name in new[] { user.UserName, user.OrganisationId, user.DisplayName })
        {
            if (name is { Length: >= 3 } && text.Contains(name, StringComparison.OrdinalIgnoreCase))
            {
                return Fail("names-person", "密码不能包含用户名、姓名或单位代码。");
            }
        }

        return Task.FromResult(IdentityResult.Success);
    }

    private static Task<IdentityResult> Fail(string code, string description) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = description }));
}
