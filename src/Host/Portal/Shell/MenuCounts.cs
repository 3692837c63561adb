using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>The small figures in the navigation: what waits for this person.</summary>
public sealed class MenuCounts(CaseQueries queries, IncidentService incidents, MailDesk mail, BusinessClock clock)
{
    /// <param name="Overdue">How many of the open tasks are late.</param>
    /// <param name="OpenIncidents">How many this person may decide about.</param>
    /// <param name="UndecidedMail">Mails of before a restore.</param>
    public sealed record Numbers(int Tasks, int Overdue, int OpenWarnings, int UnreadNotices, int OpenIncidents, int UndecidedMail)
    {
        public static readonly Numbers None = new(0, 0, 0, 0, 0, 0);

        public int? Of(Section section) => section switch
        {
            Section.Tasks => Tasks,
            Section.Warnings => OpenWarnings,
            Section.Notices => UnreadNotices,
            Section.Incidents => OpenIncidents,
            Section.Mail => UndecidedMail,
            _ => null,
        };
    }

    public async Task<Numbers> LoadAsync(SignedInPerson person, CancellationToken ct)
    {
        var role = person.Actor.Role;
        var unread = Site.HasLetters(role) ? await queries.UnreadAsync(person.Tenant, person.Actor.UserId, role, ct, person.OnlyRole is not null) : 0;
        var open = Site.DecidesIncidents(role) ? await incidents.CountAsync(person, ct) : 0;
        var mails = Site.LooksAfterMail(role) ? (await mail.FiguresAsync(ct)).BeforeRestore : 0;
        var numbers = Numbers.None with { UnreadNotices = unread, OpenIncidents = open, UndecidedMail = mails };
        return Site.WorksOnCases(role) ? await WithWorkAsync(numbers, person, ct) : numbers;
    }

    private async Task<Numbers> WithWorkAsync(Numbers numbers, SignedInPerson person, CancellationToken ct)
    {
        var open = await queries.TasksAsync(person.Tenant, new TaskFilter { Role = person.OnlyRole, PageSize = 1 }, ct);
        var late = open.Total == 0 ? 0 : (await queries.TasksAsync(person.Tenant, new TaskFilter { Role = person.OnlyRole, OverdueAt = clock.Now, PageSize = 1 }, ct)).Total;
        var warnings = Site.IsVendor(person.Actor.Role) || person.OnlyRole is not null ? 0 : (await queries.WarningsAsync(person.Tenant, openOnly: true, page: 0, pageSize: 1, ct)).Total;
        return numbers with { Tasks = open.Total, Overdue = late, OpenWarnings = warnings };
    }
}
