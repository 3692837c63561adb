namespace WorkflowEngine.Storage;

/// <summary>
/// Whose eyes a command sees with: the organisation of the person who asks. Every command batch carries it into PostgreSQL
/// (<c>set_config(…, true)</c>), where row-level security lets through the rows of that organisation and of those below it.
/// </summary>
/// <param name="OrganisationId">Area code of an authority or 统一社会信用代码 of an enterprise.</param>
/// <param name="Path">The organisation's place, superiors first: <c>440000/440300/</c>, <c>enterprise/9144…/</c>.</param>
public sealed record Tenant(string OrganisationId, string Path)
{
    /// <summary>The engine's own scope: every organisation. Only the engine role may use it; another role sees nothing with it.</summary>
    public static Tenant System { get; } = new("system", "");
}
