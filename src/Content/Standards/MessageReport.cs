using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>What the check of one message found, and what of it can be stored.</summary>
/// <param name="Method">As sent, masked.</param>
/// <param name="Definition">Null when the method is not known.</param>
/// <param name="Findings">Rejections first in the order of the message, at most <see cref="MostFindings"/>.</param>
/// <param name="RecordCount">Records that the message carried, whether they are good or not.</param>
/// <param name="Records">Empty unless the message is accepted: a message is stored whole or not at all.</param>
public sealed record MessageReport(
    string Method, MessageDefinition? Definition, IReadOnlyList<Finding> Findings, int RecordCount, IReadOnlyList<CheckedRecord> Records)
{
    public const int MostFindings = 100;

    public bool IsAccepted => !Findings.Any(finding => finding.Level == FindingLevel.Reject);
}

public enum FindingLevel
{
    /// <summary>The message is not stored until this is corrected.</summary>
    Reject,

    /// <summary>The message is stored; somebody should look.</summary>
    Warn,
}

/// <summary>One thing wrong with one field of one record, told to the vendor's engineer. No text of it holds a number of a person.</summary>
/// <param name="Path">In the national wording, e.g. <c>[workerList][0][idCardNumber]</c>.</param>
/// <param name="Field">The field's wire name; empty when the finding is about the whole.</param>
/// <param name="Record">0-based index of the record; null when the finding is about the message.</param>
/// <param name="Rule">The rule's name, e.g. <c>F3-dictionary</c>.</param>
/// <param name="Message">What is wrong, in Chinese.</param>
/// <param name="Basis">The paper and article it rests on.</param>
/// <param name="Advice">What to send instead, in Chinese.</param>
public sealed record Finding(string Path, string Field, int? Record, string Rule, FindingLevel Level, string Message, string Basis, string Advice)
{
    /// <summary>The wording that the national platform answers with: place and statement in one, then what to do.</summary>
    public override string ToString() => Advice.Length > 0 ? $"{Path}{Message}。{Advice}" : $"{Path}{Message}";
}

/// <summary>A record that passed, split by who may read it.</summary>
/// <param name="Index">0-based place in the message.</param>
/// <param name="Values">What may be stored and shown as it is. Images and files stand here by size and digest only.</param>
/// <param name="Sealed">Decrypted numbers, names and other data of a person by field name: to be sealed before they are stored.</param>
/// <param name="Identity">The number of the person that the record is about, normalised, for the blind index; null without one.</param>
public sealed record CheckedRecord(int Index, JsonObject Values, IReadOnlyDictionary<string, string> Sealed, string? Identity)
{
    /// <summary>Pictures of persons and their papers, in Base64, to be kept sealed as well.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a check must be told: the time, whose endpoint it is, and how to read encrypted fields.</summary>
public sealed record CheckContext
{
    /// <summary>Business time.</summary>
    public required DateTimeOffset BusinessNow { get; init; }

    /// <summary>Area code of the authority that issued the key, e.g. <c>440300</c>.</summary>
    public required string AuthorityArea { get; init; }

    /// <summary><c>Test</c> or <c>Formal</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Construction permit of the one project that the key is for; null: any.</summary>
    public string? Permit { get; init; }

    /// <summary>Gives the plain text of an encrypted field, or null when it cannot be read with the key's secret.</summary>
    public required Func<string, string?> Decrypt { get; init; }
}
