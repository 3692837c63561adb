using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Turns units into the rows of every table, one statement per table however many units there are.</summary>
internal sealed class UnitRows(Envelope envelope)
{
    /// <summary>What an instance expects that waits for a published event; the key is the event's name.</summary>
    private const string EventExpectation = "event";

    /// <summary>The journal's word for a step that ended with its outcome.</summary>
    private const string Answered = "Completed";

    private const NpgsqlDbType Text = NpgsqlDbType.Text;
    private const NpgsqlDbType Json = NpgsqlDbType.Json;
    private const NpgsqlDbType Id = NpgsqlDbType.Uuid;
    private const NpgsqlDbType Number = NpgsqlDbType.Integer;
    private const NpgsqlDbType Instant = NpgsqlDbType.TimestampTz;
    private const NpgsqlDbType Date = NpgsqlDbType.Date;
    private const NpgsqlDbType Flag = NpgsqlDbType.Boolean;
    private const NpgsqlDbType Bytes = NpgsqlDbType.Bytea;

    private readonly InstanceRows _instances = new();

    private readonly Rows _newCases = Rows.Insert("cases",
    [
        new("instance_id", Id), new("organisation_id", Text), new("number", Text), new("title", Text), new("flow_id", Text), new("applicant_id", Text),
        new("authority_id", Text), new("province_id", Text), new("readers", Text, "organisation_readers(string_to_array(r.readers, ','))"), new("release_id", Text),
        new("revision", Number), new("status", Text), new("clocks", Json), new("submitted_at", Instant), new("outcome", Text), new("closed_at", Instant),
        new("linked_number", Text), new("unit", Text), new("confidential", Flag),
    ]);

    private readonly Rows _cases = Rows.Update("cases",
        [new("id", Id), new("revision", Number), new("status", Text), new("clocks", Json), new("outcome", Text), new("at", Instant)],
        "revision = r.revision, status = r.status, clocks = r.clocks::json, outcome = r.outcome, "
        + "closed_at = case when r.outcome is null then null else coalesce(t.closed_at, r.at) end",
        "t.instance_id = r.id");

    private readonly Rows _firedTimers = Rows.Update("timers", [new("id", Text), new("at", Instant)], "status = 'fired', settled_at = r.at", "t.id = r.id");

    private readonly Rows _consumedSignals = Rows.Update("signals", [new("id", Text), new("at", Instant)], "status = 'consumed', settled_at = r.at", "t.id = r.id");

    private readonly Rows _tasks = Rows.Insert("tasks",
    [
        new("id", Text), new("instance_id", Id), new("organisation_id", Text), new("kind", Text), new("activity_id", Text), new("title", Text), new("party", Text),
        new("role", Text), new("form_id", Text), new("outcomes", Json), new("clock", Text), new("start_date", Date), new("due_date", Date), new("provisional", Flag),
        new("overdue_at", Instant), new("warning_id", Text), new("data", Json), new("release_id", Text), new("opened_at", Instant), new("case_number", Text), new("internal", Flag),
    ]);

    private readonly InternalPaperRows _internal = new();

    private readonly Rows _closedTasks = Rows.Update("tasks",
        [new("id", Text), new("ended", Text), new("outcome", Text), new("answers", Json), new("by_user", Text), new("by_name", Text), new("at", Instant)],
        "ended = r.ended, outcome = r.outcome, answers = r.answers::json, closed_by_user = r.by_user, closed_by_name = r.by_name, closed_at = r.at",
        "t.id = r.id and t.closed_at is null");

    private readonly Rows _deadlines = Rows.Update("tasks",
        [new("id", Text), new("due_date", Date), new("provisional", Flag), new("overdue_at", Instant)],
        "due_date = r.due_date, provisional = r.provisional, overdue_at = r.overdue_at",
        "t.id = r.id and t.closed_at is null");

    private readonly Rows _answerDeadlines = Rows.Update("warnings",
        [new("task_id", Text), new("due_date", Date)],
        "answer_due = r.due_date",
        "t.id = (select k.warning_id from tasks k where k.id = r.task_id) and t.answered_at is null");

