-- What each instance waits for, beside its state, and who last looked whether something can still end those waits. Runs as workflow_owner, in one transaction.

-- kind:id for every wait; of the revision that "waits_of" names. A program that is older than this column leaves both behind, and the reconciler reads the state.
alter table instances
  add column waits text[],
  add column waits_of integer;
create index instances_live on instances (id) where status = 'Running' or sub_status = 'Faulted';

drop index tasks_limits;
create index tasks_waiting on tasks (instance_id) where closed_at is null;
create index signals_starts on signals (instance_id) where kind = 'StartChild';
create index signals_told on signals (bookmark_id) where kind = 'Expected' and status <> 'pending';

-- One row: where the round stands, and what the last complete one found. Whichever host holds it does the next page.
create table reconciliation (
  single boolean primary key default true check (single),
  done_to uuid not null default '00000000-0000-0000-0000-000000000000',
  -- System time; the next round begins then. Null: at once.
  next_at timestamptz,
  checked bigint not null default 0,
  healed bigint not null default 0,
  raised bigint not null default 0,
  -- Of the last complete round. System time.
  ended_at timestamptz,
  last_checked bigint not null default 0,
  last_healed bigint not null default 0,
  last_raised bigint not null default 0,
  -- Since the installation began.
  total_healed bigint not null default 0,
  total_raised bigint not null default 0
);
insert into reconciliation default values;
alter table reconciliation enable row level security;
alter table reconciliation force row level security;
create policy engine on reconciliation to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, update on reconciliation to workflow_engine;

-- Keys are kept some days and then forgotten, the oldest first.
create index idempotency_keys_age on idempotency_keys (created_at);
