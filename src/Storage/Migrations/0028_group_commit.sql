-- One transaction stores what arrived together, of any number of keys: records and findings by the ingest role, everything else by one function, each table in one statement and in one order of
-- rows. What is stored of each request is what storing them one after the other would have been; which of them may stand in one group the host knows. Runs as workflow_owner, in one transaction.

-- The flow that a request was handled by, with its version; null: none hears of its kind.
alter table ingest_requests add column flow text;

-- Of which organisations the rows of this transaction may be. A person's transaction is of one tenant; what arrived together is of several.
create function tenant_holders() returns text[] language sql stable parallel safe
  as $$ select string_to_array(nullif(current_setting('workflow.holders', true), ''), ',') $$;

create policy holders on ingest_records for insert to workflow_ingest with check (organisation_id = any ((select tenant_holders())::text[]));
create policy holders on ingest_findings for insert to workflow_ingest with check (organisation_id = any ((select tenant_holders())::text[]));

-- What the records that these requests have just stored change in the register. Records that were there before change nothing again: they are not among the requests' rows.
create function register_deliveries(ids uuid[], methods text[], received timestamptz[])
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  -- Of which months the requests are: the tables of others are not looked at.
  low uuid := (select id from unnest(ids) id order by id limit 1);
  high uuid := (select id from unnest(ids) id order by id desc limit 1);