    private readonly Rows _timers = Rows.Insert("timers",
    [
        new("id", Text), new("instance_id", Id), new("organisation_id", Text), new("kind", Text), new("bookmark_id", Text), new("due_at", Instant), new("status", Text),
    ]);

    private readonly Rows _cancelledTimers = Rows.Update("timers",
        [new("id", Text), new("at", Instant)], "status = 'cancelled', settled_at = r.at", "t.id = r.id and t.status in ('pending', 'held')");

    private readonly Rows _warnings = Rows.Insert("warnings",
    [
        new("id", Text), new("instance_id", Id), new("organisation_id", Text), new("activity_id", Text), new("colour", Text), new("level", Text),
        new("about_task_id", Text), new("title", Text), new("raised_at", Instant), new("answer_due", Date), new("case_number", Text),
    ]);

    private readonly Rows _answeredWarnings = Rows.Update("warnings",
        [new("id", Text), new("at", Instant), new("by_name", Text), new("answer", Json)],
        "answered_at = r.at, answered_by = r.by_name, answer = r.answer::json",
        "t.id = r.id and t.answered_at is null");

    private readonly Rows _notices = Rows.Insert("notices",
    [
        new("id", Text), new("instance_id", Id), new("organisation_id", Text), new("template", Text), new("party", Text), new("role", Text), new("subject", Text),
        new("html", Text), new("body", Text), new("sent_at", Instant), new("case_number", Text),
        new("model", Json),
    ]);

    private readonly OutboxRows _mails = new();

    private readonly Rows _expectations = Rows.Insert("expectations",
        [new("bookmark_id", Text), new("instance_id", Id), new("organisation_id", Text), new("name", Text), new("key", Text), new("since", Instant)]);

    private readonly RequestRows _requests = new();

    private readonly Rows _metExpectations = Rows.Delete("expectations", [new("bookmark_id", Text)], "t.bookmark_id = r.bookmark_id");

    private readonly Rows _signals = Rows.Insert("signals",
    [
        new("id", Text), new("instance_id", Id), new("organisation_id", Text), new("kind", Text), new("bookmark_id", Text), new("name", Text), new("payload", Json),
        new("status", Text), new("created_at", Instant),
    ]);

    private readonly VersionRows _versions = new();

    private readonly Rows _ends = ParentRows.Insert();

    private readonly Rows _incidents = IncidentRows.Insert();

    private readonly Rows _settledIncidents = IncidentRows.Settle();

    private readonly CredentialRows _credentials = new(envelope);

    private readonly Rows _submissions = Rows.Insert("submissions",
    [
        new("id", Id), new("instance_id", Id), new("organisation_id", Text), new("form_id", Text), new("answers", Json), new("personal", Bytes),
        new("submitted_at", Instant), new("by_user", Text), new("by_name", Text), new("opens_case", Flag), new("internal_task", Text),
    ]);

    private readonly AttachmentRows _attachments = new(envelope);

    private readonly Rows _journal = Rows.Insert("journal",
    [
        new("instance_id", Id), new("revision", Number), new("ordinal", Number), new("organisation_id", Text), new("at", Instant), new("activity_id", Text),
        new("activity_type", Text), new("event", Text), new("outcomes", Json), new("details", Json), new("by_user", Text), new("by_name", Text),
        new("by_organisation", Text), new("by_role", Text), new("internal_task", Text),
    ]);

    private readonly Rows _audit = Rows.Insert("audit",
    [
        new("chain", Text), new("sequence", NpgsqlDbType.Bigint), new("organisation_id", Text), new("at", Instant), new("content", Text), new("previous", Bytes),
        new("hash", Bytes),
    ]);

    private readonly Rows _heads = Rows.Insert("audit_heads",
        [new("chain", Text), new("organisation_id", Text), new("sequence", NpgsqlDbType.Bigint), new("hash", Bytes)],
        "on conflict (chain) do update set sequence = excluded.sequence, hash = excluded.hash");

