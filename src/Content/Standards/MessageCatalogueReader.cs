using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Standards;

/// <summary>Reads <c>messages.json</c> and <c>dictionaries.json</c> of one standard, strictly.</summary>
internal sealed class MessageCatalogueReader
{
    private const int MostMessages = 200;
    private const int MostFields = 200;
    private const int MostCodes = 5000;

    private static readonly string[] FieldMembers =
    [
        "name", "title", "type", "required", "requiredWhen", "maxLength", "min", "max", "digits", "decimals", "milliseconds", "maxItems",
        "maxBytes", "images", "dictionary", "dictionaryLevel", "encrypted", "personal", "format", "kindField", "note", "fields",
    ];

    private static readonly Dictionary<string, FieldType> Types = new(StringComparer.Ordinal)
    {
        ["string"] = FieldType.String, ["int"] = FieldType.Int, ["decimal"] = FieldType.Decimal, ["date"] = FieldType.Date,
        ["datetime"] = FieldType.DateTime, ["month"] = FieldType.Month, ["base64"] = FieldType.Base64, ["list"] = FieldType.List,
    };

    private readonly string _path;
    private readonly ProblemList _problems;
    private readonly MemberReader _reader;
    private readonly IReadOnlyDictionary<string, CodeTable> _tables;

    private MessageCatalogueReader(string path, ProblemList problems, IReadOnlyDictionary<string, CodeTable> tables)
    {
        _path = path;
        _problems = problems;
        _reader = new MemberReader(path, problems);
        _tables = tables;
    }

    public static MessageCatalogue? Read(string messages, string path, string dictionaries, string dictionariesPath, string id, ProblemList problems)
    {
        var tables = Tables(dictionaries, dictionariesPath, id, problems);
        var reader = new MessageCatalogueReader(path, problems, tables);
        if (LocatedJson.Parse(path, messages, problems) is not { } root || !reader._reader.IsObject(root, "the file", "文件内容")) return null;

        problems.RefuseUnknownMembers(path, root, ["standard", "title", "version", "status", "basis", "messages"]);
        reader.CheckId(root, id);
        return new MessageCatalogue
        {
            Title = reader._reader.RequiredText(root, "title"),
            Version = reader._reader.RequiredText(root, "version"),
            Status = StatusReader.Read(root, path, reader._reader, problems),
            Basis = reader._reader.RequiredText(root, "basis"),
            Messages = reader.Messages(root),
            Tables = tables,
        };
    }

    private Dictionary<string, MessageDefinition> Messages(LocatedJson root)
    {
        var messages = new Dictionary<string, MessageDefinition>(StringComparer.Ordinal);
        var questions = new List<(MessageDefinition Message, LocatedJson At)>();
        foreach (var item in _reader.Array(root, "messages", MostMessages, required: true))
        {
            if (!_reader.IsObject(item, "each message", "每个报文")) continue;

            _problems.RefuseUnknownMembers(_path, item, ["method", "title", "kind", "of", "records", "anyOf", "stages", "recordKey", "fields"]);
            var fields = Fields(item);
            var message = new MessageDefinition
            {
                Method = _reader.RequiredText(item, "method"),
                Title = _reader.RequiredText(item, "title"),
                IsUpload = OneOf(item, "kind", ["upload", "query"], "upload") == "upload",
                Of = _reader.OptionalText(item, "of"),
                RecordList = _reader.OptionalText(item, "records"),
                AnyOf = _reader.Texts(item, "anyOf", MostFields),
                Stages = _reader.Texts(item, "stages", most: 2),
                RecordKey = _reader.Texts(item, "recordKey", MostFields),
                Fields = fields,
            };
            CheckNames(message, item);
            if (message.Of is not null) questions.Add((message, item));
            if (!messages.TryAdd(message.Method, message))
            {
                Add(ProblemCodes.DuplicateName, item, $"message '{message.Method}' is there twice", $"报文“{message.Method}”写了两次");
            }
        }

        foreach (var (question, item) in questions)
        {
            CheckQuestion(question, messages, item);
        }

        return messages;
    }

