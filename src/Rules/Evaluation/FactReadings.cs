using System.Collections;
using System.Globalization;

namespace WorkflowEngine.Rules;

/// <summary>Shows the facts that an expression read.</summary>
internal static class FactReadings
{
    private const int LongestReading = 60;

    /// <summary>The values at their places; objects and lazy lists, which cannot be shown in a word, are left out.</summary>
    public static IReadOnlyList<FactReading> Of(IReadOnlyList<FactPath> paths, object?[] slots)
    {
        var readings = new List<FactReading>(paths.Count);
        foreach (var path in paths)
        {
            if (Shown(path.Read(slots)) is { } value)
            {
                readings.Add(new FactReading(path.Text, value));
            }
        }

        return readings;
    }

    /// <summary>As people write it here: a day without a time of day is the day alone.</summary>
    public static string Shown(DateTime time) => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string? Shown(object? value) => value switch
    {
        null => Explanations.Nothing,
        string text => Masking.Mask(text.Length > LongestReading ? text[..LongestReading] + "…" : text),
        bool flag => flag ? "是" : "否",
        FactRecord => null,
        ICollection list => $"共 {list.Count} 项",
        IEnumerable => null,
        DateTime time => Shown(time),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Masking.Mask(ExpressionRuntime.Text(value) ?? ""),
    };
}
