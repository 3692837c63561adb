using System.Globalization;
using System.Text;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Builtins;

/// <summary>
/// Dates written and read by patterns of <c>%</c> codes (scriban/site/docs/builtins/date.md, after Ruby's strftime).
/// A date is written as its own clock shows it; no zone of the machine has a part in it.
/// </summary>
internal static class DateFormats
{
    public const string Default = "%d %b %Y";

    /// <param name="pattern"><c>%g</c> in it turns to the invariant culture for what follows.</param>
    public static string Write(Moment moment, string pattern, CultureInfo culture)
    {
        if (pattern == "%g")
        {
            pattern = "%g " + Default;
        }

        var result = new StringBuilder(pattern.Length * 2);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                result.Append(pattern[i]);
                continue;
            }

            var code = pattern[++i];
            if (code == 'g')
            {
                culture = CultureInfo.InvariantCulture;
            }
            else
            {
                Append(result, moment, code, culture);
            }
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, Moment moment, char code, CultureInfo culture)
    {
        var wall = moment.Wall;
        switch (code)
        {
            case 'Y':
                result.Append(culture, $"{wall.Year}");
                break;
            case 'm':
                Number(result, wall.Month, 2, '0');
                break;
            case 'd':
                Number(result, wall.Day, 2, '0');
                break;
            case 'H':
                Number(result, wall.Hour, 2, '0');
                break;
            case 'M':
                Number(result, wall.Minute, 2, '0');
                break;
            case 'S':
                Number(result, wall.Second, 2, '0');
                break;
            case 'F':
                result.Append(CultureInfo.InvariantCulture, $"{wall:yyyy-MM-dd}");
                break;
            case 'T':
                result.Append(CultureInfo.InvariantCulture, $"{wall:HH:mm:ss}");
                break;
            case 'R':
                result.Append(CultureInfo.InvariantCulture, $"{wall:HH:mm}");
                break;
            case 'a':
                result.Append(culture.DateTimeFormat.GetAbbreviatedDayName(wall.DayOfWeek));
                break;
            case 'A':
                result.Append(culture.DateTimeFormat.GetDayName(wall.DayOfWeek));
                break;
            case 'b' or 'h':
                result.Append(wall.ToString("MMM", culture));
                break;
            case 'B':
                result.Append(wall.ToString("MMMM", culture));
                break;
            default:
                AppendRare(result, moment, code, culture);
                break;
        }
    }

    private static void AppendRare(StringBuilder result, Moment moment, char code, CultureInfo culture)
    {
        var wall = moment.Wall;
        var hour = wall.Hour % 12 == 0 ? 12 : wall.Hour % 12;
        switch (code)
        {
            case 'c':
                result.Append(Write(moment, "%a %b %e %T %Y", culture));
                break;
            case 'C':
                Number(result, wall.Year / 100, 2, '0');
                break;
            case 'D':
                result.Append(CultureInfo.InvariantCulture, $"{wall:MM/dd/yy}");
                break;
            case 'e':
                Number(result, wall.Day, 2, ' ');
                break;
            case 'I':
                Number(result, hour, 2, '0');
                break;
            case 'j':
                Number(result, wall.DayOfYear, 3, '0');
                break;
            case 'k':
                Number(result, wall.Hour, 2, ' ');
                break;
            case 'l':
                Number(result, hour, 2, ' ');
                break;
            case 'L':
                Number(result, wall.Millisecond, 3, '0');
                break;
            case 'n':
                result.Append('\n');
                break;
            case 'N':
                result.Append(CultureInfo.InvariantCulture, $"{wall.Ticks % TimeSpan.TicksPerSecond * 100:D9}");
                break;
            case 'p':
                result.Append(wall.ToString("tt", culture));
                break;
            case 'P':
                result.Append(wall.ToString("tt", culture).ToLower(culture));
                break;
            case 'r':
                result.Append(wall.ToString("hh:mm:ss tt", culture));
                break;
            case 's':
                result.Append(culture, $"{moment.UnixSeconds}");
                break;
            case 't':
                result.Append('\t');
                break;
            case 'u':
                result.Append(wall.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)wall.DayOfWeek);
                break;
            case 'U':
                Number(result, culture.Calendar.GetWeekOfYear(wall, CalendarWeekRule.FirstDay, DayOfWeek.Sunday), 2, '0');
                break;
            case 'v':
                result.Append(Write(moment, "%e-%b-%Y", CultureInfo.InvariantCulture).ToUpperInvariant());
                break;
            case 'V':
                Number(result, ISOWeek.GetWeekOfYear(wall), 2, '0');
                break;
            case 'w':
                result.Append((int)wall.DayOfWeek);
                break;
            case 'W':
                Number(result, culture.Calendar.GetWeekOfYear(wall, CalendarWeekRule.FirstDay, DayOfWeek.Monday), 2, '0');
                break;
            case 'x':
                result.Append(wall.ToString("d", culture));
                break;
            case 'X':
                result.Append(wall.ToString("T", culture));
                break;
            case 'y':
                Number(result, wall.Year % 100, 2, '0');
                break;
            case 'Z':
                result.Append(moment.OffsetText);
                break;
            case '%':
                result.Append('%');
                break;
            default:
                result.Append('%').Append(code);
                break;
        }
    }

    private static void Number(StringBuilder result, int number, int width, char fill)
    {
        for (var (limit, left) = (10, width - 1); left > 0; limit *= 10, left--)
        {
            if (number < limit)
            {
                result.Append(fill, left);
                break;
            }
        }

        result.Append(CultureInfo.InvariantCulture, $"{number}");
    }

    /// <summary>The .NET pattern that reads what a <c>%</c> pattern writes; null when it has a code that nothing can be read by.</summary>
    public static string? ReadingPattern(string pattern)
    {
        var result = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                result.Append(pattern[i] == '\'' ? "\\'" : $"'{pattern[i]}'");
                continue;
            }

            var part = pattern[++i] switch
            {
                'a' => "ddd",
                'A' => "dddd",
                'b' or 'h' => "MMM",
                'B' => "MMMM",
                'd' => "dd",
                'D' => "MM'/'dd'/'yy",
                'e' => "d",
                'F' => "yyyy'-'MM'-'dd",
                'H' => "HH",
                'I' => "hh",
                'k' => "H",
                'l' => "h",
                'L' => "fff",
                'm' => "MM",
                'M' => "mm",
                'N' => "fffffff",
                'p' or 'P' => "tt",
                'r' => "hh':'mm':'ss tt",
                'R' => "HH':'mm",
                'S' => "ss",
                'T' => "HH':'mm':'ss",
                'y' => "yy",
                'Y' => "yyyy",
                'Z' => "zzz",
                'n' => "'\n'",
                't' => "'\t'",
                '%' => "'%'",
                'g' => "",
                _ => null,
            };
            if (part is null)
            {
                return null;
            }

            result.Append(part);
        }

        // A pattern of one letter alone would be taken for a standard format.
        return result.Length == 1 ? "%" + result : result.ToString();
    }
}