    /// <summary>A question is answered page by page, from the records of an upload that there is.</summary>
    private void CheckQuestion(MessageDefinition question, Dictionary<string, MessageDefinition> messages, LocatedJson item)
    {
        var uploads = messages.Values.Where(message => message.IsUpload).Select(message => message.Method).ToList();
        if (question.IsUpload || !uploads.Contains(question.Of!))
        {
            Add(
                ProblemCodes.UnknownName, item["of"]!, $"'of' of a query must name an upload{DidYouMean.Of(question.Of!, uploads)}",
                $"of 只用于查询报文，并应为一个上传报文{DidYouMean.Chinese(question.Of!, uploads)}");
        }

        foreach (var name in (string[])["pageIndex", "pageSize"])
        {
            if (question.Fields.Any(field => field is { Required: true, Type: FieldType.Int } && field.Name == name)) continue;

            Add(ProblemCodes.Missing, item, $"the query '{question.Method}' needs a required whole number '{name}'", $"查询报文“{question.Method}”缺少必填的整数字段“{name}”");
        }
    }

    private List<FieldDefinition> Fields(LocatedJson owner)
    {
        var fields = new List<FieldDefinition>();
        foreach (var item in _reader.Array(owner, "fields", MostFields, required: true))
        {
            if (!_reader.IsObject(item, "each field", "每个字段")) continue;

            _problems.RefuseUnknownMembers(_path, item, FieldMembers);
            var field = Field(item);
            CheckMeasures(field, item);
            if (fields.Exists(other => other.Name == field.Name))
            {
                Add(ProblemCodes.DuplicateName, item, $"field '{field.Name}' is there twice", $"字段“{field.Name}”写了两次");
                continue;
            }

            fields.Add(field);
        }

        foreach (var (field, item) in fields.Zip(owner["fields"]?.Items ?? []))
        {
            CheckReference(field.KindField, fields, item, "kindField");
            CheckReference(field.RequiredWhen?.Field, fields, item, "requiredWhen");
        }

        return fields;
    }

    private FieldDefinition Field(LocatedJson item)
    {
        var word = _reader.RequiredText(item, "type");
        if (!Types.TryGetValue(word, out var type) && word.Length > 0)
        {
            Add(ProblemCodes.WrongValue, item["type"]!, $"'{word}' is no field type (known: {string.Join(", ", Types.Keys)}){DidYouMean.Of(word, Types.Keys)}", $"没有字段类型“{word}”（可用：{string.Join("、", Types.Keys)}）");
        }

        return new FieldDefinition
        {
            Name = _reader.RequiredText(item, "name"),
            Title = _reader.RequiredText(item, "title"),
            Type = type,
            Required = _reader.Flag(item, "required"),
            RequiredWhen = Condition(item),
            MaxLength = _reader.Count(item, "maxLength", 1, 100_000),
            Min = _reader.Number(item, "min"),
            Max = _reader.Number(item, "max"),
            Digits = _reader.Count(item, "digits", 1, 28),
            Decimals = _reader.Count(item, "decimals", 0, 28),
            Milliseconds = _reader.Flag(item, "milliseconds"),
            MaxItems = _reader.Count(item, "maxItems", 1, 1000),
            MaxBytes = _reader.Count(item, "maxBytes", 1, 10 * 1024 * 1024),
            Images = _reader.Texts(item, "images", most: 10),
            Dictionary = _reader.OptionalText(item, "dictionary"),
            DictionaryWarnsOnly = OneOf(item, "dictionaryLevel", ["reject", "warn"], "reject") == "warn",
            Encrypted = _reader.Flag(item, "encrypted"),
            Personal = _reader.Flag(item, "personal"),
            Format = _reader.OptionalText(item, "format"),
            KindField = _reader.OptionalText(item, "kindField"),
            Note = _reader.OptionalText(item, "note"),
            Fields = type == FieldType.List ? Fields(item) : [],
        };
    }