begin
  if 'Corp.Upload' = any (methods) then
    insert into register_corps (scope, corp_code, organisation_id, name)
    select distinct on (c.instance_id, r.fields->>'corpCode') c.instance_id, r.fields->>'corpCode', r.organisation_id, r.fields->>'corpName'
    from unnest(ids) with ordinality d(id, ordinal) join ingest_records r on r.request_id between low and high and r.request_id = d.id join credentials c on c.id = r.credential_id
    where r.method = 'Corp.Upload' and r.accepted
    order by 1, 2, d.ordinal desc
    on conflict (scope, corp_code) do update set name = excluded.name;
  end if;
  if 'Project.Add' = any (methods) then
    with added as (
      insert into register_projects (scope, project_code, organisation_id, request_id, corp_code, name, status, lat, lng)
      select c.instance_id, (r.fields->>'areaCode') || to_char(d.at at time zone 'Asia/Shanghai', 'YYYYMMDD') || lpad(nextval('register_numbers')::text, 6, '0'), r.organisation_id, d.id,
        r.fields->>'contractorCorpCode', r.fields->>'name', r.fields->>'prjStatus', (r.fields->>'lat')::numeric, (r.fields->>'lng')::numeric
      from unnest(ids, received) as d(id, at) join ingest_records r on r.request_id between low and high and r.request_id = d.id join credentials c on c.id = r.credential_id
      where r.method = 'Project.Add' and r.accepted
      returning scope, project_code, corp_code, organisation_id)
    insert into register_participants (scope, project_code, corp_code, organisation_id) select scope, project_code, corp_code, organisation_id from added;
  end if;
  if 'Project.PartUpdate' = any (methods) then
    update register_projects p set status = coalesce(r.fields->>'prjStatus', p.status)
    from ingest_records r join credentials c on c.id = r.credential_id
    where r.request_id between low and high and r.request_id = any (ids) and r.method = 'Project.PartUpdate' and r.accepted and p.scope = c.instance_id and p.project_code = r.fields->>'projectCode';
  end if;
  if 'ProjectSubContractor.Add' = any (methods) then
    insert into register_participants (scope, project_code, corp_code, organisation_id)
    select c.instance_id, r.fields->>'projectCode', r.fields->>'corpCode', r.organisation_id from ingest_records r join credentials c on c.id = r.credential_id
    where r.request_id between low and high and r.request_id = any (ids) and r.method = 'ProjectSubContractor.Add' and r.accepted order by 1, 2, 3
    on conflict do nothing;
  end if;
  if 'Team.Add' = any (methods) then
    insert into register_teams (scope, team_sys_no, organisation_id, request_id, project_code, corp_code, name)
    select c.instance_id, nextval('team_numbers'), r.organisation_id, r.request_id, r.fields->>'projectCode', r.fields->>'corpCode', r.fields->>'teamName'
    from ingest_records r join credentials c on c.id = r.credential_id
    where r.request_id between low and high and r.request_id = any (ids) and r.method = 'Team.Add' and r.accepted
    on conflict (scope, project_code, name) do nothing;
  end if;
  if methods && array['ProjectWorker.Add', 'ProjectWorker.Update'] then
    insert into register_workers as w (scope, project_code, id_index, organisation_id, team_sys_no, card_index)
    select distinct on (c.instance_id, r.fields->>'projectCode', r.id_index)
      c.instance_id, r.fields->>'projectCode', r.id_index, r.organisation_id, (r.fields->>'teamSysNo')::bigint, r.card_index
    from unnest(ids) with ordinality d(id, ordinal) join ingest_records r on r.request_id between low and high and r.request_id = d.id join credentials c on c.id = r.credential_id
    where r.method in ('ProjectWorker.Add', 'ProjectWorker.Update') and r.accepted and r.id_index is not null
    order by 1, 2, 3, d.ordinal desc, r.ordinal
    on conflict (scope, project_code, id_index) do update set team_sys_no = excluded.team_sys_no, card_index = coalesce(excluded.card_index, w.card_index);
  end if;
  if 'WorkerEntryExit.Add' = any (methods) then
    update register_workers w
    set entered_on = coalesce(m.entered, w.entered_on), left_on = case when m.gone >= coalesce(m.entered, w.entered_on, m.gone) then m.gone when m.entered is not null then null else w.left_on end
    from (
      select c.instance_id as scope, r.fields->>'projectCode' as project_code, r.id_index,
        max((r.fields->>'date')::date) filter (where r.fields->>'type' = '1') as entered, max((r.fields->>'date')::date) filter (where r.fields->>'type' = '0') as gone
      from ingest_records r join credentials c on c.id = r.credential_id
      where r.request_id between low and high and r.request_id = any (ids) and r.method = 'WorkerEntryExit.Add' and r.accepted and r.id_index is not null group by 1, 2, 3) m
    where w.scope = m.scope and w.project_code = m.project_code and w.id_index = m.id_index;
  end if;
  if 'WorkerAttendance.Add' = any (methods) then
    -- Operators' acts (007 to 009) prove nobody's presence. In order, so that two groups do not wait for each other crosswise.
    insert into attendance_days as d (scope, project_code, id_index, day, organisation_id, stage, punches, first_at, last_at)
    select p.scope, p.project_code, p.id_index, p.punched::date, p.organisation_id, p.stage, count(*), min(p.punched), max(p.punched)
    from (
      select c.instance_id as scope, r.fields->>'projectCode' as project_code, r.id_index, (r.fields->>'date')::timestamp as punched, r.organisation_id, c.stage
      from ingest_records r join credentials c on c.id = r.credential_id
      where r.request_id between low and high and r.request_id = any (ids) and r.method = 'WorkerAttendance.Add' and r.accepted and r.id_index is not null and coalesce(r.fields->>'attendType', '') not in ('007', '008', '009')) p
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4
    on conflict (scope, project_code, id_index, day) do update set
      punches = d.punches + excluded.punches, first_at = least(d.first_at, excluded.first_at), last_at = greatest(d.last_at, excluded.last_at);
  end if;
  insert into register_images (sha256, scope, id_index, organisation_id, stage)
  select distinct i.sha256, c.instance_id, i.id_index, i.organisation_id, c.stage
  from (
    select coalesce(r.fields->'image'->>'sha256', r.fields->'headImage'->>'sha256') as sha256, r.credential_id, r.id_index, r.organisation_id
    from ingest_records r where r.request_id between low and high and r.request_id = any (ids) and r.accepted and r.id_index is not null) i join credentials c on c.id = i.credential_id
  where i.sha256 is not null
  order by 1, 2, 3
  on conflict do nothing;
end $$;

-- Nonces, requests, the register, whoever waits, figures: what a group of requests changes beyond its records and findings, which stand there already. The arrays have one entry for each request, in
-- the order in which they arrived. A nonce that was used before fails the whole with IN001: the host then looks which one it is.
create function settle_deliveries(
  ids uuid[], of_credentials text[], nonces text[], methods text[], were_accepted boolean[], times_of integer[], codes text[], messages text[], bodies bytea[], of_releases text[], of_flows text[],
  record_counts integer[], received timestamptz[], told_names text[], told_keys text[], told_messages text[], told_at timestamptz[], out told integer, out new_records integer[])
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  claimed integer;
  low uuid := (select id from unnest(ids) id order by id limit 1);
  high uuid := (select id from unnest(ids) id order by id desc limit 1);
