using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Codes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// Reads the objects of a message by their field definitions and tells everything that does not fit (checks F1 to F5): presence,
/// type, length, decimals, date pattern, code tables, list sizes, Base64, images, decryptability.
/// </summary>
internal sealed class FieldReader(MessageCatalogue catalogue, MessageDefinition message, SigningProfile profile, ValueFacts facts, CheckContext context, FindingList findings)
{
    /// <summary>Base64 of the longest encrypted field with its padding; what is longer is not even decrypted.</summary>
    private const int LongestCipherText = 1024;

    private readonly DateOnly _today = DateOnly.FromDateTime(context.BusinessNow.DateTime);

    /// <param name="fields">The fields to read; others of the object are told as unknown unless <paramref name="aside"/> names them.</param>
    public ObjectReading Read(JsonElement owner, IReadOnlyList<FieldDefinition> fields, Place place, string? aside = null)
    {
        var reading = new ObjectReading();
        foreach (var member in owner.EnumerateObject())
        {
            if (member.Name == aside || fields.Any(field => field.Name == member.Name)) continue;

            var known = fields.Select(field => field.Name);
            var near = DidYouMean.Nearest(member.Name, known);
            findings.Warn(
                place.Member(Masking.Text(member.Name)), "F2-unknown-field", $"报文定义中没有字段“{Masking.Text(member.Name)}”，已忽略",
                near is null ? "请删除该字段，或对照报文定义检查拼写" : $"请检查拼写和大小写，是否应为“{near}”", Basis(place.Member("")));
        }

        foreach (var field in fields)
        {
            if (field.Name == aside) continue;

            var at = place.Member(field.Name);
            if (Sent(owner, field.Name) is { } value)
            {
                Read(value, field, at, owner, reading);
            }
            else if (field.Required || field.RequiredWhen is { } when && Holds(owner, when))
            {
                var reason = field.Required ? "" : $"（填写了“{fields.First(other => other.Name == field.RequiredWhen!.Field).Title}”时必填）";
                Reject(at, field, "F1-required", $"“{field.Title}”不能为空{reason}", $"请补上字段 {field.Name}，{Shape(field)}");
            }
        }

        return reading;
    }

