-- Requests that flows send to other systems. Runs as workflow_owner, in one transaction.
create table http_requests (
  -- Of the effect: the bookmark that waits for the answer, and the name by which the receiver knows a repeated request.
  id text primary key,
  instance_id uuid not null references instances,
  organisation_id text not null,
  activity_id text not null,
  -- Method, address, headers, content. Secrets are handles: secret:NAME.
  request json not null,
  epoch integer not null,
  status text not null check (status in ('pending', 'settled', 'cancelled')),
  attempts integer not null,
  -- System time; null: at once.
  not_before timestamptz,
  -- How it ended, or why the last attempt failed.
  outcome text,
  queued_at timestamptz not null,
  settled_at timestamptz
) with (fillfactor = 70);
create index http_requests_pending on http_requests (not_before nulls first, id) where status = 'pending';
create index http_requests_instance on http_requests (instance_id);

alter table http_requests enable row level security;
alter table http_requests force row level security;
create policy engine on http_requests to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, insert, update on http_requests to workflow_engine;
