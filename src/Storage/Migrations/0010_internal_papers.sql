-- What an officer drafts and a leader has not signed yet is for the authority that drafts it and for those above it. Runs as workflow_owner, in one transaction.

-- What such a task was given to decide on, and what was answered, are not in "tasks" but here.
alter table tasks add column internal boolean not null default false;
create table internal_papers (
  task_id text primary key references tasks,
  sequence bigint generated always as identity,
  instance_id uuid not null references instances,
  organisation_id text not null,
  -- The organisation that does the task, and its superiors.
  readers text[] not null,
  activity_id text not null,
  -- The decisions that disclose the answer: step.Outcome.
  until text[] not null,
  data json
);
create index internal_papers_instance on internal_papers (instance_id);

create table internal_answers (
  task_id text primary key references internal_papers,
  instance_id uuid not null references instances,
  organisation_id text not null,
  readers text[] not null,
  outcome text,
  answers json,
  disclosed_at timestamptz
);
create index internal_answers_instance on internal_answers (instance_id);

do $$
declare
  t text;
begin
  foreach t in array array['internal_papers', 'internal_answers']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to workflow_engine, workflow_owner using (tenant() = ''system'') with check (tenant() = ''system'')', t);
    execute format('grant select on %I to workflow_app', t);
    execute format('grant select, insert on %I to workflow_engine', t);
  end loop;
end $$;
grant update (disclosed_at) on internal_answers to workflow_engine;
create policy of_case on internal_papers for select to workflow_app
  using (organisation_id = tenant() or (case_visible(instance_id) and readers @> array[tenant()]));
create policy of_case on internal_answers for select to workflow_app
  using (organisation_id = tenant() or (case_visible(instance_id) and (disclosed_at is not null or readers @> array[tenant()])));

-- Whether what was answered in a task is the tenant's to read; null: in none that is internal. Row-level security of "internal_answers" tells.
create function may_read_internal(task text) returns boolean language sql stable parallel safe
  as $$ select task is null or exists (select from internal_answers a where a.task_id = task) $$;

-- The internal task that the row came from.
alter table journal add column internal_task text references tasks;
alter table submissions add column internal_task text references tasks;
alter table attachments add column internal_task text references tasks;
alter table attachment_uses add column internal_task text references tasks;

drop policy of_case on journal;
create policy of_case on journal for select to workflow_app using (case_visible(instance_id) and may_read_internal(internal_task));

drop policy of_case on submissions;
create policy of_case on submissions for select to workflow_app
  using (organisation_id = tenant() or (case_visible(instance_id) and may_read_internal(internal_task) and (tenant_is_authority()
    or exists (select from tasks t where t.instance_id = submissions.instance_id and t.form_id = submissions.form_id))));

drop policy of_case on attachments;
create policy of_case on attachments for select to workflow_app
  using (organisation_id = tenant() or (instance_id is not null and (case_visible(instance_id) or has_task(instance_id)) and may_read_internal(internal_task))
    or exists (select from attachment_uses u where u.attachment_id = attachments.id));

drop policy of_case on attachment_uses;
create policy of_case on attachment_uses for select to workflow_app
  using ((case_visible(instance_id) or has_task(instance_id)) and may_read_internal(internal_task));
grant update (internal_task) on attachment_uses to workflow_engine;
