namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>Ways in which an instance loses what it waits for. Each takes the ids of the instances, <c>$1</c>; the first as text, of the parents.</summary>
public static class Orphans
{
    public const string ChildNeverBegun = "delete from signals where kind = 'StartChild' and payload->>'parent' = any ($1)";

    public const string EndOfChildUntold = "delete from signals where kind = 'ChildFinished' and instance_id = any ($1)";

    public const string TimerGone = "delete from timers where instance_id = any ($1)";

    public const string TimerSettled = "update timers set status = 'fired' where instance_id = any ($1)";

    public const string TaskGone = "delete from tasks where instance_id = any ($1)";

    public const string TaskTooMany = """
        insert into tasks (id, instance_id, organisation_id, kind, activity_id, title, party, role, form_id, outcomes, provisional, release_id, opened_at)
        select replace(id, '.1.', '.9.'), instance_id, organisation_id, kind, activity_id, title, party, role, form_id, outcomes, provisional, release_id, opened_at
        from tasks where instance_id = any ($1)
        """;

    public const string Unfindable = "delete from expectations where instance_id = any ($1)";

    public const string Undelivered = """
        insert into signals (id, instance_id, organisation_id, kind, bookmark_id, name, payload, status, created_at, settled_at)
        select gen_random_uuid()::text, instance_id, organisation_id, 'Expected', bookmark_id, 'event', '{}', 'consumed', since, since from expectations where instance_id = any ($1)
        """;
}
