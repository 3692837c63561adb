using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// Answers the lines of the <c>rules batch</c> verb: one JSON object in, one out. Without a schema the original's answers are
/// given; with one, the rules are checked against it first.
/// </summary>
/// <param name="localNow">Answers <c>DateTime.Now</c> in expressions, as the original does; asked once a line.</param>
public sealed class RulesBatch(Func<DateTimeOffset> localNow)
{
    private const int LongestLine = 8 * 1024 * 1024;

    private static readonly string[] RuleMembers = ["workflow", "run", "inputs", "settings", "schema"];
    private static readonly string[] ExpressionMembers = ["expression", "inputs", "settings", "schema"];
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Never throws: a bad line is answered with <c>{"error": "…"}</c>.</summary>
    public string Answer(string jsonLine)
    {
        try
        {
            if (jsonLine.Length > LongestLine)
            {
                return Refused($"the line has {jsonLine.Length} characters, at most {LongestLine} are read");
            }

            using var document = JsonDocument.Parse(jsonLine);
            return Answer(document.RootElement);
        }
        catch (JsonException exception)
        {
            return Refused($"not JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Refused(exception.Message);
        }
    }

    private string Answer(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            return Refused("a request is an object");
        }

        var known = request.TryGetProperty("expression", out _) ? ExpressionMembers : RuleMembers;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in request.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                return Refused($"'{member.Name}' is not a member of a request{DidYouMean.Of(member.Name, known)}");
            }

            if (!seen.Add(member.Name))
            {
                return Refused($"'{member.Name}' is there twice");
            }
        }

        FactSchema? schema = null;
        if (Member(request, "schema") is { } declared)
        {
            var read = FactSchema.Parse(declared);
            if (read.Schema is null)
            {
                return Refused(read.Problems[0].ToString());
            }

            schema = read.Schema;
        }

        if (BatchSettings.Read(Member(request, "settings"), schema is null, out var settings) is { } problem)
        {
            return Refused(problem);
        }

        var inputs = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (Member(request, "inputs") is { } values)
        {
            if (values.ValueKind != JsonValueKind.Object)
            {
                return Refused("'inputs' is an object whose members are the inputs");
            }

            foreach (var input in values.EnumerateObject())
            {
                inputs[input.Name] = input.Value;
            }
        }

        return known == ExpressionMembers
            ? AnswerExpression(request.GetProperty("expression"), inputs, schema, settings)
            : AnswerRules(request, inputs, schema, settings);
    }

    private RuleRun Run()
    {
        var now = localNow();
        return new RuleRun { BusinessDate = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime), Now = now };
    }

    private string AnswerExpression(JsonElement expression, Dictionary<string, object?> inputs, FactSchema? schema, RuleSettings settings)
    {
        if (expression.ValueKind != JsonValueKind.String)
        {
            return Refused("'expression' is a text");
        }

        var compiled = Lambda.Compile(expression.GetString()!, schema, null, settings);
        if (compiled.Lambda is null)
        {
            return Error("ParseException", compiled.Problems[0].Message);
        }

        try
        {
            var value = compiled.Lambda.Run(inputs, Run(), out _);
            var plain = PlainValues.From(value);
            return Written(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("type", PlainValues.TypeName(value));
                writer.WritePropertyName("value");
                PlainValues.Write(writer, plain);
                writer.WriteEndObject();
            });
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Error(exception is ExpressionException ? "ParseException" : exception.GetType().Name, exception.Message);
        }
    }

    private string AnswerRules(JsonElement request, Dictionary<string, object?> inputs, FactSchema? schema, RuleSettings settings)
    {
        if (Member(request, "workflow") is not { } workflow)
        {
            return Refused("a request has a 'workflow' or an 'expression'");
        }

        string? name = null;
        if (Member(request, "run") is { } run)
        {
            if (run.ValueKind != JsonValueKind.String)
            {
                return Refused("'run' is the name of a workflow");
            }

            name = run.GetString();
        }

        var file = RuleFileReader.Read(workflow.GetRawText(), "workflow", asOriginal: settings.Compat);
        if (!file.IsValid)
        {
            var type = file.Problems.All(problem => problem.Code == RuleProblemCodes.WrongValue) ? "JsonException" : "RuleValidationException";
            return Exception(type, string.Join("\n", file.Problems));
        }

        var compiled = RuleSet.Compile(file.Workflows, schema, settings);
        if (compiled.RuleSet is null)
        {
            return Exception("RuleValidationException", string.Join("\n", compiled.Problems));
        }

        var report = compiled.RuleSet.Evaluate(inputs, Run(), name);
        return report.Fault is { } fault ? Exception(fault.Type, fault.Message) : Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results");
            foreach (var result in report.Results)
            {
                Write(writer, result);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, RuleResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleName", result.RuleName);
        writer.WriteBoolean("isSuccess", result.IsSuccess);
        writer.WriteString("exceptionMessage", result.ExceptionMessage);
        writer.WriteString("successEvent", result.SuccessEvent);
        writer.WriteString("errorMessage", result.Source.ErrorMessage);
        writer.WriteStartObject("action");
        writer.WritePropertyName("output");
        PlainValues.Write(writer, result.Action.Output);
        writer.WriteString("outputType", result.Action.OutputType);
        writer.WriteString("exception", result.Action.Exception);
        writer.WriteEndObject();
        writer.WriteStartArray("inputs");
        foreach (var name in result.Inputs.Keys)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("children");
        if (result.Children is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStartArray();
            foreach (var child in result.Children)
            {
                Write(writer, child);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static JsonElement? Member(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Refused(string message) => Written(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", message);
        writer.WriteEndObject();
    });

    private static string Error(string type, string message) => Typed("error", type, message);

    private static string Exception(string type, string message) => Typed("exception", type, message);

    private static string Typed(string member, string type, string message) => Written(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject(member);
        writer.WriteString("type", type);
        writer.WriteString("message", message);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
