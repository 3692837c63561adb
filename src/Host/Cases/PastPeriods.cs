using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// What the database tells of a period, as it is replayed. Of the forms only what rules and conditions may need goes along: no personal values (the database does not even
/// give them out), no names of files, and of what people wrote at length only that they wrote something.
/// </summary>
public static class PastPeriods
{
    /// <summary>Stands for a text at length.</summary>
    public const string Left = "（略）";

    /// <summary>A field that takes more characters than this is for explaining something.</summary>
    private const int LongText = 200;

    /// <param name="content">What is in force: its forms tell which values are what.</param>
    public static PastPeriod Of(PastRows rows, ContentSet content)
    {
        var acts = rows.Acts.ToLookup(act => act.Number);
        var requests = rows.Requests.ToLookup(request => request.Number);
        return new PastPeriod(
            Local(rows.Until),
            [
                .. rows.Cases.Select(row => new PastCase
                {
                    Number = row.Number,
                    Flow = row.FlowId,
                    Authority = row.AuthorityId,
                    Applicant = row.ApplicantId,
                    Kind = row.Kind,
                    At = Local(row.SubmittedAt),
                    Values = Needed(row.Values, OfferedFlows.Find(content, row.FlowId)?.Form.Fields ?? []),
                    Continues = row.Continues,
                    IsContext = !row.IsInPeriod,
                    IsConfidential = row.IsConfidential,
                    Acts = [.. acts[row.Number].Select(act => new PastAct(
                        Local(act.At), act.ActivityId, act.OrganisationId, act.Role, act.Outcome, Needed(act.Values, content.Forms.GetValueOrDefault(act.FormId)?.Fields ?? [])))],
                    Requests = [.. requests[row.Number].Select(request => new PastRequest(
                        Local(request.At), request.Key, request.Method, request.IsAccepted, request.Code, request.Times, request.Records, request.Workers))],
                }),
            ])
        {
            Calendars = [.. from row in rows.Calendars let read = WorkingDayCalendar.Read(row.Json, ContentReader.CalendarFile).Calendar where read is not null select new CalendarInForce(Local(row.At), read)],
            NotFiled = rows.NotFiled,
        };
    }

    private static JsonObject Needed(JsonObject values, IReadOnlyList<FormField> fields) =>
        new(fields.Where(field => !field.Personal && values[field.Name] is not null).Select(field => KeyValuePair.Create(field.Name, Needed(values[field.Name]!, field))));

    private static JsonNode? Needed(JsonNode value, FormField field) => (field.Type, value) switch
    {
        (FormFieldType.File, JsonArray files) => new JsonArray([.. files.Select(Nameless)]),
        (FormFieldType.List, JsonArray rows) => new JsonArray([.. rows.Select(row => row is JsonObject answered ? Needed(answered, field.Columns) : null)]),
        (FormFieldType.Textarea, JsonValue) or (FormFieldType.Text, JsonValue) when field.Type == FormFieldType.Textarea || field.MaxLength > LongText =>
            string.IsNullOrWhiteSpace(value.ToString()) ? "" : Left,
        _ => value.DeepClone(),
    };

    private static JsonNode? Nameless(JsonNode? file)
    {
        if (file?.DeepClone() is not JsonObject handle) return null;

        handle["name"] = Left + Path.GetExtension(handle["name"]?.ToString());
        return handle;
    }

    private static DateTimeOffset Local(DateTimeOffset instant) => instant.ToOffset(Deadlines.Shanghai);
}
