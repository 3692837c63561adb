using System.Globalization;
using System.Numerics;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Parsing;

/// <summary>Numbers as the language writes them: <c>1</c>, <c>1.5</c>, <c>1e3</c>, <c>1.50m</c>, <c>0x1f</c>, <c>0b101</c>, <c>0b1.1</c>.</summary>
internal static class Numbers
{
    /// <summary>The value of a number as it is written; null when no number is so long.</summary>
    public static object? Value(ReadOnlySpan<char> written, bool floatsAreDecimals)
    {
        var digits = written.Contains('_') ? written.ToString().Replace("_", "", StringComparison.Ordinal).AsSpan() : written;
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'X' or 'b' or 'B')
        {
            return Bits(digits);
        }

        var last = digits[^1];
        var body = char.IsAsciiDigit(last) ? digits : digits[..^1];
        switch (last)
        {
            case 'f' or 'F':
                return float.Parse(body, NumberStyles.Float, CultureInfo.InvariantCulture);
            case 'd' or 'D':
                return double.Parse(body, NumberStyles.Float, CultureInfo.InvariantCulture);
            case 'm' or 'M':
                return decimal.TryParse(body, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : null;
            default:
                break;
        }

        if (!body.Contains('.') && Whole(body) is { } power)
        {
            return power;
        }

        if (body.IndexOfAny('.', 'e', 'E') >= 0)
        {
            return floatsAreDecimals && decimal.TryParse(body, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                ? exact
                : double.Parse(body, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (int.TryParse(body, NumberStyles.None, CultureInfo.InvariantCulture, out var small))
        {
            return small;
        }

        if (long.TryParse(body, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return body.Length <= 1_000 ? BigInteger.Parse(body, NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }

    /// <summary><c>1e3</c>, which has no point, is a whole number; null when there is no such exponent, or none that makes one.</summary>
    private static object? Whole(ReadOnlySpan<char> body)
    {
        var exponent = body.IndexOfAny('e', 'E');
        return exponent > 0 && body.Length - exponent <= 5
            && BigInteger.TryParse(body, NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var whole)
            ? ModelValues.Fit(whole)
            : null;
    }

    /// <summary><c>0b1.1</c> is 1.5, <c>0b1.1f</c> the same as a float.</summary>
    private static object? BinaryFraction(ReadOnlySpan<char> bits)
    {
        var isFloat = bits[^1] is 'f' or 'F';
        var body = isFloat || bits[^1] is 'd' or 'D' ? bits[..^1] : bits;
        var (value, weight) = (0d, 0);
        foreach (var bit in body)
        {
            if (bit is not ('0' or '1' or '.'))
            {
                return null;
            }

            (value, weight) = bit == '.' ? (value, -1) : weight < 0 ? (value + ((bit - '0') * Math.Pow(2, weight)), weight - 1) : ((value * 2) + (bit - '0'), 0);
        }

        return isFloat ? (float)value : value;
    }

    private static object? Bits(ReadOnlySpan<char> digits)
    {
        if (digits[1] is 'b' or 'B' && digits.Contains('.'))
        {
            return BinaryFraction(digits[2..]);
        }

        var unsigned = digits[^1] is 'u' or 'U';
        var body = unsigned ? digits[2..^1] : digits[2..];
        var hexadecimal = digits[1] is 'x' or 'X';
        if (body.IsEmpty || body.Length > (hexadecimal ? 16 : 64))
        {
            return null;
        }

        ulong bits = 0;
        foreach (var digit in body)
        {
            var value = char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
            if (!hexadecimal && value > 1)
            {
                return null;
            }

            bits = (bits << (hexadecimal ? 4 : 1)) | (uint)value;
        }

        if (!unsigned)
        {
            return ModelValues.Fit(bits <= uint.MaxValue ? unchecked((int)(uint)bits) : unchecked((long)bits));
        }

        return ModelValues.Fit(new BigInteger(bits));
    }
}