    private readonly Rows _lostKeys = Rows.Delete("idempotency_keys", [new("scope", Text), new("key", Text)], "t.scope = r.scope and t.key = r.key");

    private readonly List<(string Name, string? CorrelationId, Guid? Instance, string? Payload, DateTimeOffset At)> _events = [];

    private readonly List<(Guid Instance, string Number)> _continuations = [];

    private readonly List<Guid> _revived = [];

    private readonly List<string> _triedAgain = [];

    /// <summary>What other hosts may look for after the commit.</summary>
    public Wake Wake { get; private set; }

    /// <summary>Why a unit cannot be committed whatever the database says; <c>null</c> when it can.</summary>
    public static string? Defect(CommitUnit unit)
    {
        if (unit.Bursts.Count == 0)
        {
            return "The unit has no burst.";
        }

        for (var index = 0; index < unit.Bursts.Count; index++)
        {
            var burst = unit.Bursts[index];
            if (burst.State.InstanceId != unit.InstanceId || burst.State.Revision != unit.ExpectedRevision + index + 1)
            {
                return $"Burst {index} is of instance {burst.State.InstanceId}, revision {burst.State.Revision}; expected {unit.InstanceId}, {unit.ExpectedRevision + index + 1}.";
            }
        }

        foreach (var effect in unit.Bursts.SelectMany(burst => burst.Effects))
        {
            if (effect is Effect.QueueNotice notice && !unit.Letters.ContainsKey(effect.Id))
            {
                return $"Notice '{notice.Notice}' ({effect.Id}) was not rendered.";
            }

            if (effect is Effect.IssueCredential && !unit.Secrets.ContainsKey(effect.Id))
            {
                return $"Credential {effect.Id} has no secret.";
            }
        }

        return (unit.New is null) == (unit.ExpectedRevision == 0)
            ? "An instance is new exactly when its expected revision is 0."
            : unit.IdempotencyKey is { } key && (string.IsNullOrWhiteSpace(key.Key) || key.Key.Length > 200)
                ? "The idempotency key is blank or longer than 200 characters."
                : null;
    }

    public void Forget(IdempotencyKey key) => _lostKeys.Add(key.Scope, key.Key);

    /// <param name="before">What the database holds; <c>null</c> for a new instance.</param>
    /// <param name="head">The end of the instance's audit chain; <c>null</c> when it has none.</param>
    public void Add(CommitUnit unit, LockedInstance? before, AuditHead? head)
    {
        var now = unit.BusinessNow;
        var organisation = before?.OrganisationId ?? unit.New!.OrganisationId;
        var last = unit.Bursts[^1].State;
        var state = last.ToJson();
        _instances.Add(unit, last, state, organisation);
        AddCase(unit, last, organisation);
        AddConsumed(unit);
        if (before?.SubStatus == nameof(InstanceSubStatus.Faulted) && last.SubStatus != InstanceSubStatus.Faulted)
        {
            _revived.Add(unit.InstanceId);
            Wake |= Wake.Timers | Wake.Signals;
        }

        var internalTask = InternalPaperRows.TaskOf(unit);
        if (unit.Submission is { } submission)
        {
            _submissions.Add(
                submission.Id, unit.InstanceId, submission.OrganisationId, submission.FormId, StoredJson.Of(submission.Values),
                envelope.Seal(StoredJson.Of(submission.Personal)!, Places.Submission(submission.Id)), now, unit.Actor?.UserId, unit.Actor?.Name, unit.New is not null,
                internalTask);
            foreach (var attachment in unit.Attachments.Distinct())
            {
                _attachments.Used.Add(attachment, unit.InstanceId, submission.OrganisationId, internalTask);
            }
        }

        foreach (var attachment in unit.Attachments)
        {
            _attachments.Taken.Add(attachment, unit.InstanceId, internalTask);
        }

        _attachments.Bring(unit);
        if (unit.New?.Continues is { } continued)
        {
            _continuations.Add((unit.InstanceId, continued));
        }

        var release = before?.ReleaseId ?? unit.New!.ReleaseId;
        foreach (var burst in unit.Bursts)
        {
            var internalSteps = InternalPaperRows.StepsOf(burst);
            foreach (var entry in burst.Journal)
            {
                _journal.Add(
                    unit.InstanceId, burst.State.Revision, entry.Ordinal, organisation, entry.At, entry.ActivityId, entry.ActivityType, entry.Event,
                    StoredJson.Of(entry.Outcomes), StoredJson.Of(entry.Details), entry.By?.UserId, entry.By?.Name, entry.By?.OrganisationId, entry.By?.Role,
                    entry.Event == Answered ? internalSteps.GetValueOrDefault(entry.ActivityId) : null);
            }

            foreach (var effect in burst.Effects)
            {
                release = effect is Effect.ChangeVersion changed ? changed.ToRelease : release;
                Add(effect, unit, organisation, release, last.Case?.Number);
            }
        }

        AddAudit(unit, state, organisation, head ?? new AuditHead(0, AuditRecord.Beginning));
        if (last.Status == InstanceStatus.Finished && (before?.ParentInstanceId ?? unit.New?.ParentInstanceId) is { } parent
            && (before?.ParentBookmarkId ?? unit.New?.ParentBookmarkId) is { } bookmark)
        {
            ParentRows.Tell(_ends, last, parent, bookmark, organisation, now);
            Wake |= Wake.Signals;
        }
    }

