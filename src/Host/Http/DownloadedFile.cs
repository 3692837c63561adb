using System.Net.Http.Headers;
using System.Security.Cryptography;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>A file that another system answered with: checked as one that a person hands in, and kept with the instance that asked for it.</summary>
internal static class DownloadedFile
{
    /// <returns>The result as the flow learns it, and the file to keep with it.</returns>
    public static (RequestResult Result, NewAttachment? File) Of(PendingRequest request, RequestResult result, byte[]? bytes, DateTimeOffset businessNow)
    {
        var url = new Uri(request.Request.Url);
        if (bytes is not null && result.Headers["Content-Encoding"] is not null)
        {
            return (NotKept("对方压缩了传输的内容（Content-Encoding），不予解开。请与对方约定不压缩。"), null);
        }

        // An answer without content is no file, as in Elsa.
        if (bytes is not { Length: > 0 }) return (result, null);

        var name = NameOf(result, url, FileKind.Of(bytes));
        if (FileKind.ProblemOf(name, bytes, out var kind) is { } problem)
        {
            return (NotKept(problem), null);
        }

        var file = new NewAttachment(
            Guid.CreateVersion7(businessNow), name, kind!.MediaType, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes, request.OrganisationId, url.IdnHost);
        return (result with { File = new HttpFile(file.Id, file.Name, bytes.Length, file.ContentType, file.Sha256) }, file);

        RequestResult NotKept(string problem) => result with { End = RequestEnd.NotKept, Problem = $"{url.IdnHost} 答复的文件未予保存：{problem}" };
    }

    /// <summary>As the other side calls it, else by the end of the address. What it is told by its content, so that an ending is added where the name has none that fits.</summary>
    private static string NameOf(RequestResult result, Uri url, FileKind? kind)
    {
        var told = ContentDispositionHeaderValue.TryParse(result.Headers["Content-Disposition"]?.ToString(), out var disposition)
            ? disposition.FileNameStar ?? disposition.FileName?.Trim('"')
            : null;
        var name = FileName.Of(told is { Length: > 0 } ? told : Uri.UnescapeDataString(url.Segments[^1]));
        if (name.Length == 0) name = "下载文件";
        return kind is null || kind.Fits(name) ? name : FileName.Of(name + kind.Endings[0]);
    }
}