    private FieldCondition? Condition(LocatedJson item)
    {
        if (item["requiredWhen"] is not { } when || !_reader.IsObject(when, "'requiredWhen'", "“requiredWhen”")) return null;

        _problems.RefuseUnknownMembers(_path, when, ["field", "is"]);
        return new FieldCondition(_reader.RequiredText(when, "field"), _reader.OptionalText(when, "is"));
    }

    /// <summary>Every value must be bounded by the standard itself; a field without a measure would be a hole.</summary>
    private void CheckMeasures(FieldDefinition field, LocatedJson item)
    {
        void Needs(string member, object? measure)
        {
            if (measure is null) Add(ProblemCodes.Missing, item, $"field '{field.Name}' needs '{member}'", $"字段“{field.Name}”缺少“{member}”");
        }

        switch (field.Type)
        {
            case FieldType.String:
                Needs("maxLength", field.MaxLength);
                break;
            case FieldType.Int when field.Dictionary is null:
                Needs("max", field.Max);
                break;
            case FieldType.Decimal:
                Needs("digits", field.Digits);
                Needs("decimals", field.Decimals);
                break;
            case FieldType.Base64:
                Needs("maxBytes", field.MaxBytes);
                break;
            case FieldType.List:
                Needs("maxItems", field.MaxItems);
                break;
        }

        if (field.Encrypted && field.Type != FieldType.String)
        {
            Add(ProblemCodes.WrongValue, item, $"field '{field.Name}' is encrypted and so must be a string", $"加密字段“{field.Name}”的类型应为 string");
        }

        if (field.Dictionary is { } table && !_tables.ContainsKey(table))
        {
            Add(ProblemCodes.UnknownName, item["dictionary"]!, $"there is no code table '{table}'{DidYouMean.Of(table, _tables.Keys)}", $"没有代码表“{table}”{DidYouMean.Chinese(table, _tables.Keys)}");
        }

        if (field.Format is { } format && !FieldFormats.All.Contains(format))
        {
            Add(ProblemCodes.UnknownName, item["format"]!, $"there is no format '{format}' (known: {string.Join(", ", FieldFormats.All)}){DidYouMean.Of(format, FieldFormats.All)}", $"没有格式“{format}”（可用：{string.Join("、", FieldFormats.All)}）");
        }

        foreach (var image in field.Images.Where(image => image is not ("jpg" or "png")))
        {
            Add(ProblemCodes.UnknownName, item["images"]!, $"image kind '{image}' is not known (known: jpg, png)", $"不认识图片格式“{image}”（可用：jpg、png）");
        }
    }

    private void CheckNames(MessageDefinition message, LocatedJson item)
    {
        foreach (var name in message.AnyOf)
        {
            CheckReference(name, message.Fields, item, "anyOf");
        }

        foreach (var stage in message.Stages.Where(stage => stage is not ("Test" or "Formal")))
        {
            Add(ProblemCodes.UnknownName, item["stages"]!, $"'{stage}' is no stage of a key (known: Test, Formal)", $"没有密钥阶段“{stage}”（可用：Test、Formal）");
        }

        foreach (var name in message.RecordKey)
        {
            CheckReference(name, [.. message.Fields, .. message.Fields.SelectMany(list => list.Fields)], item, "recordKey");
        }

        if (message.RecordList is { } list && !message.Fields.Any(field => field.Name == list && field.Type == FieldType.List))
        {
            Add(ProblemCodes.UnknownName, item["records"]!, $"'records' names '{list}', which is no list of this message{DidYouMean.Of(list, message.Fields.Select(field => field.Name))}", $"records 写的“{list}”不是本报文的列表字段");
        }
    }

