namespace WorkflowEngine.Templates;

/// <summary>
/// The switches by which a host of Scriban makes it more or less forgiving, with Scriban's own defaults
/// (scriban/site/docs/runtime/safe-runtime.md). Letters use the defaults; the comparison with the original sets them.
/// </summary>
internal sealed record Leniency
{
    public static Leniency Default { get; } = new();

    public bool StrictVariables { get; init; }

    public bool RelaxedMemberAccess { get; init; } = true;

    public bool RelaxedTargetAccess { get; init; }

    public bool RelaxedFunctionAccess { get; init; }

    public bool RelaxedIndexerAccess { get; init; } = true;

    public bool NullIndexer { get; init; }

    public bool AutoIndent { get; init; } = true;

    public bool IndentEmptyLines { get; init; } = true;

    public bool BreakOutsideLoopReturns { get; init; }

    /// <summary>Texts over the limit are cut and end in "…" as three dots, as the original does. A letter must not lose its end: there it is an error.</summary>
    public bool CutLongText { get; init; }

    /// <summary>Steps that one outermost loop with all inside it may take; 0 leaves it to the budget. Scriban: <c>LoopLimit</c>.</summary>
    public int LoopStepsPerLoop { get; init; }

    /// <summary>Liquid counts <c>forloop.index</c> from 1.</summary>
    public bool LoopsCountFromOne { get; init; }

    /// <summary>How deeply lists and objects are written out. Scriban: <c>ObjectRecursionLimit</c>.</summary>
    public int ObjectDepth { get; init; } = 20;
}
