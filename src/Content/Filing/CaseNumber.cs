using System.Globalization;

namespace WorkflowEngine.Content.Filing;

/// <summary>
/// 办件编号. Letters, digits and hyphens only, so that it can be typed, spoken and put into an address:
/// <c>YJDJ-2022-440300-000001</c> is the first case of 2022 (year of submission, Asia/Shanghai) at the authority 440300.
/// The serial comes from the database; a number drawn for a case that then was not opened leaves a gap.
/// </summary>
public static class CaseNumber
{
    public static string From(string prefix, int year, string authorityId, long serial) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{year:0000}-{authorityId}-{serial:000000}");
}
