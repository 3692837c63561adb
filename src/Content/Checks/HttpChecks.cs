using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Steps that ask and are asked over HTTP: endpoints that a request can find, none of which takes another's requests; requests to addresses that exist, without
/// credentials written into the flow, and with a way on when nobody answers.
/// </summary>
internal static class HttpChecks
{
    private const string FlowSend = "Elsa.FlowSendHttpRequest";
    private const string Send = "Elsa.SendHttpRequest";
    private const string Download = "Elsa.DownloadHttpFile";
    private const string Respond = "Elsa.WriteHttpResponse";
    private const string RespondWithFile = "Elsa.WriteFileHttpResponse";

    private static readonly string[] FileInputs = ["fileSizeLimit", "allowedFileExtensions", "blockedFileExtensions", "allowedMimeTypes"];

    private static readonly string[] CommonMembers =
        ["id", "nodeId", "name", "type", "version", "customProperties", "metadata", "runAsynchronously", "canStartWorkflow", "source", "synthetic", "commitStrategy", "logPersistenceMode"];

    /// <summary>Whether the members of such an activity are looked at here.</summary>
    public static bool Looks(string type) => type is HttpEndpoints.Type or FlowSend or Send or Download or Respond or RespondWithFile;

    /// <param name="reachable">The hosts that some organisation may reach; null when that is not known.</param>
    public static void Run(IReadOnlyList<FlowCheckContext> flows, IReadOnlyCollection<string>? reachable)
    {
        var taken = new Dictionary<string, Endpoint>();
        foreach (var flow in flows)
        {
            foreach (var node in flow.Definition.Activities.Where(activity => activity.Descriptor is not null && Looks(activity.Type)))
            {
                var json = Find(flow.Json, node) ?? flow.Json;
                Members(node, json, flow);
                if (node.Type is FlowSend or Send or Download)
                {
                    Sending(node, json, flow, reachable);
                }
            }
        }

        // Those that begin a flow first: they take a request before any instance that waits for it.
        foreach (var endpoint in flows.SelectMany(EndpointsOf).OrderByDescending(endpoint => endpoint.Node.CanStartWorkflow))
        {
            Judge(endpoint, taken);
        }
    }

    private sealed record Endpoint(FlowCheckContext Flow, ActivityNode Node, LocatedJson Json);

    private static IEnumerable<Endpoint> EndpointsOf(FlowCheckContext flow) => flow.Definition.Activities
        .Where(activity => activity.Type == HttpEndpoints.Type && activity.Descriptor is not null)
        .Select(node => new Endpoint(flow, node, Find(flow.Json, node) ?? flow.Json));

    private static void Judge(Endpoint endpoint, Dictionary<string, Endpoint> taken)
    {
        var (flow, node, json) = endpoint;
        var at = json.Member("path") ?? json;
        if (HttpEndpoints.ReadWritten(node, out var problem) is not { } settings)
        {
            // Of a wait the path may be computed, one for each instance.
            if (node.CanStartWorkflow || !problem.Contains("computed", StringComparison.Ordinal))
            {
                flow.Error(
                    ProblemCodes.HttpEndpoint, at, node.Id,
                    $"the endpoint '{node.Id}' cannot be published: {problem}{(node.CanStartWorkflow ? "; an endpoint that begins a flow is written out in full" : "")}",
                    $"端点“{node.Id}”不能发布：{problem}{(node.CanStartWorkflow ? "；启动流程的端点必须写明具体取值" : "")}");
            }

            return;
        }

        foreach (var method in settings.Methods)
        {
            var key = settings.Path.KeyFor(method);
            if (taken.TryGetValue(key, out var first))
            {
                flow.Error(
                    ProblemCodes.HttpPathTaken, at, node.Id,
                    $"'{method} {settings.Path}' of '{node.Id}' already begins the flow {first.Flow.Definition.DefinitionId} ('{first.Node.Id}' in {first.Flow.File}): its requests would never arrive here",
                    $"“{node.Id}”的“{method} {settings.Path}”已由流程 {first.Flow.Definition.DefinitionId} 的“{first.Node.Id}”（{first.Flow.File}）使用，请求不会到达这里");
            }
            else if (node.CanStartWorkflow)
            {
                taken[key] = endpoint;
            }
        }

        if (!settings.NeedsSignIn)
        {
            foreach (var unused in FileInputs.Where(node.Inputs.ContainsKey))
            {
                flow.Warn(
                    ProblemCodes.HttpFiles, json.Member(unused) ?? json, node.Id,
                    $"'{unused}' of '{node.Id}' has no effect for people who are not signed in: files are taken only from those who answer for them",
                    $"“{node.Id}”的“{unused}”对未登录的人不起作用：只接收已登录人员提交的文件");
            }

            flow.Warn(
                ProblemCodes.HttpAnonymous, json.Member("authorize") ?? json, node.Id,
                $"the endpoint '{node.Id}' is meant for anybody; that holds only where the operator has listed '{settings.Path}' under Http:Anonymous, else people sign in",
                $"端点“{node.Id}”不要求登录；只有运维人员在设置 Http:Anonymous 中列入“{settings.Path}”才生效，否则仍须登录");
        }
    }

