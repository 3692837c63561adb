using System.CommandLine;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Migration;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Identity;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>migrate-cases</c>: running cases go on in another version of their flow: docs/migrate.zh.md.</summary>
public static class MigrateCasesVerb
{
    private static readonly Actor Nobody = new("rehearsal", "演练", "", "");
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var flow = new Option<string>("--flow") { Description = "流程标识，如 guangdong-vendor-integration。The flow.", Required = true };
        var from = new Option<string?>("--from") { Description = "案件所在的版本；默认：除目标版本外、还有在办案件的每个版本。The release on which the cases are (default: every other one that has some)." };
        var to = new Option<string?>("--to") { Description = "目标版本，或内容文件夹（只能演练）；默认：现行版本。The release to go to, or a content folder (rehearsal only); default: the one in force." };
        var plan = new Option<string?>("--plan") { Description = "方案文件；不给时按程序的建议。The plan; without one, what the program proposes." };
        var propose = new Option<bool>("--propose") { Description = "输出建议的方案。Prints the proposed plan." };
        var apply = new Option<bool>("--apply") { Description = "执行迁移；不给时只演练，不改动任何案件。Moves the cases; without it nothing is changed." };
        var by = new Option<string?>("--by") { Description = "执行人的登录名，须有发布内容的角色。Who orders it: a user who may publish content." };
        var reason = new Option<string?>("--reason") { Description = "理由，记入办理记录和审计。Why, for the journal and the audit." };
        var json = new Option<bool>("--json") { Description = "输出数据。Prints data." };
        var data = new Option<string?>("--data") { Description = "内置数据库的目录（默认 .data），系统可以正在运行。Folder of the embedded database; its host may be running." };
        var simulated = new Option<bool>("--simulated") { Description = "数据库是模拟的。The database is one of a simulation." };
        var verb = new Command("migrate-cases", "把在办案件迁移到流程的新版本：建议、演练、执行。Moves running cases to another version of their flow.")
        {
            flow, from, to, plan, propose, apply, by, reason, json, data, simulated,
        };
        verb.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment() with { Quiet = true };
            settings = settings with { DataFolder = parsed.GetValue(data) ?? settings.DataFolder, Simulated = parsed.GetValue(simulated) };
            var asked = new Asked(
                parsed.GetValue(flow)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(plan), parsed.GetValue(propose), parsed.GetValue(apply), parsed.GetValue(by), parsed.GetValue(reason),
                parsed.GetValue(json));
            return await RunAsync(asked, settings, ct);
        });
        return verb;
    }

    private static async Task<int> RunAsync(Asked asked, HostSettings settings, CancellationToken ct)
    {
        if (asked.Apply && (asked.By is null || string.IsNullOrWhiteSpace(asked.Reason)))
        {
            throw new SettingsException("--apply 需要 --by（执行人的登录名）和 --reason（理由）。--apply needs --by and --reason.");
        }

        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
        var options = settings.Storage with { ConnectionString = settings.Storage.ConnectionString ?? EmbeddedPostgres.ConnectionTo(settings.DataFolder), ReadOnly = !asked.Apply };
        await using var database = await Database.OpenAsync(options, TimeProvider.System, logs, ct);
        var time = settings.Simulated && await new SimulatedTime(database).NowAsync(ct) is { } now ? new MovableTime(now) : TimeProvider.System;
        await using var services = new ServiceCollection().AddLogging(logging => HostLogging.Configure(logging, settings)).AddSingleton(settings)
            .AddClocks(time).AddStorage(database).AddEngine().AddSingleton<CaseMover>().BuildServiceProvider();
        var releases = services.GetRequiredService<ContentReleases>();
        await releases.RefreshAsync(ct);
        var mover = services.GetRequiredService<CaseMover>();
        var target = await TargetAsync(asked, settings, releases, ct);
        if (target is null) return 1;

        var plans = await PlansAsync(asked, mover, target, ct);
        if (plans.Count == 0)
        {
            Console.WriteLine($"流程“{asked.Flow}”没有需要迁移的在办案件。No running case of '{asked.Flow}' is on another release.");
            return 0;
        }

        if (asked.Propose)
        {
            foreach (var plan in plans) Console.WriteLine(MigrationPlanJson.Write(plan));
            return 0;
        }

        var actor = asked.Apply ? await ActorAsync(asked.By!, services, ct) : Nobody;
        var stayed = 0;
        foreach (var plan in plans)
        {
            var report = asked.Apply ? await mover.ApplyAsync(plan, asked.Reason!, actor, ct) : await mover.RehearseAsync(plan, target, actor, ct);
            Console.Write(asked.Json ? JsonSerializer.Serialize(report, Layout) + "\n" : report.ToString());
            foreach (var move in asked.Json ? [] : plan.Unconfirmed) Console.WriteLine($"  请确认 {move.From} → {move.To}：{move.Because}（please confirm）");
            stayed += report.Stayed;
        }

        return stayed == 0 ? 0 : 3;
    }

    /// <summary>Null when the folder's content cannot be published; it has been said why.</summary>
    private static async Task<ContentSet?> TargetAsync(Asked asked, HostSettings settings, ContentReleases releases, CancellationToken ct)
    {
        if (asked.To is null) return releases.Current;
        if (!Directory.Exists(asked.To)) return await releases.GetAsync(asked.To, ct);
        if (asked.Apply) throw new SettingsException("只能迁移到已发布的版本：请先发布这个文件夹。Cases go over to what is published: publish the folder first.");

        var (files, error) = ContentFolder.ReadFiles(Path.GetFullPath(asked.To));
        var read = files is null ? null : ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory);
        if (read?.Set is null) await Console.Error.WriteLineAsync(error ?? $"{asked.To}：\n{read!.Report}");
        return read?.Set;
    }

    private static async Task<List<MigrationPlan>> PlansAsync(Asked asked, CaseMover mover, ContentSet target, CancellationToken ct)
    {
        if (asked.Plan is { } file)
        {
            try
            {
                var plan = MigrationPlanJson.Read(await File.ReadAllTextAsync(file, ct));
                return plan.FlowId == asked.Flow ? [plan] : throw new MigrationPlanException($"{file} 是流程“{plan.FlowId}”的方案。{file} is a plan for '{plan.FlowId}'.");
            }
            catch (Exception odd) when (odd is FormatException or IOException or UnauthorizedAccessException)
            {
                throw new MigrationPlanException($"{file}：{odd.Message}");
            }
        }

        var from = asked.From is { } one ? [one] : (await mover.ReleasesAsync(asked.Flow, ct)).Select(release => release.ReleaseId).Where(release => release != target.Id).Distinct(StringComparer.Ordinal);
        var plans = new List<MigrationPlan>();
        foreach (var release in from) plans.Add(await mover.ProposeAsync(asked.Flow, release, target, ct));
        return plans;
    }

    private static async Task<Actor> ActorAsync(string userName, IServiceProvider services, CancellationToken ct)
    {
        using var scope = services.CreateScope();
        var name = userName.ToUpperInvariant();
        var user = await scope.ServiceProvider.GetRequiredService<IdentityContext>().Users.SingleOrDefaultAsync(one => one.NormalizedUserName == name, ct);
        return user is { Disabled: false } && Roles.OfContent.Contains(user.Role)
            ? new Actor(user.Id, user.DisplayName, user.OrganisationId, user.Role)
            : throw new SettingsException($"“{userName}”不是可以发布内容的人员。'{userName}' is nobody who may publish content.");
    }

    private sealed record Asked(string Flow, string? From, string? To, string? Plan, bool Propose, bool Apply, string? By, string? Reason, bool Json);
}
