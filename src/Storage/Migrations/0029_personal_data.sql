-- How long personal values are kept, who is at a key post, and how many days of a month they were there. Runs as workflow_owner, in one transaction.
select set_config('workflow.tenant', 'system', true);

-- ---------------------------------------------------------------- what was sealed before there were months' keys

-- Provinces and months with values under the installation's data key: they get a key of the month, with whose end their values are overwritten.
create table unkeyed_months (
  organisation_id text not null,
  month date not null,
  primary key (organisation_id, month)
);
alter table unkeyed_months enable row level security;
alter table unkeyed_months force row level security;
create policy engine on unkeyed_months to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, delete on unkeyed_months to workflow_engine;

create function province_of_authority(authority text) returns text language sql stable
  as $$ select coalesce((select split_part(o.path, '/', 1) from organisations o where o.id = authority), authority) $$;

insert into unkeyed_months
select distinct province_of_authority(c.authority_id), date_trunc('month', q.received_at at time zone 'Asia/Shanghai')::date
from ingest_records r join ingest_requests q on q.id = r.request_id join credentials c on c.id = r.credential_id
where r.personal is not null and get_byte(r.personal, 0) = 1;

-- One zero byte stands where a value was.
create function forget_unkeyed(province text, month date) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  forgotten integer;
begin
  perform set_config('workflow.tenant', 'system', true);
  update ingest_records r set personal = '\x00' from ingest_requests q, credentials c
  where q.id = r.request_id and c.id = r.credential_id and province_of_authority(c.authority_id) = province
    and q.received_at >= month::timestamp at time zone 'Asia/Shanghai' and q.received_at < (month + interval '1 month') at time zone 'Asia/Shanghai'
    and r.personal is not null and get_byte(r.personal, 0) = 1;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
revoke execute on function forget_unkeyed from public;
grant execute on function forget_unkeyed to workflow_engine;

-- ---------------------------------------------------------------- key posts

-- The manager whom a participant names, by the blind index, beside the sealed number.
alter table ingest_records add column manager_index bytea;

-- Who is at a key post of a project: the manager of the general contractor (项目经理) and of the supervisor (总监) as the participants are told, and whoever is told as 管理人员. Stays when a firm names
-- somebody else: a replaced manager counts until he has left the site (Zhongshan 中建通〔2023〕90号).
create table register_posts (
  scope uuid not null,
  project_code text not null,
  id_index bytea not null,
  organisation_id text not null,
  post text not null,
  -- The record that says so.
  request_id uuid not null,
  ordinal integer not null,
  primary key (scope, project_code, id_index)
);

-- Days of a site that months are to be rated for anew; '-infinity': all. Spread over slots, so that deliveries of one site do not queue behind one row.
create table attendance_changes (
  scope uuid not null,
  project_code text not null,
  day date not null,
  slot integer not null,
  primary key (scope, project_code, day, slot)
);

-- A month of a person at a key post. A day of construction is one on which somebody was on the site and that is over.
create table attendance_months (
  scope uuid not null,
  project_code text not null,
  id_index bytea not null,
  month date not null,
  organisation_id text not null,
  post text not null,
  construction_days integer not null,
  valid_days integer not null,
  punch_days integer not null,
  -- Days of construction since the last valid one, up to the end of the month.
  absent_in_row integer not null,
  rated_at timestamptz not null,
  primary key (scope, project_code, id_index, month)
);
create index attendance_days_project on attendance_days (scope, project_code, day);

create function name_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  before text := tenant();
  s uuid;
  named text;
  person bytea;
begin
  perform set_config('workflow.tenant', 'system', true);
  if new.method = 'ProjectSubContractor.Add' then
    named := case new.fields->>'corpType' when '009' then '项目经理' when '007' then '总监' end;
    person := new.manager_index;
  else
    named := case when new.fields->>'workRole' = '10' then '管理人员' end;
    person := new.id_index;
  end if;
  if named is not null and person is not null then
    select c.instance_id into s from credentials c where c.id = new.credential_id;
    insert into register_posts as p values (s, new.fields->>'projectCode', person, new.organisation_id, named, new.request_id, new.ordinal)
    on conflict (scope, project_code, id_index) do update set post = excluded.post, request_id = excluded.request_id, ordinal = excluded.ordinal where p.post = '管理人员' or excluded.post <> '管理人员';
    insert into attendance_changes values (s, new.fields->>'projectCode', '-infinity', pg_backend_pid() % 16)
    on conflict (scope, project_code, day, slot) do update set slot = excluded.slot;
  end if;
  perform set_config('workflow.tenant', coalesce(before, ''), true);
  return null;
