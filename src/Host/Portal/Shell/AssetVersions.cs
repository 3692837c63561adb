using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>
/// Addresses of the style sheets and scripts, each with the hash of its content: an upgraded host never meets a browser
/// that still holds the old file.
/// </summary>
public sealed class AssetVersions(IWebHostEnvironment environment)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _urls = new();

    public string Url(string path) => _urls.GetOrAdd(path, static (path, files) => $"/{path}?v={Hash(files.GetFileInfo(path))}", environment.WebRootFileProvider);

    private static string Hash(IFileInfo file)
    {
        using var content = file.CreateReadStream();
        return Convert.ToHexStringLower(SHA256.HashData(content))[..12];
    }
}
