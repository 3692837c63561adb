using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Soundness;
using WorkflowEngine.Workflows.Tests.Properties;

namespace WorkflowEngine.Workflows.Tests.Soundness;

/// <summary>What a drawing promises whatever the data are: it goes on, it ends, nobody works for nothing.</summary>
public sealed class SoundnessTests
{
    /// <summary>Steps, edges, and the one thing that is wrong: defect, step, and the decisions that lead there.</summary>
    public static TheoryData<string, string, string, string, string> Wrong => new()
    {
        {
            "a join that waits for the branch that was not chosen",
            "s submit; d decide; a task(Yes); b task(Yes); j join(WaitAll); c close",
            "s > d; d.True > a; d.False > b; a.Yes > j; b.Yes > j; j > c",
            "StandsStill j waits for b", "d.True, a.Yes"
        },
        {
            "a join behind a fork of which one branch may turn away",
            "s submit; a task(Yes,No); b task(Yes); x say; j join(WaitAll); c close",
            "s > a; s > b; a.Yes > j; a.No > x; b.Yes > j; j > c",
            "StandsStill j waits for a", "a.No, b.Yes"
        },
        {
            "a loop without a way out",
            "s submit; a task(Again); w task(Again); c close",
            "s > a; a.Again > w; w.Again > a",
            "NeverEnds s", ""
        },
        {
            "a decision that leads into a loop without a way out",
            "s submit; a task(Go,Lost); b task(Again,More); c close",
            "s > a; a.Go > c; a.Lost > b; b.Again > b; b.More > b",
            "NeverEnds a", "a.Lost"
        },
        {
            "a circle in which nobody is waited for",
            "s submit; a say; b say; c close",
            "s > a; a > b; b > a",
            "Circles b", ""
        },
        {
            "after a refusal only withdrawing ends the case",
            "s submit; o option(Withdrawn); a task(Yes,No); b task(Again); c close; w close",
            "s > o; s > a; o.Withdrawn > w; a.Yes > c; a.No > b; b.Again > b",
            "EndsByChance a", "a.No"
        },
        {
            "two branches end and nobody closes the case",
            "s submit; a task(Yes,No); b task(Yes,No); c close; x say; y say",
            "s > a; s > b; a.Yes > c; a.No > x; b.Yes > c; b.No > y",
            "EndsUnclosed y", "a.No, b.No"
        },
        {
            "a task that another branch cuts off",
            "s submit; a task(Yes); b task(Yes,No); c close; d close",
            "s > a; s > b; a.Yes > c; b.Yes > d; b.No > b",
            "OpenAtEnd b", "a.Yes"
        },
        {
            "a step behind a step that ends everything",
            "s submit; a task(Yes); c close; b say",
            "s > a; a.Yes > c; c > b",
            "NeverRuns b", ""
        },
        {
            "a warning that is never answered has a way to nowhere",
            "s submit; a task(Yes); w warn; x join(WaitAll); y say; z say; v decide; c close",
            "s > a; a.Yes > c; a.Overdue > w; w.Answered > v; v.True > y; v.False > z; y > x; z > x",
            "StandsStill x waits for z", "w.Answered, v.True"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void The_one_thing_that_is_wrong_is_found_at_its_step_with_the_way_there(string story, string steps, string edges, string told, string path)
    {
        var report = SoundnessCheck.Run(Drawn.Flow("TokenBased", steps, edges));
        Assert.True(report.Findings.Count > 0, $"{story}: nothing found in {report.States} states");
        var finding = Assert.Single(report.Findings, finding => Said(finding).StartsWith(told.Split(' ')[0], StringComparison.Ordinal));
        Assert.True(Said(finding) == told, $"{story}: {Said(finding)}");
        Assert.Equal(path, string.Join(", ", finding.Path.Where(move => move.Outcomes is not ["Pass"]).Select(move => $"{move.Activity.Id}.{string.Join('+', move.Outcomes)}")));
        Assert.True(report.IsExact);
    }

    /// <summary>Drawings that look odd and are right.</summary>
    [Theory]
    [InlineData("TokenBased", "a step that waits for whatever is still on its way", "s submit; a task(Yes); b task(Yes); c close", "s > a; s > b; a.Yes > c; b.Yes > c")]
    [InlineData("CounterBased", "a decision whose branches meet again", "s submit; d decide; a task(Yes); b task(Yes); j join(WaitAllActive); c close", "s > d; d.True > a; d.False > b; a.Yes > j; b.Yes > j; j > c")]
    [InlineData("TokenBased", "a decision whose branches meet again", "s submit; d decide; a task(Yes); b task(Yes); m merge(Stream); c close", "s > d; d.True > a; d.False > b; a.Yes > m; b.Yes > m; m > c")]
    [InlineData("TokenBased", "a fork with its join", "s submit; a task(Yes,No); b task(Yes); j join(WaitAll); c close", "s > a; s > b; a.Yes > j; a.No > a; b.Yes > j; j > c")]
    [InlineData("CounterBased", "a fork with its join", "s submit; a task(Yes); b task(Yes); j join(WaitAll); c close", "s > a; s > b; a.Yes > j; b.Yes > j; j > c")]
    [InlineData("TokenBased", "withdrawing beside the work", "s submit; o option(Withdrawn); a task(Yes,No); c close; w close", "s > o; s > a; o.Withdrawn > w; a.Yes > c; a.No > c")]
    [InlineData("TokenBased", "a way that is switched off for now", "s submit; n never; a task(Yes); b task(Yes); c close", "s > n; n.True > a; n.False > b; a.Yes > c; b.Yes > c")]
    [InlineData("TokenBased", "correcting as often as is needed", "s submit; a task(Yes,Back); b task(Again); c close", "s > a; a.Back > b; b.Again > a; a.Yes > c")]
    [InlineData("TokenBased", "a warning beside the work", "s submit; a task(Yes); w warn; x say; c close", "s > a; a.Yes > c; a.Overdue > w; w.Answered > x; w.Overdue > x")]
    public void A_sound_drawing_is_left_in_peace(string mode, string story, string steps, string edges)
    {
        var report = SoundnessCheck.Run(Drawn.Flow(mode, steps, edges));
        Assert.True(report.IsExact && report.Findings.Count == 0, $"{story}: {string.Join("; ", report.Findings.Select(Said))}");
    }

    [Theory]
    [InlineData("CounterBased")]
    [InlineData("TokenBased")]
    public void Forks_that_all_have_their_joins_are_sound(string mode)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var report = SoundnessCheck.Run(WorkflowDefinition.Read(new RandomFlow(seed).Structured(mode), "random.json").Definition!);
            Assert.True(report.IsExact && report.Findings.Count == 0, $"seed {seed}: {string.Join("; ", report.Findings.Select(Said))}");
        }
    }

