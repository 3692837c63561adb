namespace WorkflowEngine.Content.Standards;

/// <summary>
/// One interface standard as data: what it is called, how its requests are signed, and, where its text is known, the messages and
/// code tables. Profiles may share the messages of another standard.
/// </summary>
/// <param name="Id">The name of its folder under <c>rules/standards/</c>, e.g. <c>national-1.2.1</c>.</param>
/// <param name="Messages">Null where only the signing is known.</param>
public sealed record MessageStandard(string Id, SigningProfile Signing, MessageCatalogue? Messages)
{
    public string Title => Messages?.Title ?? Signing.Title;
}

/// <summary>The messages and code tables of a standard (<c>messages.json</c> and <c>dictionaries.json</c>).</summary>
public sealed record MessageCatalogue
{
    public required string Title { get; init; }

    public required string Version { get; init; }

    public required StandardStatus Status { get; init; }

    /// <summary>The paper that a structural finding cites.</summary>
    public required string Basis { get; init; }

    /// <summary>By method, exact letter case.</summary>
    public required IReadOnlyDictionary<string, MessageDefinition> Messages { get; init; }

    public required IReadOnlyDictionary<string, CodeTable> Tables { get; init; }
}

/// <summary>One kind of message, e.g. <c>ProjectWorker.Add</c>.</summary>
public sealed record MessageDefinition
{
    public required string Method { get; init; }

    public required string Title { get; init; }

    /// <summary>False: it asks for something and stores nothing.</summary>
    public required bool IsUpload { get; init; }

    /// <summary>The upload whose records it asks for, e.g. <c>ProjectWorker.Add</c>; null: an upload, or a question of another kind.</summary>
    public string? Of { get; init; }

    /// <summary>The list whose entries are the records; null where the message itself is the one record.</summary>
    public string? RecordList { get; init; }

    /// <summary>At least one of these must be sent.</summary>
    public IReadOnlyList<string> AnyOf { get; init; } = [];

    /// <summary>Stages of a key that may send it, e.g. <c>Test</c>; empty: every stage.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>The fields that make two records the same record sent again; empty: all of them.</summary>
    public IReadOnlyList<string> RecordKey { get; init; } = [];

    public required IReadOnlyList<FieldDefinition> Fields { get; init; }

    public IReadOnlyList<FieldDefinition> RecordFields =>
        RecordList is null ? Fields : Fields.First(list => list.Name == RecordList).Fields;
}

public enum FieldType
{
    String,
    Int,
    Decimal,
    Date,
    DateTime,
    Month,
    Base64,
    List,
}

/// <summary>One field of a message, and everything its value is measured by.</summary>
public sealed record FieldDefinition
{
    public required string Name { get; init; }

    /// <summary>Chinese name, for findings.</summary>
    public required string Title { get; init; }

    public required FieldType Type { get; init; }

    public bool Required { get; init; }

    /// <summary>Required only when another field of the same object says so.</summary>
    public FieldCondition? RequiredWhen { get; init; }

    /// <summary>Characters; of the plain text where the field is encrypted.</summary>
    public int? MaxLength { get; init; }

    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    /// <summary>All digits of a decimal.</summary>
    public int? Digits { get; init; }

    /// <summary>Digits after the point.</summary>
    public int? Decimals { get; init; }

    /// <summary>Whether a time may carry milliseconds.</summary>
    public bool Milliseconds { get; init; }

    public int? MaxItems { get; init; }

    /// <summary>Bytes after decoding.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>Image kinds allowed, by their first bytes: <c>jpg</c>, <c>png</c>. Empty: any file.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Name of the code table that the value must be in.</summary>
    public string? Dictionary { get; init; }

    /// <summary>Whether a code that is not in the table only draws attention.</summary>
    public bool DictionaryWarnsOnly { get; init; }

    public bool Encrypted { get; init; }

    /// <summary>Whether the value belongs to a person and is stored sealed; encrypted fields always are.</summary>
    public bool Personal { get; init; }

    /// <summary>What the text means, e.g. <c>id-number</c>: rules then see what it says, not the text itself. See <see cref="FieldFormats"/>.</summary>
    public string? Format { get; init; }

    /// <summary>The field that says what kind of document an <c>id-number</c> is.</summary>
    public string? KindField { get; init; }

    public string? Note { get; init; }

    public IReadOnlyList<FieldDefinition> Fields { get; init; } = [];

    public bool IsSealed => Encrypted || Personal;
}

/// <summary>Holds when the other field is sent, or has this value.</summary>
public sealed record FieldCondition(string Field, string? Is);

/// <summary>The formats a field may have.</summary>
public static class FieldFormats
{
    public const string IdNumber = "id-number";
    public const string CompanyCode = "company-code";
    public const string AreaCode = "area-code";
    public const string BankCard = "bank-card";
    public const string Mobile = "mobile";

    public static IReadOnlyList<string> All { get; } = [IdNumber, CompanyCode, AreaCode, BankCard, Mobile];
}

/// <summary>A table of codes, each in force from and until a business date.</summary>
public sealed record CodeTable(string Name, string Title, IReadOnlyDictionary<string, CodeEntry> Codes);

/// <param name="From">First business date; null: always was.</param>
/// <param name="Until">Last business date; null: until further notice.</param>
public sealed record CodeEntry(string Title, DateOnly? From, DateOnly? Until)
{
    public bool IsInForce(DateOnly date) => (From is null || date >= From) && (Until is null || date <= Until);
}
