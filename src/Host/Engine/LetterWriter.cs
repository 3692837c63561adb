using WorkflowEngine.Content.Notices;
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
            var letter = Letters.Write(notice, turn.Content, releases.Current, id => names.GetValueOrDefault(id)?.Name);
            var deliveries = wishes.For(notice.OrganisationId, letter.IsUrgent);
            if (letter.Written is { } written)
            {
                turn.Letters[notice.Id] = new NoticeLetter(written.Subject, written.Html, written.Text, deliveries) { Model = letter.Model };
                continue;
            }

            log.LogError("Notice {Notice} of instance {Instance} cannot be rendered: {Problem}", notice.Notice, turn.State.InstanceId, letter.Error);
            var instead = Letters.Substitute(turn.State.Case);
            turn.Letters[notice.Id] = new NoticeLetter(instead.Subject, instead.Html, instead.Text, deliveries);
            var id = notice.Id with { Ordinal = nextOrdinal++ };
            incidents.Add(new Effect.RaiseIncident(id, ActivityId: "", Letters.IncidentOf(notice, letter.Error)));
        }

        return incidents.Count == 0 ? burst : burst with { Effects = [.. burst.Effects, .. incidents] };
    }

    private async Task<IReadOnlyDictionary<string, Organisation>> NamesAsync(List<Effect.QueueNotice> notices, CancellationToken ct) =>
        await addressees.FindAsync(notices.SelectMany(Letters.OrganisationsIn).ToHashSet(), ct);
}
