using System.Text;

namespace WorkflowEngine.Templates.Rendering;

/// <summary>One line for a mail header: whatever could end it or begin another becomes a space.</summary>
internal static class SubjectLine
{
    public static string Of(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            // U+2028 and U+2029 end lines too, for some readers of mail.
            if (!char.IsControl(c) && c is not ('\u2028' or '\u2029') && !(c == ' ' && EndsInSpace(result)))
            {
                result.Append(c);
            }
            else if (!EndsInSpace(result))
            {
                result.Append(' ');
            }
        }

        return result.ToString().Trim();
    }

    private static bool EndsInSpace(StringBuilder text) => text.Length > 0 && text[^1] == ' ';
}
