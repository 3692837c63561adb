namespace WorkflowEngine.Content.Standards;

/// <summary>Tells an image by its first bytes; names and types that a sender gives are not believed.</summary>
internal static class ImageKind
{
    /// <summary><c>jpg</c>, <c>png</c> or null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return "jpg";
        return bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "png" : null;
    }
}
