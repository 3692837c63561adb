-- What devices send lies in a partition for each calendar month (Beijing). The ids of requests begin with their instant (UUID version 7), so that they say the month themselves: keys stay keys,
-- and who asks by a request's id touches one partition. The tables are exchanged for partitioned ones of the same names and columns (ADR 0023). Runs as workflow_owner, in one transaction.
select set_config('workflow.tenant', 'system', true);

-- Every id of a request of this instant or later is at least this.
create function request_floor(at timestamptz) returns uuid language sql immutable strict parallel safe
  as $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- ---------------------------------------------------------------- what makes a record the same one

-- One line for every accepted record of all months: what is sent again in a later month is still the same. 16 bytes of SHA-256 over credential, method and key.
create table ingest_digests (
  digest uuid primary key
);
alter table ingest_digests enable row level security;
alter table ingest_digests force row level security;
-- Only the function below touches it.
create policy engine on ingest_digests to workflow_owner using (true) with check (true);

create function record_digest(credential text, method text, key text) returns uuid language sql immutable strict parallel safe
  as $$ select encode(substr(sha256(convert_to(credential || e'\n' || method || e'\n' || key, 'UTF8')), 1, 16), 'hex')::uuid $$;

insert into ingest_digests select record_digest(credential_id, method, key) from ingest_records where accepted;

-- A record that is there already is passed over, as a unique index over all months would; a unique index of a partitioned table cannot.
-- Names are qualified, because a setting of the function would be made and unmade for every row.
create function keep_record() returns trigger language plpgsql security definer as $$
begin
  insert into public.ingest_digests
  values (encode(substr(sha256(convert_to(new.credential_id || e'\n' || new.method || e'\n' || new.key, 'UTF8')), 1, 16), 'hex')::uuid) on conflict do nothing;
  if found then
    return new;
  end if;
  return null;
end $$;
revoke execute on function keep_record from public;

-- ---------------------------------------------------------------- the tables, exchanged

alter table ingest_requests rename to ingest_requests_before;
alter table ingest_records rename to ingest_records_before;
alter table ingest_findings rename to ingest_findings_before;

create sequence ingest_requests_order;
create table ingest_requests (
  id uuid not null,
  sequence bigint not null default nextval('ingest_requests_order'),
  credential_id text not null,
  organisation_id text not null,
  method text not null,
  accepted boolean not null,
  code text not null,
  message text not null,
  body_sha256 bytea not null,
  release_id text not null,
  records integer not null,
  new_records integer not null,
  received_at timestamptz not null,
  times integer not null default 1 check (times > 0)
) partition by range (id);

create table ingest_records (
  request_id uuid not null,
  ordinal integer not null,
  credential_id text not null,
  organisation_id text not null,
  method text not null,
  key text not null check (length(key) <= 400),
  accepted boolean not null,
  fields json not null,
  personal bytea,
  id_index bytea,
  card_index bytea
) partition by range (request_id);

create table ingest_findings (
  request_id uuid not null,
  ordinal integer not null,
  credential_id text not null,
  organisation_id text not null,
  record_ordinal integer,
  path text not null,
  field text not null,
  rule text not null,
  level text not null,
  message text not null,
  basis text not null,
  advice text not null
) partition by range (request_id);

create table ingest_requests_rest partition of ingest_requests default;
create table ingest_records_rest partition of ingest_records default;
create table ingest_findings_rest partition of ingest_findings default;

insert into ingest_requests
  (id, sequence, credential_id, organisation_id, method, accepted, code, message, body_sha256, release_id, records, new_records, received_at, times)
select id, sequence, credential_id, organisation_id, method, accepted, code, message, body_sha256, release_id, records, new_records, received_at, times
from ingest_requests_before;
insert into ingest_records
select request_id, ordinal, credential_id, organisation_id, method, key, accepted, fields, personal, id_index, card_index from ingest_records_before;
insert into ingest_findings
select request_id, ordinal, credential_id, organisation_id, record_ordinal, path, field, rule, level, message, basis, advice from ingest_findings_before;
select setval('ingest_requests_order', coalesce((select max(sequence) from ingest_requests), 0) + 1, false);

drop table ingest_requests_before;
drop table ingest_records_before;
drop table ingest_findings_before;

alter table ingest_requests add primary key (id);
create index ingest_requests_credential on ingest_requests (credential_id, sequence desc);
create index ingest_requests_method on ingest_requests (credential_id, method, sequence desc);
create index ingest_requests_rejected on ingest_requests (credential_id, method, sequence desc) where not accepted;
alter table ingest_records add primary key (request_id, ordinal);
alter table ingest_findings add primary key (request_id, ordinal);

create trigger keep_record before insert on ingest_records for each row when (new.accepted) execute function keep_record();

do $$
declare
  t text;
begin
  foreach t in array array['ingest_requests', 'ingest_records', 'ingest_findings']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to workflow_engine, workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', t);
    execute format('create policy holder on %I for insert to workflow_ingest with check (organisation_id = tenant())', t);
    execute format('create policy of_credential on %I for select to workflow_app using (exists (select from credentials c where c.id = credential_id))', t);
    execute format('grant select on %I to workflow_app, workflow_engine', t);
    execute format('grant insert on %I to workflow_ingest', t);
    -- Nobody but the owner reaches a partition by its own name.
    execute format('alter table %I enable row level security', t || '_rest');
    execute format('alter table %I force row level security', t || '_rest');
    execute format('create policy engine on %I to workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', t || '_rest');
  end loop;
end $$;
grant usage on sequence ingest_requests_order to workflow_ingest;

-- ---------------------------------------------------------------- months

-- Opens the months from the one to the other that are not there yet, and moves into them what came before they were. Gives up when a lock is not had at once, so that nobody waits behind it:
-- whoever calls it does so again. Returns how many tables were made; null: another session is at it.
create function open_ingest_months(since date, until date) returns integer language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
  month date;
  t text;
  partition text;
  id_column text;
  low uuid;
  high uuid;
  made integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('open_ingest_months')) then
    return null;
  end if;
  perform set_config('workflow.tenant', 'system', true);
  for month in select m::date from generate_series(date_trunc('month', since::timestamp), until::timestamp, interval '1 month') m
  loop
    low := request_floor(month::timestamp at time zone 'Asia/Shanghai');
    high := request_floor((month + interval '1 month') at time zone 'Asia/Shanghai');
    foreach t in array array['ingest_requests', 'ingest_records', 'ingest_findings']
    loop
      partition := t || '_' || to_char(month, 'YYYYMM');
      continue when to_regclass('public.' || partition) is not null;
      id_column := case t when 'ingest_requests' then 'id' else 'request_id' end;
      execute format('create table %I (like %I including all)', partition, t);
      execute format('alter table %I enable row level security', partition);
      execute format('alter table %I force row level security', partition);
      execute format('create policy engine on %I to workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', partition);
      execute format('lock table %I in access exclusive mode', t || '_rest');
      execute format(
        'with moved as (delete from %I where %I >= %L and %I < %L returning *) insert into %I select * from moved', t || '_rest', id_column, low, id_column, high, partition);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', t, partition, low, high);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;
revoke execute on function open_ingest_months from public;
grant execute on function open_ingest_months to workflow_engine;

select open_ingest_months(min(received_at at time zone 'Asia/Shanghai')::date, max(received_at at time zone 'Asia/Shanghai')::date) from ingest_requests having count(*) > 0;
