using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkflowEngine.Host.Portal.Keys;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>The programs that vendors start from, as they download them from the page of their key, run against a host by their own language.</summary>
[Collection(IngestCollection.Name)]
public sealed class SampleTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const string National = "national-1.2.1";

    /// <summary>Every language by the national interface, and by ours where a second run costs no second build.</summary>
    public static TheoryData<string, string> Runs => new()
    {
        { "OpenApi.java", National }, { "OpenApi.java", "hmac-1" }, { "OpenApi.cs", National }, { "openapi.py", National }, { "openapi.py", "hmac-1" },
        { "openapi.mjs", National }, { "openapi.mjs", "hmac-1" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_sample_as_downloaded_signs_encrypts_uploads_in_order_and_shows_what_was_found(string file, string profileId)
    {
        var key = await world.NewKeyAsync(profileId == National ? null : profileId);
        using var folder = new TemporaryFolder();
        using var download = await world.Vendor.ReadAsync($"/keys/{key.CredentialId}/samples/{file}", None);
        var text = await download.Content.ReadAsStringAsync();
        Assert.Contains(key.Appid, text, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Secret, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, file), text, new UTF8Encoding(false));

        var (exitCode, output, errors) = await ProgramAsync(CodeSamples.All.Single(sample => sample.File == file).Run, folder.Path, key.Secret);

        Assert.True(exitCode == 0, $"{file}, exit code {exitCode}\n{output}\n{errors}");
        Assert.Matches("WorkerAttendance.Add：未通过\\s+\\[reject\\] \\[dataList\\]\\[0\\]\\[direction\\] F1-required .+\\s+应改为：.+（.+）\\s+WorkerAttendance.Add：成功", output);
        var figures = (await world.ConformanceAsync(key)).Summary["methods"]!.AsArray()
            .ToDictionary(line => line!["method"]!.GetValue<string>(), line => (Number(line!, "accepted"), Number(line!, "rejected"), Number(line!, "records")));
        Assert.Equal((1, 1, 1), figures["WorkerAttendance.Add"]);
        Assert.All(["Corp.Upload", "Project.Add", "Team.Add", "ProjectWorker.Add", "WorkerEntryExit.Add"], method => Assert.Equal((1, 0, 1), figures[method]));
        Assert.Equal((1, 1), await StoredAsync(key));
    }

    [Fact]
    public async Task The_page_of_a_test_key_offers_them_with_its_own_id_and_never_its_secret_and_an_md5_key_has_none()
    {
        var key = await world.NewKeyAsync();
        using var page = await world.Vendor.ReadAsync($"/keys/{key.CredentialId}", None);
        var html = await page.Content.ReadAsStringAsync();

        Assert.All(CodeSamples.All, sample => Assert.Contains($"/keys/{key.CredentialId}/samples/{sample.File}", html, StringComparison.Ordinal));
        Assert.DoesNotContain(key.Secret, html, StringComparison.Ordinal);
        var other = await world.NewKeyAsync("meizhou-1.2");
        using var none = await world.Vendor.ReadAsync($"/keys/{other.CredentialId}/samples/openapi.py", None);
        Assert.Equal(404, (int)none.StatusCode);
    }

    private static int Number(JsonNode line, string member) => int.Parse(line[member]!.ToString(), CultureInfo.InvariantCulture);

    /// <summary>What the register made of it: persons on the site who entered and punched that day, and whether the project's name came through in Chinese.</summary>
    private async Task<(long Punched, long Named)> StoredAsync(TestKey key)
    {
        await using var connection = await world.Services.GetRequiredService<Database>().Engine.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select set_config('workflow.tenant', 'system', true);
            select
              (select count(*) from credentials c join register_workers w on w.scope = c.instance_id join attendance_days d on (d.scope, d.id_index) = (w.scope, w.id_index)
                where c.id = '{key.CredentialId}' and w.entered_on = '2022-10-10' and d.day = '2022-10-10' and d.punches = 1),
              (select count(*) from credentials c join register_projects p on p.scope = c.instance_id where c.id = '{key.CredentialId}' and p.name = '滨海一期')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.NextResultAsync();
        Assert.True(await reader.ReadAsync());
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>As a vendor's engineer would: the command of the page, the secret in the environment.</summary>
    private static async Task<(int ExitCode, string Output, string Errors)> ProgramAsync(string command, string folder, string secret)
    {
        var words = command.Split(' ');
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
            Environment = { ["OPENAPI_SECRET"] = secret, ["OPENAPI_TIME"] = $"{IngestWorld.Now:yyyyMMddHHmmss}", ["PYTHONUTF8"] = "1" },
        };
        Process started;
        try
        {
            started = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"'{words[0]}' is not on PATH, so '{command}' was not tried. ./test installs it on Debian as root: default-jdk-headless, python3, nodejs.", missing);
        }

        using (started)
        {
            var (output, errors) = (started.StandardOutput.ReadToEndAsync(), started.StandardError.ReadToEndAsync());
            using var limit = new CancellationTokenSource(Patience);
            await started.WaitForExitAsync(limit.Token);
            return (started.ExitCode, await output, await errors);
        }
    }
}