    /// <summary>The entries of a list field, each with its place; empty after telling what is wrong with the list.</summary>
    public IReadOnlyList<(JsonElement Item, Place Place)> Items(JsonElement value, FieldDefinition list, Place at)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Reject(at, list, "F2-type", $"“{list.Title}”应为数组", $"请按 {list.Name}: [ {{ … }} ] 的形式发送");
            return [];
        }

        var count = value.GetArrayLength();
        var most = message.RecordList == list.Name && at.Record is null ? profile.Limits.Records ?? list.MaxItems : list.MaxItems;
        if (count > most)
        {
            Reject(at, list, "F4-batch", $"“{list.Title}”有 {count} 条，一次最多 {most} 条", $"请拆成每次不超过 {most} 条的多个请求");
            return [];
        }

        if (count == 0 && list.Required)
        {
            Reject(at, list, "F1-required", $"“{list.Title}”不能为空", "请至少发送一条");
            return [];
        }

        var items = new List<(JsonElement, Place)>(count);
        foreach (var item in value.EnumerateArray())
        {
            var place = at.Item(items.Count, isRecord: message.RecordList == list.Name && at.Record is null);
            if (item.ValueKind != JsonValueKind.Object)
            {
                Reject(place, list, "F2-type", $"“{list.Title}”的每一条应为对象", "请按 { \"字段\": 值 } 的形式发送");
            }

            items.Add((item, place));
        }

        return items;
    }

    private void Read(JsonElement value, FieldDefinition field, Place at, JsonElement owner, ObjectReading reading)
    {
        switch (field.Type)
        {
            case FieldType.String:
                ReadText(value, field, at, owner, reading);
                break;
            case FieldType.Int:
                ReadInt(value, field, at, reading);
                break;
            case FieldType.Decimal:
                ReadDecimal(value, field, at, reading);
                break;
            case FieldType.Date:
                ReadTime(value, field, at, ["yyyy-MM-dd"], reading);
                break;
            case FieldType.Month:
                ReadTime(value, field, at, ["yyyy-MM"], reading);
                break;
            case FieldType.DateTime:
                ReadTime(value, field, at, field.Milliseconds ? ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff"] : ["yyyy-MM-dd HH:mm:ss"], reading);
                break;
            case FieldType.Base64:
                ReadFile(value, field, at, reading);
                break;
            case FieldType.List:
                ReadList(value, field, at, reading);
                break;
        }
    }

    private void ReadText(JsonElement value, FieldDefinition field, Place at, JsonElement owner, ObjectReading reading)
    {
        if (Text(value, field, at) is not { } text) return;

        if (field.Encrypted && profile.EncryptsFields)
        {
            if (text.Length > LongestCipherText || context.Decrypt(text) is not { } plain)
            {
                Reject(
                    at, field, "F5-encryption", $"“{field.Title}”无法解密",
                    "请用本密钥以 AES-256-CBC（PKCS7 填充，密钥为 appsecret，IV 为其前 16 位）加密后以 Base64 发送，不要发送明文，也不要使用其他项目的密钥");
                return;
            }

            text = plain;
        }

        if (text.Length == 0 || text.Any(char.IsControl))
        {
            Reject(at, field, "F2-type", $"“{field.Title}”{(text.Length == 0 ? "解密后是空的" : "含有换行等控制字符")}", $"请发送不含控制字符的文字，{Shape(field)}");
            return;
        }

        var length = new StringInfo(text).LengthInTextElements;
        if (length > field.MaxLength)
        {
            Reject(at, field, "F2-length", $"“{field.Title}”长 {length} 个字符，超过 {field.MaxLength} 个", $"请缩短到 {field.MaxLength} 个字符以内");
            return;
        }

        if (field.Dictionary is not null && !IsInTable(text, field, at)) return;

        if (field.IsSealed)
        {
            reading.Sealed[field.Name] = text;
        }
        else if (field is { Format: null, Dictionary: null } && HoldsCitizenNumber(text))
        {
            // A vendor that takes the number of a person for a card's, or writes it into a remark, must not leave it open here.
            reading.Sealed[field.Name] = text;
            reading.Values[field.Name] = Masking.Sentence(text);
        }
        else
        {
            reading.Values[field.Name] = text;
        }

        reading.Facts[field.Name] = field.Format is { } format
            ? facts.Of(format, text, field.KindField is { } kind && owner.TryGetProperty(kind, out var sent) && sent.ValueKind == JsonValueKind.String ? sent.GetString() : null)
            : field.IsSealed ? null : text;

        if (field is { Format: FieldFormats.IdNumber, Name: "idCardNumber" }) reading.Identity = text.ToUpperInvariant();
    }

    private static bool HoldsCitizenNumber(string text)
    {
        for (var at = 0; at + CitizenNumber.Length <= text.Length; at++)
        {
            var end = at + CitizenNumber.Length;
            if ((at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end])) && CitizenNumber.Read(text[at..end]).IsValid) return true;
        }

        return false;
    }

    private void ReadInt(JsonElement value, FieldDefinition field, Place at, ObjectReading reading)
    {
        // Clients of the national platform send whole numbers with and without quotation marks; both are read.
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Reject(at, field, "F2-type", $"“{field.Title}”应为整数", $"请发送整数，{Shape(field)}");
            return;
        }

        if (field.Dictionary is not null)
        {
            var code = number.ToString(CultureInfo.InvariantCulture);
            if (!IsInTable(code, field, at)) return;
            reading.Values[field.Name] = number;
            reading.Facts[field.Name] = code;
            return;
        }

        if (number < field.Min || number > field.Max)
        {
            Reject(at, field, "F2-range", $"“{field.Title}”的值“{Masking.Text(text)}”不在允许范围内", $"请发送 {field.Min ?? 0:0} 到 {field.Max:0} 之间的整数");
            return;
        }

        reading.Values[field.Name] = number;
        // Rule sets declare whole numbers as Int32.
        reading.Facts[field.Name] = number is >= int.MinValue and <= int.MaxValue ? (object)(int)number : number;
    }

    private void ReadDecimal(JsonElement value, FieldDefinition field, Place at, ObjectReading reading)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            Reject(at, field, "F2-type", $"“{field.Title}”应为数字", $"请发送数字（不用科学计数法），{Shape(field)}");
            return;
        }

        var trimmed = number / 1.0000000000000000000000000000m;
        var decimals = (decimal.GetBits(trimmed)[3] >> 16) & 0xFF;
        var whole = decimal.Truncate(Math.Abs(number)).ToString(CultureInfo.InvariantCulture).Length;
        if (decimals > field.Decimals || whole > field.Digits - field.Decimals || number < field.Min || number > field.Max)
        {
            Reject(at, field, "F2-range", $"“{field.Title}”的位数或大小不符合要求", $"请发送{Shape(field)}");
            return;
        }

        reading.Values[field.Name] = trimmed;
        reading.Facts[field.Name] = trimmed;
    }

    private void ReadTime(JsonElement value, FieldDefinition field, Place at, string[] patterns, ObjectReading reading)
    {
        if (Text(value, field, at) is not { } text) return;

        if (!DateTime.TryParseExact(text, patterns, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            Reject(at, field, "F2-date", $"“{field.Title}”的值“{Masking.Text(text)}”不是有效的{(field.Type == FieldType.Month ? "月份" : "日期或时间")}", $"请按 {string.Join(" 或 ", patterns)} 发送北京时间，例如 {context.BusinessNow.ToString(patterns[0], CultureInfo.InvariantCulture)}");
            return;
        }

        reading.Values[field.Name] = text;
        reading.Facts[field.Name] = time;
    }

    private void ReadFile(JsonElement value, FieldDefinition field, Place at, ObjectReading reading)
    {
        if (Text(value, field, at) is not { } text) return;

        if (text.Length / 4L * 3 > field.MaxBytes + 2)
        {
            Reject(at, field, "F4-size", $"“{field.Title}”约 {text.Length / 4 * 3 / 1024} KB，超过 {field.MaxBytes / 1024} KB", $"请压缩到 {field.MaxBytes / 1024} KB 以内再发送");
            return;
        }

        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length == 0)
        {
            var prefixed = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
            Reject(at, field, "F4-base64", $"“{field.Title}”不是有效的 Base64", prefixed ? "请去掉开头的“data:…;base64,”，只发送 Base64 内容" : "请把文件字节以标准 Base64 编码后发送，不要换行或截断");
            return;
        }

        var content = bytes.AsSpan(0, length);
        var kind = ImageKind.Of(content);
        if (field.Images.Count > 0 && (kind is null || !field.Images.Contains(kind)))
        {
            Reject(at, field, "F4-image", $"“{field.Title}”的图片格式不是 {string.Join("/", field.Images)}", $"请转成 {string.Join(" 或 ", field.Images)} 后发送；按文件内容判断，改扩展名无效");
            return;
        }

        reading.Values[field.Name] = new JsonObject
        {
            ["bytes"] = length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)), ["kind"] = kind,
        };
        if (field is { IsSealed: true, Images.Count: > 0 }) reading.Images[field.Name] = text;
    }

    private void ReadList(JsonElement value, FieldDefinition field, Place at, ObjectReading reading)
    {
        var values = new JsonArray();
        foreach (var (item, place) in Items(value, field, at))
        {
            if (item.ValueKind != JsonValueKind.Object) continue;

            var inner = Read(item, field.Fields, place);
            foreach (var (name, text) in inner.Sealed)
            {
                reading.Sealed[$"{field.Name}[{values.Count}].{name}"] = text;
            }

            foreach (var (name, image) in inner.Images) reading.Images[$"{field.Name}[{values.Count}].{name}"] = image;

            values.Add(inner.Values);
        }

        reading.Values[field.Name] = values;
    }

    private string? Text(JsonElement value, FieldDefinition field, Place at)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString();

        Reject(at, field, "F2-type", $"“{field.Title}”应为带引号的文字", $"请发送字符串，{Shape(field)}");
        return null;
    }

    private bool IsInTable(string code, FieldDefinition field, Place at)
    {
        var table = catalogue.Tables[field.Dictionary!];
        if (table.Codes.TryGetValue(code, out var entry) && entry.IsInForce(_today)) return true;

        var said = entry is null
            ? $"“{field.Title}”的代码“{Masking.Text(code)}”不在代码表“{table.Title}”中"
            : $"“{field.Title}”的代码“{Masking.Text(code)}”（{entry.Title}）在 {_today:yyyy-MM-dd} 不在有效期内";
        findings.Add(
            field.DictionaryWarnsOnly ? FindingLevel.Warn : FindingLevel.Reject, at, "F3-dictionary", said, CodeAdvice.For(code, table, _today),
            $"{Basis(at)}（代码表“{table.Title}”）");
        return field.DictionaryWarnsOnly;
    }

    private void Reject(Place at, FieldDefinition field, string rule, string message, string advice) =>
        findings.Add(FindingLevel.Reject, at, rule, message, field.Note is { } note ? $"{advice}（{note}）" : advice, Basis(at));

    private string Basis(Place at) => $"{catalogue.Basis} {message.Method}{(at.FieldPath.Length > 0 ? " " + at.FieldPath : "")}";

    private static JsonElement? Sent(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals("")) ? value : null;

    private static bool Holds(JsonElement owner, FieldCondition condition) =>
        Sent(owner, condition.Field) is { } value
        && (condition.Is is null || (value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()) == condition.Is);

    /// <summary>What a right value looks like, for advice.</summary>
    private string Shape(FieldDefinition field) => field.Type switch
    {
        FieldType.String when field.Dictionary is { } table => $"取值见代码表“{catalogue.Tables[table].Title}”",
        FieldType.String when field.Encrypted && profile.EncryptsFields => $"加密前不超过 {field.MaxLength} 个字符，加密后以 Base64 发送",
        FieldType.String => $"不超过 {field.MaxLength} 个字符",
        FieldType.Int when field.Dictionary is { } table => $"取值见代码表“{catalogue.Tables[table].Title}”",
        FieldType.Int => $"范围 {field.Min ?? 0:0} 到 {field.Max:0}",
        FieldType.Decimal => $"整数部分最多 {field.Digits - field.Decimals} 位、小数最多 {field.Decimals} 位的数字{(field.Min is { } min ? $"，不小于 {min:0}" : "")}{(field.Max is { } max ? $"，不大于 {max:0}" : "")}",
        FieldType.Date => "格式 yyyy-MM-dd",
        FieldType.DateTime => "格式 yyyy-MM-dd HH:mm:ss",
        FieldType.Month => "格式 yyyy-MM",
        FieldType.Base64 => $"不超过 {field.MaxBytes / 1024} KB 的 Base64",
        _ => $"最多 {field.MaxItems} 条",
    };
}

