using System.Globalization;
using System.Security.Cryptography;
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

    /// <summary>
    /// The <c>appid</c> is digits, as the platform's project codes are: authority, date of issue, nine random digits.
    /// A number met twice is refused by the database and the burst runs again with another.
    /// </summary>
    public IssuedSecret Make(Effect.IssueCredential credential, DateTimeOffset businessNow)
    {
        var authority = new string(credential.AuthorityId.Where(char.IsAsciiDigit).Take(6).ToArray());
        var serial = RandomNumberGenerator.GetInt32(1_000_000_000).ToString("000000000", CultureInfo.InvariantCulture);
        return new IssuedSecret(
            KeyId: authority + businessNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + serial,
            Secret: RandomNumberGenerator.GetString(Alphabet, 32));
    }
}
