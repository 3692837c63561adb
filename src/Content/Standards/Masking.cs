using System.Text;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// Keeps numbers of persons out of what is shown. Findings quote what was sent only through this: whatever looks like an ID or
/// bank number, wherever a sender may have put it by mistake, is shown by its first characters only.
/// </summary>
public static class Masking
{
    private const int Longest = 24;

    /// <summary>A run of this many digits may be a phone, ID or bank number.</summary>
    private const int SuspiciousDigits = 11;
    private const int ShownDigits = 3;

    private const int LongestSentence = 400;

    /// <summary>What was sent, cut to a readable length, control characters replaced, long runs of digits masked.</summary>
    public static string Text(string text) => Mask(text, Longest);

    /// <summary>A sentence that may quote what was sent: the same, at the length of a sentence.</summary>
    public static string Sentence(string text) => Mask(text, LongestSentence);

    /// <summary>A value of a person: its first character, and that there is more.</summary>
    public static string Covered(string text) => text.Length == 0 ? "" : char.IsSurrogate(text[0]) ? "***" : $"{text[0]}***";

    private static string Mask(string text, int longest)
    {
        var shown = new StringBuilder();
        var at = 0;
        while (at < text.Length && shown.Length < longest)
        {
            var (length, digits) = NumberAt(text, at);
            if (digits >= SuspiciousDigits)
            {
                shown.Append(text, at, ShownDigits).Append("***");
                at += length;
                continue;
            }

            foreach (var character in text.AsSpan(at, length))
            {
                shown.Append(char.IsControl(character) || char.IsSurrogate(character) ? '·' : character);
            }

            at += length;
        }

        if (shown.Length > longest) shown.Length = longest;
        return at < text.Length ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>The run that begins here: digits with spaces, hyphens or X between or after them; or one other character.</summary>
    private static (int Length, int Digits) NumberAt(string text, int at)
    {
        if (!char.IsDigit(text[at])) return (1, 0);

        var end = at;
        var digits = 0;
        for (; end < text.Length && (char.IsDigit(text[end]) || text[end] is ' ' or '-' or 'X' or 'x'); end++)
        {
            if (char.IsDigit(text[end])) digits++;
        }

        return (end - at, digits);
    }
}
