using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>What a sender is told, in the words of its profile.</summary>
/// <param name="Code">One of the profile's codes.</param>
/// <param name="Message">Chinese: what is wrong and what to do.</param>
/// <param name="HttpStatus">200 for everything that was read: clients of the national platform look at the code alone.</param>
public sealed record IngestAnswer(string Code, string Message, JsonObject? Data = null, int HttpStatus = StatusCodes.Status200OK)
{
    public const string SerialCode = "requestSerialCode";

    public static IngestAnswer Of(GateAnswer refusal) => new(refusal.Code, refusal.Message);

    public static IngestAnswer WithSerial(string code, string message, Guid id) => new(code, message, new JsonObject { [SerialCode] = id.ToString("N") });

    public JsonObject ToJson(SigningProfile profile)
    {
        var members = profile.AnswerMembers;
        var answer = new JsonObject { [members.Code] = Code, [members.Message] = Message, [members.Data] = Data };
        if (members.Result is { } result) answer[result] = Code == profile.Answers.Ok;
        return answer;
    }
}
