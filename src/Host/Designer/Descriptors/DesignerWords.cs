namespace WorkflowEngine.Host.Designer.Descriptors;

/// <summary>What designers call the names that files use.</summary>
internal static class DesignerWords
{
    /// <summary>A port under which steps are joined; its own name where an author gave it.</summary>
    public static string Port(string name) => name switch
    {
        "Done" => "完成",
        "Reminder" => "到期前提醒",
        "Overdue" => "超时",
        "AnsweredLate" => "逾期后办理",
        "Pass" => "通过",
        "Fail" => "不通过",
        "Accepted" => "接收",
        "Rejected" => "退回",
        "Conformant" => "测试符合要求",
        "Answered" => "已核实反馈",
        "Skipped" => "没有该级，跳过",
        "True" => "是",
        "False" => "否",
        "Default" => "其他情况",
        "Completed" => "全部完成",
        "Canceled" => "已取消",
        "Timeout" => "等待超时",
        "Failed to connect" => "无法连接",
        "Unmatched status code" => "其他状态码",
        "then" => "成立时",
        "else" => "不成立时",
        "body" => "循环内容",
        "default" => "其他情况",
        "childCompleted" => "子流程完成时",
        "childFaulted" => "子流程出错时",
        "unmatchedStatusCode" => "其他状态码",
        "failedToConnect" => "无法连接",
        "timeout" => "等待超时",
        _ => name,
    };

    public static string Choice(string value) => value switch
    {
        "resume" => "接着计时",
        "restart" => "重新计时",
        "notify" => "预警，任务继续",
        "interrupt" => "中断任务，走“超时”",
        "Yellow" => "黄色",
        "Red" => "红色",
        "Test" => "测试密钥",
        "Formal" => "正式密钥",
        "MatchFirst" => "走第一个成立的分支",
        "MatchAny" => "走所有成立的分支",
        "WaitAny" => "任一分支到达",
        "WaitAll" => "全部分支到达",
        "WaitAllActive" => "全部进行中的分支到达",
        "applicant" => "申请人的办件",
        "linked" => "与本办件有关的办件",
        "number" => "指定编号的办件",
        "vendor" => "企业的办件",
        _ => value,
    };

    /// <summary>A party of a case, and the levels above it.</summary>
    public static IReadOnlyList<(string Value, string Text)> Parties { get; } =
    [
        ("applicant", "申请人"), ("authority", "受理机关"), ("authority.parent", "受理机关的上一级"), ("authority.parent.parent", "受理机关的上两级"), ("province", "省级主管部门"), ("vendor", "软硬件企业"),
    ];
}
