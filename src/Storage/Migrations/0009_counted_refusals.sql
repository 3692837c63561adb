-- One line may stand for many requests: those of some seconds that were turned away for the same reason before they were believed.
-- Runs as workflow_owner, in one transaction.
alter table ingest_requests add column times integer not null default 1 check (times > 0);

drop function count_delivery(text, text, boolean, integer, integer, timestamptz);
create function count_delivery(
  delivered_credential text, delivered_method text, was_accepted boolean, times integer, new_records integer, new_workers integer, at timestamptz)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  organisation text := tenant();
begin
  if organisation is null then
    raise exception 'no tenant set' using errcode = '42501';
  end if;
  perform set_config('workflow.tenant', 'system', true);
  insert into conformance as c (credential_id, method, slot, organisation_id, accepted, rejected, records, workers, first_at, last_accepted_at, last_rejected_at)
  values (delivered_credential, delivered_method, pg_backend_pid() % 16, organisation,
          case when was_accepted then times else 0 end, case when was_accepted then 0 else times end, new_records, new_workers, at,
          case when was_accepted then at end, case when was_accepted then null else at end)
  on conflict (credential_id, method, slot) do update set
    accepted = c.accepted + excluded.accepted, rejected = c.rejected + excluded.rejected,
    records = c.records + excluded.records, workers = c.workers + excluded.workers,
    last_accepted_at = greatest(c.last_accepted_at, excluded.last_accepted_at),
    last_rejected_at = greatest(c.last_rejected_at, excluded.last_rejected_at);
  perform set_config('workflow.tenant', organisation, true);
end $$;

revoke execute on function count_delivery from public;
grant execute on function count_delivery to workflow_ingest;