    /// <summary>All statements, in the order in which they must run.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        HeldRows.Release(batch, _revived);
        SetAsideRows.Release(batch, _triedAgain);
        Rows[] statements =
        [
            _lostKeys, _instances.New, _newCases, _instances.Changed, _cases, _firedTimers, _consumedSignals,
            _tasks, _internal.Opened, _timers, _warnings, _notices, _mails.Rows, _expectations, _requests.Ordered, _signals, _ends, _incidents, _settledIncidents, _credentials.Issued, _submissions,
            _closedTasks, _internal.Answered, _internal.Disclosed, _deadlines, _answerDeadlines, _cancelledTimers, _requests.Cancelled, _answeredWarnings, _metExpectations, _credentials.Revoked, _credentials.Surplus, .. _attachments.All,
            _journal, _audit, _heads,
        ];
        foreach (var rows in statements)
        {
            rows.AddTo(batch);
        }

        _versions.AddTo(batch);
        foreach (var (instance, number) in _continuations)
        {
            // What the applicant gave goes along; what the authority noted for itself does not.
            batch.Add(
                """
                insert into attachment_uses
                select a.id, $1, a.organisation_id from cases c join attachments a on a.organisation_id = c.applicant_id
                  and a.id in (select id from attachments where instance_id = c.instance_id union select attachment_id from attachment_uses where instance_id = c.instance_id)
                where c.number = $2
                on conflict do nothing
                """,
                instance, number);
        }

