using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// Elsa.WriteFileHttpResponse: answers the request with which this burst began with a file of this instance: one that it was sent, or downloaded, or that its case
/// was given. Which file is named by its description or its id; an id is no proof, so that the host says whether the file is the instance's.
/// </summary>
internal sealed class WriteFileHttpResponse : ActivityKind
{
    private const int MaxName = 120;

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.WriteFileHttpResponse", "HTTP 文件应答", "网络", "以本流程的一个附件答复本次 HTTP 请求。")
    {
        Inputs =
        [
            new InputDescriptor("content", "Object", "附件（文件说明或编号）"),
            new InputDescriptor("filename", "String", "文件名"),
        ],
    };

    public override void Execute(Turn turn)
    {
        HttpContentInputs.RequireRequest(turn);
        var reply = FileOf(turn) is { } file
            ? new HttpReply((int)HttpStatusCode.OK, [], file.Type, null) { File = file with { Name = NameOf(turn, file) } }
            : new HttpReply((int)HttpStatusCode.NoContent, [], null, null);
        turn.Run.OwesReply = false;
        turn.Run.Emit(id => new Effect.WriteResponse(id, reply));
        turn.Complete();
    }

    /// <summary>Null when there is nothing to send, which is answered as in Elsa: without content.</summary>
    private static HttpFile? FileOf(Turn turn)
    {
        var value = turn.InputValue("content");
        if (value is null or "")
        {
            return null;
        }

        var named = value is string or Guid ? null : Conversion.ToJson(value);
        if (named is JsonArray list)
        {
            if (list.Count == 0)
            {
                return null;
            }

            named = list.Count == 1 ? list[0] : throw new ActivityFault($"'{turn.Node.Id}' has {list.Count} files to answer with; it can send one");
        }

        var written = named is JsonObject described ? HttpMessage.Text(described, "id") : Convert.ToString(named ?? value, CultureInfo.InvariantCulture);
        if (!Guid.TryParse(written, out var id))
        {
            throw new ActivityFault($"the content of '{turn.Node.Id}' is no file: name one by its description or its id");
        }

        return turn.Run.FindFact<HttpFile>(HttpFile.KeyOf(turn.Run.InstanceId, id))
            ?? throw new ActivityFault($"the file {id} that '{turn.Node.Id}' answers with is none of this instance");
    }

    private static string NameOf(Turn turn, HttpFile file)
    {
        if (turn.Input<string>("filename") is not { } written || string.IsNullOrWhiteSpace(written))
        {
            return file.Name;
        }

        return written.Length <= MaxName && !written.Any(letter => char.IsControl(letter) || letter is '/' or '\\' or '"')
            ? written
            : throw new ActivityFault($"'filename' of '{turn.Node.Id}' must be at most {MaxName} characters, without slashes, quotes and line breaks");
    }
}
