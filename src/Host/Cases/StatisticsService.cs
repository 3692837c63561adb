using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Cases;

/// <summary>Warnings by whose side the cause was on, as the authority found it.</summary>
/// <param name="Authority">Counted against the authority; those without an answer or without a cause are among them.</param>
/// <param name="Applicant">On the enterprise's side: not counted against the authority (D-12, D-14).</param>
/// <param name="Nobody">On neither side (D-16).</param>
/// <param name="Unanswered">Not answered yet.</param>
/// <param name="Supervised">Warnings that went to a level above. They are about steps of which the others tell already.</param>
public sealed record WarningCount(int Authority, int Applicant, int Nobody, int Unanswered, int Supervised)
{
    public static readonly WarningCount None = new(0, 0, 0, 0, 0);

    public static WarningCount operator +(WarningCount one, WarningCount other) => new(
        one.Authority + other.Authority, one.Applicant + other.Applicant, one.Nobody + other.Nobody, one.Unanswered + other.Unanswered, one.Supervised + other.Supervised);
}

/// <summary>One line of the overview.</summary>
public sealed record AuthorityCount(string AuthorityId, string Name, int InTime, int Late, int Open, int OpenLate, WarningCount Warnings);

/// <summary>A step of a flow over the chosen authorities.</summary>
public sealed record StepCount(string FlowId, string Flow, string ActivityId, string Title, int InTime, int Late, int Open, int OpenLate);

/// <summary>An outcome of a step over the chosen authorities.</summary>
/// <param name="Again">Cases in which the step ended so more than once: returned again, for example (D-5).</param>
public sealed record OutcomeCount(string FlowId, string ActivityId, string Outcome, string Label, int Times, int Cases, int Again);

/// <summary>Figures of a period.</summary>
/// <param name="From">First business date, in China.</param>
/// <param name="To">Last business date.</param>
/// <param name="Authorities">Everyone with figures, in the order of the administrative division.</param>
/// <param name="Chosen">The authority that <paramref name="Steps"/> and <paramref name="Outcomes"/> are about; <c>null</c> for all together.</param>
public sealed record StatisticsReport(
    DateOnly From, DateOnly To, IReadOnlyList<AuthorityCount> Authorities, AuthorityCount? Chosen, IReadOnlyList<StepCount> Steps, IReadOnlyList<OutcomeCount> Outcomes);

/// <summary>统计: what was done in time, what was returned, and on whose side the causes of delay were (D-5, D-8, D-12, D-14).</summary>
public sealed class StatisticsService(StatisticsQueries queries, ContentReleases releases, BusinessClock clock)
{
    /// <summary>Longest period of one report.</summary>
    public const int MaxYears = 5;

    /// <summary>What is wrong with a period, in words; <c>null</c> when nothing is.</summary>
    public static string? ProblemOf(DateOnly from, DateOnly to) =>
        from > to ? "开始日期在结束日期之后，请改正。"
        : from.Year < 2000 || to.Year > 2100 ? "日期应在 2000 年至 2100 年之间。"
        : from.AddYears(MaxYears) <= to ? $"一次最多统计 {MaxYears} 年，请缩短期间。"
        : null;

    /// <summary>The year so far.</summary>
    public (DateOnly From, DateOnly To) UsualPeriod => (new DateOnly(clock.Today.Year, 1, 1), clock.Today);

    /// <param name="authorityId">One of those with figures, or all together; somebody else's has none.</param>
    /// <exception cref="ArgumentException"><see cref="ProblemOf"/> finds the period wrong.</exception>
    public async Task<StatisticsReport> ReportAsync(SignedInPerson person, DateOnly from, DateOnly to, string? authorityId, CancellationToken ct)
    {
        if (ProblemOf(from, to) is { } problem) throw new ArgumentException(problem, nameof(from));

        var content = releases.Current;
        var causes = CausesIn(content.Forms);
        var found = await queries.CountAsync(
            person.Tenant, Midnight(from), Midnight(to.AddDays(1)), clock.Now, [.. causes.Keys], ct);

        var steps = found.Steps.ToLookup(step => step.AuthorityId);
        var warnings = found.Warnings.ToLookup(warning => warning.AuthorityId, warning => CountOf(warning, causes));
        var names = found.Steps.Select(step => (step.AuthorityId, step.AuthorityName)).Union(found.Warnings.Select(warning => (warning.AuthorityId, warning.AuthorityName)));
        List<AuthorityCount> authorities =
        [
            .. from authority in names
               let own = steps[authority.AuthorityId].ToList()
               select new AuthorityCount(
                   authority.AuthorityId, authority.AuthorityName, own.Sum(step => step.InTime), own.Sum(step => step.Late), own.Sum(step => step.Open), own.Sum(step => step.OpenLate),
                   warnings[authority.AuthorityId].Aggregate(WarningCount.None, (sum, one) => sum + one)),
        ];
        var chosen = authorities.Find(authority => authority.AuthorityId == authorityId);
        return new StatisticsReport(
            from, to, authorities, chosen,
            [
                .. from step in found.Steps
                   where chosen is null || step.AuthorityId == chosen.AuthorityId
                   group step by (step.FlowId, step.ActivityId) into same
                   select new StepCount(
                       same.Key.FlowId, content.Flows.GetValueOrDefault(same.Key.FlowId)?.Name ?? same.Key.FlowId, same.Key.ActivityId, same.First().Title,
                       same.Sum(step => step.InTime), same.Sum(step => step.Late), same.Sum(step => step.Open), same.Sum(step => step.OpenLate)),
            ],
            [
                .. from outcome in found.Outcomes
                   where chosen is null || outcome.AuthorityId == chosen.AuthorityId
                   group outcome by (outcome.FlowId, outcome.ActivityId, outcome.Outcome) into same
                   select new OutcomeCount(
                       same.Key.FlowId, same.Key.ActivityId, same.Key.Outcome, same.First().Label,
                       same.Sum(outcome => outcome.Times), same.Sum(outcome => outcome.Cases), same.Sum(outcome => outcome.Again)),
            ]);
    }

    /// <summary>The fields whose choices say who is responsible, and what each choice says.</summary>
    private static Dictionary<CauseField, Dictionary<string, ResponsibleSide>> CausesIn(IReadOnlyDictionary<string, FormDefinition> forms) => (
        from form in forms
        from field in form.Value.Fields
        let sides = (from option in field.Options where option.Responsible is not null select option).ToDictionary(option => option.Value, option => option.Responsible!.Value)
        where sides.Count > 0
        select (Field: new CauseField(form.Key, field.Name), Sides: sides)).ToDictionary(cause => cause.Field, cause => cause.Sides);

    private static WarningCount CountOf(WarningFigures warning, Dictionary<CauseField, Dictionary<string, ResponsibleSide>> causes)
    {
        var side = warning is { FormId: { } form, Field: { } field, Cause: { } cause }
            && causes.TryGetValue(new CauseField(form, field), out var sides) && sides.TryGetValue(cause, out var known) ? known : ResponsibleSide.Authority;
        return new WarningCount(
            side == ResponsibleSide.Authority ? warning.Own : 0,
            side == ResponsibleSide.Applicant ? warning.Own : 0,
            side == ResponsibleSide.Nobody ? warning.Own : 0,
            warning.Answered ? 0 : warning.Own,
            warning.Above);
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), BusinessClock.Offset);
}
