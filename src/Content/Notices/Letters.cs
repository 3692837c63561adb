using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Notices;

/// <summary>A letter that a notice became.</summary>
/// <param name="Written">Null when it cannot be written; <paramref name="Error"/> tells the operator why.</param>
/// <param name="Model">What of its model the letter may use: enough to write the same letter again.</param>
public sealed record Letter(RenderedNotice? Written, string? Error, bool IsUrgent, JsonObject? Model);

/// <summary>Makes letters of the notices that a burst queues: the engine knows organisations by id, a letter wants them by name.</summary>
public static class Letters
{
    private static readonly string[] PartyMembers = [CaseHeader.Applicant, CaseHeader.Authority, CaseHeader.Province, CaseHeader.Vendor];

    /// <summary>Whose names and addresses the letter needs.</summary>
    public static IEnumerable<string> OrganisationsIn(Effect.QueueNotice queued) =>
        PartyMembers.Select(party => IdOf(queued.Told, party)).OfType<string>().Prepend(queued.OrganisationId);

    /// <summary>Writes it with the notice as the case's release has it, or the current one for a notice of the platform that is younger than the case.</summary>
    /// <param name="nameOf">Null: no such organisation.</param>
    public static Letter Write(Effect.QueueNotice queued, ContentSet release, ContentSet current, Func<string, string?> nameOf)
    {
        if (!release.Notices.TryGetValue(queued.Notice, out var notice) && !current.Notices.TryGetValue(queued.Notice, out notice))
        {
            // Nobody knows what it would have said.
            return new Letter(null, $"no notice of that name in release {release.Id}", IsUrgent: true, null);
        }

        var named = new Dictionary<string, object?>(queued.Told);
        foreach (var party in PartyMembers)
        {
            if (IdOf(queued.Told, party) is { } id) named[party] = new FactObject(new() { ["id"] = id, ["name"] = nameOf(id) ?? id });
        }

        var model = notice.Used(new FactObject(named));
        var (written, error) = notice.Render(model);
        return new Letter(written, error, notice.IsUrgent, model);
    }

    /// <summary>A letter in the place of one that cannot be written: it points to the case.</summary>
    public static RenderedNotice Substitute(CaseHeader? header)
    {
        var text = header is null ? "您有一条新通知，请登录平台查看。" : $"您的办件 {header.Number} 有新的进展，请登录平台查看。";
        return new RenderedNotice(header is null ? "新通知" : $"办件 {header.Number} 有新通知", $"<p>{text}</p>", text);
    }

    /// <summary>What tells the operator which notice failed and why.</summary>
    public static string IncidentOf(Effect.QueueNotice queued, string? problem) => $"通知“{queued.Notice}”未能生成：{problem}";

    private static string? IdOf(FactObject told, string party) => told.GetValueOrDefault(party) as string;
}
