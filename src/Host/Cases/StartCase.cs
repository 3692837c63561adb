using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Host.Cases;

/// <summary>A party files the form that opens a case.</summary>
public sealed record StartCase
{
    /// <summary>Definition id of the flow, e.g. <c>guangdong-vendor-integration</c>.</summary>
    public required string FlowId { get; init; }

    /// <summary>The authority that is asked, e.g. <c>440300</c>.</summary>
    public required string AuthorityId { get; init; }

    /// <summary>The form as it was filled in, personal fields included.</summary>
    public required JsonObject Values { get; init; }

    /// <summary>Names this act: a second click with the same key gets the first answer and does nothing.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>What came of filing a form.</summary>
public abstract record StartCaseResult
{
    private StartCaseResult()
    {
    }

    public sealed record Started(string Number, Guid InstanceId) : StartCaseResult;

    /// <summary>The form is not filled in properly; each problem names its field.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : StartCaseResult;

    /// <summary>This person may not start this, or this cannot be started there; the message (zh-CN) says why.</summary>
    public sealed record NotAllowed(string Message) : StartCaseResult;

    /// <summary>The key named another act before.</summary>
    public sealed record KeyReused : StartCaseResult;
}
