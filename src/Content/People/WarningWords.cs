using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.People;

/// <summary>Warnings in words (zh-CN), the same on pages and in tables.</summary>
public static class WarningWords
{
    public static string Of(WarningColour colour) => colour == WarningColour.Red ? "红色" : "黄色";

    /// <param name="level">Of the organisation that is warned.</param>
    public static string Of(OrganisationLevel level) => level switch
    {
        OrganisationLevel.Province => "省级",
        OrganisationLevel.City => "市级",
        OrganisationLevel.County => "县级",
        _ => "企业",
    };
}
