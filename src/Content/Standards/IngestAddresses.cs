namespace WorkflowEngine.Content.Standards;

/// <summary>Where requests of a profile go: the national profile has one gateway, every other one an address of its own.</summary>
public static class IngestAddresses
{
    public const string Gateway = "/ingest/open.api";

    private const string Folder = "/ingest/";

    /// <summary>The path without a query.</summary>
    /// <param name="method">Stands in the path where the profile has no parameter for it.</param>
    public static string Of(SigningProfile profile, string method) => profile switch
    {
        { Id: MessageGate.SpokenProfile } => Gateway,
        { Method: null } => $"{Folder}{profile.Id}/{method}",
        _ => Folder + profile.Id,
    };
}
