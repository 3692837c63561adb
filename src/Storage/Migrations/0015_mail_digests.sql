-- Many letters to one recipient at once go as one mail; mail of before a restore waits for a decision (ADR 0014). Runs as workflow_owner, in one transaction.
alter table outbox
  drop constraint outbox_status_check,
  -- gathered: goes with the digest; dropped: somebody decided that it is not sent.
  add constraint outbox_status_check check (status in ('pending', 'sent', 'parked', 'gathered', 'dropped')),
  add column digest_id text references outbox;
create index outbox_digest on outbox (digest_id) where digest_id is not null;
create index outbox_parked on outbox (id) where status = 'parked';

-- The cluster and the timeline that the data was last opened on: another one says that a backup was restored (ADR 0014).
alter table installation add column origin text;
