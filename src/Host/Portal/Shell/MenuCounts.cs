using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>The small figures in the navigation: what waits for this person.</summary>
public sealed class MenuCounts(CaseQueries queries, BusinessClock clock)
{
    /// <param name="Overdue">How many of the open tasks are late.</param>
    public sealed record Numbers(int Tasks, int Overdue, int OpenWarnings, int UnreadNotices)
    {
        public static readonly Numbers None = new(0, 0, 0, 0);

        public int? Of(Section section) => section switch
        {
            Section.Tasks => Tasks,
            Section.Warnings => OpenWarnings,
            Section.Notices => UnreadNotices,
            _ => null,
        };
    }

    public async Task<Numbers> LoadAsync(SignedInPerson person, CancellationToken ct)
    {
        if (!Site.WorksOnCases(person.Actor.Role)) return Numbers.None;

        var open = await queries.TasksAsync(person.Tenant, new TaskFilter { Role = person.OnlyRole, PageSize = 1 }, ct);
        var late = open.Total == 0 ? 0 : (await queries.TasksAsync(person.Tenant, new TaskFilter { Role = person.OnlyRole, OverdueAt = clock.Now, PageSize = 1 }, ct)).Total;
        var warnings = Site.IsVendor(person.Actor.Role) || person.OnlyRole is not null ? 0 : (await queries.WarningsAsync(person.Tenant, openOnly: true, page: 0, pageSize: 1, ct)).Total;
        var unread = await queries.UnreadAsync(person.Tenant, person.Actor.UserId, person.Actor.Role, ct, person.OnlyRole is not null);
        return new Numbers(open.Total, late, warnings, unread);
    }
}
