namespace WorkflowEngine.Templates.Values;

/// <summary>What <c>for.index</c> and its companions answer inside a loop.</summary>
internal sealed class LoopState
{
    /// <summary>The place in the list, also when the loop begins further on or walks it backwards.</summary>
    public int Index { get; set; }

    /// <summary>What <c>for.index</c> answers in the first round: 0, and 1 in Liquid.</summary>
    public int FirstIndex { get; init; }

    /// <summary>The number of items in the list, -1 in a <c>while</c>, where nobody knows.</summary>
    public int Length { get; init; } = -1;

    public bool IsChanged { get; set; } = true;

    /// <summary>The columns of a <c>tablerow</c>, 0 in other loops.</summary>
    public int Columns { get; init; }

    public bool IsLast { get; set; }

    public bool TryGet(string member, out object? value)
    {
        value = member switch
        {
            "index" => ModelValues.Fit(Index + FirstIndex),
            "index0" => ModelValues.Fit(Index),
            "first" => Index == 0,
            "even" => Index % 2 == 0,
            "odd" => Index % 2 != 0,
            "changed" => IsChanged,
            "rindex" when Length >= 0 => ModelValues.Fit(Length - Index - 1 + FirstIndex),
            "rindex0" when Length >= 0 => ModelValues.Fit(Length - Index - 1),
            "last" when Length >= 0 => IsLast,
            "length" when Length >= 0 => ModelValues.Fit(Length),
            "col" when Columns > 0 => ModelValues.Fit((Index % Columns) + FirstIndex),
            "col0" when Columns > 0 => ModelValues.Fit(Index % Columns),
            "col_first" when Columns > 0 => Index % Columns == 0,
            "col_last" when Columns > 0 => Index % Columns == Columns - 1,
            _ => null,
        };

        return value is not null;
    }
}
