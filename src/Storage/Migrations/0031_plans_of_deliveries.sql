-- What a group of requests needs is planned once for a connection: planning it anew for the arrays of each group costs more than carrying it out. Runs as workflow_owner, in one transaction.
alter function settle_deliveries set plan_cache_mode = 'force_generic_plan';
alter function register_deliveries set plan_cache_mode = 'force_generic_plan';
alter function order_flows set plan_cache_mode = 'force_generic_plan';
