using WorkflowEngine.Content;
using WorkflowEngine.Content.Differences;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.RuleSets;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Contents.Files;

/// <summary>One file of the content with everything that is done with it: written, tried, published, taken back.</summary>
/// <param name="Version">The draft, or the newest version; null: the file is being begun.</param>
/// <param name="Together">The files that are written together, this one among them.</param>
/// <param name="Versions">The draft first, then newest first.</param>
/// <param name="Draft">Null where there is no draft.</param>
/// <param name="Editor">Null for flows, which are drawn.</param>
public sealed record FileModel(
    string Path, string Name, OpenedVersion? Version, IReadOnlyList<FilePart> Together, IReadOnlyList<FileVersion> Versions, DraftSheetModel? Draft, EditorModel? Editor, bool MayPublish)
{
    public FileKind Kind => FileKinds.Of(Path);

    /// <summary>Why what somebody wanted was not done.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    public RuleTrialModel? Rules { get; init; }

    /// <summary>As people will see it.</summary>
    public FormDefinition? Form { get; init; }

    public CalendarModel? Calendar { get; init; }

    public string Act(string act) => FilePages.Act(Path, act);
}

/// <summary>A file beside others that are written together with it.</summary>
/// <param name="State">Null: it is not there.</param>
public sealed record FilePart(string Path, string Label, bool IsCurrent, VersionState? State);

/// <param name="Seen">The version that is written on; empty: none.</param>
/// <param name="Problems">Of this text, as it stands in the box.</param>
public sealed record EditorModel(string Text, string Seen, IReadOnlyList<ToldProblem> Problems);

/// <summary>A draft before it is published.</summary>
/// <param name="Changes">Against what is in force.</param>
/// <param name="Problems">In Chinese: with these it cannot be published.</param>
/// <param name="Stories">That do not come out as they are told: with these it is published for a stated reason only.</param>
/// <param name="Played">How many stories were played; null where there are problems.</param>
/// <param name="Others">Other drafts, which can be published at once with it.</param>
/// <param name="Replaced">What came into force after it was begun, and what that changed.</param>
public sealed record DraftSheetModel(
    IReadOnlyList<Difference> Changes, IReadOnlyList<string> Problems, IReadOnlyList<Problem> Stories, int? Played, IReadOnlyList<OtherDraft> Others, ReplacedModel? Replaced, string Reason);

/// <param name="IsTogether">It is written together with the one that is shown, and was tried with it.</param>
public sealed record OtherDraft(FileVersion Draft, bool IsTogether);

public sealed record ReplacedModel(ReplacedBase Base, IReadOnlyList<Difference> Changes);

/// <param name="Examples">With what the rules say of each just now.</param>
/// <param name="Asked">What somebody wanted to know, and the answer.</param>
public sealed record RuleTrialModel(IReadOnlyList<string> RuleSets, IReadOnlyList<TriedExample> Examples, RuleQuestion Asked);

public sealed record TriedExample(RuleExample Example, RuleReport Report)
{
    public bool IsAsTold => Report.Fault is null && Report.Passed == Example.Passed
        && (Example.Failures is null || Example.Failures.Order(StringComparer.Ordinal).SequenceEqual(Report.Failures.Select(result => result.RuleName).Order(StringComparer.Ordinal)));
}

/// <param name="Report">Null: nothing was asked yet, or it could not be answered (<paramref name="Problem"/>).</param>
public sealed record RuleQuestion(string RuleSet, string Facts, string Date, RuleReport? Report, string? Problem);

/// <param name="Forecast">What the draft would do to open deadlines; null where there is no draft, or it cannot be read.</param>
/// <param name="Year">As it was typed, where it was refused.</param>
public sealed record CalendarModel(DeadlineForecast? Forecast, string Year, string Paper, string Plan);

/// <summary>The files of one kind.</summary>
public sealed record FileListModel(FileGroup Group, IReadOnlyList<FileLine> Lines, bool MayPublish, IReadOnlyList<string> Refusals);

/// <summary>One item and its files.</summary>
public sealed record FileLine(string Name, IReadOnlyList<FileVersion> Files);