end $$;
revoke execute on function name_post from public;
create trigger name_post after insert on ingest_records for each row
  when (new.accepted and new.method in ('ProjectSubContractor.Add', 'ProjectWorker.Add', 'ProjectWorker.Update')) execute function name_post();

-- The row is locked until the delivery is there: whoever rates passes it over and comes again.
create function note_attendance() returns trigger language plpgsql as $$
begin
  insert into attendance_changes select distinct scope, project_code, day, pg_backend_pid() % 16 from changed order by 1, 2, 3
  on conflict (scope, project_code, day, slot) do update set slot = excluded.slot;
  return null;
end $$;
revoke execute on function note_attendance from public;
create trigger note_new_attendance after insert on attendance_days referencing new table as changed for each statement execute function note_attendance();
create trigger note_attendance after update on attendance_days referencing new table as changed for each statement execute function note_attendance();

-- Rates the months of some sites whose days changed, from the first changed month on, as a run of absent days goes on into the next. Returns how many changes it took; 0: none is left, or another
-- session is at it.
create function rate_attendance(at timestamptz, most integer) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  today date := (at at time zone 'Asia/Shanghai')::date;
  site record;
  taken integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('rate_attendance')) then
    return 0;
  end if;
  perform set_config('workflow.tenant', 'system', true);
  for site in
    with due as (
      select scope, project_code, day, slot from attendance_changes where day < today order by day, scope, project_code, slot limit most for update skip locked),
    gone as (
      delete from attendance_changes c using due d where c.scope = d.scope and c.project_code = d.project_code and c.day = d.day and c.slot = d.slot returning c.*)
    select scope, project_code, case when min(day) = '-infinity' then '-infinity' else date_trunc('month', min(day)::timestamp)::date end as since, count(*) as changes from gone group by 1, 2
  loop
    taken := taken + site.changes;
    with days as materialized (
      select distinct d.day from attendance_days d where d.scope = site.scope and d.project_code = site.project_code and d.day < today),
    months as (
      select distinct date_trunc('month', day::timestamp)::date as month from days where day >= site.since)
    insert into attendance_months as m
      (scope, project_code, id_index, month, organisation_id, post, construction_days, valid_days, punch_days, absent_in_row, rated_at)
    select p.scope, p.project_code, p.id_index, months.month, p.organisation_id, p.post, f.construction, f.valid, f.punched, a.absent, at
    from register_posts p cross join months
    left join register_workers w on w.scope = p.scope and w.project_code = p.project_code and w.id_index = p.id_index
    cross join lateral (
      select count(*) as construction, count(*) filter (where own.valid) as valid, count(own.day) as punched
      from days d left join attendance_days own on own.scope = p.scope and own.project_code = p.project_code and own.id_index = p.id_index and own.day = d.day
      where d.day >= months.month and d.day < months.month + interval '1 month' and d.day >= coalesce(w.entered_on, '-infinity') and d.day <= coalesce(w.left_on, 'infinity')) f
    cross join lateral (
      select count(*) as absent from days d
      where d.day < months.month + interval '1 month' and d.day >= coalesce(w.entered_on, '-infinity') and d.day <= coalesce(w.left_on, 'infinity')
        and d.day > coalesce((
          select max(o.day) from attendance_days o
          where o.scope = p.scope and o.project_code = p.project_code and o.id_index = p.id_index and o.valid and o.day < months.month + interval '1 month'), '-infinity')) a
    where p.scope = site.scope and p.project_code = site.project_code
    on conflict (scope, project_code, id_index, month) do update set
      post = excluded.post, construction_days = excluded.construction_days, valid_days = excluded.valid_days, punch_days = excluded.punch_days, absent_in_row = excluded.absent_in_row,
      rated_at = excluded.rated_at;
  end loop;
  return taken;
end $$;
revoke execute on function rate_attendance from public;
grant execute on function rate_attendance to workflow_engine;

do $$
declare
  t text;
begin
  foreach t in array array['register_posts', 'attendance_changes', 'attendance_months']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to workflow_engine, workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', t);
    execute format('grant select on %I to workflow_engine', t);
  end loop;
  foreach t in array array['register_posts', 'attendance_months']
  loop
    execute format('create policy of_case on %I for select to workflow_app using (tenant_is_authority() and exists (select from credentials c where c.instance_id = scope))', t);
    execute format('grant select on %I to workflow_app', t);
  end loop;
end $$;
