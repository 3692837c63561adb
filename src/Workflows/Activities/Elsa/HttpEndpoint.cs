using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// Elsa.HttpEndpoint: waits for a request, or begins the workflow with one. Each of its methods is a bookmark of its own, as in Elsa. The request is admitted
/// by the host: who may ask, and how much may be sent, is settled before the flow hears of it.
/// </summary>
internal sealed class HttpEndpoint : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new(HttpEndpoints.Type, "HTTP 端点", "网络", "等待一个 HTTP 请求，或由请求启动流程。")
    {
        Inputs =
        [
            new InputDescriptor("path", "String", "路径") { IsRequired = true },
            new InputDescriptor("supportedMethods", "Object", "方法") { Default = "[\"GET\"]" },
            new InputDescriptor("authorize", "Boolean", "须登录") { Default = "true" },
            new InputDescriptor("policy", "String", "访问策略") { Options = HttpEndpoints.Policies },
            new InputDescriptor("requestTimeout", "TimeSpan", "等待答复的时限"),
            new InputDescriptor("requestSizeLimit", "Int64", "正文上限（字节）"),
            new InputDescriptor("fileSizeLimit", "Int64", "文件上限（字节）"),
            new InputDescriptor("allowedFileExtensions", "Object", "允许的文件扩展名"),
            new InputDescriptor("blockedFileExtensions", "Object", "禁止的文件扩展名"),
            new InputDescriptor("allowedMimeTypes", "Object", "允许的文件类型"),
            new InputDescriptor("exposeRequestTooLargeOutcome", "Boolean", "正文过大时走专门出口"),
            new InputDescriptor("exposeFileTooLargeOutcome", "Boolean", "文件过大时走专门出口"),
            new InputDescriptor("exposeInvalidFileExtensionOutcome", "Boolean", "扩展名不符时走专门出口"),
            new InputDescriptor("exposeInvalidFileMimeTypeOutcome", "Boolean", "文件类型不符时走专门出口"),
        ],
        Outputs =
        [
            new OutputDescriptor("parsedContent", "Object", "请求内容"),
            new OutputDescriptor("files", "Object", "文件"),
            new OutputDescriptor("file", "Object", "第一个文件"),
            new OutputDescriptor("routeData", "ObjectDictionary", "路径参数"),
            new OutputDescriptor("queryStringData", "ObjectDictionary", "查询参数"),
            new OutputDescriptor("headers", "ObjectDictionary", "请求头"),
            new OutputDescriptor("result", "Object", "请求"),
        ],
        HasDynamicPorts = true,
        IsTrigger = true,
    };

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => ["Done", .. HttpEndpoints.ExposedPorts(node)];

    public override void Execute(Turn turn)
    {
        if (turn.Run.TakeRequest(turn.Node) is { } request)
        {
            Receive(turn, request);
            return;
        }

        var settings = HttpEndpoints.Read(turn.Node, turn.Evaluate);
        foreach (var method in settings.Methods)
        {
            turn.WaitForMessage(HttpEndpoints.Expectation, settings.Path.KeyFor(method), settings.ToPayload(method));
        }
    }

    public override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) => EndpointSettings.FromPayload(bookmark.Payload) is { } settings
        ? new Effect.ExpectMessage(id, HttpEndpoints.Expectation, settings.Path.KeyFor(settings.Methods[0]))
        : null;

    public override void Resume(Turn turn, string resume, object? arrived) => Receive(turn, IncomingRequest.Read(arrived as JsonNode));

    private static void Receive(Turn turn, IncomingRequest request)
    {
        turn.Run.OwesReply = true;
        turn.Output("routeData", Conversion.Plain(request.RouteData));
        turn.Output("queryStringData", Conversion.Plain(request.Query));
        turn.Output("headers", Conversion.Plain(request.Headers));
        turn.Output("parsedContent", Conversion.Plain(request.Content));
        turn.Output("files", Conversion.Plain(new JsonArray([.. request.Files.Select(file => file.ToJson())])));
        turn.Output("file", Conversion.Plain(request.Files is [var first, ..] ? first.ToJson() : null));
        turn.Output("result", Conversion.Plain(request.ToJson()));
        if (request.RefusedBy is { } port)
        {
            turn.Complete(port);
            return;
        }

        turn.Complete();
    }
}
