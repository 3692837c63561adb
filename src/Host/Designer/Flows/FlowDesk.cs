using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>The flows as policy staff draw them: files of which designers show a notation of their own. What is saved is kept whatever is wrong with it, as long as it can be read again.</summary>
public sealed partial class FlowDesk(FileDesk files, VersionStore versions)
{
    private const int MostVersions = 200;
    private const int LongestName = 100;

    /// <summary>All versions of all flows, those of each together, its draft or newest first.</summary>
    public async Task<IReadOnlyList<FileVersion>> ListAsync(CancellationToken ct) =>
        [.. (await files.ListAsync("workflows/", ct)).Where(version => ContentReader.IsFlowFile(version.Path))];

    /// <summary>Its draft or newest first; empty when there is no such flow.</summary>
    public async Task<IReadOnlyList<FileVersion>> HistoryAsync(string definitionId, CancellationToken ct) =>
        FileDesk.IsStorable(definitionId) ? [.. (await versions.HistoryAsync(definitionId, MostVersions, ct)).Where(version => ContentReader.IsFlowFile(version.Path))] : [];

    /// <param name="options">Elsa's word for which version: <c>Latest</c>, <c>Published</c>, <c>Draft</c>, a number.</param>
    public async Task<OpenedVersion?> FindAsync(string definitionId, string? options, CancellationToken ct)
    {
        var history = await HistoryAsync(definitionId, ct);
        return history.Count == 0 || Chosen(history, options).FirstOrDefault() is not { } chosen ? null : await files.OpenAsync(chosen, chosen.Id == history[0].Id, ct);
    }

    /// <summary>The version with this id, of which a newer one may exist.</summary>
    public async Task<OpenedVersion?> FindVersionAsync(string id, CancellationToken ct) =>
        await files.FindVersionAsync(id, ct) is { } version && ContentReader.IsFlowFile(version.File.Path) ? version : null;

    /// <summary>Those of a flow's versions that Elsa's word means; without one, all.</summary>
    public static IEnumerable<FileVersion> Chosen(IReadOnlyList<FileVersion> history, string? options) => options?.ToUpperInvariant() switch
    {
        "LATEST" => history.Take(1),
        "PUBLISHED" => history.Where(version => version.State == VersionState.Published),
        "DRAFT" => history.Where(version => version.State == VersionState.Draft),
        "LATESTORPUBLISHED" or "LATESTANDPUBLISHED" => history.Where((version, index) => index == 0 || version.State == VersionState.Published),
        { } number when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) => history.Where(version => version.Number == wanted),
        _ => history,
    };

    /// <summary>Keeps what a designer sends as the flow's draft; a flow that is not known is begun.</summary>
    public async Task<EditResult> SaveAsync(FlowOrder order, SignedInPerson person, CancellationToken ct)
    {
        if (order.Name.Length > LongestName) return new EditResult.Refused($"流程名称不能超过 {LongestName} 个字。");

        var history = order.DefinitionId is { } known ? await HistoryAsync(known, ct) : [];
        if (history is not [var newest, ..]) return await BeginAsync(order, person, ct);
        if (order.Seen != newest.Id) return FileDesk.Overtaken(newest);

        var before = await files.OpenAsync(newest, isLatest: true, ct);
        if (FlowNodes.Parse(before.Text) is not { } file) return new EditResult.Refused("此版本的文件不是合法的 JSON，不能在这里修改。");

        var merged = FlowMerge.Into(file, order.Model);
        return JsonNode.DeepEquals(file, merged) ? new EditResult.Done(before) : await KeepAsync(new DraftSave(ContentOwner.Province, newest.Path, newest.Item, FlowText.Write(merged), newest.Id), person, ct);
    }

    /// <summary>Keeps a definition as somebody's file has it, as a new flow or as the draft of one that is there.</summary>
    public async Task<EditResult> ImportAsync(string text, SignedInPerson person, CancellationToken ct)
    {
        if (FlowNodes.Parse(text) is not { } file) return new EditResult.Refused("文件不是合法的流程 JSON。");

        var id = FlowNodes.Text(file, "definitionId") ?? FlowNodes.Text(file, "id") ?? "";
        if (!DefinitionId().IsMatch(id)) return new EditResult.Refused($"流程标识（definitionId）“{id}”只能用字母、数字、点、横线和下划线，不超过 100 个字符。");

        return await HistoryAsync(id, ct) is [var newest, ..]
            ? Problem(text, newest.Path) ?? await files.ReplaceAsync(newest, text, person, ct)
            : await BeginAsync(id, text, person, ct);
    }

    /// <summary>Begins a draft with the text of a former version.</summary>
    public async Task<EditResult> RevertAsync(string definitionId, int number, SignedInPerson person, CancellationToken ct) => await files.RevertAsync(await HistoryAsync(definitionId, ct), number, person, ct);

    private Task<EditResult> BeginAsync(FlowOrder order, SignedInPerson person, CancellationToken ct)
    {
        var id = order.DefinitionId ?? $"flow-{Guid.NewGuid().ToString("N")[..12]}";
        if (!DefinitionId().IsMatch(id)) return Task.FromResult<EditResult>(new EditResult.Refused($"流程标识“{id}”只能用字母、数字、点、横线和下划线，不超过 100 个字符。"));

        var file = new JsonObject
        {
            ["id"] = $"{id}-1", ["definitionId"] = id, ["name"] = order.Name, ["version"] = 1, ["variables"] = new JsonArray(), ["inputs"] = new JsonArray(), ["outputs"] = new JsonArray(),
            ["outcomes"] = new JsonArray(), ["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = "TokenBased" }, ["options"] = new JsonObject(),
        };
        return BeginAsync(id, FlowText.Write(FlowMerge.Into(file, order.Model)), person, ct);
    }

    private async Task<EditResult> BeginAsync(string id, string text, SignedInPerson person, CancellationToken ct)
    {
        var path = $"workflows/{id.Replace('.', '-')}.json";
        return (await versions.HistoryAsync(path, 1, ct)).Count > 0
            ? new EditResult.Refused($"流程标识“{id}”与另一个流程的文件同名，请换一个。")
            : await KeepAsync(new DraftSave(ContentOwner.Province, path, id, text, Over: null), person, ct);
    }

    private async Task<EditResult> KeepAsync(DraftSave save, SignedInPerson person, CancellationToken ct) => Problem(save.Text, save.Path) ?? await files.KeepAsync(save, person, ct);

    /// <summary>Why a text cannot be shown as a flow again; null when it can.</summary>
    private static EditResult.Refused? Problem(string text, string path) => WorkflowDefinition.Read(text, path) is { Definition: null } read ? new EditResult.Refused(FileProblems.InChinese(read.Problems, path, text)) : null;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DefinitionId();
}
