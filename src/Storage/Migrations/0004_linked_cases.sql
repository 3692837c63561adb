-- Cases about cases, cases of which one may be open at a time, and cases whose applicant stays unnamed to the authority. Runs as workflow_owner, in one transaction.
select set_config('workflow.tenant', 'system', true);

alter table cases
  add column linked_number text,
  add column unit text,
  add column confidential boolean not null default false;
-- D-27: one application at a time for the same thing. Of two that are filed at once the later commit is refused.
create unique index cases_one_open on cases (flow_id, applicant_id, authority_id, unit) where outcome is null and unit is not null;
-- The register of cases as flows read it.
create index cases_linked on cases (linked_number) where linked_number is not null;
create index cases_applicant on cases (applicant_id, flow_id, submitted_at desc);

-- Who may read a task, a warning or a notice and not the case behind it still needs its number.
alter table tasks add column case_number text;
alter table warnings add column case_number text;
alter table notices add column case_number text;
update tasks t set case_number = c.number from cases c where c.instance_id = t.instance_id;
update warnings t set case_number = c.number from cases c where c.instance_id = t.instance_id;
update notices t set case_number = c.number from cases c where c.instance_id = t.instance_id;

-- Which form opened the case.
alter table submissions add column opens_case boolean not null default false;
update submissions s set opens_case = true
  where s.id = (select first.id from submissions first where first.instance_id = s.instance_id order by first.submitted_at, first.id limit 1);
create unique index submissions_opening on submissions (instance_id) where opens_case;

-- A file that one case was given and that a later one of the same organisation names again, or that goes along when a case is handed on (转办):
-- it stays where it is, and who may read the later case may read it too.
create table attachment_uses (
  attachment_id uuid not null references attachments,
  instance_id uuid not null references instances,
  organisation_id text not null,
  primary key (attachment_id, instance_id)
);
create index attachment_uses_instance on attachment_uses (instance_id);

-- Whether the tenant's organisation has, or had, something to do in an instance. Row-level security of "tasks" answers.
create function has_task(instance uuid) returns boolean language sql stable parallel safe
  as $$ select exists (select from tasks t where t.instance_id = instance and t.organisation_id = tenant()) $$;

alter table attachment_uses enable row level security;
alter table attachment_uses force row level security;
create policy engine on attachment_uses to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
create policy of_case on attachment_uses for select to workflow_app using (case_visible(instance_id) or has_task(instance_id));

-- An authority that may not see a confidential case decides about it all the same, and needs the evidence.
drop policy of_case on attachments;
create policy of_case on attachments for select to workflow_app
  using (organisation_id = tenant() or (instance_id is not null and (case_visible(instance_id) or has_task(instance_id)))
    or exists (select from attachment_uses u where u.attachment_id = attachments.id));

grant select on attachment_uses to workflow_app;
grant select, insert on attachment_uses to workflow_engine;
