-- What was decided about an incident, by whom and why. Runs as workflow_owner, in one transaction.
alter table incidents
  add column ended text,
  add column resolved_by text,
  add column reason text;
