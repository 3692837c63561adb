using System.Text;

namespace WorkflowEngine.Host.Portal.Keys;

/// <summary>A program in one language that signs, encrypts, uploads and asks for results; a file of <c>docs/samples</c>.</summary>
/// <param name="Run">The command that starts it, without the secret.</param>
public sealed record CodeSample(string File, string Language, string Run);

/// <summary>
/// The samples that vendors start from, with the key's own id, address and profile filled in. The secret never: it is read from the environment, so that
/// no file with a secret in it lies in a downloads folder.
/// </summary>
public static class CodeSamples
{
    /// <summary>The profiles whose signature the samples know how to make.</summary>
    private static readonly HashSet<string> Profiles = ["national-1.2.1", "hmac-1"];

    public static IReadOnlyList<CodeSample> All { get; } =
    [
        new("OpenApi.java", "Java 11 及以上", "java -Dfile.encoding=UTF-8 OpenApi.java"),
        new("OpenApi.cs", "C#（.NET 10）", "dotnet run OpenApi.cs"),
        new("openapi.py", "Python 3.8 及以上", "python3 openapi.py"),
        new("openapi.mjs", "JavaScript（Node.js 18 及以上）", "node openapi.mjs"),
    ];

    /// <summary>What they upload is invented, so only keys that are there for trying have any.</summary>
    public static IReadOnlyList<CodeSample> For(string profileId, bool isTestKey) => isTestKey && Profiles.Contains(profileId) ? All : [];

    public static string Fill(CodeSample sample, string gateway, string keyId, string profileId)
    {
        using var file = typeof(CodeSamples).Assembly.GetManifestResourceStream($"samples/{sample.File}")
            ?? throw new InvalidOperationException($"The sample {sample.File} is not in the assembly.");
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd()
            .Replace("{{gateway}}", gateway, StringComparison.Ordinal)
            .Replace("{{keyId}}", keyId, StringComparison.Ordinal)
            .Replace("{{profile}}", profileId, StringComparison.Ordinal);
    }
}
