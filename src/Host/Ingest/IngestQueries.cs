using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Answers what a key asks for of what it told, page by page. Numbers of persons go back as they came: encrypted with the key's secret where its profile encrypts
/// fields; everything else of a person, and numbers in profiles that do not encrypt, is covered.
/// </summary>
public sealed partial class IngestQueries(QueryStore store)
{
    private const string PageIndex = "pageIndex";
    private const string PageSize = "pageSize";
    private const string Date = "date";

    /// <summary>Whatever a standard allows, no page is larger and none is further away.</summary>
    private const int MostRows = 100;
    private const int MostPages = 1_000_000;

    /// <param name="report">Of a message that asks for the records of an upload (<see cref="MessageDefinition.Of"/>).</param>
    public async Task<IngestAnswer> AnswerAsync(MessageReport report, MessageCatalogue catalogue, SigningProfile profile, SigningCredential credential, CancellationToken ct)
    {
        if (!report.IsAccepted) return new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：{report.Findings[0]}。");

        var asked = report.Records[0].Values;
        var upload = catalogue.Messages[report.Definition!.Of!];
        var day = asked[Date] is { } date ? DateOnly.ParseExact(date.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture) : (DateOnly?)null;
        var like = new JsonObject(asked.Where(member => member.Key is not (PageIndex or PageSize or Date)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        try
        {
            var told = await store.AskAsync(credential, new RecordQuery(upload.Method, like, day, Number(asked[PageIndex], MostPages), Number(asked[PageSize], MostRows)), ct);
            return new IngestAnswer(profile.Answers.Ok, "成功", new JsonObject
            {
                ["totalCount"] = told.Total,
                ["rows"] = new JsonArray([.. told.Rows.Select(row => (JsonNode)Row(row, upload, profile, credential.Secret))]),
            });
        }
        catch (QueryTooWideException)
        {
            return new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：查询的范围过大，请缩小查询范围（例如换一个日期）后再查询。");
        }
    }

    private static int Number(JsonNode? value, int most) => (int)Math.Clamp(long.Parse(value!.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), 0, most);

    private static JsonObject Row(ToldRecord told, MessageDefinition upload, SigningProfile profile, string secret)
    {
        var row = told.Values;
        foreach (var (path, value) in told.Personal ?? [])
        {
            if (value?.ToString() is not { } text) continue;

            // In a list of the record: "bankInfos[0].bankNumber".
            if (ListItem().Match(path) is { Success: true } item)
            {
                var (list, at, name) = (item.Groups["list"].Value, int.Parse(item.Groups["at"].ValueSpan, CultureInfo.InvariantCulture), item.Groups["name"].Value);
                if (row[list] is JsonArray items && at < items.Count && items[at] is JsonObject owner) owner[name] = Shown(Field(Field(upload, list)?.Fields, name), text, profile, secret);
            }
            else
            {
                row[path] = Shown(Field(upload, path), text, profile, secret);
            }
        }

        return row;
    }

    private static string Shown(FieldDefinition? field, string text, SigningProfile profile, string secret) =>
        field is { Encrypted: true } && profile.EncryptsFields ? FieldCipher.Encrypt(text, secret) : Masking.Covered(text);

    private static FieldDefinition? Field(MessageDefinition upload, string name) => Field(upload.RecordFields, name) ?? Field(upload.Fields, name);

    private static FieldDefinition? Field(IReadOnlyList<FieldDefinition>? fields, string name) => fields?.FirstOrDefault(field => field.Name == name);

    [GeneratedRegex(@"^(?<list>\w+)\[(?<at>\d{1,4})\]\.(?<name>\w+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListItem();
}
