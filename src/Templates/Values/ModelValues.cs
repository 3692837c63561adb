using System.Collections;
using System.Numerics;
using System.Text.Json;

namespace WorkflowEngine.Templates.Values;

/// <summary>Takes the host's values over into the template's, so that no rendering can change what belongs to the host.</summary>
internal static class ModelValues
{
    public static bool NeedsTakingOver(object? value) => value is not (null or string or int or bool or ScriptObject or ScriptArray
        or decimal or long or double or DateOnly or DateTime or DateTimeOffset or TimeSpan or float or BigInteger
        or ScriptRange or HtmlText or Function or LoopState or EmptyValue);

    public static object? TakeOver(object? value)
    {
        switch (value)
        {
            case byte or sbyte or short or ushort:
                return Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture);
            case uint number:
                return Fit((long)number);
            case ulong number:
                return Fit(new BigInteger(number));
            case char character:
                return character.ToString();
            case Guid or Enum:
                return value.ToString();
            case JsonElement json:
                return json.ValueKind == JsonValueKind.Object
                    ? TakeOver(TemplateModel.FromJson(json))
                    : TakeOver(TemplateModel.FromJsonValue(json));
            case IReadOnlyDictionary<string, object?> members:
                return ScriptObject.Over(members);
            case IDictionary members:
                var result = new ScriptObject();
                foreach (DictionaryEntry entry in members)
                {
                    result[Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture) ?? ""] = entry.Value;
                }

                return result;
            case IEnumerable items:
                return new ScriptArray(items.Cast<object?>());
            default:
                if (!NeedsTakingOver(value))
                {
                    return value;
                }

                throw new RenderFault($"The model holds a {value?.GetType().Name}, which templates do not know: "
                    + "text, truth values, numbers, dates, lists and dictionaries are known.");
        }
    }

    /// <summary>The smallest whole-number type that holds the number.</summary>
    public static object Fit(long number) => number is >= int.MinValue and <= int.MaxValue ? SmallNumbers.Box((int)number) : number;

    public static object Fit(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? Fit((long)number) : number;

    /// <summary>Loop indexes and small counts, boxed once.</summary>
    private static class SmallNumbers
    {
        private const int Lowest = -1;
        private static readonly object[] Boxes = [.. Enumerable.Range(Lowest, 258).Select(n => (object)n)];

        public static object Box(int number) => (uint)(number - Lowest) < (uint)Boxes.Length ? Boxes[number - Lowest] : number;
    }
}
