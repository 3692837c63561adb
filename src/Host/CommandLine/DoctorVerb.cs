using System.CommandLine;
using System.Runtime.InteropServices;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>doctor</c>: looks at everything a host needs on this machine and says what is missing.</summary>
public static class DoctorVerb
{
    private const long LittleDisk = 1L << 30;

    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Folder of the embedded database (default .data)." };
        var doctor = new Command("doctor", "Says what a host lacks on this machine.") { data };
        doctor.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment() with { Quiet = true };
            settings = settings with { DataFolder = parsed.GetValue(data) ?? settings.DataFolder };
            var findings = new[] { Runtime(), Disk(settings), Content(settings), await DatabaseAsync(settings, ct), Mail(settings) };
            foreach (var (well, text) in findings)
            {
                await (well ? Console.Out : Console.Error).WriteLineAsync($"{(well ? "ok      " : "problem ")} {text}");
            }

            return findings.All(finding => finding.Well) ? 0 : 1;
        });
        return doctor;
    }

    private static (bool Well, string Text) Runtime() =>
        (Environment.Version.Major >= 10, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");

    private static (bool Well, string Text) Disk(HostSettings settings)
    {
        var folder = Path.GetFullPath(settings.DataFolder);
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return (free > LittleDisk, $"data folder {settings.DataFolder}: {free / (1 << 20)} MB free");
    }

    private static (bool Well, string Text) Content(HostSettings settings)
    {
        var (files, error) = ContentFolder.ReadFiles(settings.ContentRoot);
        if (files is null) return (false, error!);

        var report = ContentReader.Read(files).Report;
        return (report.IsPublishable, $"content {settings.ContentRoot}: {report.Counts}{(report.IsPublishable ? "" : "; run 'check' for its problems")}");
    }

    private static async Task<(bool Well, string Text)> DatabaseAsync(HostSettings settings, CancellationToken ct)
    {
        try
        {
            using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
            await using var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, logs, ct);
            return (await database.IsAliveAsync(ct), settings.Server.ConnectionString is null ? "embedded PostgreSQL starts and answers" : "PostgreSQL answers");
        }
        catch (DataFolderException problem)
        {
            return (false, problem.Message);
        }
    }

    private static (bool Well, string Text) Mail(HostSettings settings) =>
        (true, settings.Smtp is { } smtp ? $"mail goes to {smtp.Host}:{smtp.Port}" : $"mail is written to {settings.MailFolder}");
}
