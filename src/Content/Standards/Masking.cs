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

    /// <summary>The text, cut to a readable length, control characters replaced, long runs of digits masked.</summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder(Longest + 1);
        var at = 0;
        while (at < text.Length && shown.Length < Longest)
        {
            var digits = DigitsAt(text, at);
            if (digits >= SuspiciousDigits)
            {
                shown.Append(text, at, ShownDigits).Append("***");
                at += digits;
                continue;
            }

            var length = Math.Max(1, digits);
            foreach (var character in text.AsSpan(at, length))
            {
                shown.Append(char.IsControl(character) || char.IsSurrogate(character) ? '·' : character);
            }

            at += length;
        }

        if (shown.Length > Longest) shown.Length = Longest;
        return at < text.Length ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>Length of the run of digits (and spaces, hyphens or X between or after them) that begins here.</summary>
    private static int DigitsAt(string text, int at)
    {
        if (!char.IsDigit(text[at])) return 0;
        var end = at;
        while (end < text.Length && (char.IsDigit(text[end]) || text[end] is ' ' or '-' or 'X' or 'x')) end++;
        return end - at;
    }
}
