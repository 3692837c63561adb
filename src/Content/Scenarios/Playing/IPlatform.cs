using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>
/// The platform as the people of a story meet it: over HTTP, or in memory. It does what it is asked and shows what is so; what an act and an expectation mean is
/// told in one place for both (<see cref="StoryPlayer"/>).
/// </summary>
public interface IPlatform
{
    /// <summary>Business time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The calendar in force.</summary>
    WorkingDayCalendar Calendar { get; }

    /// <summary>Lets business time pass; everything that falls due on the way happens at its own instant.</summary>
    ValueTask WaitUntilAsync(DateTimeOffset instant, CancellationToken ct);

    /// <summary>Files the form that opens a case.</summary>
    ValueTask<Filed> FileAsync(Participant by, string flow, string authorityId, JsonObject values, CancellationToken ct);

    /// <summary>Finishes a task. Null, or why the platform refuses, in its own words.</summary>
    ValueTask<string?> FinishAsync(Participant by, string taskId, string outcome, JsonObject values, CancellationToken ct);

    /// <summary>Hands in a file; the handle is what a form carries instead of it.</summary>
    ValueTask<JsonObject> UploadAsync(Participant by, string name, byte[] content, CancellationToken ct);

    /// <summary>Saves content files as policy staff do; returns when they are in force.</summary>
    /// <exception cref="StoryException">They are refused.</exception>
    ValueTask PublishAsync(IReadOnlyList<ContentChange> changes, CancellationToken ct);

    /// <exception cref="StoryException">Nobody may see it.</exception>
    ValueTask<CaseSight> LookAsync(StoryCase @case, CancellationToken ct);

    /// <summary>Whether this person can open the case; null: they can, otherwise what the platform answers.</summary>
    ValueTask<string?> MayNotReadAsync(Participant person, StoryCase @case, CancellationToken ct);

    /// <summary>The text of a letter, as its reader opens it.</summary>
    ValueTask<string> LetterAsync(Participant reader, NoticeSight notice, CancellationToken ct);

    /// <summary>The newest case of the same applicant that the story does not know yet; null: there is none.</summary>
    /// <param name="known">办件编号.</param>
    ValueTask<Filed?> FindNewCaseAsync(StoryCase openedBy, IReadOnlyCollection<string> known, CancellationToken ct);

    /// <summary>A vendor's devices with a key of the case, which is fetched on the platform the first time.</summary>
    /// <param name="number">1 is the oldest; null is the newest.</param>
    /// <exception cref="StoryException">There is no such key, or it cannot be fetched any more.</exception>
    ValueTask<IDevices> DevicesAsync(Participant holder, StoryCase @case, int? number, CancellationToken ct);

    /// <summary>What the platform has of a key's requests, oldest first.</summary>
    ValueTask<IReadOnlyList<RequestSight>> RequestsAsync(Participant holder, string keyId, CancellationToken ct);

    /// <summary>After the story: what the platform itself says is not as it should be; null: nothing.</summary>
    ValueTask<string?> FaultAsync(CancellationToken ct);
}

/// <summary>What came of filing.</summary>
/// <param name="Number">办件编号; null when it was refused.</param>
/// <param name="AuthorityId">Whose the case is.</param>
/// <param name="Refusal">The platform's words.</param>
public sealed record Filed(string? Number, string AuthorityId, string? Refusal);

/// <summary>Devices that send with one key.</summary>
public interface IDevices
{
    /// <summary>Id of the key on the platform.</summary>
    string KeyId { get; }

    /// <summary>The <c>appid</c>, when the key was fetched just now; it is shown once.</summary>
    string? Fetched { get; }

    /// <summary>Construction permit of the one project that the key is for; null: any.</summary>
    string? Permit { get; }

    /// <summary>A number of a person as it travels.</summary>
    string Encrypt(string plain);

    /// <param name="signWith">Another secret than the right one.</param>
    /// <param name="isUnknown">With an appid that nobody has.</param>
    ValueTask<Answer> SendAsync(string method, JsonObject message, string? signWith, bool isUnknown, CancellationToken ct);
}

/// <summary>What devices were answered.</summary>
public sealed record Answer(string Method, string Code, string Message)
{
    /// <summary>The number that the platform gave to the project or team that was told of; null: none.</summary>
    public string? Given { get; init; }
}
