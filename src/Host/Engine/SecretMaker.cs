using System.Security.Cryptography;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>Makes signing keys. The secret goes from here into the commit, where it is sealed; it is written nowhere else.</summary>
public sealed class SecretMaker
{
    /// <summary>
    /// Lower case only: the national profile signs a lower-cased text, so capitals would add length and no strength.
    /// 32 of these are 165 bits and, as UTF-8 bytes, the AES-256 key of the profile.
    /// </summary>
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A number met twice is refused by the database and the burst runs again with another.</summary>
    public IssuedSecret Make(Effect.IssueCredential credential, DateTimeOffset businessNow) => new(
        KeyId: Appid.Of(credential.AuthorityId, businessNow, RandomNumberGenerator.GetInt32(Appid.Serials)),
        Secret: RandomNumberGenerator.GetString(Alphabet, 32));
}
