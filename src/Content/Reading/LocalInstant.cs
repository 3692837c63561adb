using System.Globalization;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Reading;

/// <summary>An instant as people write it, in China Standard Time: <c>2022-09-30 16:40</c>, or with seconds.</summary>
internal static class LocalInstant
{
    private static readonly string[] Formats = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <returns>Null when the text is none.</returns>
    public static DateTimeOffset? Parse(string text) =>
        DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(local, Deadlines.Shanghai) : null;
}
