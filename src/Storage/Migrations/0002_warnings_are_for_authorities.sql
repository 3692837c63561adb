-- Verifying a warning is between authorities: "warnings" is closed to the enterprise of a case, and so must be the task that answers
-- one (with its answer) and the form handed in with it. Of another's forms an enterprise sees those of tasks that it may see.

drop policy of_case on tasks;
create policy of_case on tasks for select to workflow_app
  using (organisation_id = tenant() or ((kind <> 'Warning' or tenant_is_authority()) and case_visible(instance_id)));

drop policy of_case on submissions;
create policy of_case on submissions for select to workflow_app
  using (organisation_id = tenant() or (case_visible(instance_id) and (tenant_is_authority()
    or exists (select from tasks t where t.instance_id = submissions.instance_id and t.form_id = submissions.form_id))));

-- Both name scopes, which open more than any organisation may see.
alter table organisations add constraint organisations_id_no_scope check (id not in ('system', 'sign-in'));
