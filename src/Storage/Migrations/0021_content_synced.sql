-- The files of the content folder as they were last brought into force: what differs from them in the folder was changed there, what differs from them in the release in
-- force was changed in a browser. Empty: nothing was ever changed in a browser, and the release in force stands for them. Runs as workflow_owner, in one transaction.
create table content_synced (
  path text primary key,
  hash bytea not null
);

alter table content_synced enable row level security;
alter table content_synced force row level security;
create policy engine on content_synced to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, insert, update, delete on content_synced to workflow_engine;
