-- What the platform knows of projects from the messages themselves: firms, projects, participants, teams, workers, days of attendance. Filled in the transaction that stores a
-- message, read before the next one is judged. A scope is the case that gave out the key: both keys of a rotation see the same, a test key sees nothing of the formal ones.
-- Persons stand here by their blind index only. Runs as workflow_owner, in one transaction.
create table register_corps (
  scope uuid not null,
  corp_code text not null,
  organisation_id text not null,
  name text not null,
  primary key (scope, corp_code)
);

create table register_projects (
  scope uuid not null,
  project_code text not null,
  organisation_id text not null,
  request_id uuid not null,
  corp_code text not null,
  name text not null,
  status text not null,
  lat numeric,
  lng numeric,
  primary key (scope, project_code)
);
create index register_projects_request on register_projects (request_id);

create table register_participants (
  scope uuid not null,
  project_code text not null,
  corp_code text not null,
  organisation_id text not null,
  primary key (scope, project_code, corp_code)
);

create table register_teams (
  scope uuid not null,
  team_sys_no bigint not null,
  organisation_id text not null,
  request_id uuid not null,
  project_code text not null,
  corp_code text not null,
  name text not null,
  primary key (scope, team_sys_no),
  unique (scope, project_code, name)
);
create index register_teams_request on register_teams (request_id);

create table register_workers (
  scope uuid not null,
  project_code text not null,
  id_index bytea not null,
  organisation_id text not null,
  team_sys_no bigint not null,
  card_index bytea,
  -- Dates as the messages say them, Beijing.
  entered_on date,
  left_on date,
  primary key (scope, project_code, id_index)
);

-- One row for a person's day on a site: a day counts (jilin 2023, 'valid') with two punches at least and four hours between the first and the last. Kept true by whatever arrives, however late.
create table attendance_days (
  scope uuid not null,
  project_code text not null,
  id_index bytea not null,
  day date not null,
  organisation_id text not null,
  stage text not null,
  punches integer not null,
  first_at timestamp not null,
  last_at timestamp not null,
  valid boolean generated always as (punches >= 2 and last_at - first_at >= interval '4 hours') stored,
  primary key (scope, project_code, id_index, day)
) with (fillfactor = 80);
create index attendance_days_person on attendance_days (id_index, day);

create table register_images (
  sha256 text not null,
  scope uuid not null,
  id_index bytea not null,
  organisation_id text not null,
  stage text not null,
  primary key (sha256, scope, id_index)
);

create sequence register_numbers start 1000;
create sequence team_numbers start 1300000000;

-- The wage card by its blind index, beside the sealed number.
alter table ingest_records add column card_index bytea;

-- What the records that a request has just stored change in the register. Records that were there before change nothing again: they are not among the request's rows.
create function register_delivery(delivered_request uuid, delivered_credential text, delivered_method text, at timestamptz)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  organisation text := tenant();
  s uuid;
  key_stage text;
