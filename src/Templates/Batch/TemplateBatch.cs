using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowEngine.Templates;

/// <summary>
/// The <c>template batch</c> verb: one JSON request in, one JSON answer out, for comparing with the original and for scripts.
/// It follows the original where letters do not: nothing is escaped unless asked for, long texts are cut, numbers of the model are doubles.
/// </summary>
public static class TemplateBatch
{
    private const string FileName = "text";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers one request line. Never throws: a line that is no request is answered with <c>{"error":"…"}</c>.</summary>
    /// <param name="now">Answers <c>date.now</c>, as the clock of the original does.</param>
    public static string Answer(string jsonLine, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(jsonLine);
            return Answer(BatchRequest.Read(document.RootElement), now);
        }
        catch (Exception wrong)
        {
            // Also what must not happen: one bad line may not end the process that answers the others.
            return Write(writer => writer.WriteString("error", wrong is JsonException or BatchRequestException ? wrong.Message : $"Internal error: {wrong.GetType().Name}."));
        }
    }

    private static string Answer(BatchRequest request, DateTimeOffset now)
    {
        var (template, problems) = Template.Parse(request.Template, FileName, request.Options);
        if (template is null)
        {
            return Write(writer =>
            {
                writer.WriteStartArray("errors");
                writer.WriteStringValue(Show(problems[0]));
                writer.WriteEndArray();
            });
        }

        // The verb is an edge of the engine: the chance that letters must not have is given here.
        var result = template.Render(request.Model, request.Settings with
        {
            Now = now,
            Random = Random.Shared,
        });
        return Write(writer =>
        {
            if (result.Error is { } error)
            {
                writer.WriteStartObject("exception");
                writer.WriteString("text", Show(error));
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteString("text", result.Text);
            }
        });
    }

    private static string Show(TemplateProblem problem) =>
        string.Create(CultureInfo.InvariantCulture, $"{problem.File}({problem.Line},{problem.Column}) : error : {problem.Message}");

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writing))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
