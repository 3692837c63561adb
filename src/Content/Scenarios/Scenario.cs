using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>
/// A story that the platform must be able to tell: people act at given instants, and after each act this is so. Read from
/// <c>NAME.scenarios.json</c> by <see cref="ScenarioReader"/>; <c>docs/scenarios.zh.md</c> explains the file to those who write it.
/// </summary>
public sealed record Scenario
{
    /// <summary>Unique within its file, e.g. <c>T4-cutoff</c>.</summary>
    public required string Id { get; init; }

    /// <summary>One line, in Chinese.</summary>
    public required string Title { get; init; }

    /// <summary>The paper or table that the dates come from.</summary>
    public string? Source { get; init; }

    /// <summary>Where it is written.</summary>
    public required string File { get; init; }

    /// <summary>1-based.</summary>
    public required int Line { get; init; }

    /// <summary>How the content differs from the shipped one before anything happens.</summary>
    public required IReadOnlyList<ContentChange> Content { get; init; }

    /// <summary>Enterprises by the name that the story calls them.</summary>
    public required IReadOnlyDictionary<string, StoryEnterprise> Enterprises { get; init; }

    /// <summary>In the order of time; at least one.</summary>
    public required IReadOnlyList<Act> Acts { get; init; }

    /// <summary>Everybody who acts, is written to or tries to look.</summary>
    public IEnumerable<Participant> People() =>
        Acts.SelectMany(act => act.Expect.SelectMany(expect => expect.People()).Prepend(act.Who)).OfType<Participant>().Distinct();
}

/// <summary>An invented enterprise.</summary>
/// <param name="Name">What stories call it, e.g. 甲科技.</param>
/// <param name="FullName">As on the licence, e.g. 甲科技有限公司.</param>
/// <param name="Code">统一社会信用代码.</param>
public sealed record StoryEnterprise(string Name, string FullName, string Code, EnterpriseKind Kind);

public enum EnterpriseKind
{
    /// <summary>实名制软硬件企业.</summary>
    Vendor,

    /// <summary>施工企业.</summary>
    Contractor,
}

/// <summary>Somebody in a story: an organisation, and what they are there.</summary>
/// <param name="OrganisationId">Area code or 统一社会信用代码.</param>
/// <param name="Role">Null where the story does not say which one.</param>
/// <param name="Written">As the story writes it.</param>
public sealed record Participant(string OrganisationId, string? Role, string Written)
{
    public override string ToString() => Written;
}

/// <summary>One act: somebody does something, or time passes; and what must be so then.</summary>
/// <param name="At">China Standard Time.</param>
/// <param name="Line">In the file, 1-based.</param>
/// <param name="Who">Null when nobody does anything.</param>
/// <param name="Deed">Null: time passes.</param>
public sealed record Act(DateTimeOffset At, int Line, Participant? Who, Deed? Deed, IReadOnlyList<Expectation> Expect)
{
    /// <summary>Why it is told, in a few words.</summary>
    public string? Note { get; init; }
}

/// <summary>What somebody does.</summary>
public abstract record Deed
{
    private Deed()
    {
    }

    /// <summary>Files a form that opens a case.</summary>
    /// <param name="Case">What the story calls the case from here on.</param>
    public sealed record Submit(string Flow, string AuthorityId, string Case, Answers Answers) : Deed;

    /// <summary>Finishes a task of the case, answers a warning or takes an option.</summary>
    /// <param name="Step">The activity.</param>
    public sealed record Finish(string Case, string Step, string Outcome, Answers Answers) : Deed;

    /// <summary>Devices send messages with a key of the case.</summary>
    /// <param name="Key">Which one, 1 is the oldest; null is the newest.</param>
    public sealed record Send(string Case, int? Key, IReadOnlyList<MessageBatch> Batches) : Deed;

    /// <summary>Policy staff change files of the content, the calendar among them.</summary>
    public sealed record Publish(IReadOnlyList<ContentChange> Changes) : Deed;
}

/// <summary>A filled-in form.</summary>
/// <param name="Values">Without files. Texts may hold <c>{企业名称}</c>, <c>{信用代码}</c>, <c>{办件编号}</c> and <c>{办件编号:LABEL}</c>.</param>
/// <param name="Files">File names by field.</param>
public sealed record Answers(JsonObject Values, IReadOnlyDictionary<string, IReadOnlyList<string>> Files);

/// <summary>Messages of one kind.</summary>
/// <param name="Messages">Method names in the order of sending.</param>
/// <param name="Fault">What is wrong with each; null: nothing.</param>
/// <param name="Times">How often the whole list is sent.</param>
public sealed record MessageBatch(IReadOnlyList<string> Messages, MessageFault? Fault, int Times);

/// <summary>What may be wrong with a message.</summary>
public enum MessageFault
{
    /// <summary>签名用错密钥.</summary>
    WrongSignature,

    /// <summary>appid 未登记.</summary>
    UnknownKey,

    /// <summary>照片超过 50 KB.</summary>
    OversizeFace,

    /// <summary>证件号码无法解密.</summary>
    UndecryptableId,

    /// <summary>身份证号码校验位错误.</summary>
    WrongCheckDigit,

    /// <summary>工种代码不存在.</summary>
    UnknownWorkType,

    /// <summary>缺少进出方向.</summary>
    MissingDirection,
}

/// <summary>A change of one value in one file of the content.</summary>
/// <param name="Step">The activity whose input is set; null where <paramref name="Path"/> tells the place.</param>
/// <param name="Path">Member names with dots between, e.g. <c>officeHours.cutoff</c>; null where a step is named. An object is merged into what is there.</param>
public sealed record ContentChange(string File, string? Step, string? Input, string? Path, JsonNode? Value, int Line)
{
    public override string ToString() => $"{File} {(Step is null ? Path : $"{Step}.{Input}")} = {Value?.ToJsonString() ?? "null"}";
}
