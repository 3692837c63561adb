using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// The flows as policy staff write them: each a chain of versions of which the newest may be a draft. What is saved is kept whatever is wrong with it, as long as it can be read
/// again; what is in force changes by <see cref="FlowPublishing"/> alone.
/// </summary>
public sealed partial class FlowDesk(VersionStore versions, BusinessClock clock)
{
    /// <summary>Characters of one flow.</summary>
    public const int LongestText = 1024 * 1024;

    /// <summary>Versions of all flows that are looked at for a list.</summary>
    private const int MostListed = 5_000;

    private const int MostVersions = 200;
    private const int LongestName = 100;

    /// <summary>All versions of all flows, the newest of each first.</summary>
    public async Task<IReadOnlyList<FileVersion>> ListAsync(CancellationToken ct) =>
        [.. (await versions.ListAsync("workflows/", MostListed, ct)).Where(version => ContentReader.IsFlowFile(version.Path))];

    /// <summary>Newest first; empty when there is no such flow.</summary>
    public async Task<IReadOnlyList<FileVersion>> HistoryAsync(string definitionId, CancellationToken ct) =>
        IsStorable(definitionId) ? [.. (await versions.HistoryAsync(definitionId, MostVersions, ct)).Where(version => ContentReader.IsFlowFile(version.Path))] : [];

    /// <param name="options">Elsa's word for which version: <c>Latest</c>, <c>Published</c>, <c>Draft</c>, a number.</param>
    public async Task<FlowVersion?> FindAsync(string definitionId, string? options, CancellationToken ct)
    {
        var history = await HistoryAsync(definitionId, ct);
        return history.Count == 0 || Chosen(history, options).FirstOrDefault() is not { } chosen ? null : await OpenAsync(chosen, chosen.Id == history[0].Id, ct);
    }

    /// <summary>The version with this id, of which a newer one may exist.</summary>
    public async Task<FlowVersion?> FindVersionAsync(string id, CancellationToken ct)
    {
        if (!IsStorable(id) || await versions.FindAsync(id, ct) is not { } version || !ContentReader.IsFlowFile(version.Path)) return null;

        var history = await versions.HistoryAsync(version.Item, 1, ct);
        return await OpenAsync(version, history is [var newest] && newest.Id == version.Id, ct);
    }

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
    public async Task<FlowResult> SaveAsync(FlowOrder order, SignedInPerson person, CancellationToken ct)
    {
        if (order.Name.Length > LongestName) return new FlowResult.Refused($"流程名称不能超过 {LongestName} 个字。");

        var history = order.DefinitionId is { } known ? await HistoryAsync(known, ct) : [];
        if (history is not [var newest, ..]) return await BeginAsync(order, person, ct);
        if (order.Seen != newest.Id) return Overtaken(newest);

        var before = await OpenAsync(newest, isLatest: true, ct);
        if (FlowNodes.Parse(before.Text) is not { } file) return new FlowResult.Refused("此版本的文件不是合法的 JSON，不能在这里修改。");

        var merged = FlowMerge.Into(file, order.Model);
        return JsonNode.DeepEquals(file, merged) ? new FlowResult.Done(before) : await KeepAsync(newest.Path, newest.Item, FlowText.Write(merged), newest.Id, person, ct);
    }

    /// <summary>Keeps a definition as somebody's file has it, as a new flow or as the draft of one that is there.</summary>
    public async Task<FlowResult> ImportAsync(string text, SignedInPerson person, CancellationToken ct)
    {
        if (FlowNodes.Parse(text) is not { } file) return new FlowResult.Refused("文件不是合法的流程 JSON。");

        var id = FlowNodes.Text(file, "definitionId") ?? FlowNodes.Text(file, "id") ?? "";
        if (!DefinitionId().IsMatch(id)) return new FlowResult.Refused($"流程标识（definitionId）“{id}”只能用字母、数字、点、横线和下划线，不超过 100 个字符。");

        return await HistoryAsync(id, ct) is [var newest, ..]
            ? await ReplaceAsync(newest, text, person, ct)
            : await BeginAsync(id, text, person, ct);
    }

    /// <summary>Begins a draft with the text of a former version.</summary>
    public async Task<FlowResult> RevertAsync(string definitionId, int number, SignedInPerson person, CancellationToken ct)
    {
        var history = await HistoryAsync(definitionId, ct);
        return history.FirstOrDefault(version => version.Number == number) is not { } wanted ? new FlowResult.NotFound()
            : wanted.Id == history[0].Id && wanted.State != VersionState.Retired ? new FlowResult.Done(await OpenAsync(wanted, isLatest: true, ct))
            : await ReplaceAsync(history[0], (await OpenAsync(wanted, isLatest: false, ct)).Text, person, ct);
    }

