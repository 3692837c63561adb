namespace WorkflowEngine.Rules;

/// <summary>
/// What one run of expressions reads and uses up: the values of inputs and parameters, the time, and the budget.
/// Belongs to one thread.
/// </summary>
internal sealed class Frame(int slots, RuleBudget budget, DateTimeOffset now)
{
    // About a quarter of a millisecond each: spread over runs, so that none of them is slow.
    private const int CompilationsPerRun = 16;

    private int _steps = budget.Steps;
    private int _characters = budget.Characters;
    private int _compilations = CompilationsPerRun;

    public object?[] Slots { get; } = new object?[slots];

    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>What was used up since the budget was full, and what it took to bind the expression and to bring it its values.</summary>
    public long Used => (long)budget.Steps - Math.Max(0, _steps) + (budget.Characters - _characters) + Binding + Reading;

    /// <summary>What it took to bind the expression to facts of a new shape, in steps.</summary>
    public long Binding { get; set; }

    /// <summary>What it took to bring the values that the expression can read into the form in which it reads them, in steps.</summary>
    public long Reading { get; set; }

    /// <summary>How deep EvaluateRule actions are nested.</summary>
    public int Depth { get; init; }

    /// <summary>A new expression begins: it has the whole budget.</summary>
    public void Refill()
    {
        _steps = budget.Steps;
        _characters = budget.Characters;
    }

    /// <summary>A new run over the same facts begins.</summary>
    public void Restart(DateTimeOffset instant)
    {
        Now = instant;
        _compilations = CompilationsPerRun;
    }

    /// <summary>True a few times per run.</summary>
    public bool MayCompile() => _compilations-- > 0;

    /// <summary>One lambda body, or one element walked.</summary>
    public void Step()
    {
        if (--_steps < 0)
        {
            throw new BudgetException($"the expression takes more than {budget.Steps} steps");
        }
    }

    /// <summary>Text or list elements are about to be made or walked.</summary>
    public void Charge(long amount)
    {
        if (amount > _characters)
        {
            throw new BudgetException($"the expression makes more than {budget.Characters} characters or elements");
        }

        _characters -= (int)Math.Max(0, amount);
    }

    /// <summary>The same elements, each of which is a step.</summary>
    public IEnumerable<T> Metered<T>(IEnumerable<T> elements)
    {
        foreach (var element in elements)
        {
            Step();
            yield return element;
        }
    }

    /// <summary>The same text, whose length is paid for because it is about to be read.</summary>
    public string? Read(string? text)
    {
        if (text is { Length: > 64 })
        {
            Charge(text.Length);
        }

        return text;
    }
}

/// <summary>An expression used up its budget.</summary>
internal sealed class BudgetException(string message) : Exception(message);