begin
  if organisation is null then
    raise exception 'no tenant set' using errcode = '42501';
  end if;
  perform set_config('workflow.tenant', 'system', true);
  select c.instance_id, c.stage into s, key_stage from credentials c where c.id = delivered_credential;
  case delivered_method
    when 'Corp.Upload' then
      insert into register_corps select s, fields->>'corpCode', organisation, fields->>'corpName' from ingest_records where request_id = delivered_request and accepted
      on conflict (scope, corp_code) do update set name = excluded.name;
    when 'Project.Add' then
      with added as (
        insert into register_projects (scope, project_code, organisation_id, request_id, corp_code, name, status, lat, lng)
        select s, (fields->>'areaCode') || to_char(at at time zone 'Asia/Shanghai', 'YYYYMMDD') || lpad(nextval('register_numbers')::text, 6, '0'), organisation, delivered_request,
          fields->>'contractorCorpCode', fields->>'name', fields->>'prjStatus', (fields->>'lat')::numeric, (fields->>'lng')::numeric
        from ingest_records where request_id = delivered_request and accepted
        returning project_code, corp_code)
      insert into register_participants select s, project_code, corp_code, organisation from added;
    when 'Project.PartUpdate' then
      update register_projects p set status = coalesce(r.fields->>'prjStatus', p.status) from ingest_records r
      where r.request_id = delivered_request and r.accepted and p.scope = s and p.project_code = r.fields->>'projectCode';
    when 'ProjectSubContractor.Add' then
      insert into register_participants select s, fields->>'projectCode', fields->>'corpCode', organisation from ingest_records where request_id = delivered_request and accepted
      on conflict do nothing;
    when 'Team.Add' then
      insert into register_teams
      select s, nextval('team_numbers'), organisation, delivered_request, fields->>'projectCode', fields->>'corpCode', fields->>'teamName'
      from ingest_records where request_id = delivered_request and accepted
      on conflict (scope, project_code, name) do nothing;
    when 'ProjectWorker.Add', 'ProjectWorker.Update' then
      insert into register_workers as w (scope, project_code, id_index, organisation_id, team_sys_no, card_index)
      select distinct on (id_index) s, fields->>'projectCode', id_index, organisation, (fields->>'teamSysNo')::bigint, card_index
      from ingest_records where request_id = delivered_request and accepted and id_index is not null order by id_index
      on conflict (scope, project_code, id_index) do update set team_sys_no = excluded.team_sys_no, card_index = coalesce(excluded.card_index, w.card_index);
    when 'WorkerEntryExit.Add' then
      update register_workers w
      set entered_on = coalesce(m.entered, w.entered_on), left_on = case when m.gone >= coalesce(m.entered, w.entered_on, m.gone) then m.gone when m.entered is not null then null else w.left_on end
      from (
        select fields->>'projectCode' as project_code, id_index,
          max((fields->>'date')::date) filter (where fields->>'type' = '1') as entered, max((fields->>'date')::date) filter (where fields->>'type' = '0') as gone
        from ingest_records where request_id = delivered_request and accepted and id_index is not null group by 1, 2) m
      where w.scope = s and w.project_code = m.project_code and w.id_index = m.id_index;
    when 'WorkerAttendance.Add' then
      -- Operators' acts (007 to 009) prove nobody's presence. In order, so that two deliveries do not wait for each other crosswise.
      insert into attendance_days as d (scope, project_code, id_index, day, organisation_id, stage, punches, first_at, last_at)
      select s, r.fields->>'projectCode', r.id_index, (r.fields->>'date')::timestamp::date, organisation, key_stage, count(*), min((r.fields->>'date')::timestamp), max((r.fields->>'date')::timestamp)
      from ingest_records r
      where r.request_id = delivered_request and r.accepted and r.id_index is not null and coalesce(r.fields->>'attendType', '') not in ('007', '008', '009')
      group by 2, 3, 4 order by 2, 3, 4
      on conflict (scope, project_code, id_index, day) do update set
        punches = d.punches + excluded.punches, first_at = least(d.first_at, excluded.first_at), last_at = greatest(d.last_at, excluded.last_at);
    else
      null;
  end case;
  insert into register_images
  select distinct coalesce(fields->'image'->>'sha256', fields->'headImage'->>'sha256') as digest, s, id_index, organisation, key_stage
  from ingest_records
  where request_id = delivered_request and accepted and id_index is not null and coalesce(fields->'image'->>'sha256', fields->'headImage'->>'sha256') is not null
  order by 1, 3
  on conflict do nothing;
  perform set_config('workflow.tenant', organisation, true);
end $$;

revoke execute on function register_delivery from public;
grant execute on function register_delivery to workflow_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['register_corps', 'register_projects', 'register_participants', 'register_teams', 'register_workers', 'attendance_days', 'register_images']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to workflow_engine, workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', t);
    execute format('grant select on %I to workflow_engine', t);
  end loop;
end $$;
