-- Each file of the content is a chain of versions: at most one draft, which policy staff write on in a browser, at most one published one, and those that were retired.
-- Runs as workflow_owner, in one transaction.
create table content_versions (
  -- New with each save, so that whoever saves over a draft must have seen it as it is.
  id text primary key,
  organisation_id text not null,
  path text not null,
  -- What the file is known by: a flow's definition id, else the path.
  item text not null,
  number integer not null,
  state text not null check (state in ('draft', 'published', 'retired')),
  hash bytea not null,
  -- The text of a draft. What was published lies in content_blobs under its hash.
  draft text,
  -- The published version that a draft was begun on; null: there was none.
  based_on text,
  saved_at timestamptz not null,
  saved_by text not null,
  saved_by_name text not null,
  published_at timestamptz,
  retired_at timestamptz,
  -- Why it was published as it is, where somebody said so.
  reason text,
  -- The release that brought it into force.
  release_id text references releases,
  unique (path, number),
  check ((state = 'draft') = (draft is not null))
);
create unique index content_versions_draft on content_versions (path) where state = 'draft';
create unique index content_versions_published on content_versions (path) where state = 'published';
create index content_versions_item on content_versions (item);

-- What is in force when this script runs is each file's first version.
insert into content_versions (id, organisation_id, path, item, number, state, hash, saved_at, saved_by, saved_by_name, published_at, release_id)
select gen_random_uuid()::text, r.organisation_id, f.path, coalesce(substring(b.content from '"definitionId"\s*:\s*"([^"]+)"'), f.path), 1, 'published', f.hash,
  a.activated_at, a.activated_by, a.activated_by, a.activated_at, a.release_id
from (select release_id, activated_at, activated_by from release_activations order by sequence desc limit 1) a
join releases r on r.id = a.release_id
join release_files f on f.release_id = a.release_id
join content_blobs b on b.hash = f.hash;

alter table content_versions enable row level security;
alter table content_versions force row level security;
create policy engine on content_versions to workflow_engine, workflow_owner using (tenant() = 'system') with check (tenant() = 'system');
grant select, insert, update, delete on content_versions to workflow_engine;
