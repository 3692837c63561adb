using System.Globalization;
using System.Text;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary><c>zh.*</c>: dates, amounts and remaining time as Chinese letters write them, whatever the culture of the rendering.</summary>
internal static class ChineseFunctions
{
    private const string Digits = "零壹贰叁肆伍陆柒捌玖";
    private const string Weekdays = "日一二三四五六";
    private const decimal LargestAmount = 999_999_999_999_999.99m;

    public static Definition[] All { get; } =
    [
        new("amount", "value", Amount),
        new("date", "date", static (in a) => Date(a)),
        new("date_weekday", "date", static (in a) => Date(a) is { } date ? $"{date}（星期{Weekdays[(int)MomentOf(a)!.Value.Wall.DayOfWeek]}）" : null),
        new("datetime", "date", static (in a) => Date(a) is { } date ? string.Create(CultureInfo.InvariantCulture, $"{date} {MomentOf(a)!.Value.Wall:HH:mm}") : null),
        new("working_days_left", "days", static (in a) => a.Has(0) ? WorkingDaysLeft(a.Int(0)) : null),
    ];

    private static Moment? MomentOf(in Arguments a) => !a.Has(0) ? null
        : Moment.Of(a[0]) ?? throw Conversions.CannotConvert(a[0], "a date", a.Position);

    /// <summary><c>2022年9月13日</c>.</summary>
    private static string? Date(in Arguments a) => MomentOf(a) is not { Wall: var wall } ? null
        : string.Create(CultureInfo.InvariantCulture, $"{wall.Year}年{wall.Month}月{wall.Day}日");

    private static string WorkingDaysLeft(int days) => days switch
    {
        > 0 => string.Create(CultureInfo.InvariantCulture, $"还剩 {days} 个工作日"),
        0 => "今日到期",
        _ => string.Create(CultureInfo.InvariantCulture, $"已超 {-(long)days} 个工作日"),
    };

    /// <summary>
    /// An amount in yuan in capital characters (《支付结算办法》附一 正确填写票据和结算凭证的基本规定: 元 is closed by 整, 分 is not).
    /// An amount with a fraction of a fen is an error, not rounded.
    /// </summary>
    private static object? Amount(in Arguments a)
    {
        if (!a.Has(0))
        {
            return null;
        }

        var value = a[0] is double or float
            ? decimal.Round(Conversions.ToDecimal(a[0], a.Position), 6)
            : Conversions.ToDecimal(a[0], a.Position);
        if (decimal.Round(value, 2) != value)
        {
            throw a.Fault("The amount has fractions of a fen: round it first.");
        }

        return Math.Abs(value) <= LargestAmount ? InCapitals(value) : throw a.Fault("The amount is too large to be written out.");
    }

    private static string InCapitals(decimal value)
    {
        var fen = (long)(Math.Abs(value) * 100);
        var (yuan, jiao, cents) = (fen / 100, (int)(fen / 10 % 10), (int)(fen % 10));
        var result = new StringBuilder(value < 0 ? "负" : "");
        if (yuan > 0 || fen == 0)
        {
            result.Append(Whole(yuan)).Append('元');
        }

        if (jiao > 0)
        {
            result.Append(Digits[jiao]).Append('角');
        }
        else if (cents > 0 && yuan > 0)
        {
            result.Append('零');
        }

        if (cents > 0)
        {
            result.Append(Digits[cents]).Append('分');
        }
        else
        {
            result.Append('整');
        }

        return result.ToString();
    }

    /// <summary>A whole number in groups of four digits: 万, 亿, 万亿.</summary>
    private static string Whole(long number)
    {
        if (number == 0)
        {
            return "零";
        }

        var result = new StringBuilder();
        var needsZero = false;
        for (var group = 3; group >= 0; group--)
        {
            var four = (int)(number / (long)Math.Pow(10_000, group) % 10_000);
            if (four == 0)
            {
                needsZero = result.Length > 0;
                if (group == 2 && result.Length > 0)
                {
                    result.Append('亿');
                }

                continue;
            }

            if (result.Length > 0 && (needsZero || four < 1_000))
            {
                result.Append('零');
            }

            AppendFour(result, four);
            result.Append(group switch { 3 => "万", 2 => "亿", 1 => "万", _ => "" });
            needsZero = false;
        }

        return result.ToString();
    }

    private static void AppendFour(StringBuilder result, int four)
    {
        var started = false;
        var zero = false;
        for (var (unit, place) = (1_000, 3); unit > 0; unit /= 10, place--)
        {
            var digit = four / unit % 10;
            if (digit == 0)
            {
                zero = started;
                continue;
            }

            if (zero)
            {
                result.Append('零');
            }

            result.Append(Digits[digit]);
            if (place > 0)
            {
                result.Append("拾佰仟"[place - 1]);
            }

            (started, zero) = (true, false);
        }
    }
}