    private static void Sending(ActivityNode node, LocatedJson json, FlowCheckContext flow, IReadOnlyCollection<string>? reachable)
    {
        if (Literal(json, "url") is { } url)
        {
            Address(url, node, json.Member("url")!, flow, reachable);
        }

        if (Literal(json, "authorization") is { Length: > 0 } authorization && !HttpAddresses.IsSecret(authorization))
        {
            flow.Error(
                ProblemCodes.HttpSecret, json.Member("authorization")!, node.Id,
                $"'{node.Id}' writes a credential into the flow, where everybody can read it; write the name of a secret from the settings instead: secret:NAME",
                $"“{node.Id}”把凭据写进了流程，人人可见；请改写为设置中密钥的名称：secret:名称");
        }

        foreach (var (port, drawn) in WaysOf(node))
        {
            if (!drawn)
            {
                flow.Warn(
                    ProblemCodes.HttpFailureNotDrawn, json, node.Id,
                    $"nothing is drawn for '{port}' of '{node.Id}': without an answer the step becomes an incident",
                    $"“{node.Id}”没有画出“{port}”的去向：对方没有答复时，此步骤会成为异常，等待人工处理");
            }
        }
    }

    private static void Address(string url, ActivityNode node, LocatedJson at, FlowCheckContext flow, IReadOnlyCollection<string>? reachable)
    {
        if (HttpAddresses.ProblemOf(url) is { } problem)
        {
            flow.Error(ProblemCodes.HttpAddress, at, node.Id, $"the address of '{node.Id}' cannot be used: {problem}", $"“{node.Id}”的地址无法使用：{problem}");
            return;
        }

        var host = new Uri(url).IdnHost.ToLowerInvariant();
        if (reachable is not null && !reachable.Contains(host))
        {
            flow.Warn(
                ProblemCodes.HttpUnreachable, at, node.Id,
                $"'{node.Id}' sends to {host}, which no organisation may reach; the operator lists it under Http:Outgoing{DidYouMean.Of(host, reachable.ToList())}",
                $"“{node.Id}”向 {host} 发送请求，但没有任何单位获准访问；请运维人员在设置 Http:Outgoing 中登记{DidYouMean.Chinese(host, reachable.ToList())}");
        }
    }

    private static IEnumerable<(string Port, bool Drawn)> WaysOf(ActivityNode node) => node.Type == Send
        ? [("failedToConnect", node.Port("failedToConnect") is not null), ("timeout", node.Port("timeout") is not null)]
        : new[] { HttpAddresses.NotConnected, HttpAddresses.TimedOut }
            .Select(port => (port, node.Parent?.Connections.Any(edge => edge.Source == node.Id && edge.SourcePort == port) == true));

    private static void Members(ActivityNode node, LocatedJson json, FlowCheckContext flow)
    {
        var descriptor = node.Descriptor!;
        var known = descriptor.Inputs.Select(input => input.Name).Concat(descriptor.Outputs.Select(output => output.Name)).Concat(descriptor.EmbeddedPorts).ToList();
        foreach (var member in json.Members.Where(member => member.Value.Member("expression") is null
            && !known.Concat(CommonMembers).Contains(member.Name, StringComparer.OrdinalIgnoreCase)))
        {
            flow.Error(
                ProblemCodes.UnknownMember, member.Value, node.Id,
                $"'{member.Name}' is not a member of {node.Type} ('{node.Id}'){DidYouMean.Of(member.Name, known)}",
                $"{node.Type}（“{node.Id}”）没有“{member.Name}”{DidYouMean.Chinese(member.Name, known)}");
        }
    }

    private static string? Literal(LocatedJson json, string input) =>
        json.Member(input) is { } member && StepInput.Read(input, member) is { Type: "Literal", Value: { IsString: true } value } ? value.Text : null;

    private static LocatedJson? Find(LocatedJson json, ActivityNode node)
    {
        if (json.IsObject && json.Member("type")?.Text == node.Type && json.Line == node.Line && json.Column == node.Column)
        {
            return json;
        }

        return json.Members.Select(member => member.Value).Concat(json.Items).Select(child => Find(child, node)).FirstOrDefault(found => found is not null);
    }
}
