-- Operators are told of each incident once, by a letter that is about no instance. Runs as workflow_owner, in one transaction.
alter table incidents add column told_at timestamptz;
create index incidents_untold on incidents (raised_at) where told_at is null and resolved_at is null;
alter table notices alter column instance_id drop not null;
create index notices_template on notices (organisation_id, template, sent_at desc) where instance_id is null;
