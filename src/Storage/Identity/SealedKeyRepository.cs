using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Identity;

/// <summary>The keys that protect cookies and antiforgery tokens, shared by all hosts of a database and sealed in it.</summary>
public sealed class SealedKeyRepository(Database database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.App.CreateCommand("select friendly_name, sealed from data_protection_keys order by friendly_name");
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read())
        {
            var name = reader.GetString(0);
            keys.Add(XElement.Parse(database.Envelope.OpenText(reader.GetFieldValue<byte[]>(1), Places.DataProtectionKey(name))));
        }

        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.App.CreateCommand("insert into data_protection_keys values ($1, $2)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new()
        {
            Value = database.Envelope.Seal(element.ToString(SaveOptions.DisableFormatting), Places.DataProtectionKey(friendlyName)),
        });
        command.ExecuteNonQuery();
    }
}
