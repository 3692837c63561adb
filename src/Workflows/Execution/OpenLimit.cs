namespace WorkflowEngine.Workflows.Execution;

/// <summary>An open task with a limit, as its people have been told it.</summary>
/// <param name="Due">Last day, in Asia/Shanghai.</param>
public sealed record OpenLimit(string TaskId, string Title, string Party, string OrganisationId, string Role, DateOnly Due, bool Provisional, string ActivityId);
