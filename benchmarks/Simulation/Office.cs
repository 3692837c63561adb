using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>What all hosts know alike: the flows, the calendar, the organisations. The engine is the real one.</summary>
internal sealed class Office
{
    public const string Case = "simulated-case";
    public const string Inspection = "simulated-inspection";
    public const string Applicant = "91440300MA5EXAMPL1";
    public const string Authority = "440300";

    /// <summary>A Wednesday; until October no day is off that is not a weekend, so the model counts weekdays.</summary>
    public static readonly DateTimeOffset Opening = new(2026, 7, 1, 9, 0, 0, TimeSpan.FromHours(8));

    private static readonly Lazy<Office> Read = new(() => new Office(AppContext.BaseDirectory));

    private readonly Dictionary<string, WorkflowDefinition> _flows;
    private readonly Facts _facts;

    private Office(string folder)
    {
        _flows = new[] { Case, Inspection }.ToDictionary(id => id, id =>
        {
            var path = Path.Combine(folder, "Flows", $"{id}.json");
            var read = WorkflowDefinition.Read(File.ReadAllText(path), path);
            return read.Definition ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
        });
        var calendar = Path.Combine(folder, "calendar.json");
        _facts = Facts.None
            .With(FactKey.Calendar, WorkingDayCalendar.Read(File.ReadAllText(calendar), calendar).Calendar!)
            .With(new FactKey(FactKind.Definition, Inspection), _flows[Inspection])
            .With(new FactKey(FactKind.Organisation, Authority), new OrganisationFact(Authority, "深圳市住房和建设局", OrganisationLevel.City, "440000"))
            .With(new FactKey(FactKind.Organisation, Applicant), new OrganisationFact(Applicant, "甲科技", OrganisationLevel.Enterprise, null));
    }

    public static Office Shared => Read.Value;

    public static Actor Officer { get; } = new("u-officer", "王审核", Authority, "officer");

    public Turn Begin(Guid id, string flow, NewInstance @new, CaseHeader? header) => new(this, WorkflowState.New(id, _flows[flow], header), _flows[flow], @new);

    public Turn Resume(StoredInstance stored) => new(this, stored.State, _flows[stored.DefinitionId], null);

    /// <summary>One instance on its way through one or more stimuli, from a fresh load to the unit that commits them, as in the host.</summary>
    internal sealed class Turn(Office office, WorkflowState state, WorkflowDefinition definition, NewInstance? @new)
    {
        private readonly int _expected = state.Revision;
        private readonly List<Burst> _bursts = [];
        private readonly List<string> _timers = [];
        private readonly List<string> _signals = [];

        public WorkflowState State { get; private set; } = state;

        public bool HasRun => _bursts.Count > 0;

        public RunResult Run(Stimulus stimulus, DateTimeOffset now, string? timer = null, string? signal = null)
        {
            var result = WorkflowRunner.Run(definition, State, stimulus, office._facts, now);
            if (result is RunResult.NeedFacts need)
            {
                throw new InvalidOperationException($"The simulation lacks {string.Join(", ", need.Keys)}.");
            }

            if (result is RunResult.Ran ran)
            {
                _bursts.Add(ran.Burst);
                State = ran.Burst.State;
                if (timer is not null)
                {
                    _timers.Add(timer);
                }

                if (signal is not null)
                {
                    _signals.Add(signal);
                }
            }

            return result;
        }

        public CommitUnit ToUnit(DateTimeOffset now, IdempotencyKey? key = null) => new()
        {
            InstanceId = State.InstanceId,
            ExpectedRevision = _expected,
            Bursts = [.. _bursts],
            BusinessNow = now,
            New = @new,
            ConsumedTimers = [.. _timers],
            ConsumedSignals = [.. _signals],
            IdempotencyKey = key,
            Letters = _bursts.SelectMany(burst => burst.Effects).OfType<Effect.QueueNotice>()
                .ToDictionary(notice => notice.Id, notice => new NoticeLetter("s", "h", "t", [Delivery.Mail($"{notice.OrganisationId}@example.cn")])),
        };
    }
}
