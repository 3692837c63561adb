-- For an administrator of the PostgreSQL server, when the login of ConnectionStrings__Default may not create roles.
-- Run once per server and database as a superuser, for example:
--   psql -v database=workflow -v migrator=workflow_migrator -f database-roles.sql workflow
-- It asks for nothing and is safe to run again. Set the passwords yourself (\password …), then give the program
--   ConnectionStrings__Default   the migrator's login
--   ConnectionStrings__App, ConnectionStrings__Engine, ConnectionStrings__Ingest   the three logins below

select format('create role %I nologin', name) from unnest(array['workflow_owner', 'workflow_app', 'workflow_engine', 'workflow_ingest']) as name
  where not exists (select from pg_roles where rolname = name) \gexec

select format('create role %I login', name) from unnest(array[:'migrator', :'database' || '_app_login', :'database' || '_engine_login', :'database' || '_ingest_login']) as name
  where not exists (select from pg_roles where rolname = name) \gexec

select format('grant workflow_owner, workflow_engine to %I', :'migrator') \gexec
select format('grant workflow_%s to %I', role, :'database' || '_' || role || '_login') from unnest(array['app', 'engine', 'ingest']) as role \gexec

revoke connect on database :"database" from public;
select format('grant connect on database %I to %I', :'database', name)
  from unnest(array[:'migrator', :'database' || '_app_login', :'database' || '_engine_login', :'database' || '_ingest_login']) as name \gexec

grant usage, create on schema public to workflow_owner;
grant usage on schema public to workflow_app, workflow_engine, workflow_ingest;
create schema if not exists quartz authorization workflow_engine;
