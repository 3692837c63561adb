namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A story cannot go on: what was tried, and what the platform answered.</summary>
public sealed class StoryException(string message) : Exception(message);
