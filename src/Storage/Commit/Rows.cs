using System.Globalization;
using System.Text;
using NpgsqlTypes;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>A column of <see cref="Rows"/>. <paramref name="Sql"/> computes what is stored; by default the value itself.</summary>
internal sealed record Column(string Name, NpgsqlDbType Type, string? Sql = null);

/// <summary>Rows of one table, written by one statement: each column travels as one array and <c>unnest</c> makes rows of them again.</summary>
internal sealed class Rows
{
    private readonly Column[] _columns;
    private readonly string _sql;
    private readonly List<object?[]> _rows = [];

    private Rows(Column[] columns, string sql)
    {
        _columns = columns;
        _sql = sql;
    }

    public int Count => _rows.Count;

    /// <param name="suffix">What follows the select: an <c>on conflict</c> clause, an order.</param>
    public static Rows Insert(string table, Column[] columns, string suffix = "")
    {
        var names = string.Join(", ", columns.Select(column => column.Name));
        var values = string.Join(", ", columns.Select(column => column.Sql ?? Value(column)));
        return new Rows(columns, $"insert into {table} ({names}) select {values} from {Source(columns)} {suffix}");
    }

    /// <summary>An update whose <paramref name="set"/> and <paramref name="where"/> speak of the table as <c>t</c> and of the given rows as <c>r</c>.</summary>
    public static Rows Update(string table, Column[] columns, string set, string where) =>
        new(columns, $"update {table} t set {set} from {Source(columns)} where {where}");

    public static Rows Delete(string table, Column[] columns, string where) =>
        new(columns, $"delete from {table} t using {Source(columns)} where {where}");

    /// <summary>Values in the order of the columns.</summary>
    public void Add(params object?[] values) => _rows.Add(values);

    /// <summary>Adds the statement, unless there are no rows.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        batch.Add(_sql, [.. _columns.Select((column, index) => (object)Parameter(column.Type, index))]);
    }

    private static string Value(Column column) => column.Type == NpgsqlDbType.Json ? $"r.{column.Name}::json" : $"r.{column.Name}";

    private static string Source(Column[] columns)
    {
        var text = new StringBuilder("unnest(");
        for (var index = 0; index < columns.Length; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(index == 0 ? "" : ", ")}${index + 1}::{ArrayType(columns[index].Type)}");
        }

        return text.Append(CultureInfo.InvariantCulture, $") as r({string.Join(", ", columns.Select(column => column.Name))})").ToString();
    }

    private static string ArrayType(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Text or NpgsqlDbType.Json => "text[]",
        NpgsqlDbType.Uuid => "uuid[]",
        NpgsqlDbType.Integer => "integer[]",
        NpgsqlDbType.Bigint => "bigint[]",
        NpgsqlDbType.Boolean => "boolean[]",
        NpgsqlDbType.TimestampTz => "timestamptz[]",
        NpgsqlDbType.Date => "date[]",
        NpgsqlDbType.Bytea => "bytea[]",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This type is not used by any table."),
    };

    private NpgsqlParameter Parameter(NpgsqlDbType type, int index) => type switch
    {
        NpgsqlDbType.Text or NpgsqlDbType.Json => Array<string?>(NpgsqlDbType.Text, index, value => (string?)value),
        NpgsqlDbType.Uuid => Array<Guid?>(type, index, value => (Guid?)value),
        NpgsqlDbType.Integer => Array<int?>(type, index, value => (int?)value),
        NpgsqlDbType.Bigint => Array<long?>(type, index, value => (long?)value),
        NpgsqlDbType.Boolean => Array<bool?>(type, index, value => (bool?)value),
        NpgsqlDbType.TimestampTz => Array<DateTime?>(type, index, value => ((DateTimeOffset?)value)?.UtcDateTime),
        NpgsqlDbType.Date => Array<DateOnly?>(type, index, value => (DateOnly?)value),
        NpgsqlDbType.Bytea => Array<byte[]?>(type, index, value => (byte[]?)value),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This type is not used by any table."),
    };

    private NpgsqlParameter Array<T>(NpgsqlDbType type, int index, Func<object?, T> convert) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = _rows.Select(row => convert(row[index])).ToArray() };
}
