-- An event that is published for its own instance only (Elsa's isLocalEvent) reaches nobody else. Runs as workflow_owner, in one transaction.
drop function send_to_expecting(text, text, json, timestamptz, text);

-- Tells every instance that expects the name and key; with a correlation id, only those that carry it; with an instance, only that one.
create function send_to_expecting(
  expected_name text, expected_key text, message json, at timestamptz, correlation text default null, only_instance uuid default null)
  returns integer language sql
  as $$ with sent as (
          insert into signals (id, instance_id, organisation_id, kind, bookmark_id, name, payload, status, created_at)
          select gen_random_uuid()::text, e.instance_id, e.organisation_id, 'Expected', e.bookmark_id, e.name, message, 'pending', at
          from expectations e
          where e.name = expected_name and e.key = expected_key
            and (only_instance is null or e.instance_id = only_instance)
            and (correlation is null or exists (select from instances i where i.id = e.instance_id and i.correlation_id = correlation))
          order by e.bookmark_id
          on conflict (bookmark_id) where status = 'pending' and kind = 'Expected' do update set payload = excluded.payload
          returning 1)
        select count(*)::integer from sent $$;

revoke execute on function send_to_expecting from public;
grant execute on function send_to_expecting to workflow_engine;
