namespace WorkflowEngine.Host.ContentSync;

/// <summary>Whose the content is: the province's, until its cities have versions of their own.</summary>
public static class ContentOwner
{
    public const string Province = "440000";
}