begin
  if tenant_holders() is null then
    raise exception 'no holders set' using errcode = '42501';
  end if;
  perform set_config('workflow.tenant', 'system', true);
  if exists (select from unnest(of_credentials) k left join credentials c on c.id = k where c.holder_id is null or c.holder_id <> all (tenant_holders())) then
    raise exception 'a credential of somebody else' using errcode = '42501';
  end if;

  insert into ingest_nonces (credential_id, nonce, organisation_id, request_id, seen_at)
  select d.credential, d.nonce, c.holder_id, d.id, d.at
  from unnest(ids, of_credentials, nonces, received) as d(id, credential, nonce, at) join credentials c on c.id = d.credential
  where d.nonce is not null order by 1, 2
  on conflict do nothing;
  get diagnostics claimed = row_count;
  if claimed < (select count(n) from unnest(nonces) n) then
    raise exception 'a nonce was used before' using errcode = 'IN001';
  end if;

  select array_agg(coalesce(n.stored, 0) order by d.ordinal) into new_records
  from unnest(ids) with ordinality d(id, ordinal)
    left join (select request_id, count(*)::integer as stored from ingest_records where request_id between low and high and request_id = any (ids) and accepted group by 1) n on n.request_id = d.id;

  insert into ingest_requests
    (id, credential_id, organisation_id, method, accepted, code, message, body_sha256, release_id, flow, records, new_records, received_at, times)
  select d.id, d.credential, c.holder_id, d.method, d.accepted, d.code, d.message, d.body, d.release, d.flow, d.records, d.new_records, d.at, d.times
  from unnest(ids, of_credentials, methods, were_accepted, codes, messages, bodies, of_releases, of_flows, record_counts, new_records, received, times_of) with ordinality
      as d(id, credential, method, accepted, code, message, body, release, flow, records, new_records, at, times, ordinal)
    join credentials c on c.id = d.credential
  order by d.ordinal;

  if 0 < any (new_records) then
    perform register_deliveries(ids, methods, received);
  end if;

  -- One pending wake-up for a bookmark: the last message that came says what the others said.
  insert into signals (id, instance_id, organisation_id, kind, bookmark_id, name, payload, status, created_at)
  select gen_random_uuid()::text, e.instance_id, e.organisation_id, 'Expected', e.bookmark_id, e.name, s.message::json, 'pending', s.at
  from (
    select distinct on (t.name, t.key) t.name, t.key, t.message, t.at from unnest(told_names, told_keys, told_messages, told_at) with ordinality as t(name, key, message, at, ordinal)
    order by t.name, t.key, t.ordinal desc) s
    join expectations e on e.name = s.name and e.key = s.key
  order by e.bookmark_id
  on conflict (bookmark_id) where status = 'pending' and kind = 'Expected' do update set payload = excluded.payload;
  get diagnostics told = row_count;

  -- Last, because it holds rows that other groups of the same credentials may want.
  with met as (
    select distinct on (r.credential_id, r.id_index) r.credential_id, r.id_index, r.organisation_id, r.method
    from unnest(ids) with ordinality d(id, ordinal) join ingest_records r on r.request_id between low and high and r.request_id = d.id
    where r.accepted and r.id_index is not null
    order by r.credential_id, r.id_index, d.ordinal),
  seen as (
    insert into ingest_workers (credential_id, id_index, organisation_id) select credential_id, id_index, organisation_id from met order by 1, 2 on conflict do nothing
    returning credential_id, id_index),
  workers as (select m.credential_id, m.method, count(*) as met from seen s join met m using (credential_id, id_index) group by 1, 2)
  insert into conformance as c (credential_id, method, slot, organisation_id, accepted, rejected, records, workers, first_at, last_accepted_at, last_rejected_at)
  select d.credential, d.method, pg_backend_pid() % 16, k.holder_id, coalesce(sum(d.times) filter (where d.accepted), 0), coalesce(sum(d.times) filter (where not d.accepted), 0),
    sum(d.new_records), coalesce(max(w.met), 0), min(d.at), max(d.at) filter (where d.accepted), max(d.at) filter (where not d.accepted)
  from unnest(of_credentials, methods, were_accepted, times_of, new_records, received) as d(credential, method, accepted, times, new_records, at)
    join credentials k on k.id = d.credential left join workers w on w.credential_id = d.credential and w.method = d.method
  group by d.credential, d.method, k.holder_id order by 1, 2
  on conflict (credential_id, method, slot) do update set
    accepted = c.accepted + excluded.accepted, rejected = c.rejected + excluded.rejected,
    records = c.records + excluded.records, workers = c.workers + excluded.workers,
    last_accepted_at = greatest(c.last_accepted_at, excluded.last_accepted_at),
    last_rejected_at = greatest(c.last_rejected_at, excluded.last_rejected_at);
  perform set_config('workflow.tenant', '', true);
end $$;

revoke execute on function register_deliveries from public;
revoke execute on function settle_deliveries from public;
grant execute on function settle_deliveries to workflow_ingest;
