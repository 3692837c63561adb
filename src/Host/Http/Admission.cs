using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>A file that an endpoint takes.</summary>
public sealed record TakenFile(HttpFile Described, byte[] Content);

/// <summary>What an endpoint lets in of a request.</summary>
/// <param name="Content">What a flow reads.</param>
/// <param name="Files">Checked as every attachment is.</param>
/// <param name="Port">The port by which the flow goes on with a request that it does not take; then there is nothing of the request.</param>
/// <param name="Refusal">What whoever asked is told when the flow does not hear of the request at all.</param>
public sealed record Admission(JsonNode? Content, IReadOnlyList<TakenFile> Files, string? Port, FlowAnswer? Refusal)
{
    /// <param name="businessNow">When the files are stored.</param>
    public static async Task<Admission> OfAsync(FlowRequest request, EndpointSettings endpoint, DateTimeOffset businessNow)
    {
        if (!MultipartForm.IsMeant(request.ContentType))
        {
            if (request.Body is null || request.Body.Length > endpoint.ContentLimit) return TooLarge(endpoint, endpoint.ContentLimit);

            var read = RequestReader.Parse(request.ContentType, request.Body);
            return read.Problem is { } problem ? Refuse(read.Status, "unreadable", problem) : new Admission(read.Content, [], null, null);
        }

        if (request.By is null)
        {
            // Somebody must answer for what is stored.
            return Refuse(StatusCodes.Status401Unauthorized, "sign in", "提交文件须先登录（POST /api/session）。");
        }

        if (request.Body is null || request.Body.Length > endpoint.RequestLimit) return TooLarge(endpoint, endpoint.RequestLimit);

        try
        {
            return Judge(await MultipartForm.ReadAsync(request.ContentType!, request.Body, endpoint.ContentLimit), endpoint, businessNow);
        }
        catch (Exception broken) when (broken is ExcessiveFormException or InvalidDataException or IOException or DecoderFallbackException)
        {
            var reason = broken switch
            {
                ExcessiveFormException => broken.Message,
                DecoderFallbackException => "含有不是 UTF-8 的文字",
                _ => "没有写完整，或格式有误",
            };
            return Refuse(StatusCodes.Status400BadRequest, "unreadable", $"请求中的表单无法读取：{reason}。请改正后重新发送。");
        }
    }

    /// <summary>All files of one question before the next, as Elsa asks them: how large, which ending, which kind.</summary>
    private static Admission Judge(MultipartForm form, EndpointSettings endpoint, DateTimeOffset businessNow)
    {
        var files = form.Files.Select(file => file with { Name = FileName.Of(file.Name) }).ToList();
        if (files.Exists(file => file.Name.Length == 0)) return Refuse(StatusCodes.Status422UnprocessableEntity, "file", FileName.Missing);

        if (files.Find(file => file.Content.Length > endpoint.Files.SizeLimit) is { } large)
        {
            return NotTaken(endpoint, HttpEndpoints.FileTooLarge, StatusCodes.Status413PayloadTooLarge, $"文件“{large.Name}”超过 {endpoint.Files.SizeLimit} 字节，请压缩或拆分后重新发送。");
        }

        if (files.Find(file => !endpoint.Files.TakesEnding(file.Name) || !FileKind.AllEndings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))) is { } ending)
        {
            return NotTaken(
                endpoint, HttpEndpoints.InvalidExtension, StatusCodes.Status415UnsupportedMediaType,
                $"此处不接收“{ending.Name}”这种扩展名。可提交：{string.Join("、", FileKind.AllEndings.Where(allowed => endpoint.Files.TakesEnding(allowed)))}。");
        }

        var taken = new List<TakenFile>();
        foreach (var file in files)
        {
            if (FileKind.ProblemOf(file.Name, file.Content, out var kind) is { } problem)
            {
                return NotTaken(endpoint, HttpEndpoints.InvalidType, StatusCodes.Status415UnsupportedMediaType, problem);
            }

            if (!endpoint.Files.TakesType(kind!.MediaType))
            {
                return NotTaken(
                    endpoint, HttpEndpoints.InvalidType, StatusCodes.Status415UnsupportedMediaType,
                    $"“{file.Name}”是 {kind.MediaType}，此处只接收 {string.Join("、", endpoint.Files.Types)}。");
            }

            var described = new HttpFile(
                Guid.CreateVersion7(businessNow), file.Name, file.Content.Length, kind.MediaType, Convert.ToHexStringLower(SHA256.HashData(file.Content)), file.Field);
            taken.Add(new TakenFile(described, file.Content));
        }

        return new Admission(form.Fields, taken, null, null);
    }

    private static Admission TooLarge(EndpointSettings endpoint, long limit) =>
        NotTaken(endpoint, HttpEndpoints.TooLarge, StatusCodes.Status413PayloadTooLarge, $"请求正文超过 {limit} 字节，请缩小后重新发送。");

    private static Admission NotTaken(EndpointSettings endpoint, string port, int status, string problem) =>
        endpoint.Exposed.Contains(port) ? new Admission(null, [], port, null) : Refuse(status, port == HttpEndpoints.TooLarge ? "too large" : port, problem);

    private static Admission Refuse(int status, string title, string detail) => new(null, [], null, FlowAnswer.Problem(status, title, detail));
}