        foreach (var (name, correlationId, instance, payload, at) in _events)
        {
            batch.Add(
                "select send_to_expecting($1, $2, $3, $4, $5, $6)", EventExpectation, name, Commands.Json(payload), at, Commands.Text(correlationId),
                Commands.Nullable(Id, instance));
        }
    }

    private void AddCase(CommitUnit unit, WorkflowState last, string organisation)
    {
        var now = unit.BusinessNow;
        var status = last.Status.ToString();
        var clocks = StoredJson.Of(last.Clocks.Values.Select(clock => new StoredClock(clock.Name, clock.Allotted, clock.Used, clock.RunningSince)));
        if (unit.New is not { } @new)
        {
            if (last.Case is not null)
            {
                _cases.Add(unit.InstanceId, last.Revision, status, clocks, last.Outcome, now);
            }

            return;
        }

        if (last.Case is { } @case)
        {
            _newCases.Add(
                unit.InstanceId, organisation, @case.Number, @case.Title, @new.DefinitionId,
                @case.Parties.GetValueOrDefault(CaseHeader.Applicant, ""), @case.Parties.GetValueOrDefault(CaseHeader.Authority, organisation),
                @case.Parties.GetValueOrDefault(CaseHeader.Province), string.Join(',', @case.Readers), @new.ReleaseId, last.Revision, status, clocks,
                @new.SubmittedAt ?? now, last.Outcome, last.Outcome is null ? null : (DateTimeOffset?)now, @case.LinkedTo, @new.Unit, @case.IsConfidential);
        }
    }

    private void AddConsumed(CommitUnit unit)
    {
        foreach (var timer in unit.ConsumedTimers)
        {
            _firedTimers.Add(timer, unit.BusinessNow);
        }

        foreach (var signal in unit.ConsumedSignals)
        {
            _consumedSignals.Add(signal, unit.BusinessNow);
        }
    }

    private void AddAudit(CommitUnit unit, string state, string organisation, AuditHead head)
    {
        var chain = AuditRecord.ChainOf(unit.InstanceId);
        foreach (var burst in unit.Bursts)
        {
            var sequence = head.Sequence + 1;
            var content = AuditRecord.OfBurst(unit, burst, ReferenceEquals(burst, unit.Bursts[^1]) ? state : null);
            var hash = AuditRecord.Hash(head.Hash, chain, sequence, unit.BusinessNow, content);
            _audit.Add(chain, sequence, organisation, unit.BusinessNow, content, head.Hash, hash);
            head = new AuditHead(sequence, hash);
        }

        _heads.Add(chain, organisation, head.Sequence, head.Hash);
    }

    private void Add(Effect effect, CommitUnit unit, string organisation, string releaseId, string? caseNumber)
    {
        var (id, instance, now) = (effect.Id.ToString(), unit.InstanceId, unit.BusinessNow);
        switch (effect)
        {
            case Effect.OpenTask task:
                var isInternal = task.InternalUntil.Count > 0;
                if (isInternal) _internal.Add(task);
                _tasks.Add(
                    id, instance, task.OrganisationId, task.Kind.ToString(), task.ActivityId, task.Title, task.Party, task.Role, task.FormId,
                    StoredJson.Of(task.Outcomes), task.Clock, task.StartDate, task.DueDate, task.Provisional, task.OverdueAt, task.WarningId, isInternal ? null : StoredJson.Of(task.Data),
                    releaseId, now, caseNumber, isInternal);
                break;
            case Effect.CloseTask { InternalStep: not null } task:
                _internal.Add(task);
                _closedTasks.Add(task.TaskId, task.End.ToString(), null, null, task.By?.UserId, task.By?.Name, now);
                break;
            case Effect.CloseTask task:
                _closedTasks.Add(task.TaskId, task.End.ToString(), task.Outcome, StoredJson.Of(task.Values), task.By?.UserId, task.By?.Name, now);
                break;
            case Effect.Disclose disclosed:
                _internal.Add(disclosed, now);
                break;
            case Effect.ChangeDeadline change:
                _deadlines.Add(change.TaskId, change.NewDue, change.Provisional, change.OverdueAt);
                _answerDeadlines.Add(change.TaskId, change.NewDue);
                break;
            case Effect.ArmTimer timer:
                _timers.Add(id, instance, organisation, timer.Kind.ToString(), timer.BookmarkId, timer.DueAt, "pending");
                Wake |= Wake.Timers;
                break;
            case Effect.CancelTimer timer:
                _cancelledTimers.Add(timer.TimerId, now);
                break;
            case Effect.RaiseWarning warning:
                _warnings.Add(
                    id, instance, warning.OrganisationId, warning.ActivityId, warning.Colour.ToString(), warning.Level.ToString(), warning.AboutTaskId, warning.Title,
                    now, warning.AnswerDue, caseNumber);
                break;
            case Effect.AnswerWarning answer:
                _answeredWarnings.Add(answer.WarningId, now, answer.By.Name, StoredJson.Of(answer.Values));
                break;
            case Effect.IssueCredential credential:
                _credentials.Add(credential, unit, organisation);
                break;
            case Effect.RevokeCredential credential:
                _credentials.Revoked.Add(credential.CredentialId, now, credential.Reason);
                break;
            case Effect.QueueNotice notice:
                AddNotice(id, notice, unit, caseNumber);
                break;
            case Effect.ExpectMessage expected:
                _expectations.Add(id, instance, organisation, expected.Name, expected.Key, now);
                break;
            case Effect.SendRequest order:
                _requests.Add(order, organisation, now);
                Wake |= Wake.Requests;
                break;
            case Effect.CancelRequest cancelled:
                _requests.Cancelled.Add(cancelled.RequestId, now);
                break;
            case Effect.StopExpecting met:
                _metExpectations.Add(met.BookmarkId);
                break;
            case Effect.StartChild child:
                var start = new JsonObject
                {
                    ["definitionId"] = child.DefinitionId,
                    ["correlationId"] = child.CorrelationId,
                    ["input"] = child.Input.DeepClone(),
                    ["parent"] = instance,
                    ["bookmarkId"] = child.BookmarkId,
                    ["releaseId"] = releaseId,
                    ["organisationId"] = organisation,
                    ["case"] = JsonSerializer.SerializeToNode(child.Case, JsonSerializerOptions.Web),
                };
                AddSignal(id, child.ChildInstanceId, organisation, SignalKind.StartChild, null, child.DefinitionId, start, now);
                break;
            case Effect.SendSignal signal:
                AddSignal(id, signal.TargetInstance, organisation, SignalKind.Message, null, signal.Name, signal.Payload, now);
                break;
            case Effect.PublishEvent published:
                _events.Add((published.Name, published.CorrelationId, published.Local ? instance : null, StoredJson.Of(published.Payload), now));
                Wake |= Wake.Signals;
                break;
            case Effect.RaiseIncident incident:
                _incidents.Add(id, instance, organisation, incident.ActivityId, incident.Message, now);
                break;
            case Effect.SettleIncident settled:
                _settledIncidents.Add(settled.IncidentId, now, settled.End.ToString(), settled.By?.Name, settled.Reason);
                if (settled.End == IncidentEnd.Retried && SetAsideRows.Names(settled.IncidentId))
                {
                    _triedAgain.Add(settled.IncidentId);
                    Wake |= Wake.Timers | Wake.Signals | Wake.Outbox;
                }

                break;
            case Effect.ChangeVersion changed:
                _versions.Add(changed);
                break;
            case Effect.RestateTask task:
                _versions.Add(task, releaseId);
                break;
            case Effect.CloseCase or Effect.WriteLine or Effect.WriteResponse:
                // The outcome is part of the state; a line is for people who try flows out; a response is the answer of the unit's idempotency key.
                break;
            default:
                throw new InvalidOperationException($"Effect {effect.GetType().Name} has no table to land in.");
        }
    }

    private void AddNotice(string id, Effect.QueueNotice notice, CommitUnit unit, string? caseNumber)
    {
        var letter = unit.Letters[notice.Id];
        _notices.Add(
            id, unit.InstanceId, notice.OrganisationId, notice.Notice, notice.Party, notice.Role, letter.Subject, letter.Html, letter.Text, unit.BusinessNow,
            caseNumber, StoredJson.Of(letter.Model));
        _mails.Add(id, notice.OrganisationId, letter.Deliveries, unit.BusinessNow);
        if (letter.Deliveries.Count > 0) Wake |= Wake.Outbox;
    }

    private void AddSignal(string id, Guid target, string organisation, SignalKind kind, string? bookmark, string name, JsonNode? payload, DateTimeOffset now)
    {
        _signals.Add(id, target, organisation, kind.ToString(), bookmark, name, StoredJson.Of(payload), "pending", now);
        Wake |= Wake.Signals;
    }
}