    /// <summary>The other way round: what the engine does to a flow drawn at random, the check has foreseen. Only in token mode can a flow stand still: counter mode skips what does not come.</summary>
    [Fact]
    public void A_run_that_stands_still_was_foreseen()
    {
        var stood = 0;
        for (var seed = 0; seed < 250; seed++)
        {
            var definition = WorkflowDefinition.Read(new RandomFlow(seed).Wild("TokenBased"), "random.json").Definition!;
            if (!StandsStill(definition, seed))
            {
                continue;
            }

            stood++;
            var report = SoundnessCheck.Run(definition, stateLimit: 5_000);
            Assert.True(
                !report.IsExact || report.Findings.Any(finding => finding.Defect == SoundnessDefect.StandsStill),
                $"seed {seed}: it stands still, but the check says {string.Join("; ", report.Findings.Select(Said))}");
        }

        Assert.InRange(stood, 1, 250);
    }

    [Theory]
    [InlineData("one way of a decision passes by the step that writes", "s submit; d decide; w say; r say; c close", "s > d; d.True > w; d.False > r; w > r; r > c", "r after d.False")]
    [InlineData("the step that writes runs beside the one that reads", "s submit; w task(Yes); r task(Yes); c close", "s > w; s > r; w.Yes > c; r.Yes > c", "r after ")]
    [InlineData("a warning about the task reads what the task writes", "s submit; w task(Yes); r say; c close", "s > w; w.Overdue > r; w.Yes > c", "r after ")]
    [InlineData("both ways write first", "s submit; d decide; w say; x say; r say; c close", "s > d; d.True > w; d.False > x; w > r; x > r; r > c", null)]
    [InlineData("one branch of a fork writes, and they join before it is read", "s submit; a task(Yes); w task(Yes); j join(WaitAll); r say; c close", "s > a; s > w; a.Yes > j; w.Yes > j; j > r; r > c", null)]
    [InlineData("a warning about a later task reads it", "s submit; w task(Yes); a task(Yes); r say; c close", "s > w; w.Yes > a; a.Overdue > r; a.Yes > c", null)]
    [InlineData("written in the first round of a loop", "s submit; w task(Yes); r task(Again,Yes); c close", "s > w; w.Yes > r; r.Again > w; r.Yes > c", null)]
    public void A_variable_that_is_read_before_it_is_written_is_found(string story, string steps, string edges, string? told)
    {
        VariableUse[] uses = [new("w", [], ["v1"]), new("x", [], ["v1"]), new("r", ["v1"], [])];
        var report = SoundnessCheck.Run(Drawn.Flow("TokenBased", steps, edges), uses);
        var found = report.Unwritten.Select(read => $"{read.Activity.Id} after {string.Join(", ", read.Path.Select(move => $"{move.Activity.Id}.{string.Join('+', move.Outcomes)}"))}");
        Assert.True(string.Join("; ", found) == (told ?? ""), $"{story}: {string.Join("; ", found)}");
    }

