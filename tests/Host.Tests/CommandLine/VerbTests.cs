using System.Net;
using System.Net.Sockets;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.CommandLine;

public sealed class VerbTests
{
    [Fact]
    public async Task An_unknown_verb_is_named_on_standard_error_and_fails()
    {
        var (exitCode, _, errors) = await HostProcess.RunAsync("", "srve");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("srve", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_content_is_refused_by_check()
    {
        using var empty = new TemporaryFolder();

        var (exitCode, _, errors) = await HostProcess.RunAsync("", "check", empty.Path);

        Assert.Equal(1, exitCode);
        Assert.Contains(empty.Path, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulation_does_not_listen_to_other_machines()
    {
        using var data = new TemporaryFolder();

        var (exitCode, _, errors) = await HostProcess.RunAsync("", "serve", "--simulated", "--urls", "http://0.0.0.0:5999", "--data", data.Path);

        Assert.Equal(2, exitCode);
        Assert.Contains("0.0.0.0", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_is_named_with_the_way_out()
    {
        using var data = new TemporaryFolder();
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var url = $"http://{busy.LocalEndpoint}";

        var (exitCode, _, errors) = await HostProcess.RunAsync("", "serve", "--urls", url, "--data", data.Path);

        Assert.Equal(2, exitCode);
        Assert.Contains(url, errors, StringComparison.Ordinal);
        Assert.Contains("--urls", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_no_instant_is_refused_with_an_example()
    {
        var (exitCode, _, errors) = await HostProcess.RunAsync("", "serve", "--simulated", "next-week");

        Assert.Equal(2, exitCode);
        Assert.Contains("2022-09-30T16:40", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flow")]
    [InlineData("rules")]
    [InlineData("template")]
    public async Task A_batch_answers_a_bad_line_with_an_error_and_goes_on(string subject)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync("not json\n\nnot json either\n", subject, "batch");

        Assert.True(exitCode == 0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("{\"error\":", line, StringComparison.Ordinal));
    }
}
