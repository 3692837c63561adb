using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Designer.Studio;

/// <summary>The files of Elsa Studio as npm installed them beside the sources of the host, or as they lie beside a published one. Nothing of them is changed.</summary>
public sealed class StudioBundle : IDisposable
{
    private const string Package = "node_modules/@elsa-workflows/elsa-studio-wasm";

    /// <summary>A file whose name carries a hash of what is in it never changes.</summary>
    private const string ForEver = "public, max-age=31536000, immutable";

    private const string AskAgain = "no-cache";

    private static readonly FileExtensionContentTypeProvider Types = new() { Mappings = { [".dat"] = "application/octet-stream", [".wasm"] = "application/wasm", [".blat"] = "application/octet-stream" } };

    private readonly PhysicalFileProvider? _files;

    public StudioBundle(HostSettings settings)
    {
        var folder = settings.Storage.PackageFolders.Select(start => Path.Combine(start, Package)).FirstOrDefault(Directory.Exists);
        if (folder is not null) _files = new PhysicalFileProvider(Path.GetFullPath(folder));
    }

    public void Dispose() => _files?.Dispose();

    public bool IsInstalled => _files is not null;

    /// <summary>A file of the bundle, compressed as the browser takes it.</summary>
    public IResult File(HttpContext http, string path)
    {
        if (_files is null || !_files.GetFileInfo(path).Exists || !Types.TryGetContentType(path, out var type)) return TypedResults.NotFound();

        var accepted = http.Request.Headers.AcceptEncoding.ToString();
        var (served, encoding) = accepted.Contains("br", StringComparison.Ordinal) && _files.GetFileInfo(path + ".br").Exists ? (path + ".br", "br")
            : accepted.Contains("gzip", StringComparison.Ordinal) && _files.GetFileInfo(path + ".gz").Exists ? (path + ".gz", "gzip")
            : (path, null);
        var info = _files.GetFileInfo(served);
        if (encoding is not null) http.Response.Headers.ContentEncoding = encoding;
        http.Response.Headers.Vary = "Accept-Encoding";
        http.Response.Headers.CacheControl = path.StartsWith("_framework/", StringComparison.Ordinal) && Path.GetFileName(path).Count(letter => letter == '.') > 1 ? ForEver : AskAgain;
        return TypedResults.PhysicalFile(info.PhysicalPath!, type, lastModified: info.LastModified, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{info.LastModified.Ticks:x}-{info.Length:x}-{encoding}\""));
    }
}
