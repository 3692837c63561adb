-- Data keys of what devices send of persons: one for a province and a calendar month (Beijing, of arrival), each wrapped by the master key, which is never in the database.
-- Who destroys the wrapped key has destroyed the month's personal values, in every copy of the records. Runs as workflow_owner, in one transaction.
create table month_keys (
  id integer generated always as identity primary key,
  -- The province.
  organisation_id text not null,
  -- Its first day.
  month date not null check (extract(day from month) = 1),
  -- Null: destroyed.
  wrapped bytea,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  -- Somebody has reason to keep the month longer than others.
  held_at timestamptz,
  held_by text,
  held_reason text check (length(held_reason) between 1 and 500),
  unique (organisation_id, month),
  check ((wrapped is null) = (destroyed_at is not null)),
  check ((held_at is null) = (held_reason is null) and (held_at is null) = (held_by is null))
);
alter table month_keys enable row level security;
alter table month_keys force row level security;
create policy engine on month_keys to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, insert on month_keys to workflow_engine;
grant update (wrapped, destroyed_at, held_at, held_by, held_reason) on month_keys to workflow_engine;
