-- Flows that a message begins and that did not end in memory: an order for an instance each, in the transaction that stores the message. One that failed is set aside with an incident that has it
-- tried again. Runs as workflow_owner, in one transaction.
create function order_flows(ids text[], instances uuid[], of_credentials text[], payloads text[], faults text[], received timestamptz[])
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tenant_holders() is null then
    raise exception 'no holders set' using errcode = '42501';
  end if;
  perform set_config('workflow.tenant', 'system', true);
  insert into signals (id, instance_id, organisation_id, kind, name, payload, status, created_at, settled_at)
  select o.id, o.instance, c.authority_id, 'StartChild', 'ingest', o.payload::json, case when o.fault is null then 'pending' else 'parked' end, o.at, case when o.fault is not null then o.at end
  from unnest(ids, instances, of_credentials, payloads, faults, received) with ordinality as o(id, instance, credential, payload, fault, at, ordinal)
    join credentials c on c.id = o.credential
  where c.holder_id = any (tenant_holders())
  order by o.ordinal;
  insert into incidents (id, instance_id, organisation_id, message, raised_at)
  select 'signal:' || o.id, o.instance, c.authority_id, o.fault, o.at
  from unnest(ids, instances, of_credentials, faults, received) as o(id, instance, credential, fault, at) join credentials c on c.id = o.credential
  where o.fault is not null and c.holder_id = any (tenant_holders());
  perform set_config('workflow.tenant', '', true);
end $$;

revoke execute on function order_flows from public;
grant execute on function order_flows to workflow_ingest;
