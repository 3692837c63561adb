namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>How wide words are, guessed: a picture that is drawn on the server cannot measure. A Chinese character is as wide as it is high.</summary>
public static class LabelText
{
    public const int TitleSize = 13;
    public const int LabelSize = 11;

    public static int Width(string text, int size) => (int)Math.Ceiling(text.Sum(c => WidthOf(c)) * size);

    /// <summary>At most so many lines; what does not fit ends in an ellipsis.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width, int size, int lines)
    {
        var wrapped = new List<string>();
        var start = 0;
        while (start < text.Length && wrapped.Count < lines)
        {
            var end = Fitting(text, start, (double)width / size);
            if (wrapped.Count == lines - 1 && end < text.Length)
            {
                wrapped.Add(text[start..Math.Max(start + 1, end - 1)] + "…");
                break;
            }

            wrapped.Add(text[start..end]);
            start = end;
        }

        return wrapped;
    }

    private static int Fitting(string text, int start, double width)
    {
        var end = start;
        while (end < text.Length && (width -= WidthOf(text[end])) >= 0) end++;
        // A line does not begin with a mark that closes something.
        while (end < text.Length && end > start + 1 && "，。；：）、？".Contains(text[end], StringComparison.Ordinal)) end--;
        return Math.Max(end, start + 1);
    }

    private static double WidthOf(char c) => c < 0x2E80 ? 0.58 : 1;
}
