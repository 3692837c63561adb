using System.CommandLine;
using System.Globalization;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Backup;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>backup</c>, <c>restore</c>, <c>restore-finish</c>: docs/operations/backup.zh.md.</summary>
public static class BackupVerbs
{
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of the embedded database (default .data)." };

    public static IEnumerable<Command> Create()
    {
        yield return Backup();
        yield return RestoreCommand();
        yield return RestoreFinish();
    }

    private static Command Backup()
    {
        var to = new Option<string?>("--to") { Description = "The backup folder (default: the setting Backup:Folder)." };
        var keys = new Option<string?>("--keys-to") { Description = "Another folder, kept apart, that gets the master key." };
        var backup = new Command("backup", "Copies the embedded database while it works.") { to, keys, Data };
        backup.SetAction((parsed, ct) => WithAdviceAsync(async () =>
        {
            var settings = SettingsFor(parsed);
            var folder = parsed.GetValue(to) ?? settings.BackupFolder ?? throw new SettingsException("Name the backup folder with --to, or set Backup:Folder.");
            var keyFolder = parsed.GetValue(keys);
            if (keyFolder is not null) RequireApart(keyFolder, folder);

            using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
            var taken = await BaseBackup.TakeAsync(settings.Storage, folder, TimeProvider.System, logs.CreateLogger<TakenBackup>(), ct);
            Console.WriteLine($"备份完成：{taken.Folder}，{taken.Manifest.Files.Count} 个文件，{taken.Manifest.Files.Sum(file => file.Bytes) / (1 << 20)} MB，完成于 {Local(taken.Manifest.FinishedAt)}。");
            if (keyFolder is not null)
            {
                MasterKey.Read(settings.Storage).SaveTo(keyFolder);
                Console.WriteLine($"主密钥已保存到 {keyFolder}，请与备份分开保管。");
            }
            else
            {
                await Console.Error.WriteLineAsync("主密钥不在备份中：没有它，备份中的密封数据无法打开。请用 --keys-to 另存一份，与备份分开保管（The master key is not part of the backup）。");
            }

            if (!taken.Manifest.Archived)
            {
                await Console.Error.WriteLineAsync("日志没有归档，只能恢复到本次备份的时刻。要恢复到任意时刻，请设置 Backup__Folder 后重新启动（The log is not archived）。");
            }

            return 0;
        }));
        return backup;
    }

    private static Command RestoreCommand()
    {
        var from = new Option<string>("--from") { Description = "The backup folder.", Required = true };
        var at = new Option<string?>("--at") { Description = "The instant to restore to (2026-11-21T16:40, China Standard Time; default: all that is archived)." };
        var data = new Option<string>("--data") { Description = "The new data folder, empty or not there yet.", Required = true };
        var keys = new Option<string?>("--keys") { Description = "The folder that keeps the master key (default: WORKFLOW_MASTER_KEY)." };
        var wal = new Option<string?>("--wal") { Description = "The old data folder's postgres/pg_wal, if the disk has survived: what was not archived yet." };
        var restore = new Command("restore", "Makes a data folder out of a backup, as of an instant.") { from, at, data, keys, wal };
        restore.SetAction((parsed, ct) => WithAdviceAsync(async () =>
        {
            var settings = HostSettings.FromEnvironment() with { DataFolder = parsed.GetValue(data)!, Quiet = true };
            var storage = settings.Storage with { ConnectionString = null, ArchiveFolder = null };
            var key = MasterKey.Read(parsed.GetValue(keys) is { } folder ? new StorageOptions { DataFolder = folder } : storage);
            using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
            var request = new RestoreRequest(parsed.GetValue(from)!, ServeVerb.InstantFrom(parsed.GetValue(at)), parsed.GetValue(wal));
            var restored = await Restore.RunAsync(storage, request, key, TimeProvider.System, logs.CreateLogger<RestoredData>(), ct);
            Console.WriteLine($"恢复完成：{Path.GetFullPath(storage.DataFolder)}，所用备份完成于 {Local(restored.Base.FinishedAt)}，最后一次提交 {(restored.LastCommit is { } last ? Local(last) : "在备份之内")}。");
            Console.WriteLine(
                $"恢复前尚未发出的邮件 {restored.UndecidedMail} 封，不会自动发送：请运维人员登录平台，在“邮件”中决定。"
                + "请用 audit verify 核验审计链，再用 serve 启动；启动后请立即做一次新的备份。");
            return 0;
        }));
        return restore;
    }

    private static Command RestoreFinish()
    {
        var finish = new Command("restore-finish", "After a restore by other tools and before the hosts start: nothing that was sent since is sent again.") { Data };
        finish.SetAction(async (parsed, ct) =>
        {
            var settings = SettingsFor(parsed);
            using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
            await using var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, logs, ct);
            var epoch = await Restore.RaiseEpochAsync(database, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"发送期次已升为 {epoch}：恢复前尚未发出的邮件不会自动发送，请运维人员登录平台，在“邮件”中决定。"));
            return 0;
        });
        return finish;
    }

    /// <summary>A full disk or a folder that may not be written is told as such.</summary>
    private static async Task<int> WithAdviceAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"读写文件失败：{problem.Message}{Environment.NewLine}Files could not be read or written: {problem.Message}", problem);
        }
    }

    private static HostSettings SettingsFor(ParseResult parsed)
    {
        var settings = HostSettings.FromEnvironment() with { Quiet = true };
        return settings with { DataFolder = parsed.GetValue(Data) ?? settings.DataFolder };
    }

    /// <summary>A key that lies in the backup protects nothing from whoever gets hold of it.</summary>
    private static void RequireApart(string keys, string backup)
    {
        var (inner, outer) = (Path.GetFullPath(keys) + "/", Path.GetFullPath(backup) + "/");
        if (inner.StartsWith(outer, StringComparison.Ordinal) || outer.StartsWith(inner, StringComparison.Ordinal))
        {
            throw new SettingsException($"主密钥不能与备份放在一起：请为 --keys-to 另选目录。{Environment.NewLine}The master key is kept apart from the backup: choose another folder for --keys-to.");
        }
    }

    private static string Local(DateTimeOffset instant) => instant.ToOffset(Clocks.BusinessClock.Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
