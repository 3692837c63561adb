using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// Brings a draft into force: a release of the content in force with this one flow in the place of the old, which goes through every check that a release from files goes
/// through. Cases that run stay on the release that they began with.
/// </summary>
public sealed class FlowPublishing(FlowDesk desk, ContentReleases releases, HostSettings settings, BusinessClock clock, ILogger<FlowPublishing> log)
{
    /// <summary>Others may publish something else at the same moment.</summary>
    private const int Attempts = 3;

    /// <summary>What would come of publishing this version: all checks and stories, and nothing is changed.</summary>
    public ContentResult Rehearse(FlowVersion flow) => Check(With(releases.Current, flow));

    /// <param name="reason">Why it is published although stories do not come out as they are told.</param>
    public async Task<FlowResult> PublishAsync(FlowVersion flow, SignedInPerson person, string? reason, CancellationToken ct)
    {
        if (flow.IsPublished) return new FlowResult.Done(flow, AlreadyPublished: true);

        if (flow.File.State == VersionState.Retired)
        {
            return await desk.RevertAsync(flow.DefinitionId, flow.File.Number, person, ct) is FlowResult.Done { Flow: { File.State: VersionState.Draft } draft }
                ? await PublishAsync(draft, person, reason, ct)
                : new FlowResult.Refused("这个流程有一份更新的草稿，请先发布或删除它。");
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var published = (await desk.HistoryAsync(flow.DefinitionId, ct)).FirstOrDefault(version => version.State == VersionState.Published);
            if (published?.Id != flow.File.BasedOn)
            {
                return new FlowResult.Refused($"这份草稿开始之后，{published?.SavedByName ?? "别人"}发布了这个流程的另一个版本，直接发布会撤销那里的改动。请对照两个版本，在现行版本上重新修改。");
            }

            var inForce = releases.Current;
            var files = With(inForce, flow);
            var read = ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory);
            if (read.Set is not { } content) return new FlowResult.Refused(FlowProblems.InChinese(read.Problems, flow.File.Path, files[flow.File.Path]));

            var stories = ContentCheck.Rehearse(content, read.Report, settings.ContentMemory).Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
            if (stories.Count > 0 && string.IsNullOrWhiteSpace(reason)) return new FlowResult.NeedsReason(stories);

            var how = new Publication(inForce.Id) { By = person.Actor, Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), DraftId = flow.File.Id };
            if (await releases.PublishAsync(content, ContentOwner.Province, person.Actor.Name, clock.Now, how, ct))
            {
                log.LogInformation("Flow {Flow} version {Version} is in force with release {Release}; {Stories} stories fail.", flow.DefinitionId, flow.File.Number, content.Id, stories.Count);
                return await desk.FindVersionAsync(flow.File.Id, ct) is { } now ? new FlowResult.Done(now) : new FlowResult.NotFound();
            }

            await releases.RefreshAsync(ct);
            if (await desk.FindVersionAsync(flow.File.Id, ct) is not { File.State: VersionState.Draft }) break;
        }

        return new FlowResult.Refused("这份草稿在发布的同时被修改或发布了，没有发布。请重新打开流程后再试。");
    }

    /// <summary>Takes a flow out of force, with the stories that tell of it: it is no longer offered, and cases that run on it go on.</summary>
    public async Task<FlowResult> RetractAsync(FlowVersion flow, SignedInPerson person, CancellationToken ct)
    {
        if (!flow.IsPublished) return new FlowResult.Refused("这个流程没有现行版本，不用停用。");

        var inForce = releases.Current;
        var stories = string.Concat(flow.File.Path.AsSpan(0, flow.File.Path.Length - ".json".Length), ScenarioReader.Ending);
        var files = inForce.Files.Where(file => file.Key != flow.File.Path && file.Key != stories).ToDictionary();
        var checkedContent = Check(files);
        if (checkedContent.Set is not { } content) return new FlowResult.Refused(FlowProblems.InChinese(checkedContent.Problems, flow.File.Path, flow.Text));

        return await releases.PublishAsync(content, ContentOwner.Province, person.Actor.Name, clock.Now, new Publication(inForce.Id) { By = person.Actor }, ct)
            && await desk.FindAsync(flow.DefinitionId, "Latest", ct) is { } now
            ? new FlowResult.Done(now)
            : new FlowResult.Refused("同时有别人发布了内容，没有停用。请再试一次。");
    }

    private ContentResult Check(Dictionary<string, string> files) => ContentCheck.Run(files, settings.Http.ReachableHosts, settings.ContentMemory);

    /// <summary>The content in force with this flow as it will be published: it says its own number, as cases remember it.</summary>
    private static Dictionary<string, string> With(ContentSet inForce, FlowVersion flow)
    {
        var text = flow.Text;
        if (FlowNodes.Parse(text) is { } file)
        {
            file["id"] = $"{flow.DefinitionId}-{flow.File.Number}";
            file["version"] = flow.File.Number;
            if (file.ContainsKey("isLatest")) file["isLatest"] = true;
            if (file.ContainsKey("isPublished")) file["isPublished"] = true;
            text = FlowText.Write(file);
        }

        return new Dictionary<string, string>(inForce.Files, StringComparer.Ordinal) { [flow.File.Path] = text };
    }
}
