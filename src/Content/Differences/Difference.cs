namespace WorkflowEngine.Content.Differences;

/// <summary>What a difference is about, in the order in which it matters to those whom the procedure binds.</summary>
public enum DifferenceKind
{
    /// <summary>Working days, reminders, clocks, and what happens when time is over.</summary>
    Limit,

    /// <summary>How a task or a case can end.</summary>
    Outcome,

    /// <summary>Who is written to, with which letter.</summary>
    Notice,

    /// <summary>A step is added, removed or renamed, or does something else.</summary>
    Step,

    /// <summary>A way between two steps.</summary>
    Branch,

    /// <summary>What is asked.</summary>
    Form,

    /// <summary>What is judged.</summary>
    Rule,

    /// <summary>The words of a letter.</summary>
    Template,

    /// <summary>Which days are worked.</summary>
    Calendar,

    /// <summary>Codes, messages, regions.</summary>
    Standard,

    /// <summary>Scenarios and examples: nobody is bound by them.</summary>
    Example,

    /// <summary>Only where something is drawn.</summary>
    Layout,
}

/// <summary>One change between two versions of the content, as a sentence.</summary>
/// <param name="File">Where, by its repository path.</param>
/// <param name="StepId">The step that it is about; null where it is about none.</param>
public sealed record Difference(DifferenceKind Kind, string File, string? StepId, string Chinese, string English);

/// <summary>The words for the groups.</summary>
public static class DifferenceKinds
{
    public static string Chinese(this DifferenceKind kind) => kind switch
    {
        DifferenceKind.Limit => "时限和提醒",
        DifferenceKind.Outcome => "办理结果",
        DifferenceKind.Notice => "通知和文书的发送",
        DifferenceKind.Step => "步骤",
        DifferenceKind.Branch => "分支",
        DifferenceKind.Form => "表单",
        DifferenceKind.Rule => "规则",
        DifferenceKind.Template => "文书文字",
        DifferenceKind.Calendar => "工作日历",
        DifferenceKind.Standard => "接口标准和代码",
        DifferenceKind.Example => "情景和示例",
        DifferenceKind.Layout => "图上的位置",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string English(this DifferenceKind kind) => kind switch
    {
        DifferenceKind.Limit => "limits and reminders",
        DifferenceKind.Outcome => "outcomes",
        DifferenceKind.Notice => "notices sent",
        DifferenceKind.Step => "steps",
        DifferenceKind.Branch => "branches",
        DifferenceKind.Form => "forms",
        DifferenceKind.Rule => "rules",
        DifferenceKind.Template => "wording of letters",
        DifferenceKind.Calendar => "calendar",
        DifferenceKind.Standard => "standards and codes",
        DifferenceKind.Example => "scenarios and examples",
        DifferenceKind.Layout => "layout",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
