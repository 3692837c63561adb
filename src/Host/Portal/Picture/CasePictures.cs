using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>Definition and case in, picture out. Nothing is read and nothing is asked: the same case gives the same picture.</summary>
public static class CasePictures
{
    /// <param name="forApplicant">Leaves out what goes on inside the administration.</param>
    /// <returns>Null when the flow has no flowchart.</returns>
    public static CasePicture? Of(WorkflowDefinition flow, CaseView @case, DateTimeOffset now, WorkingDayCalendar calendar, bool forApplicant)
    {
        var plan = FlowPlan.Of(flow, forApplicant);
        if (plan.Steps.Count == 0) return null;

        var journey = new Journey(@case);
        var sheet = PictureSheet.Of(plan, step => step.Kind == StepKind.Decision ? PictureSheet.LowStep : PictureSheet.Step);
        var steps = plan.Steps.Select(step => Draw(step, StepSight.Of(step, @case, now, calendar), sheet, journey)).ToList();
        return new CasePicture(
            sheet.Width, sheet.Height, steps, sheet.Draw(journey.Took));
    }

    private static PictureStep Draw(PlannedStep step, StepSight sight, PictureSheet sheet, Journey journey)
    {
        var box = sheet.Box(step.Id);
        var name = step.Activity.DisplayName;
        return new PictureStep(
            step, sight, box.X, box.Y, box.Width, box.Height,
            LabelText.Wrap(name, box.Width - 22, LabelText.TitleSize, step.Kind == StepKind.Decision ? 1 : 2),
            $"{name}：{string.Join("，", sight.Words)}",
            step.Notices.Count == 0 ? null : Letters(step, journey));
    }

    private static LetterMark Letters(PlannedStep step, Journey journey)
    {
        var lines = step.Notices.Select(notice => journey.LastDone(notice.Id) is { } at
            ? $"{notice.DisplayName}（{ChineseDates.Minute(at)} 已发）"
            : $"{notice.DisplayName}（未发）");
        return new LetterMark(step.Notices.Count(notice => journey.LastDone(notice.Id) is not null), $"本环节的通知：{string.Join("；", lines)}");
    }

    /// <summary>Which ways the case has gone, out of its journal.</summary>
    private sealed class Journey
    {
        private const string Done = "Done";

        private readonly HashSet<(string Activity, string Port)> _left;
        private readonly HashSet<string> _entered;
        private readonly HashSet<string> _withheld;
        private readonly Dictionary<string, DateTimeOffset> _done;

        public Journey(CaseView @case)
        {
            _left =
            [
                .. from entry in @case.Timeline
                   where entry.Event is "Completed" or "Fired"
                   from port in entry.Outcomes is { Count: > 0 } outcomes ? outcomes : [Done]
                   select (entry.ActivityId, port),
            ];
            _withheld = [.. @case.Tasks.Where(task => task is { IsWithheld: true, End: TaskEnd.Completed }).Select(task => task.ActivityId)];
            _entered = [.. @case.Timeline.Where(entry => entry.Event != "Skipped").Select(entry => entry.ActivityId)];
            _done = @case.Timeline.Where(entry => entry.Event == "Completed").GroupBy(entry => entry.ActivityId).ToDictionary(same => same.Key, same => same.Max(entry => entry.At));
        }

        public DateTimeOffset? LastDone(string activity) => _done.TryGetValue(activity, out var at) ? at : null;

        /// <summary>Some way through the road's edges was gone to its end.</summary>
        public bool Took(PlannedRoad road) =>
            _entered.Contains(road.To) && road.Links.Any(link => link.Target == road.To && Left(link)) && road.Links.Any(link => link.Source == road.From && Left(link));

        /// <summary>Of what is withheld the outcome is not known; that the case went on is.</summary>
        private bool Left(Connection link) => _left.Contains((link.Source, link.SourcePort ?? Done)) || _withheld.Contains(link.Source);
    }
}
