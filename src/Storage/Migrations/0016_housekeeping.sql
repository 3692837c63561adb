-- Nonces are kept some days and then forgotten, the oldest first; a key whose showing was asked for again under the same idempotency key is shown again. Runs as workflow_owner, in one transaction.
create index ingest_nonces_age on ingest_nonces (seen_at);

-- SHA-256 over who asked and under which idempotency key; of a program that does not know it, null.
alter table credentials add column reveal_key bytea;
grant update (reveal_key) on credentials to workflow_app;
