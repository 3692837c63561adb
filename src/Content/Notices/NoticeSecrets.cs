using System.Text.RegularExpressions;
using WorkflowEngine.Content.Codes;

namespace WorkflowEngine.Content.Notices;

/// <summary>
/// Keeps out of letters what must never travel by mail. Fields for numbers of persons are sealed and no letter can have them, and keys are never in a case's state; but in any
/// opinion, reason or name somebody may type either.
/// </summary>
internal static partial class NoticeSecrets
{
    private const int ShownAtStart = 6;
    private const int ShownAtEnd = 2;

    /// <summary>The text with numbers of persons shown by their area and last characters, and keys by their first.</summary>
    public static string Hidden(string text) => text.Length < CitizenNumber.Length ? text
        : Key().Replace(Number().Replace(text, found => CitizenNumber.Read(found.Value).IsValid ? Covered(found.Value, ShownAtEnd) : found.Value), found => Covered(found.Value, 0));

    private static string Covered(string text, int atEnd) => string.Concat(text.AsSpan(0, ShownAtStart), new string('*', text.Length - ShownAtStart - atEnd), text.AsSpan(text.Length - atEnd));

    [GeneratedRegex("(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number();

    /// <summary>32 small letters and digits, both, by themselves: as keys are made here and by the national platform. Not a part of an address.</summary>
    [GeneratedRegex("(?<![A-Za-z0-9/_-])(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{32}(?![A-Za-z0-9/_-])", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Key();
}
