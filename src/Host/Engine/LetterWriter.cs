using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// Writes the letter of every notice that a burst queues, from the notice as the case's release has it, or the current one for
/// a notice of the platform that is younger than the case. A notice that
/// cannot be rendered is not lost: its reader gets a short letter that points to the case, and the case an incident that
/// tells the operator which template failed and why.
/// </summary>
public sealed class LetterWriter(Addressees addressees, ContentReleases releases, ILogger<LetterWriter> log)
{
    private static readonly string[] PartyMembers = [CaseHeader.Applicant, CaseHeader.Authority, CaseHeader.Province, CaseHeader.Vendor];

    /// <summary>The burst, with an incident added for each letter that could not be written.</summary>
    public async Task<Burst> WriteAsync(InstanceTurn turn, Burst burst, DateTimeOffset businessNow, CancellationToken ct)
    {
        var notices = burst.Effects.OfType<Effect.QueueNotice>().ToList();
        if (notices.Count == 0) return burst;

        var names = await NamesAsync(notices, ct);
        var incidents = new List<Effect>();
        var nextOrdinal = burst.Effects.Max(effect => effect.Id.Ordinal) + 1;
        foreach (var notice in notices)
        {
            var wishes = names.GetValueOrDefault(notice.OrganisationId)?.Wishes ?? DeliveryWishes.InboxOnly;
            if (Render(turn, notice, names, out var isUrgent, out var problem) is { } rendered)
            {
                turn.Letters[notice.Id] = rendered with { Deliveries = wishes.For(notice.OrganisationId, isUrgent) };
                continue;
            }

            log.LogError("Notice {Notice} of instance {Instance} cannot be rendered: {Problem}", notice.Notice, turn.State.InstanceId, problem);
            turn.Letters[notice.Id] = Substitute(turn.State.Case) with { Deliveries = wishes.For(notice.OrganisationId, isUrgent) };
            var id = notice.Id with { Ordinal = nextOrdinal++ };
            incidents.Add(new Effect.RaiseIncident(id, ActivityId: "", $"通知“{notice.Notice}”未能生成：{problem}"));
        }

        return incidents.Count == 0 ? burst : burst with { Effects = [.. burst.Effects, .. incidents] };
    }

    private NoticeLetter? Render(
        InstanceTurn turn, Effect.QueueNotice queued, IReadOnlyDictionary<string, Organisation> names, out bool isUrgent, out string? problem)
    {
        if (!turn.Content.Notices.TryGetValue(queued.Notice, out var notice) && !releases.Current.Notices.TryGetValue(queued.Notice, out notice))
        {
            // Nobody knows what it would have said.
            isUrgent = true;
            problem = $"no notice of that name in release {turn.Content.Id}";
            return null;
        }

        isUrgent = notice.IsUrgent;
        var model = notice.Used(WithNames(queued.Model, names));
        var result = notice.Render(model);
        problem = result.Error;
        return result.Notice is { } written ? new NoticeLetter(written.Subject, written.Html, written.Text, []) { Model = model } : null;
    }

    /// <summary>The engine knows organisations by id; a letter wants them by name.</summary>
    private static JsonObject WithNames(JsonObject model, IReadOnlyDictionary<string, Organisation> names)
    {
        var named = (JsonObject)model.DeepClone();
        foreach (var party in PartyMembers)
        {
            if (named[party] is JsonValue value && value.TryGetValue<string>(out var id))
            {
                named[party] = new JsonObject { ["id"] = id, ["name"] = names.GetValueOrDefault(id)?.Name ?? id };
            }
        }

        return named;
    }

    private async Task<IReadOnlyDictionary<string, Organisation>> NamesAsync(List<Effect.QueueNotice> notices, CancellationToken ct)
    {
        var ids = notices.Select(notice => notice.OrganisationId)
            .Concat(notices.SelectMany(notice => PartyMembers
                .Select(party => notice.Model[party] is JsonValue value && value.TryGetValue<string>(out var id) ? id : null)
                .OfType<string>()))
            .ToHashSet();
        return await addressees.FindAsync(ids, ct);
    }

    private static NoticeLetter Substitute(CaseHeader? header)
    {
        var text = header is null ? "您有一条新通知，请登录平台查看。" : $"您的办件 {header.Number} 有新的进展，请登录平台查看。";
        return new NoticeLetter(header is null ? "新通知" : $"办件 {header.Number} 有新通知", $"<p>{text}</p>", text, []);
    }
}
