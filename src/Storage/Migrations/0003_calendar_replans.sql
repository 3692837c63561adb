-- A published release with another working calendar orders the open deadlines of running cases to be planned anew. One row per order; at most one is open:
-- a later one replaces it, because the calendar that counts is always the latest. Runs as workflow_owner, in one transaction.
create table calendar_replans (
  sequence bigint generated always as identity primary key,
  release_id text not null references releases,
  ordered_at timestamptz not null,
  -- Instances up to here are done: the cursor moves in the transaction that commits their new deadlines.
  done_to uuid not null default '00000000-0000-0000-0000-000000000000',
  finished_at timestamptz
);
create index calendar_replans_open on calendar_replans (sequence) where finished_at is null;
create index tasks_limits on tasks (instance_id) where closed_at is null and due_date is not null;

alter table calendar_replans enable row level security;
alter table calendar_replans force row level security;
create policy engine on calendar_replans to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, insert, update on calendar_replans to workflow_engine;
