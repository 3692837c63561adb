using System.CommandLine;
using System.Globalization;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>simulate</c>: what a draft would have made of a period's cases, beside what is published: docs/simulate.zh.md.</summary>
public static class SimulateVerb
{
    public static Command Create()
    {
        var draft = new Option<string>("--draft") { Description = "草案所在的内容文件夹。The content folder of the draft.", Required = true };
        var published = new Option<string?>("--published")
        {
            Description = "与之比较的内容文件夹；默认：数据库中现行的版本，使用 --file 时为本机的内容文件夹。The content folder to compare with (default: the release in force in the database; with --file the content of this clone).",
        };
        var file = new Option<string?>("--file") { Description = "办件从这个文件读取（JSON lines），不读数据库。Reads the cases from this file instead of the database." };
        var from = new Option<string?>("--from") { Description = "从这一天起提交的办件，如 2023-03-01。Cases filed on this day or later." };
        var to = new Option<string?>("--to") { Description = "到这一天为止提交的办件。Cases filed on this day or earlier." };
        var flow = new Option<string?>("--flow") { Description = "只比较这个流程的办件。Compares cases of this flow only." };
        var json = new Option<bool>("--json") { Description = "输出数据，不输出表格。Prints data instead of tables." };
        var write = new Option<string?>("--write") { Description = "把读到的办件写成文件，供 --file 使用；不含个人信息和保密件。Writes the cases to a file for --file, without personal data and confidential cases." };
        var data = new Option<string?>("--data") { Description = "内置数据库的目录（默认 .data），系统可以正在运行。Folder of the embedded database; its host may be running." };
        var simulate = new Command("simulate", "把一段时间的办件按草案和现行版本各重放一遍，列出差别。Replays a period's cases through a draft and the published version and says what differs.")
        {
            draft, published, file, from, to, flow, json, write, data,
        };
        simulate.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment() with { Quiet = true };
            settings = settings with { DataFolder = parsed.GetValue(data) ?? settings.DataFolder };
            var question = new PastQuestion(DayFrom(parsed.GetValue(from), "--from"), DayFrom(parsed.GetValue(to), "--to")?.AddDays(1), parsed.GetValue(flow));
            var asked = new Asked(parsed.GetValue(draft)!, parsed.GetValue(published), parsed.GetValue(file), question, parsed.GetValue(write));
            if (await CompareAsync(asked, settings, ct) is not { } told) return 1;

            Console.Out.Write(parsed.GetValue(json) ? told.ToJson() + "\n" : told.ToString());
            return 0;
        });
        return simulate;
    }

    private static async Task<ReplayComparison?> CompareAsync(Asked asked, HostSettings settings, CancellationToken ct)
    {
        var past = asked.File is null ? await ReadDatabaseAsync(asked, settings, ct) : ReadFile(asked, settings);
        if (past is not { } found || Checked(asked.Draft, settings) is not { } draft) return null;

        if (asked.Question.FlowId is { } flow && !found.Published.Flows.ContainsKey(flow) && !draft.Flows.ContainsKey(flow))
        {
            var known = found.Published.Flows.Keys.Union(draft.Flows.Keys).Order(StringComparer.Ordinal).ToList();
            await Console.Error.WriteLineAsync($"没有流程“{flow}”{Rules.DidYouMean.Chinese(flow, known)}（{string.Join("、", known)}）。There is no flow '{flow}'.");
            return null;
        }

        if (asked.Write is { } path)
        {
            await File.WriteAllLinesAsync(path, PastCaseFile.Write(found.Period), ct);
            var confidential = found.Period.Cases.Count(one => one.IsConfidential);
            await Console.Error.WriteLineAsync($"{path}：{found.Period.Cases.Count - confidential} 个办件{(confidential > 0 ? $"；{confidential} 个保密件没有写入" : "")}。");
        }

        return ReplayComparison.Of(found.Period, new Library(found.Published), new Library(draft));
    }

    private static async Task<(PastPeriod Period, ContentSet Published)?> ReadDatabaseAsync(Asked asked, HostSettings settings, CancellationToken ct)
    {
        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
        try
        {
            var rows = await PastReader.ReadAsync(settings.Storage, asked.Question, PastCaseFile.MostCases, TimeProvider.System, logs.CreateLogger<PastRows>(), ct);
            var inForce = ContentReader.Restore(rows.Files)
                ?? throw new SettingsException($"数据库中现行的版本 {rows.Release.Id} 是由另一版本的程序发布的，本程序无法读取。Release {rows.Release.Id} cannot be read by this program.");
            var published = asked.Published is null ? inForce : Checked(asked.Published, settings);
            return published is null ? null : (PastPeriods.Of(rows, inForce), published);
        }
        catch (TooManyPastCasesException many)
        {
            await Console.Error.WriteLineAsync($"这段时间的办件超过 {many.Most} 个，请用 --from、--to 缩短。There are more than {many.Most} cases: shorten the period.");
            return null;
        }
    }

    private static (PastPeriod Period, ContentSet Published)? ReadFile(Asked asked, HostSettings settings)
    {
        if (Checked(asked.Published ?? settings.ContentRoot, settings) is not { } published) return null;

        PastCaseResult read;
        try
        {
            read = PastCaseFile.Read(asked.File!, File.ReadLines(asked.File!), published);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{asked.File}: {problem.Message}");
            return null;
        }

        foreach (var problem in read.Problems) Console.Error.WriteLine($"{problem.File}:{problem.Line}: {problem.Chinese} ({problem.Message})");
        return read.Period is { } period ? (period with { Cases = [.. period.Cases.Select(past => past with { IsContext = past.IsContext || !IsAsked(past, asked.Question) })] }, published) : null;
    }

    /// <summary>Those that are not asked for are replayed all the same, as a database gives them too: others may look at them.</summary>
    private static bool IsAsked(PastCase past, PastQuestion question) =>
        !(past.At < question.From) && !(past.At >= question.Before) && (question.FlowId is null || past.Flow == question.FlowId);

    /// <summary>Content that could be published but for its stories, which tell the old dates still.</summary>
    private static ContentSet? Checked(string folder, HostSettings settings)
    {
        var (files, error) = ContentFolder.ReadFiles(Path.GetFullPath(folder));
        if (files is null)
        {
            Console.Error.WriteLine(error);
            return null;
        }

        var read = ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory);
        if (read.Set is null) Console.Error.WriteLine($"{folder}：\n{read.Report}");
        return read.Set;
    }

    private static DateTimeOffset? DayFrom(string? text, string option) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Deadlines.StartOf(day)
        : throw new SettingsException($"{option} 应为日期，如 2023-03-01。'{text}' is not a day; write 2023-03-01.");

    private sealed record Asked(string Draft, string? Published, string? File, PastQuestion Question, string? Write);
}
