namespace WorkflowEngine.Rules;

/// <summary>Identity numbers do not travel in messages: what looks like one keeps its first six and last two characters.</summary>
internal static class Masking
{
    public static string Mask(string text)
    {
        char[]? masked = null;
        for (var start = 0; start < text.Length; start++)
        {
            var length = RunOfDigits(text, start);
            if (length is 15 or 18)
            {
                masked ??= text.ToCharArray();
                Array.Fill(masked, '*', start + 6, length - 8);
            }

            start += length;
        }

        return masked is null ? text : new string(masked);
    }

    private static int RunOfDigits(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - start == 17 && end < text.Length && text[end] is 'X' or 'x' ? 18 : end - start;
    }
}
