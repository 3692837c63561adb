using System.Globalization;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>
/// Running cases whose clocks are stopped, taken up and extended and whose calendar is edited while their timers are armed: after every act the tasks' dates and the armed timers are
/// those that the clerk finds by counting. A failing story is told in as few acts as it takes.
/// </summary>
public sealed class DeadlineLawTests
{
    private const int Seed = 20261121;
    private const int Stories = 3_000;
    private const string Review = "review";
    private const string Correct = "correct";
    private const string Wait = "wait";

    /// <summary>Imports are what the stories are about.</summary>
    private static readonly Kind[] Kinds = [.. Enum.GetValues<Kind>(), Kind.Import];

    private static readonly Actor Person = new("u-1", "经办", "440300", "officer");

    private static readonly Lazy<(LawCalendar Law, WorkingDayCalendar Product)[]> Calendars = new(() =>
    {
        // Few changes near one another, so that an import moves a limit as often as not.
        var random = new Random(Seed);
        return
        [
            (LawCalendar.Shipped, ChinaCalendar.Shipped),
            .. Enumerable.Range(0, 60).Select(i => LawCalendar.Shipped.Edited(random, 20 * i)).Select(law => (law, law.ToProduct())),
        ];
    });

    private static readonly Lazy<Flow[]> Flows = new(() =>
    [
        .. from review in (int[])[1, 3, 5, 15] from correction in (int[])[2, 10] from mode in (string[])["CounterBased", "TokenBased"]
           select new Flow(Drawn(mode, review, correction), review, correction),
    ]);

