-- What falls due or arrives for an instance that a failed step has stopped is kept until the instance goes on. Runs as workflow_owner, in one transaction.
alter table timers
  drop constraint timers_status_check,
  add constraint timers_status_check check (status in ('pending', 'fired', 'cancelled', 'parked', 'held'));
create index timers_held on timers (instance_id) where status = 'held';

alter table signals
  drop constraint signals_status_check,
  add constraint signals_status_check check (status in ('pending', 'consumed', 'parked', 'held'));
create index signals_held on signals (instance_id) where status = 'held';
