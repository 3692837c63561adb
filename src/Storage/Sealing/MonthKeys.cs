using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>The data key under which a province's devices' personal values of a month are sealed.</summary>
internal sealed class MonthKey(int id, byte[] key)
{
    public byte[] Seal(string text, SealedPlace place) => SealedValue.Make(SealedUnder.MonthKey, id, key, Encoding.UTF8.GetBytes(text), place);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The value was changed, moved, or sealed under another key.</exception>
    public string OpenText(ReadOnlySpan<byte> value, SealedPlace place) => Encoding.UTF8.GetString(SealedValue.Open(value, key, place));
}

/// <summary>
/// The keys of personal values that devices send: one for a province and a calendar month (Beijing, of arrival), made when the first record of the month arrives. Whoever destroys a month's
/// wrapped key destroys its personal values, wherever copies of them lie.
/// </summary>
internal sealed class MonthKeys(NpgsqlDataSource engine, MasterKey master)
{
    private static readonly TimeSpan ChinaTime = TimeSpan.FromHours(8);

    /// <summary>A host that serves many provinces over many months keeps no more of them in memory.</summary>
    private const int MostKept = 64;

    private readonly ConcurrentDictionary<(string Province, DateOnly Month), MonthKey> _kept = new();

    /// <summary>The first day of the month in which something arrived.</summary>
    public static DateOnly MonthOf(DateTimeOffset businessNow)
    {
        var day = businessNow.ToOffset(ChinaTime);
        return new DateOnly(day.Year, day.Month, 1);
    }

    /// <summary>The key to seal with. Made when there is none yet; of hosts that make one at once, the first one's stays.</summary>
    public async ValueTask<MonthKey> ForAsync(string provinceId, DateTimeOffset businessNow, CancellationToken ct)
    {
        var month = MonthOf(businessNow);
        if (_kept.TryGetValue((provinceId, month), out var kept)) return kept;

        var key = await MakeAsync(provinceId, month, businessNow, ct)
            ?? throw new InvalidOperationException(FormattableString.Invariant($"The key of {provinceId} for {month:yyyy-MM} was destroyed, and something arrives in that month."));
        // Months that are over are not sealed for any more.
        foreach (var old in _kept.Keys.Where(name => name.Month < month.AddMonths(-1) || _kept.Count >= MostKept)) _kept.TryRemove(old, out _);
        _kept[(provinceId, month)] = key;
        return key;
    }

    /// <summary>The key of a month, made when there is none yet; <c>null</c>: it was destroyed.</summary>
    public async Task<MonthKey?> MakeAsync(string provinceId, DateOnly month, DateTimeOffset businessNow, CancellationToken ct)
    {
        var place = Places.MonthKey(provinceId, month);
        await using var transaction = await engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync(
            "insert into month_keys (organisation_id, month, wrapped, created_at) values ($1, $2, $3, $4) on conflict do nothing",
            ct, provinceId, month, DataKeys.Wrap(DataKeys.NewKey(), place, master), businessNow);
        var (id, wrapped) = (await transaction.QueryAsync(
            "select id, wrapped from month_keys where organisation_id = $1 and month = $2",
            reader => (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1)), ct, provinceId, month))[0];
        await transaction.CommitAsync(ct);
        return wrapped is null ? null : new MonthKey(id, DataKeys.Unwrap(wrapped, place, master));
    }

    /// <summary>The keys to open with, as they are at this moment; a destroyed one is not among them. Not kept: who opens asks whether the key is still there.</summary>
    public async Task<IReadOnlyDictionary<int, MonthKey>> FindAsync(IReadOnlyCollection<int> ids, CancellationToken ct)
    {
        await using var transaction = await engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync(
            "select id, organisation_id, month, wrapped from month_keys where id = any ($1) and wrapped is not null",
            reader => (Id: reader.GetInt32(0), Place: Places.MonthKey(reader.GetString(1), reader.GetFieldValue<DateOnly>(2)), Wrapped: reader.GetFieldValue<byte[]>(3)),
            ct, new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = ids.ToArray() });
        return found.ToDictionary(row => row.Id, row => new MonthKey(row.Id, DataKeys.Unwrap(row.Wrapped, row.Place, master)));
    }
}
