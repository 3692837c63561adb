using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Identity;

/// <summary>The keys that protect cookies and antiforgery tokens, shared by all hosts of a database and sealed in it.</summary>
public sealed class SealedKeyRepository(Database database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => throw new NotSupportedException($"Follows on {database}.");

    public void StoreElement(XElement element, string friendlyName) => throw new NotSupportedException($"Follows on {database}.");
}
