namespace WorkflowEngine.Rules;

/// <summary>Marks a member that the original language does not have, so that it does not exist in compatible mode.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NotInOriginalAttribute : Attribute;
