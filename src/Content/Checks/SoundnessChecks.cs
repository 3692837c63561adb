using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Soundness;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Every state that a run of the flow can come to (<see cref="SoundnessCheck"/>), told as what an officer would see, with the decisions that lead there.
/// Asked only of a flow that has no error otherwise: what follows from a missing edge is not told again.
/// </summary>
internal static class SoundnessChecks
{
    /// <param name="steps">The steps of the flow.</param>
    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        var uses = VariableUses.Of(steps, context.Definition);
        var unwritten = NeverWritten(uses, context);
        var report = SoundnessCheck.Run(context.Definition, uses);
        foreach (var finding in report.Findings)
        {
            var (code, severity, english, chinese) = Words(finding);
            var (where, 在) = finding.Side is var (activity, port) ? ($"; on the side path from port '{port}' of {Name(activity)}", $"；在{Chinese(activity)}的侧出口“{port}”之后") : ("", "");
            Add(context, code, finding.Activity, severity, english + where, chinese + 在, finding.Path);
        }

        foreach (var read in report.Unwritten.Where(read => !unwritten.Contains(read.VariableId)))
        {
            var name = context.Definition.Variables.First(variable => variable.Id == read.VariableId).Name;
            Add(
                context, ProblemCodes.ReadBeforeWritten, read.Activity, ProblemSeverity.Warning,
                $"step {Name(read.Activity)} can read the variable '{name}' before any step has written it: it is empty then; give it a first value, or write it on every way there",
                $"步骤{Chinese(read.Activity)}可能在变量“{name}”还没有写入时就读取它，此时它是空的；请给它初始值，或者在通向这里的每条路径上先写入",
                read.Path);
        }

