-- How an organisation wants its letters besides the inbox: one mail each, one a day, none; a short message. Runs as workflow_owner, in one transaction.
alter table organisations
  add column mail_mode text not null default 'Each' check (mail_mode in ('Each', 'Daily', 'Off')),
  add column message_mode text not null default 'Off' check (message_mode in ('Off', 'Urgent', 'Each')),
  -- A person's number or account: sealed.
  add column message_account bytea;

alter table outbox
  add column outlet text not null default 'Mail' check (outlet in ('Mail', 'Message')),
  -- Waits for the next hour of the day at which letters are gathered.
  add column daily boolean not null default false;
-- What a letter was written from, so that a changed template can be tried on letters that were really sent.
alter table notices add column model jsonb;
create index notices_models on notices (template, sent_at desc) where model is not null;

create index outbox_notice on outbox (notice_id);
create index outbox_daily on outbox (organisation_id) where status = 'pending' and daily;