    [Fact]
    public void A_thousand_steps_in_a_row_are_a_handful_of_states()
    {
        var steps = string.Join("; ", Enumerable.Range(0, 1_000).Select(i => $"t{i} task(Yes)"));
        var edges = string.Join("; ", Enumerable.Range(0, 999).Select(i => $"t{i}.Yes > t{i + 1}"));
        var report = SoundnessCheck.Run(Drawn.Flow("CounterBased", $"s submit; {steps}; c close", $"s > t0; {edges}; t999.Yes > c"));
        Assert.Empty(report.Findings);
        Assert.InRange(report.States, 1, 10);
    }

    [Fact]
    public void More_states_than_can_be_looked_at_are_not_called_proven()
    {
        var steps = string.Join("; ", Enumerable.Range(0, 9).Select(i => $"t{i} task(Yes,No)"));
        var edges = string.Join("; ", Enumerable.Range(0, 9).SelectMany(i => new[] { $"s > t{i}", $"t{i}.Yes > j", $"t{i}.No > t{i}" }));
        var report = SoundnessCheck.Run(Drawn.Flow("TokenBased", $"s submit; {steps}; j join(WaitAll); c close", $"{edges}; j > c"), stateLimit: 100);
        Assert.False(report.IsExact);
        Assert.DoesNotContain(report.Findings, finding => finding.Defect is SoundnessDefect.NeverEnds or SoundnessDefect.NeverRuns);
    }

    [Fact]
    public void Thousands_of_branches_that_meet_at_once_are_more_than_a_run_may_do()
    {
        const int Branches = 3_000;
        var steps = string.Join("; ", Enumerable.Range(0, Branches).Select(i => $"b{i} say"));
        var edges = string.Join("; ", Enumerable.Range(0, Branches).Select(i => $"a.Yes > b{i}; b{i} > m"));
        var report = SoundnessCheck.Run(Drawn.Flow("TokenBased", $"s submit; a task(Yes); {steps}; m say; c close", $"s > a; {edges}; m > c"));
        var finding = Assert.Single(report.Findings);
        Assert.Equal(SoundnessDefect.TooMuchAtOnce, finding.Defect);
        Assert.Equal("a.Yes", string.Join(", ", finding.Path.Select(move => $"{move.Activity.Id}.{string.Join('+', move.Outcomes)}")));
    }

    [Fact]
    public void Every_shipped_flow_is_proven_sound()
    {
        foreach (var path in RepositoryFiles.Under("workflows").Where(path => !path.Contains("/forms/") && !path.EndsWith(".scenarios.json", StringComparison.Ordinal)))
        {
            var report = SoundnessCheck.Run(WorkflowDefinition.Read(RepositoryFiles.Read(path), path).Definition!);
            Assert.True(report is { IsExact: true, Findings.Count: 0, Unread: null }, $"{path}: {string.Join("; ", report.Findings.Select(Said))}");
        }
    }

    /// <summary>Answers in an order of the seed until the run ends, has waited often enough, or neither waits nor has ended.</summary>
    private static bool StandsStill(WorkflowDefinition definition, int seed)
    {
        var random = new Random(seed);
        var state = WorkflowState.New(Guid.Empty, definition, null);
        Stimulus stimulus = new Stimulus.Start(null, [], null);
        for (var wait = 0; wait < 20; wait++)
        {
            if (WorkflowRunner.Run(definition, state, stimulus, Facts.None, DateTimeOffset.UnixEpoch) is not RunResult.Ran { IsTakenBack: false } ran)
            {
                return false;
            }

            state = ran.Burst.State;
            if (state.Status == InstanceStatus.Finished || state.Incidents.Count > 0)
            {
                return false;
            }

            if (state.Bookmarks.Count == 0)
            {
                return true;
            }

            stimulus = new Stimulus.MessageArrived(state.Bookmarks[random.Next(state.Bookmarks.Count)].Id, JsonValue.Create(wait));
        }

        return false;
    }

    private static string Said(SoundnessFinding finding) =>
        $"{finding.Defect} {finding.Activity.Id}{(finding.Missing.Count > 0 ? $" waits for {string.Join(", ", finding.Missing.Select(step => step.Id))}" : "")}";
}
