using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Replays;

/// <summary>What a draft would have made of a period, beside what is published: figures by city, without anybody's name.</summary>
/// <param name="Until">Business time up to which both were carried out.</param>
/// <param name="Total">All cities together.</param>
/// <param name="Cities">In the order of their codes.</param>
/// <param name="Notes">What a reader must know about the figures (zh-CN).</param>
public sealed record ReplayComparison(
    DateTimeOffset Until, ReplayFigures Total, IReadOnlyList<CityFigures> Cities, IReadOnlyList<StepFigures> Steps, IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Replays the period on both and compares. Pure: the same period and content give the same result.</summary>
    public static ReplayComparison Of(PastPeriod period, Library published, Library draft)
    {
        // Holidays are facts of their time: what a draft says of them is not its effect on the procedure.
        var calendars = period.Calendars.Count > 0 ? period.Calendars : [new CalendarInForce(period.Until, published.Content.Calendar)];
        var latest = calendars[^1].Calendar;
        // Neither knows of the other.
        IReadOnlyList<ReplayedCase> before = [], after = [];
        Parallel.Invoke(() => before = Replay.Run(published, period, calendars), () => after = Replay.Run(draft, period, calendars));
        var pairs = before.Zip(after, (one, two) => new ReplayPair(one, two, latest, period.Until)).Where(pair => !pair.Past.IsContext).ToList();
        var titles = new Titles(published.Content, draft.Content);
        var regions = published.Content.Regions;
        return new ReplayComparison(
            period.Until, ReplayFigures.Of(pairs, titles),
            [
                .. pairs.GroupBy(pair => CityOf(pair.Past.Authority, regions)).OrderBy(city => city.Key, StringComparer.Ordinal)
                    .Select(city => new CityFigures(city.Key, regions.Authority(city.Key)?.Name ?? city.Key, ReplayFigures.Of([.. city], titles))),
            ],
            StepFigures.Of(pairs, titles), NotesOn(period, published.Content, draft.Content));
    }

    /// <summary>Nothing differs in any case.</summary>
    public bool IsSame => Total.Differing == 0;

    public string ToJson() => JsonSerializer.Serialize(this, Written);

    /// <summary>Tables, Chinese first.</summary>
    public override string ToString() => ReplayTable.Of(this);

    /// <summary>The city that the authority belongs to; itself when it is above cities.</summary>
    private static string CityOf(string authorityId, RegionRegister regions)
    {
        var at = regions.Authority(authorityId);
        while (at is { Level: OrganisationLevel.County, ParentId: { } parent }) at = regions.Authority(parent);
        return at?.Id ?? authorityId;
    }

    private static IReadOnlyList<string> NotesOn(PastPeriod period, ContentSet published, ContentSet draft)
    {
        var notes = new List<string>();
        if (published.Id == draft.Id) notes.Add("草案与现行版本的文件完全相同。");
        else if (published.Files[ContentReader.CalendarFile] != draft.Files[ContentReader.CalendarFile]) notes.Add("草案改动了工作日历；两边都按当时生效的日历计算，日历的改动不计入差别。");
        if (period.NotFiled > 0) notes.Add($"{period.NotFiled} 个办件不是由表单开立的，没有重放。");
        return notes;
    }
}

/// <summary>Words for what only has an id.</summary>
internal sealed class Titles(ContentSet published, ContentSet draft)
{
    public string Notice(string template) => (draft.Notices.GetValueOrDefault(template) ?? published.Notices.GetValueOrDefault(template))?.Title ?? template;

    public string Step(string flow, string step) =>
        (draft.Flows.GetValueOrDefault(flow)?.Find(step) ?? published.Flows.GetValueOrDefault(flow)?.Find(step)) is { } found ? found.Literal("title") ?? found.DisplayName : step;

    public OrganisationLevel Level(string organisation) => published.Regions.Authority(organisation)?.Level ?? OrganisationLevel.Enterprise;
}