/// <summary>What one object of a message said: for the store, for the vault, for the rules.</summary>
internal sealed class ObjectReading
{
    public JsonObject Values { get; } = [];

    public Dictionary<string, string> Sealed { get; } = new(StringComparer.Ordinal);

    /// <summary>Pictures of persons and their papers, in Base64. They make no record another one: their digests are among the values.</summary>
    public Dictionary<string, string> Images { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object?> Facts { get; } = new(StringComparer.Ordinal);

    public string? Identity { get; set; }
}

/// <summary>Where in a message: as the vendor reads it (<c>[list][0][field]</c>) and as the standard names it (<c>list.field</c>).</summary>
/// <param name="Record">The record's index, once inside one.</param>
internal readonly record struct Place(string Path, string FieldPath, string Field, int? Record)
{
    public static Place Message { get; } = new("", "", "", null);

    public Place Member(string name) => name.Length == 0 ? this : this with { Path = $"{Path}[{name}]", FieldPath = FieldPath.Length == 0 ? name : $"{FieldPath}.{name}", Field = name };

    public Place Item(int index, bool isRecord) => this with { Path = $"{Path}[{index}]", Field = "", Record = isRecord ? index : Record };
}

/// <summary>The findings so far, each once, up to the most that anybody reads.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<(string Path, string Rule)> _seen = [];
    private int _left;

