using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>Prepares a message written by hand for the wire: encrypts the fields that the standard wants encrypted.</summary>
public static class FieldEncryption
{
    /// <summary>A copy of the message with every field marked as encrypted replaced by its cipher text. Values that are no text are left for the receiver to refuse.</summary>
    public static JsonObject Encrypt(MessageDefinition message, JsonObject data, string secret) => Encrypt(message.Fields, data, secret);

    private static JsonObject Encrypt(IReadOnlyList<FieldDefinition> fields, JsonObject data, string secret)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in data)
        {
            var field = fields.FirstOrDefault(known => known.Name == name);
            copy[name] = (field, value) switch
            {
                ({ Encrypted: true }, JsonValue text) when text.TryGetValue<string>(out var plain) => FieldCipher.Encrypt(plain, secret),
                ({ Type: FieldType.List }, JsonArray items) => new JsonArray([.. items.Select(item => item is JsonObject inner ? Encrypt(field.Fields, inner, secret) : item?.DeepClone())]),
                _ => value?.DeepClone(),
            };
        }

        return copy;
    }
}