        if (!report.IsExact)
        {
            Add(
                context, ProblemCodes.NotProven, context.Definition.Root, ProblemSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"the flow can be in more than {report.States:N0} states; that every run can end is not proven. Fewer branches side by side would help"),
                string.Create(CultureInfo.InvariantCulture, $"流程的状态超过 {report.States:N0} 个，未能证明每件都能办结；减少同时进行的分支有助于检查"));
        }
        else if (report.Unread is { } unread)
        {
            Add(
                context, ProblemCodes.NotProven, unread, ProblemSeverity.Warning,
                $"the ways of step {Name(unread)} are computed while it runs; that every run can end is not proven. Write its mode or branches as a constant",
                $"步骤{Chinese(unread)}的去向在运行时才算出，未能证明每件都能办结；请把汇合方式或分支写成固定值");
        }
    }

    /// <summary>Variables that steps read, that have no first value, and that nothing writes: told at the first step that reads them.</summary>
    private static HashSet<string> NeverWritten(IReadOnlyList<VariableUse> uses, FlowCheckContext context)
    {
        var written = uses.SelectMany(use => use.Writes).ToHashSet(StringComparer.Ordinal);
        var never = uses.SelectMany(use => use.Reads).Where(variable => !written.Contains(variable)).ToHashSet(StringComparer.Ordinal);
        foreach (var variable in context.Definition.Variables.Where(variable => never.Contains(variable.Id)))
        {
            var reader = context.Definition.Find(uses.First(use => use.Reads.Contains(variable.Id)).ActivityId)!;
            Add(
                context, ProblemCodes.NeverWritten, reader, ProblemSeverity.Warning,
                $"step {Name(reader)} reads the variable '{variable.Name}', which no step writes and which has no first value: it is always empty",
                $"步骤{Chinese(reader)}读取变量“{variable.Name}”，但没有任何步骤写入它，也没有初始值，因此总是空的");
        }

        return never;
    }

    private static (string Code, ProblemSeverity Severity, string English, string Chinese) Words(SoundnessFinding finding)
    {
        var step = Name(finding.Activity);
        var 步骤 = Chinese(finding.Activity);
        return finding.Defect switch
        {
            SoundnessDefect.StandsStill when finding.Missing.Count > 0 => (
                ProblemCodes.StandsStill, ProblemSeverity.Error,
                $"a run can stand still at step {step}: it waits for {string.Join(" and ", finding.Missing.Select(Name))} too, from where nothing comes any more; nobody has a task and nothing is waited for",
                $"流程可能停在步骤{步骤}：它还在等{string.Join("、", finding.Missing.Select(Chinese))}，而那里不会再有结果；此时没有任何人有待办，也没有任何等待"),
            SoundnessDefect.StandsStill => (
                ProblemCodes.StandsStill, ProblemSeverity.Error,
                $"a run can stand still after step {step}: it has not ended, nobody has a task and nothing is waited for",
                $"流程可能停在步骤{步骤}之后：没有结束，也没有任何人有待办，没有任何等待"),
            SoundnessDefect.Circles => (
                ProblemCodes.Circles, ProblemSeverity.Error,
                $"a run goes round for ever at step {step} without waiting for anybody; let a wait or a task into the loop, or a way out of it",
                $"流程会在步骤{步骤}处不停循环而不等待任何人；请在循环中加入任务或等待，或者画出离开循环的出口"),
            SoundnessDefect.TooMuchAtOnce => (
                ProblemCodes.TooLarge, ProblemSeverity.Error,
                $"what happens at once at step {step} is more than a run may do before it waits; split it, or let a wait in between",
                $"步骤{步骤}处一次要做的事超过了流程在等待之前允许的上限；请拆分，或者在中间加入等待"),
            SoundnessDefect.NeverEnds => (
                ProblemCodes.NeverEnds, ProblemSeverity.Error,
                $"after step {step} no way leads to an end any more",
                $"步骤{步骤}之后，再没有路径通向终点"),
            SoundnessDefect.EndsByChance => (
                ProblemCodes.EndsByChance, ProblemSeverity.Error,
                $"after step {step} only an optional task, or an event that may never happen, leads to an end: nobody else has a task any more",
                $"步骤{步骤}之后，只有可选事项或者不一定发生的事件能使流程结束，再没有其他人有待办"),
            SoundnessDefect.EndsUnclosed => (
                ProblemCodes.EndsUnclosed, ProblemSeverity.Error,
                $"all branches can end, the last at step {step}, without one that closes the case; let each way end with Gov.CloseCase",
                $"所有分支都可能结束（最后是步骤{步骤}）而没有办结案件；请让每条路径都以 Gov.CloseCase 结束"),
            SoundnessDefect.NeverRuns => (
                ProblemCodes.NeverRuns, ProblemSeverity.Warning,
                $"step {step} never runs: whatever leads to it never comes, or ends the flow before it",
                $"步骤{步骤}永远不会执行：通向它的路径不会到达，或者流程在此之前已经结束"),
            SoundnessDefect.OpenAtEnd => (
                ProblemCodes.OpenAtEnd, ProblemSeverity.Warning,
                $"task {step} can still be open when {Name(finding.Closer!)} ends the flow: whoever has it has worked for nothing",
                $"任务{步骤}可能还未办理，{Chinese(finding.Closer!)}就结束了流程，办理人的工作会作废"),
            SoundnessDefect.RunsTwice => (
                ProblemCodes.RunsTwice, ProblemSeverity.Warning,
                $"task {step} can be open twice at once: two branches come to it, or a loop comes back before it is done; join the branches before it",
                $"任务{步骤}可能同时打开两次：有两个分支到达它，或者循环在它办结前又回来；请在它之前汇合分支"),
            _ => throw new InvalidOperationException($"Unknown defect {finding.Defect}."),
        };
    }

    private static string Name(ActivityNode activity) => $"'{activity.Id}' ({activity.DisplayName})";

    private static string Chinese(ActivityNode activity) => $"“{activity.Id}”（{activity.DisplayName}）";

    private static void Add(FlowCheckContext context, string code, ActivityNode at, ProblemSeverity severity, string english, string chinese, IReadOnlyList<SoundnessMove>? path = null) =>
        context.Tell(code, severity, (at.Line, at.Column), at.Id, english, chinese, [.. (path ?? []).Select(move => new ProblemStep(move.Activity.Id, move.Outcomes))]);
}
