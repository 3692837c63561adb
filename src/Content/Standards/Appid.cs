using System.Globalization;

namespace WorkflowEngine.Content.Standards;

/// <summary>The <c>appid</c> is digits, as the platform's project codes are: authority, date of issue, nine digits.</summary>
public static class Appid
{
    public const int Serials = 1_000_000_000;

    /// <param name="serial">Below <see cref="Serials"/>.</param>
    public static string Of(string authorityId, DateTimeOffset businessNow, int serial)
    {
        var authority = new string(authorityId.Where(char.IsAsciiDigit).Take(6).ToArray());
        return string.Create(CultureInfo.InvariantCulture, $"{authority}{businessNow:yyyyMMdd}{serial:000000000}");
    }
}
