using System.CommandLine;
using System.Text;
using WorkflowEngine.Rules;
using WorkflowEngine.Templates;
using WorkflowEngine.Workflows.Batch;

namespace WorkflowEngine.Host.CommandLine;

/// <summary>
/// <c>flow batch</c>, <c>rules batch</c>, <c>template batch</c>: one JSON object a line in, one a line out, in order. They
/// start nothing else: no server, no database.
/// </summary>
public static class BatchVerbs
{
    public static IEnumerable<Command> Create()
    {
        yield return Batch("flow", "Runs flow definitions: one request a line, one answer a line.", FlowBatch.Answer);
        yield return Batch("rules", "Evaluates rules and expressions: one request a line, one answer a line.", new RulesBatch(TimeProvider.System.GetLocalNow).Answer);
        yield return Batch("template", "Renders templates: one request a line, one answer a line.", line => TemplateBatch.Answer(line, TimeProvider.System.GetUtcNow()));
    }

    private static Command Batch(string subject, string description, Func<string, string> answer)
    {
        var batch = new Command("batch", description);
        batch.SetAction(async (_, ct) =>
        {
            using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), bufferSize: 1 << 16) { AutoFlush = true, NewLine = "\n" };
            while (await input.ReadLineAsync(ct) is { } line)
            {
                await output.WriteLineAsync(answer(line).AsMemory(), ct);
            }

            return 0;
        });
        return new Command(subject, description) { batch };
    }
}