    public void Warn(Place at, string rule, string message, string advice, string basis) => Add(FindingLevel.Warn, at, rule, message, advice, basis);

    public void Add(FindingLevel level, Place at, string rule, string message, string advice, string basis)
    {
        if (!_seen.Add((at.Path, rule))) return;

        // The last place is kept for saying how many more there are; a rejection must never be lost to a crowd of warnings.
        if (_findings.Count >= MessageReport.MostFindings - 1 && !(level == FindingLevel.Reject && _findings.TrueForAll(finding => finding.Level == FindingLevel.Warn)))
        {
            _left++;
            return;
        }

        _findings.Add(new Finding(at.Path, at.Field, at.Record, rule, level, message, basis, advice));
    }

    public IReadOnlyList<Finding> ToList()
    {
        var all = _findings.OrderBy(finding => finding.Level).ThenBy(finding => finding.Record ?? -1).Take(MessageReport.MostFindings - 1).ToList();
        if (_left > 0)
        {
            all.Add(new Finding("", "", null, "F0-more", FindingLevel.Warn, $"另有 {_left} 处问题未列出", "", "请先改正已列出的问题再重新发送"));
        }

        return all;
    }
}

/// <summary>What to send instead of a code that is not in its table.</summary>
internal static class CodeAdvice
{
    private const int ListedWhole = 8;

    public static string For(string code, CodeTable table, DateOnly today)
    {
        var inForce = table.Codes.Where(entry => entry.Value.IsInForce(today)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        var codes = inForce.ConvertAll(entry => entry.Key);
        if (inForce.Find(entry => entry.Value.Title == code) is { Key: { } byTitle })
        {
            return $"请发送代码而不是文字：“{byTitle}”（{table.Codes[byTitle].Title}）";
        }

        if (codes.Find(known => known.TrimStart('0') == code.TrimStart('0')) is { } padded)
        {
            return $"代码按文字比较，位数要写全：“{padded}”（{table.Codes[padded].Title}）";
        }

        if (inForce.Count <= ListedWhole) return $"可用代码：{string.Join("、", inForce.Select(entry => $"{entry.Key} {entry.Value.Title}"))}";

        var near = DidYouMean.Nearest(code, codes);
        return near is null
            ? $"请从代码表“{table.Title}”（{inForce.Count} 个代码）中选取，例如“{codes[0]}”（{table.Codes[codes[0]].Title}）"
            : $"是否应为“{near}”（{table.Codes[near].Title}）？请从代码表“{table.Title}”（{inForce.Count} 个代码）中选取";
    }
}