    private void CheckReference(string? name, IReadOnlyList<FieldDefinition> fields, LocatedJson item, string member)
    {
        if (name is null || fields.Any(field => field.Name == name)) return;

        var known = fields.Select(field => field.Name);
        Add(ProblemCodes.UnknownName, item[member] ?? item, $"'{member}' names '{name}', which is no field here{DidYouMean.Of(name, known)}", $"{member} 写的“{name}”不是这里的字段{DidYouMean.Chinese(name, known)}");
    }

    private void CheckId(LocatedJson root, string id)
    {
        if (_reader.RequiredText(root, "standard") is { Length: > 0 } written && written != id)
        {
            Add(ProblemCodes.WrongValue, root["standard"]!, $"the standard is called '{written}' and its folder '{id}'; they must be the same", $"standard“{written}”应与文件夹名“{id}”一致");
        }
    }

    private string OneOf(LocatedJson item, string member, string[] words, string otherwise)
    {
        var word = _reader.OptionalText(item, member) ?? otherwise;
        if (words.Contains(word)) return word;

        Add(ProblemCodes.WrongValue, item[member]!, $"'{member}' is '{word}'; it can be {string.Join(" or ", words)}", $"“{member}”写的是“{word}”，可用：{string.Join("、", words)}");
        return otherwise;
    }

    private void Add(string code, LocatedJson at, string english, string chinese) => _problems.Add(code, _path, at, english, chinese);

    private static Dictionary<string, CodeTable> Tables(string json, string path, string id, ProblemList problems)
    {
        var tables = new Dictionary<string, CodeTable>(StringComparer.Ordinal);
        var owner = new MessageCatalogueReader(path, problems, tables);
        if (LocatedJson.Parse(path, json, problems) is not { } root || !owner._reader.IsObject(root, "the file", "文件内容")) return tables;

        problems.RefuseUnknownMembers(path, root, ["standard", "status", "dictionaries"]);
        owner.CheckId(root, id);
        StatusReader.Read(root, path, owner._reader, problems);
        if (root["dictionaries"] is not { IsObject: true } dictionaries)
        {
            owner.Add(ProblemCodes.Missing, root, "'dictionaries' is missing", "缺少“dictionaries”");
            return tables;
        }

        foreach (var (name, _, _, table) in dictionaries.Members)
        {
            if (!owner._reader.IsObject(table, $"code table '{name}'", $"代码表“{name}”")) continue;

            problems.RefuseUnknownMembers(path, table, ["title", "codes"]);
            tables[name] = new CodeTable(name, owner._reader.RequiredText(table, "title"), owner.Codes(table, name));
        }

        return tables;
    }

    private Dictionary<string, CodeEntry> Codes(LocatedJson table, string name)
    {
        var codes = new Dictionary<string, CodeEntry>(StringComparer.Ordinal);
        if (table["codes"] is not { IsObject: true } written || written.Members.Count is 0 or > MostCodes)
        {
            Add(ProblemCodes.WrongValue, table, $"code table '{name}' needs 'codes' with 1 to {MostCodes} entries", $"代码表“{name}”的 codes 应有 1 到 {MostCodes} 项");
            return codes;
        }

        foreach (var (code, _, _, entry) in written.Members)
        {
            if (entry.IsString)
            {
                codes[code] = new CodeEntry(entry.Text, From: null, Until: null);
            }
            else if (_reader.IsObject(entry, $"code '{code}'", $"代码“{code}”"))
            {
                _problems.RefuseUnknownMembers(_path, entry, ["title", "from", "until"]);
                codes[code] = new CodeEntry(_reader.RequiredText(entry, "title"), Date(entry, "from"), Date(entry, "until"));
            }
        }

        return codes;
    }

    private DateOnly? Date(LocatedJson owner, string member)
    {
        if (_reader.OptionalText(owner, member) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;

        Add(ProblemCodes.WrongValue, owner[member]!, $"'{member}' is '{text}'; write a date as 2022-09-10", $"“{member}”写的是“{text}”，日期请写成 2022-09-10");
        return null;
    }
}
