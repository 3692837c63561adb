namespace WorkflowEngine.Templates.Parsing;

/// <content>What Liquid settles before its tags are read.</content>
internal sealed partial class Lexer
{
    /// <summary>Liquid's <c>{% raw %}</c> keeps what stands up to <c>{% endraw %}</c> as text, <c>{% comment %}</c> drops it.</summary>
    private bool IsLiquidVerbatim(int enter, out int afterTag, out int end, out int afterEnd, out bool keep)
    {
        afterTag = end = afterEnd = 0;
        keep = false;
        if (!TryReadSimpleTag(enter, out var name, out afterTag) || name is not ("raw" or "comment"))
        {
            return false;
        }

        keep = name == "raw";
        end = afterTag;
        while (true)
        {
            end = text.IndexOf("{%", end, StringComparison.Ordinal);
            if (end < 0)
            {
                error = (enter, $"'{name}' has no 'end{name}'.");
                end = afterEnd = limit;
                return true;
            }

            if (TryReadSimpleTag(end, out var closing, out afterEnd) && closing == "end" + name)
            {
                end = StripLeft(afterTag, end, At(end + 2));
                return true;
            }

            end += 2;
        }
    }

    /// <summary>Reads <c>{% name %}</c> at an offset, white space after it taken where <c>-%}</c> asks for it.</summary>
    private bool TryReadSimpleTag(int enter, out string name, out int after)
    {
        position = enter + (IsMark(At(enter + 2)) ? 3 : 2);
        SkipSpaces();
        var start = position;
        while (char.IsLetter(At(position)))
        {
            position++;
        }

        name = text[start..position];
        SkipSpaces();
        if (!IsExit(position, '%', out var length, out var mark))
        {
            after = 0;
            position = enter;
            return false;
        }

        position += length;
        SkipRight(mark);
        after = position;
        return true;
    }
}
