using System.Text;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Attachments of invented companies: each has the look of its kind and says nothing.</summary>
internal static class Papers
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    public static byte[] Named(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".PNG" => Convert.FromBase64String(TestMessages.Picture),
        _ => Pdf,
    };
}