    [Fact]
    public void Deadlines_and_armed_timers_follow_clocks_and_calendars_as_the_clerk_counts()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Stories; i++)
        {
            var flow = Flows.Value[random.Next(Flows.Value.Length)];
            var start = new DateTimeOffset(2021, 1, 2, 0, 0, 0, TimeSpan.FromHours(8)).AddMinutes(random.Next(365 * 6 * 1440));
            var acts = Enumerable.Range(0, random.Next(2, 10))
                .Select(_ => new Act(Kinds[random.Next(Kinds.Length)], random.Next(9 * 1440), random.Next(Calendars.Value.Length), random.Next(8) == 0)).ToList();
            if (Difference(flow, start, acts) is { } problem)
            {
                var shortest = Shrinking.Shortest(acts, problem, fewer => Difference(flow, start, fewer));
                Assert.Fail($"story {i} of seed {Seed}: filed {start:yyyy-MM-dd HH:mm}, review {flow.Review} and correction {flow.Correction} working days; {string.Join("; ", shortest.Acts)}: {shortest.Problem}");
            }
        }
    }

    private static string? Difference(Flow flow, DateTimeOffset start, IReadOnlyList<Act> acts)
    {
        var (law, calendar) = Calendars.Value[0];
        var desk = new Desk(flow.Definition, calendar) { Now = start };
        var clerk = new LimitClerk(law);
        desk.Send(new Stimulus.Start(null, [], null));
        clerk.Opens(Review, Review, flow.Review, bindsParty: false, 1, desk.Now);
        clerk.Waits(Wait, flow.Review + 1, desk.Now);
        if (Compare(desk, clerk) is { } atOnce)
        {
            return atOnce;
        }

        foreach (var act in acts)
        {
            var now = desk.Now.AddMinutes(act.Minutes);
            // A host that was down for a while comes to its timers after the act.
            if (!act.HostIsDown && Fire(desk, clerk, now) is { } late)
            {
                return late;
            }

            desk.Now = now;
            Do(act, flow, desk, clerk);
            if (Compare(desk, clerk) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static void Do(Act act, Flow flow, Desk desk, LimitClerk clerk)
    {
        switch (act.Kind)
        {
            case Kind.Return when desk.Tasks.ContainsKey(Review):
                desk.Answer(Review, "Returned");
                clerk.Closes(Review, desk.Now);
                clerk.Suspends(Review, desk.Now);
                clerk.Opens(Correct, Correct, flow.Correction, bindsParty: true, 2, desk.Now);
                break;
            case Kind.Resubmit when desk.Tasks.ContainsKey(Correct):
                desk.Answer(Correct, "Resubmitted");
                clerk.Closes(Correct, desk.Now);
                clerk.Opens(Review, Review, flow.Review, bindsParty: false, 1, desk.Now);
                break;
            case Kind.Suspend:
                desk.Answer("desk", $"Suspend-{Busy(desk)}");
                clerk.Suspends(Busy(desk), desk.Now);
                break;
            case Kind.Resume:
                desk.Answer("desk", $"Resume-{Busy(desk)}");
                clerk.Resumes(Busy(desk), desk.Now, anew: false);
                break;
            case Kind.Restart:
                desk.Answer("desk", $"Restart-{Busy(desk)}");
                clerk.Resumes(Busy(desk), desk.Now, anew: true);
                break;
            case Kind.Extend:
                desk.Answer("desk", $"Extend-{Busy(desk)}");
                clerk.Extends(Busy(desk), 2, desk.Now);
                break;
            case Kind.Import:
                var (law, calendar) = Calendars.Value[act.Calendar];
                desk.Import(calendar);
                clerk.Imports(law, desk.Now);
                break;
        }
    }

    /// <summary>The clock that somebody works on.</summary>
    private static string Busy(Desk desk) => desk.Tasks.ContainsKey(Correct) ? Correct : Review;

    /// <summary>Fires what is due, in order, telling the clerk; what is wrong with it, if anything is.</summary>
    private static string? Fire(Desk desk, LimitClerk clerk, DateTimeOffset until)
    {
        while (desk.Timers.Values.Where(timer => timer.DueAt <= until).OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Id.ToString(), StringComparer.Ordinal).FirstOrDefault() is { } due)
        {
            desk.Now = due.DueAt > desk.Now ? due.DueAt : desk.Now;
            var step = desk.StepOf(due);
            desk.Fire(due);
            if (due.Kind == TimerKind.Reminder)
            {
                clerk.Reminded(step);
            }
            else
            {
                clerk.Passed(step);
            }

            if (Compare(desk, clerk) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Compare(Desk desk, LimitClerk clerk)
    {
        var product = desk.Limits().Order(StringComparer.Ordinal).ToList();
        var law = clerk.Open.SelectMany(open => Told(open.Key, open.Value)).Order(StringComparer.Ordinal).ToList();
        return product.SequenceEqual(law)
            ? null
            : $"on {desk.Now:yyyy-MM-dd HH:mm} the law says [{string.Join(", ", law.Except(product))}] and the product [{string.Join(", ", product.Except(law))}]; calendar: "
                + clerk.Law.Tell(DateOnly.FromDateTime(desk.Now.Date), DateOnly.FromDateTime(desk.Now.Date).AddDays(20));
    }

    private static IEnumerable<string> Told(string step, LimitClerk.Limit limit)
    {
        if (limit.Clock is not null)
        {
            yield return Text($"{step} is due {limit.Due:yyyy-MM-dd}{(limit.IsProvisional ? " (provisional)" : "")}");
        }

        if (limit.Ends is { } ends)
        {
            yield return Text($"{step} passes {ends:yyyy-MM-dd HH:mm}");
        }

        if (limit.Reminder is { } reminder)
        {
            yield return Text($"{step} is reminded of {reminder:yyyy-MM-dd HH:mm}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static WorkflowDefinition Drawn(string mode, int review, int correction)
    {
        string[] clocks = [Review, Correct];
        string[] acts = ["Suspend", "Resume", "Restart", "Extend"];
        var outcomes = string.Join(' ', from act in acts from clock in clocks select $"{act}-{clock}");
        string Step(string act, string clock) => act switch
        {
            "Suspend" => $$"""{ "id": "{{act}}-{{clock}}", "type": "Gov.SuspendClock", "clock": "{{clock}}" }""",
            "Resume" => $$"""{ "id": "{{act}}-{{clock}}", "type": "Gov.ResumeClock", "clock": "{{clock}}" }""",
            "Restart" => $$"""{ "id": "{{act}}-{{clock}}", "type": "Gov.ResumeClock", "clock": "{{clock}}", "mode": "restart" }""",
            _ => $$"""{ "id": "{{act}}-{{clock}}", "type": "Gov.ExtendClock", "clock": "{{clock}}", "days": 2 }""",
        };

        return Drawing.Flow(
            mode,
            [
                Drawing.Submit, Drawing.Task(Review, "Returned", $$""" "clock": "review", "limit": {{review}}, """), """{ "id": "pause", "type": "Gov.SuspendClock", "clock": "review" }""",
                Drawing.Task(Correct, "Resubmitted", $$""" "clock": "correct", "limit": {{correction}}, """, "applicant"), Drawing.Task("desk", outcomes),
                $$"""{ "id": "wait", "type": "Gov.WorkingDayTimer", "days": {{review + 1}} }""", Drawing.Notice("remind"), Drawing.Notice("warn"), Drawing.Notice("waited"),
                .. from act in acts from clock in clocks select Step(act, clock),
            ],
            [
                $"submit > {Review}", "submit > desk", "submit > wait", "wait > waited", $"{Review}.Returned > pause", $"pause > {Correct}", $"{Correct}.Resubmitted > {Review}",
                .. from task in clocks from port in (string[])["Reminder > remind", "Overdue > warn"] select $"{task}.{port}",
                .. from act in acts from clock in clocks from edge in (string[])[$"desk.{act}-{clock} > {act}-{clock}", $"{act}-{clock} > desk"] select edge,
            ]);
    }

    private enum Kind
    {
        Return,
        Resubmit,
        Suspend,
        Resume,
        Restart,
        Extend,
        Import,
        Nothing,
    }

    private sealed record Flow(WorkflowDefinition Definition, int Review, int Correction);

    private sealed record Act(Kind Kind, int Minutes, int Calendar, bool HostIsDown)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Minutes / 1440} d {Minutes % 1440 / 60} h later {Kind}{(Kind == Kind.Import ? $" of calendar {Calendar}" : "")}{(HostIsDown ? " while the host is down" : "")}");
    }

    /// <summary>A case with the rows that its host would have: open tasks with their dates, armed timers.</summary>
    private sealed class Desk(WorkflowDefinition flow, WorkingDayCalendar calendar)
    {
        private readonly Dictionary<string, string> _stepOfTask = [];
        private Facts _facts = Facts.None.With(FactKey.Calendar, calendar)
            .With(new FactKey(FactKind.Organisation, "440300"), new OrganisationFact("440300", "深圳市住房和建设局", OrganisationLevel.City, "440000"));

        private WorkflowState _state = WorkflowState.New(Guid.Empty, flow, CaseInMemory.Header("440300"));

        public DateTimeOffset Now { get; set; }

        /// <summary>Open tasks with their dates as they were told, by step.</summary>
        public Dictionary<string, (string Id, DateOnly? Due, bool Provisional)> Tasks { get; } = [];

        public Dictionary<string, Effect.ArmTimer> Timers { get; } = [];

        public void Answer(string step, string outcome) => Send(new Stimulus.TaskCompleted(Tasks[step].Id, outcome, [], Person));

        public string StepOf(Effect.ArmTimer timer) => _stepOfTask.GetValueOrDefault(timer.BookmarkId, Wait);

        public void Fire(Effect.ArmTimer timer)
        {
            Timers.Remove(timer.Id.ToString());
            Send(new Stimulus.TimerFired(timer.Id.ToString()));
        }

        public void Import(WorkingDayCalendar calendar)
        {
            _facts = _facts.With(FactKey.Calendar, calendar);
            if (WorkflowRunner.Run(flow, _state, new Stimulus.CalendarChanged(), _facts, Now) is RunResult.Ran ran)
            {
                Take(ran.Burst);
            }
        }

        public void Send(Stimulus stimulus) => Take(Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(flow, _state, stimulus, _facts, Now)).Burst);

        public IEnumerable<string> Limits()
        {
            foreach (var (step, task) in Tasks.Where(task => task.Key != "desk"))
            {
                yield return Text($"{step} is due {task.Due:yyyy-MM-dd}{(task.Provisional ? " (provisional)" : "")}");
            }

            foreach (var timer in Timers.Values)
            {
                yield return Text($"{StepOf(timer)} {(timer.Kind == TimerKind.Reminder ? "is reminded of" : "passes")} {timer.DueAt.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd HH:mm}");
            }
        }

        private void Take(Burst burst)
        {
            Assert.Empty(burst.State.Incidents);
            _state = burst.State;
            foreach (var effect in burst.Effects)
            {
                switch (effect)
                {
                    case Effect.OpenTask task:
                        Tasks.Add(task.ActivityId, (task.Id.ToString(), task.DueDate, task.Provisional));
                        _stepOfTask.Add(task.Id.ToString(), task.ActivityId);
                        break;
                    case Effect.CloseTask closed:
                        Tasks.Remove(_stepOfTask[closed.TaskId]);
                        break;
                    case Effect.ChangeDeadline change:
                        Tasks[_stepOfTask[change.TaskId]] = (change.TaskId, change.NewDue, change.Provisional);
                        break;
                    case Effect.ArmTimer timer:
                        Timers.Add(timer.Id.ToString(), timer);
                        break;
                    case Effect.CancelTimer cancelled:
                        Assert.True(Timers.Remove(cancelled.TimerId), "a timer is cancelled that is not armed");
                        break;
                }
            }
        }
    }
}
