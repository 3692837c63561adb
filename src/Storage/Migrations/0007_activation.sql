-- Activation strategies: running instances are looked up by their correlation id. Runs as workflow_owner, in one transaction.
create index instances_correlated on instances (correlation_id) where status = 'Running' and correlation_id is not null;
