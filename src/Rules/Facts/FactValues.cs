using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules;

/// <summary>A fact that is not what was declared.</summary>
internal sealed class FactException(string message) : Exception(message);

/// <summary>
/// Brings the callers' values (JSON, dictionaries, lists, scalars) into one form, finds their types where none are declared,
/// and makes of them what expressions read.
/// </summary>
internal static class FactValues
{
    private const int DeepestValue = 32;
    private const int MostValues = 500_000;

    private static readonly TimeSpan BusinessOffset = TimeSpan.FromHours(8);

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd",
    ];

    /// <summary>Null, scalar, Dictionary or List of the same. Numbers with a fraction stay JSON until their type is known.</summary>
    /// <exception cref="FactException">The value is nothing that facts can be.</exception>
    public static object? Normalise(object? value)
    {
        var count = 0;
        return Normalise(value, ref count);
    }

    /// <param name="value">The value.</param>
    /// <param name="count">Grows by the number of values in it.</param>
    public static object? Normalise(object? value, ref int count) => Normalise(value, 0, ref count);

    private static object? Normalise(object? value, int depth, ref int count)
    {
        if (depth > DeepestValue || ++count > MostValues)
        {
            throw new FactException($"the facts are nested more than {DeepestValue} deep or have more than {MostValues} values");
        }

        switch (value)
        {
            case null or string or bool or int or long or double or decimal or DateTime or DateOnly or DateTimeOffset or TimeSpan or Guid:
                return value;
            case FactObject known when depth + known.Depth <= DeepestValue && known.Size <= MostValues:
                count += known.Size;
                return known;
            case JsonElement json:
                return FromJson(json, depth, ref count);
            case JsonNode node:
                return FromJson(node, depth, ref count);
            case FactRecord record:
                return record;
            case FactList facts:
                return Normalise(facts.Items, depth, ref count) is List<object?> items ? new TypedList(facts.Element, items) : null;
            case byte or sbyte or short or ushort:
                return Convert.ToInt32(value, CultureInfo.InvariantCulture);
            case uint number:
                return (long)number;
            case float number:
                return (double)number;
            case Enum:
                return value.ToString();
            case IEnumerable<KeyValuePair<string, object?>> pairs:
                var dictionary = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var (name, member) in pairs)
                {
                    dictionary[name] = Normalise(member, depth + 1, ref count);
                }

                return dictionary;
            case IEnumerable elements:
                var list = new List<object?>();
                foreach (var element in elements)
                {
                    list.Add(Normalise(element, depth + 1, ref count));
                }

                return list;
            default:
                throw new FactException($"a {value.GetType().Name} cannot be a fact, use JSON, dictionaries, lists and scalars");
        }
    }

    private static object? FromJson(JsonNode json, int depth, ref int count)
    {
        switch (json)
        {
            case JsonObject members:
                var dictionary = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);
                foreach (var (name, member) in members)
                {
                    dictionary[name] = Normalise(member, depth + 1, ref count);
                }

                return dictionary;
            case JsonArray elements:
                var list = new List<object?>(elements.Count);
                foreach (var element in elements)
                {
                    list.Add(Normalise(element, depth + 1, ref count));
                }

                return list;
            case JsonValue single when single.TryGetValue<string>(out var text):
                return text;
            case JsonValue single when single.TryGetValue<JsonElement>(out var element):
                return FromJson(element, depth, ref count);
            default:
                return FromJson(JsonSerializer.SerializeToElement(json), depth, ref count);
        }
    }

    private static object? FromJson(JsonElement json, int depth, ref int count)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var dictionary = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var member in json.EnumerateObject())
                {
                    dictionary[member.Name] = Normalise(member.Value, depth + 1, ref count);
                }

                return dictionary;
            case JsonValueKind.Array:
                var list = new List<object?>(json.GetArrayLength());
                foreach (var element in json.EnumerateArray())
                {
                    list.Add(Normalise(element, depth + 1, ref count));
                }

                return list;
            case JsonValueKind.String:
                return json.GetString();
            case JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case JsonValueKind.Number:
                return json.TryGetInt32(out var number) ? number : json.TryGetInt64(out var large) ? large : json;
            default:
                return null;
        }
    }

    /// <summary>The type of a whole input: the original leaves a list that is an input untyped.</summary>
    public static FactType TypeOfInput(object? value, bool compat) =>
        compat && value is List<object?> and not TypedList ? new FactType.List(FactType.Nothing.Value) : TypeOf(value, compat);

    /// <summary>The type of a normalised value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="compat">True: as the original types JSON, e.g. a list by its first element.</param>
    public static FactType TypeOf(object? value, bool compat)
    {
        switch (value)
        {
            case null:
                return FactType.Nothing.Value;
            case string:
                return compat ? new FactType.Present(typeof(string)) : FactType.String;
            case JsonElement:
                return new FactType.Present(typeof(double));
            case FactRecord record:
                return new FactType.Record([.. record.Shape.Members.Select((member, i) => new FactMember(member.Name, TypeOf(record.Values[i], compat)))]);
            case FactObject known when !compat:
                return known.TypeBy(static known => TypeOfMembers(known.Members, compat: false));
            case IReadOnlyDictionary<string, object?> members:
                return TypeOfMembers(members, compat);
            case TypedList typed:
                return Complete(new FactType.List(typed.Element), typed);
            case List<object?> list:
                return new FactType.List(compat ? OriginalElement(list) : list.Count == 0
                    ? FactType.Nothing.Value
                    : list.Select(element => TypeOf(element, compat)).Aggregate(Unify));
            default:
                return new FactType.Present(value.GetType());
        }
    }

    /// <summary>Declared types, with the types of values wherever none was declared.</summary>
    public static FactType Complete(FactType declared, object? value) => declared switch
    {
        FactType.Open => TypeOf(value, compat: false),
        FactType.List list when value is List<object?> elements => new FactType.List(
            elements.Count == 0 ? Complete(list.Element, null) : elements.Select(element => Complete(list.Element, element)).Aggregate(Unify)),
        FactType.List list => new FactType.List(Complete(list.Element, null)),
        FactType.Record record when value is FactObject known => known.CompletedBy(record, known => CompleteMembers(record, known.Members)),
        FactType.Record record => CompleteMembers(record, value as IReadOnlyDictionary<string, object?>),
        _ => declared,
    };

    private static FactType.Record CompleteMembers(FactType.Record declared, IReadOnlyDictionary<string, object?>? values) =>
        new([.. declared.Members.Select(member => new FactMember(member.Name, Complete(member.Type, values?.GetValueOrDefault(member.Name))))]);

    private static FactType.Record TypeOfMembers(IReadOnlyDictionary<string, object?> members, bool compat) =>
        new([.. members.Select(member => new FactMember(member.Key, TypeOf(member.Value, compat)))]);

    /// <summary>A normalised value as expressions read it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="shape">The shape that belongs to the type.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="FactException">The value is not of the type.</exception>
    public static object? Make(object? value, FactType type, Shape? shape, string path)
    {
        try
        {
            return Make(value, type, shape);
        }
        catch (Misfit misfit)
        {
            throw new FactException($"'{path}{misfit.Path}' is {misfit.Told}");
        }
    }

    private static object? Make(object? value, FactType type, Shape? shape) => type switch
    {
        FactType.Scalar scalar => value is null ? null : Scalar(value, scalar.Clr),
        FactType.Present present => value is null ? Default(present.Clr) : Alike(value, present.Clr),
        FactType.List list => value is null ? null : MakeList(value, list, Shape.ElementOf(shape)),
        FactType.Record record => value is null ? null : MakeRecord(value, record, (Shape.Record)shape!),
        _ => Untyped(value),
    };

    private static IList MakeList(object value, FactType.List type, Shape? shape)
    {
        if (value is not List<object?> elements)
        {
            throw Mismatch(value, "a list");
        }

        var list = Shapes.ListOf(Shapes.ClrOf(type.Element), elements.Count);
        try
        {
            foreach (var element in elements)
            {
                list.Add(Make(element, type.Element, shape));
            }
        }
        catch (Misfit misfit)
        {
            throw misfit.Within($"[{list.Count}]");
        }

        return list;
    }

    private static FactRecord MakeRecord(object value, FactType.Record type, Shape.Record shape) => value switch
    {
        FactRecord same => same,
        FactObject known => known.RecordBy(shape, known => RecordOf(known.Members, type, shape)),
        IReadOnlyDictionary<string, object?> members => RecordOf(members, type, shape),
        _ => throw Mismatch(value, "an object"),
    };

    private static FactRecord RecordOf(IReadOnlyDictionary<string, object?> members, FactType.Record type, Shape.Record shape)
    {
        var values = new object?[type.Members.Count];
        var i = 0;
        try
        {
            for (; i < values.Length; i++)
            {
                values[i] = Make(members.GetValueOrDefault(type.Members[i].Name), type.Members[i].Type, shape.Members[i].Shape);
            }
        }
        catch (Misfit misfit)
        {
            throw misfit.Within($".{type.Members[i].Name}");
        }

        return new FactRecord(shape, values);
    }

    private static object? Untyped(object? value)
    {
        switch (value)
        {
            case JsonElement number:
                return number.GetDouble();
            case IReadOnlyDictionary<string, object?>:
                var type = TypeOf(value, compat: true);
                return Make(value, type, Shapes.Of(type).Shape);
            case List<object?> list:
                return list.ConvertAll(Untyped);
            default:
                return value;
        }
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    /// <summary>A value whose type was taken from its neighbours: the original converts it to theirs.</summary>
    private static object Alike(object value, Type type)
    {
        if (value.GetType() == type)
        {
            return value;
        }

        try
        {
            return Convert.ChangeType(value is JsonElement number ? number.GetDouble() : value, type, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException)
        {
            throw Mismatch(value, type.Name);
        }
    }

    private static object Scalar(object value, Type type)
    {
        if (value.GetType() == type)
        {
            return value;
        }

        if (value is JsonElement number)
        {
            return type == typeof(double) ? number.GetDouble()
                : type == typeof(decimal) && number.TryGetDecimal(out var exact) ? exact
                : throw Mismatch(number.GetRawText(), type.Name);
        }

        object? fit = value switch
        {
            int whole when type == typeof(long) => (long)whole,
            int whole when type == typeof(double) => (double)whole,
            int whole when type == typeof(decimal) => (decimal)whole,
            long whole when type == typeof(double) => (double)whole,
            long whole when type == typeof(decimal) => (decimal)whole,
            double or decimal when type == typeof(double) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            double and > -7.9e28 and < 7.9e28 when type == typeof(decimal) => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            string text when type == typeof(DateTime) => Time(text),
            string text when type == typeof(DateOnly) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null,
            DateTimeOffset instant when type == typeof(DateTime) => instant.ToOffset(BusinessOffset).DateTime,
            DateTime time when type == typeof(DateOnly) => DateOnly.FromDateTime(time),
            DateOnly date when type == typeof(DateTime) => date.ToDateTime(TimeOnly.MinValue),
            Guid when type == typeof(string) => value.ToString(),
            _ => null,
        };
        return fit ?? throw Mismatch(value, type.Name);
    }

    private static DateTime? Time(string text)
    {
        if (DateTime.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return local;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) && text.Contains('T', StringComparison.Ordinal)
            ? instant.ToOffset(BusinessOffset).DateTime
            : null;
    }

    private static Misfit Mismatch(object value, string wanted)
    {
        var shown = value switch
        {
            string text => $"\"{Masking.Mask(text.Length > 40 ? text[..40] + "…" : text)}\"",
            List<object?> => "a list",
            IReadOnlyDictionary<string, object?> or FactRecord => "an object",
            _ => ExpressionRuntime.Text(value),
        };
        return new Misfit($"{shown}, which is not {wanted}");
    }

    /// <summary>The original's element type: the union of all objects when the first is one, else the type of the first.</summary>
    private static FactType OriginalElement(List<object?> list)
    {
        if (list.Count == 0)
        {
            return FactType.Nothing.Value;
        }

        return list[0] switch
        {
            IReadOnlyDictionary<string, object?> => TypeOf(Merge(list.OfType<IReadOnlyDictionary<string, object?>>()), compat: true),
            List<object?> => new FactType.List(FactType.Nothing.Value),
            var first => TypeOf(first, compat: true),
        };
    }

    private static Dictionary<string, object?> Merge(IEnumerable<IReadOnlyDictionary<string, object?>> objects)
    {
        var merged = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in objects.SelectMany(one => one))
        {
            merged[name] = merged.TryGetValue(name, out var existing) ? MergeValues(existing, value) : value;
        }

        return merged;
    }

    private static object? MergeValues(object? existing, object? incoming) => (existing, incoming) switch
    {
        (IReadOnlyDictionary<string, object?> left, IReadOnlyDictionary<string, object?> right) => Merge([left, right]),
        (List<object?> left, List<object?> right) => (List<object?>)[.. left, .. right],
        _ => existing ?? incoming,
    };

    private static FactType Unify(FactType left, FactType right)
    {
        if (left == right)
        {
            return left;
        }

        switch (left, right)
        {
            case (FactType.Nothing, _):
                return Nullable(right);
            case (_, FactType.Nothing):
                return Nullable(left);
            case (FactType.List one, FactType.List other):
                return new FactType.List(Unify(one.Element, other.Element));
            case (FactType.Record one, FactType.Record other):
                var names = one.Members.Select(member => member.Name).Union(other.Members.Select(member => member.Name));
                return new FactType.Record([.. names.Select(name => new FactMember(name, Unify(Member(one, name), Member(other, name))))]);
            default:
                break;
        }

        var (first, second) = (Clr(left), Clr(right));
        var order = new[] { typeof(int), typeof(long), typeof(double) };
        var (rankOne, rankOther) = (Array.IndexOf(order, first), Array.IndexOf(order, second));
        Type? common = first is not null && first == second ? first
            : rankOne >= 0 && rankOther >= 0 ? order[Math.Max(rankOne, rankOther)]
            : null;
        if (common is null)
        {
            return FactType.Any;
        }

        return left is FactType.Present && right is FactType.Present ? new FactType.Present(common) : new FactType.Scalar(common);
    }

    private static FactType Member(FactType.Record record, string name) =>
        record.Find(name, caseSensitive: true) is >= 0 and var index ? record.Members[index].Type : FactType.Nothing.Value;

    private static FactType Nullable(FactType type) => type is FactType.Present present ? new FactType.Scalar(present.Clr) : type;

    private static Type? Clr(FactType type) => type switch
    {
        FactType.Scalar scalar => scalar.Clr,
        FactType.Present present => present.Clr,
        _ => null,
    };

    /// <summary>A value inside another is not of its type. Where it is, is put together on the way out, so that values that are cost no names.</summary>
    private sealed class Misfit(string told) : Exception
    {
        public string Told => told;

        public string Path { get; private set; } = "";

        public Misfit Within(string member)
        {
            Path = member + Path;
            return this;
        }
    }
}
