using System.Globalization;
using System.Numerics;
using WorkflowEngine.Templates.Rendering;

namespace WorkflowEngine.Templates.Values;

/// <summary>Values as functions need them. What cannot be converted is an error that names both kinds.</summary>
internal static class Conversions
{
    public static int ToInt(object? value, int position)
    {
        var number = ToLong(value, position);
        return number is >= int.MinValue and <= int.MaxValue ? (int)number
            : throw new RenderFault($"The number {number} is too large here.", position);
    }

    public static long ToLong(object? value, int position)
    {
        switch (value)
        {
            case null:
                return 0;
            case int number:
                return number;
            case long number:
                return number;
            case bool truth:
                return truth ? 1 : 0;
            case double or float:
                var real = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                return Math.Abs(real) < 9e18 ? (long)Math.Round(real) : throw CannotConvert(value, "a whole number", position);
            case decimal number when Math.Abs(number) < 9e18m:
                return (long)Math.Round(number);
            case BigInteger number when number >= long.MinValue && number <= long.MaxValue:
                return (long)number;
            case string or HtmlText when long.TryParse(value.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed):
                return parsed;
            default:
                throw CannotConvert(value, "a whole number", position);
        }
    }

    public static double ToDouble(object? value, int position) => value switch
    {
        double number => number,
        int number => number,
        long number => number,
        float number => number,
        decimal number => (double)number,
        BigInteger number => (double)number,
        null => 0,
        bool truth => truth ? 1 : 0,
        string or HtmlText when double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => throw CannotConvert(value, "a number", position),
    };

    public static decimal ToDecimal(object? value, int position)
    {
        try
        {
            return value switch
            {
                decimal number => number,
                int number => number,
                long number => number,
                double number => (decimal)number,
                float number => (decimal)number,
                BigInteger number => (decimal)number,
                string or HtmlText when decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
                _ => throw CannotConvert(value, "a number", position),
            };
        }
        catch (OverflowException)
        {
            throw CannotConvert(value, "a decimal number", position);
        }
    }

    /// <summary>A whole number of any size; the caller has made sure that it is one.</summary>
    public static BigInteger ToBig(object value) => value switch
    {
        int number => number,
        long number => number,
        BigInteger number => number,
        _ => throw new InvalidOperationException($"A {Kinds.Name(value)} is no whole number."),
    };

    /// <summary>A number as it is, or the number that a text spells.</summary>
    public static object ToNumber(object? value, int position) => value switch
    {
        null => 0,
        string or HtmlText => ToDouble(value, position),
        bool truth => truth ? 1 : 0,
        _ when Kinds.IsNumber(value) => value,
        _ => throw CannotConvert(value, "a number", position),
    };

    /// <summary>The items of a list; nothing is an empty list.</summary>
    public static List<object?> ToList(object? value, RenderContext context, int position)
    {
        switch (value)
        {
            case null or EmptyValue:
                return [];
            case ScriptArray list:
                context.Charge(list.Count, position);
                return [.. list];
            case ScriptRange range:
                context.ChargeRange(range.Count, position);
                var numbers = new List<object?>((int)Math.Min(range.Count, int.MaxValue));
                for (long i = 0; i < range.Count; i++)
                {
                    numbers.Add(range[i]);
                }

                return numbers;
            case string or HtmlText:
                var text = value.ToString()!;
                context.Charge(text.Length, position);
                return [.. text.Select(c => c.ToString())];
            case ScriptObject members:
                context.Charge(members.Count, position);
                return [.. members.Entries().Select(e => new ScriptObject { ["key"] = e.Key, ["value"] = e.Value })];
            default:
                throw CannotConvert(value, "a list", position);
        }
    }

    /// <summary>Says the kind only: the value may be somebody's number, and messages are logged.</summary>
    public static RenderFault CannotConvert(object? value, string wanted, int position) =>
        new($"Cannot take a value of type {Kinds.Name(value)} as {wanted}.", position);
}