    /// <summary>Throws the draft away. What was ever in force is kept.</summary>
    public async Task<FlowResult> DiscardAsync(FileVersion version, SignedInPerson person, CancellationToken ct) => version.State switch
    {
        VersionState.Draft => await versions.DiscardAsync(version, person.Actor, clock.Now, ct) ? new FlowResult.Gone() : new FlowResult.Refused("这份草稿已被修改或发布，请刷新后再试。"),
        VersionState.Published => new FlowResult.Refused("现行版本不能删除。不再受理的，请停用；在办案件仍按原版本办完。"),
        _ => new FlowResult.Refused("生效过的版本须留存备查，不能删除。"),
    };

    /// <summary>Somebody else's draft is not written over by a whole text: nobody has seen what of it would be lost.</summary>
    private async Task<FlowResult> ReplaceAsync(FileVersion newest, string text, SignedInPerson person, CancellationToken ct) =>
        newest.State == VersionState.Draft && newest.SavedBy != person.Actor.UserId
            ? new FlowResult.Refused($"{newest.SavedByName}正在修改这个流程（{ChineseDates.Minute(newest.SavedAt)}保存过草稿）。请先发布或删除这份草稿。")
            : await KeepAsync(newest.Path, newest.Item, text, newest.Id, person, ct);

    private Task<FlowResult> BeginAsync(FlowOrder order, SignedInPerson person, CancellationToken ct)
    {
        var id = order.DefinitionId ?? $"flow-{Guid.NewGuid().ToString("N")[..12]}";
        if (!DefinitionId().IsMatch(id)) return Task.FromResult<FlowResult>(new FlowResult.Refused($"流程标识“{id}”只能用字母、数字、点、横线和下划线，不超过 100 个字符。"));

        var file = new JsonObject
        {
            ["id"] = $"{id}-1", ["definitionId"] = id, ["name"] = order.Name, ["version"] = 1, ["variables"] = new JsonArray(), ["inputs"] = new JsonArray(), ["outputs"] = new JsonArray(),
            ["outcomes"] = new JsonArray(), ["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = "TokenBased" }, ["options"] = new JsonObject(),
        };
        return BeginAsync(id, FlowText.Write(FlowMerge.Into(file, order.Model)), person, ct);
    }

    private async Task<FlowResult> BeginAsync(string id, string text, SignedInPerson person, CancellationToken ct)
    {
        var path = $"workflows/{id.Replace('.', '-')}.json";
        return (await versions.HistoryAsync(path, 1, ct)).Count > 0
            ? new FlowResult.Refused($"流程标识“{id}”与另一个流程的文件同名，请换一个。")
            : await KeepAsync(path, id, text, over: null, person, ct);
    }

    private async Task<FlowResult> KeepAsync(string path, string id, string text, string? over, SignedInPerson person, CancellationToken ct)
    {
        if (text.Length > LongestText) return new FlowResult.Refused("流程过大，不能保存。");
        if (!IsStorable(text)) return new FlowResult.Refused("流程中含有不能保存的字符（U+0000）。");

        var read = WorkflowDefinition.Read(text, path);
        if (read.Definition is null) return new FlowResult.Refused(FlowProblems.InChinese(read.Problems, path, text));

        return await versions.SaveAsync(new DraftSave(ContentOwner.Province, path, id, text, over), person.Actor, clock.Now, ct) switch
        {
            SaveDraftResult.Saved saved => new FlowResult.Done(new FlowVersion(saved.Version, text, IsLatest: true)),
            SaveDraftResult.Overtaken { Newer: { } newer } => Overtaken(newer),
            _ => new FlowResult.Refused("这份草稿已被删除，您的修改没有保存。请重新打开流程。"),
        };
    }

    private static FlowResult.Refused Overtaken(FileVersion newer) => new(newer.State == VersionState.Draft
        ? $"您打开之后，{newer.SavedByName}已于{ChineseDates.Minute(newer.SavedAt)}保存过这个流程，您的修改没有保存。请重新打开流程，在最新的草稿上修改。"
        : $"您打开之后，这个流程的第 {newer.Number} 版已由{newer.SavedByName}于{ChineseDates.Minute(newer.PublishedAt ?? newer.SavedAt)}发布，您的修改没有保存。请重新打开流程。");

    /// <summary>A version with its text.</summary>
    public async Task<FlowVersion> OpenAsync(FileVersion version, bool isLatest, CancellationToken ct) =>
        new(version, (await versions.TextsAsync([version.Id], ct)).GetValueOrDefault(version.Id, ""), isLatest);

    /// <summary>PostgreSQL has no NUL in text and would answer with an error.</summary>
    private static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DefinitionId();
}
