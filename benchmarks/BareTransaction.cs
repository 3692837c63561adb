using Npgsql;

namespace WorkflowEngine.Bench;

/// <summary>The bare transaction of docs/performance.md: what the database itself can do with the same step.</summary>
internal sealed class BareTransaction(NpgsqlDataSource source) : IAsyncDisposable
{
    private const int Instances = 20_000;

    public static async Task<BareTransaction> PrepareAsync(string superuser, int workers)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(superuser) { MaxPoolSize = workers + 2, MaxAutoPrepare = 20, AutoPrepareMinUsages = 2 }.ConnectionString);
        await using var command = source.CreateCommand($"""
            create schema cal;
            create table cal.instance(id bigint primary key, tenant int not null, version int not null default 0, state smallint not null default 0, data jsonb not null, updated_at timestamptz not null default now());
            create table cal.task(id bigint primary key, instance_id bigint not null, assignee int, state smallint not null default 0, completed_at timestamptz, rev int not null default 0);
            create table cal.history(id bigint generated always as identity primary key, instance_id bigint not null, at timestamptz not null default clock_timestamp(), kind smallint not null, actor int, body jsonb, hash bytea);
            create index on cal.history(instance_id, id);
            create table cal.timer(id bigint generated always as identity primary key, instance_id bigint not null, due timestamptz not null, state smallint not null default 0);
            create index on cal.timer(due) where state = 0;
            create table cal.outbox(id bigint generated always as identity primary key, dedup text not null unique, payload jsonb not null, sent_at timestamptz);
            insert into cal.instance(id, tenant, data) select i, 1, jsonb_build_object('filler', repeat('x', 380)) from generate_series(1, {Instances}) i;
            insert into cal.task(id, instance_id) select i, i from generate_series(1, {Instances}) i;
            """);
        await command.ExecuteNonQueryAsync();
        return new BareTransaction(source);
    }

    public async Task<int> RunAsync()
    {
        var id = Random.Shared.NextInt64(1, Instances + 1);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync("select version, state, data from cal.instance where id = $1 for update");
        await ExecuteAsync("update cal.task set state = 1 - state, completed_at = now(), rev = rev + 1 where id = $1");
        await ExecuteAsync("update cal.instance set version = version + 1, state = (state + 1) % 3, updated_at = now(), data = data || '{\"k\":1}' where id = $1");
        await ExecuteAsync("insert into cal.history(instance_id, kind, actor, body, hash) values ($1, 1, 7, '{\"t\":\"completed\"}', '\\x00'), ($1, 2, 7, '{\"t\":\"entered\"}', '\\x00')");
        await ExecuteAsync("insert into cal.timer(instance_id, due) values ($1, now() + interval '5 days')");
        await ExecuteAsync("insert into cal.outbox(dedup, payload) values ('n:' || $1 || ':' || nextval('cal.outbox_id_seq'), '{\"tpl\":\"t1\"}')");
        await transaction.CommitAsync();
        return 1;

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = id } } };
            await command.ExecuteNonQueryAsync();
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
