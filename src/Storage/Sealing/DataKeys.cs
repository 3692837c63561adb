using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>Loads the data keys of an installation and makes the first one. How a data key is wrapped.</summary>
internal static class DataKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;

    public static async Task<Envelope> LoadAsync(NpgsqlDataSource engine, MasterKey master, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await engine.OpenConnectionAsync(ct);
        // Hosts that start at once may all try; the first one's key stays.
        await using (var first = new NpgsqlCommand(
            "insert into data_keys (id, wrapped, created_at) select 1, $1, $2 where not exists (select from data_keys) on conflict do nothing", connection)
        {
            Parameters = { new() { Value = Wrap(NewKey(), Place(1), master) }, new() { Value = now.UtcDateTime } },
        })
        {
            await first.ExecuteNonQueryAsync(ct);
        }

        var keys = new Dictionary<int, byte[]>();
        await using var command = new NpgsqlCommand("select id, wrapped from data_keys", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetInt32(0);
            keys.Add(id, Unwrap(reader.GetFieldValue<byte[]>(1), Place(id), master));
        }

        return new Envelope(keys);
    }

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public static byte[] Wrap(byte[] key, SealedPlace place, MasterKey master)
    {
        var wrapped = new byte[NonceBytes + SealedValue.TagBytes + KeyBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var cipher = master.Cipher();
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceBytes), key, wrapped.AsSpan(NonceBytes + SealedValue.TagBytes), wrapped.AsSpan(NonceBytes, SealedValue.TagBytes), place.AssociatedData());
        return wrapped;
    }

    /// <exception cref="DataFolderException">It was wrapped by another master key, or for another place.</exception>
    public static byte[] Unwrap(byte[] wrapped, SealedPlace place, MasterKey master)
    {
        var key = new byte[KeyBytes];
        try
        {
            using var cipher = master.Cipher();
            cipher.Decrypt(
                wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes + SealedValue.TagBytes), wrapped.AsSpan(NonceBytes, SealedValue.TagBytes), key, place.AssociatedData());
            return key;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new DataFolderException(
                "主密钥与数据库不符：密封数据（密钥、附件、个人信息）无法打开。请恢复原来的 master.key 或 WORKFLOW_MASTER_KEY；多台主机必须使用同一主密钥。",
                "The master key is not the one of this database: sealed data cannot be opened. Restore the original master.key or WORKFLOW_MASTER_KEY; all hosts need the same one.",
                mismatch);
        }
    }

    private static SealedPlace Place(int id) => new("data_keys", "wrapped", id.ToString(CultureInfo.InvariantCulture));
}
