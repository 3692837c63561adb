using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.People;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>An <see cref="Office"/>, met by the people of a story.</summary>
public sealed class MemoryPlatform : IPlatform
{
    private readonly Office _office;
    private readonly StoryCast _cast;
    private readonly OrganisationBook _directory;
    private readonly Dictionary<string, Devices> _fetched = [];
    private int _nonces;

    private MemoryPlatform(Office office, StoryCast cast, OrganisationBook directory)
    {
        _office = office;
        _cast = cast;
        _directory = directory;
    }

    public DateTimeOffset Now => _office.Now;

    public WorkingDayCalendar Calendar => _office.Calendar;

    /// <summary>Plays the story. Everything completes at once.</summary>
    /// <param name="content">What the story was read against.</param>
    /// <param name="watch">Sees every burst.</param>
    public static Chronicle Play(Scenario scenario, Library content, IRehearsalWatch? watch = null)
    {
        var cast = new StoryCast(scenario, content.Content);
        var directory = new OrganisationBook(
            content.Authorities,
            cast.Enterprises.Select(enterprise => OrganisationBook.Enterprise(enterprise.Code, enterprise.FullName, enterprise.Kind == EnterpriseKind.Contractor ? "contractor" : "vendor")));
        Library given;
        try
        {
            given = scenario.Content.Count == 0 ? content : Changed(content, scenario.Content);
        }
        catch (StoryException refused)
        {
            var told = new Chronicle(scenario.Id, scenario.Title);
            told.Differs(new StoryDifference(0, scenario.Line, "情景开始之前的改动内容", refused.Message, $"the content given before the story is refused: {refused.Message}"));
            return told;
        }

        var office = new Office(given, directory, scenario.Acts[0].At - StoryPlayer.BeforeFirstAct, watch);
        var playing = StoryPlayer.PlayAsync(scenario, new MemoryPlatform(office, cast, directory), cast, CancellationToken.None);
        if (!playing.IsCompleted) throw new InvalidOperationException("In memory nothing is waited for.");

        // It is over already.
#pragma warning disable VSTHRD002, CA2012
        return playing.Result;
#pragma warning restore VSTHRD002, CA2012
    }

    public ValueTask WaitUntilAsync(DateTimeOffset instant, CancellationToken ct)
    {
        _office.AdvanceTo(instant);
        return ValueTask.CompletedTask;
    }

    public ValueTask<Filed> FileAsync(Participant by, string flow, string authorityId, JsonObject values, CancellationToken ct) =>
        ValueTask.FromResult(_office.File(Of(by), flow, authorityId, values));

    public ValueTask<string?> FinishAsync(Participant by, string taskId, string outcome, JsonObject values, CancellationToken ct) =>
        ValueTask.FromResult(_office.Finish(Of(by), taskId, outcome, values));

    public ValueTask<JsonObject> UploadAsync(Participant by, string name, byte[] content, CancellationToken ct) => ValueTask.FromResult(_office.Upload(
        Of(by), name, content.Length, Path.GetExtension(name).Equals(".png", StringComparison.OrdinalIgnoreCase) ? "image/png" : "application/pdf",
        Convert.ToHexStringLower(SHA256.HashData(content))));

    public ValueTask PublishAsync(IReadOnlyList<ContentChange> changes, CancellationToken ct)
    {
        _office.Publish(Changed(_office.Current, changes));
        return ValueTask.CompletedTask;
    }

    public ValueTask<CaseSight> LookAsync(StoryCase @case, CancellationToken ct) => ValueTask.FromResult(_office.Look(FileOf(@case)));

    public ValueTask<string?> MayNotReadAsync(Participant person, StoryCase @case, CancellationToken ct) =>
        ValueTask.FromResult(Office.MayRead(Of(person), FileOf(@case)) ? null : Roles.OfCaseWork.Contains(_cast.RoleOf(person)) ? "HTTP 404" : "HTTP 403");

    public ValueTask<string> LetterAsync(Participant reader, NoticeSight notice, CancellationToken ct) =>
        ValueTask.FromResult(_office.Letter(notice.Id) ?? throw new StoryException($"没有通知 {notice.Id}。"));

    public ValueTask<Filed?> FindNewCaseAsync(StoryCase openedBy, IReadOnlyCollection<string> known, CancellationToken ct) => ValueTask.FromResult(
        _office.Files.Where(file => file.Header is { } header && header.Parties[CaseHeader.Applicant] == openedBy.ApplicantId && !known.Contains(header.Number))
            .OrderByDescending(file => file.SubmittedAt).ThenByDescending(file => file.Header!.Number, StringComparer.Ordinal)
            .Select(file => new Filed(file.Header!.Number, file.Header.Parties[CaseHeader.Authority], null)).FirstOrDefault());

    public ValueTask<IDevices> DevicesAsync(Participant holder, StoryCase @case, int? number, CancellationToken ct)
    {
        var keys = FileOf(@case).Keys.Where(key => key.Order.HolderId == holder.OrganisationId).ToList();
        var key = (number is { } place ? keys.ElementAtOrDefault(place - 1) : keys.LastOrDefault()) ?? throw new StoryException($"办件“{@case.Name}”没有可以使用的密钥。");
        if (_fetched.TryGetValue(key.Id, out var known))
        {
            known.Fetched = null;
            return ValueTask.FromResult<IDevices>(known);
        }

        var devices = new Devices(this, key) { Fetched = key.KeyId };
        _fetched.Add(key.Id, devices);
        return ValueTask.FromResult<IDevices>(devices);
    }

    public ValueTask<IReadOnlyList<RequestSight>> RequestsAsync(Participant holder, string keyId, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<RequestSight>>(_office.Key(keyId)?.Requests ?? []);

    public ValueTask<string?> FaultAsync(CancellationToken ct) => ValueTask.FromResult<string?>(null);

    private static Library Changed(Library library, IReadOnlyList<ContentChange> changes)
    {
        var read = ContentReader.Change(library.Content, ContentChanges.Apply(library.Content.Files, changes), library.Memory);
        return read.Set is { } changed ? new Library(changed, library.Memory) : throw new StoryException(string.Join('\n', read.Problems));
    }

    private CaseFile FileOf(StoryCase @case) => _office.Find(@case.Number) ?? throw new StoryException($"没有办件 {@case.Number}。");

    private Person Of(Participant by)
    {
        var role = _cast.RoleOf(by);
        var body = _directory.Find(by.OrganisationId) ?? throw new StoryException($"没有单位 {by.OrganisationId}。");
        return new Person(new Actor($"{body.Id}-{role}", Roles.NameOf(role), body.Id, role), body.Level, body.Name);
    }

    private sealed class Devices(MemoryPlatform platform, KeyFile key) : IDevices
    {
        public string KeyId => key.Id;

        public string? Fetched { get; set; }

        public string? Permit => key.Order.Permit;

        public string Encrypt(string plain) => FieldCipher.Encrypt(plain, key.Secret);

        public ValueTask<Answer> SendAsync(string method, JsonObject message, string? signWith, bool isUnknown, CancellationToken ct)
        {
            var profile = platform._office.Current.Content.Standards[key.Order.SigningProfile].Signing;
            var appid = isUnknown ? new string('0', key.KeyId.Length) : key.KeyId;
            var nonce = (++platform._nonces).ToString("x32", CultureInfo.InvariantCulture);
            var answer = platform._office.Receive(profile, SignedRequest.Of(profile, appid, method, message, platform.Now, nonce, signWith ?? key.Secret).Received);
            return ValueTask.FromResult(new Answer(method, answer.Code, answer.Message) { Given = key.Given });
        }
    }
}
