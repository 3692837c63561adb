using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Keys;

/// <summary>
/// Takes back formal keys. Cutting off a working connection is a ground for complaint (粤建市〔2022〕161号 三（二）), so the reasons are few, the authority's leader decides,
/// and the holder is told what it can do.
/// </summary>
public sealed class KeyRevocations(CredentialRevocation store, ContentReleases releases, BusinessClock clock, ILogger<KeyRevocations> log)
{
    public const string Notice = "key-revoked";

    public const int LeastExplained = 10;
    public const int MostExplained = 500;

    /// <summary>By the name that the form sends.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["security"] = "密钥泄露或存在安全风险", ["ended"] = "项目已经结束", ["request"] = "企业申请收回", ["replaced"] = "已更换为新的密钥",
    };

    /// <returns>What is wrong with the form, or null.</returns>
    public static string? FaultOf(string reason, string explanation) =>
        !Reasons.ContainsKey(reason) ? "请选择收回的原因。"
        : explanation.Trim().Length is < LeastExplained or > MostExplained ? $"请用 {LeastExplained} 到 {MostExplained} 个字写明具体情况。"
        : null;

    /// <param name="by">Of the authority that gave the key out.</param>
    public Task<RevokeResult> RevokeAsync(string credentialId, Actor by, string reason, string explanation, CancellationToken ct)
    {
        var told = $"{Reasons[reason]}：{explanation.Trim()}";
        return store.RevokeAsync(credentialId, by, told, clock.Now, Notice, key => Write(key, told), ct);
    }

    private NoticeLetter Write(RevokedKey key, string reason)
    {
        var deliveries = key.Wishes.For(key.HolderId, isUrgent: true);
        var model = new JsonObject
        {
            ["today"] = clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["holder"] = new JsonObject { ["name"] = key.HolderName },
            ["authority"] = new JsonObject { ["name"] = key.AuthorityName },
            ["case"] = new JsonObject { ["number"] = key.CaseNumber },
            ["key"] = new JsonObject { ["id"] = key.KeyId, ["label"] = key.Label, ["reason"] = reason },
        };
        if (releases.Current.Notices.TryGetValue(Notice, out var notice))
        {
            var result = notice.Render(model);
            if (result.Notice is { } written) return new NoticeLetter(written.Subject, written.Html, written.Text, deliveries);

            log.LogError("Notice {Notice} cannot be rendered: {Problem}", Notice, result.Error);
        }

        // Content without this letter must not keep a holder from hearing of it.
        var text = $"正式密钥 {key.KeyId} 已由{key.AuthorityName}收回，原因：{reason}。如有异议，可以在平台“我的投诉”提出。";
        return new NoticeLetter($"【密钥收回】{key.KeyId}", $"<p>{HtmlEncoder.Default.Encode(text)}</p>", text, deliveries);
    }
}
