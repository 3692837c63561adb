using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Parsing;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Rendering;

internal enum Flow
{
    Next,
    Break,
    Continue,
    Return,
}

/// <summary>One rendering: its variables, its output, and what is left of its budget. Made anew for each.</summary>
internal sealed partial class RenderContext
{
    private readonly RenderSettings settings;
    private readonly List<GlobalScope> globals = new(4);
    private readonly List<LocalScope> locals = new(4);
    private readonly long deadline;
    private ScriptObject builtins = BuiltinFunctions.Shared;
    private Dictionary<string, int>? cycles;
    private long spent;
    private int loopSteps;
    private int loopDepth;
    private int depth;
    private int statements;

    public RenderContext(RenderSettings settings, IReadOnlyDictionary<string, object?> model, SourceText source)
    {
        this.settings = settings;
        Source = source;
        Culture = settings.Culture;
        MaxCharacters = settings.Budget.Characters > 0 ? settings.Budget.Characters : int.MaxValue;
        deadline = Stopwatch.GetTimestamp() + (long)(settings.Budget.Time.TotalSeconds * Stopwatch.Frequency);
        globals.Add(new GlobalScope(ScriptObject.Over(model)));
        locals.Add(new LocalScope());
    }

    /// <summary>The template whose code runs, for the place of errors.</summary>
    public SourceText Source { get; set; }

    public CultureInfo Culture { get; }

    public OutputKind Kind => settings.Kind;

    public Leniency Leniency => settings.Leniency;

    public bool IsStrict => settings.Strict;

    public int MaxCharacters { get; }

    public TimeSpan RegexTime => settings.Budget.RegexTime;

    public DateTimeOffset Now => settings.Now
        ?? throw new RenderFault("There is no 'now' in this text: show a date of the model, so that the text says the same whenever it is rendered.");

    public Random Random => settings.Random
        ?? throw new RenderFault("There is no chance in this text: it must say the same each time it is rendered.");

    public Flow Flow { get; set; }

    public object? ReturnValue { get; set; }

    /// <summary>What a pipe hands to the next function that is called.</summary>
    public Piped? Pipe { get; set; }

    public LocalScope Local => locals[^1];

    public ScriptObject TopGlobal => globals[^1].Members;

    /// <summary><c>this</c>: what holds the variables.</summary>
    public object TopHolder => (object?)globals[^1].List ?? globals[^1].Members;

    /// <summary>How dates are written where no format is given; the template may set <c>date.format</c>.</summary>
    public string DateFormat { get; private set; } = DateFormats.Default;

    /// <summary>Called before each statement and each comparison: ends what runs too long.</summary>
    public void Tick(int position)
    {
        if ((++statements & 0xFF) == 0)
        {
            CheckTime(position);
        }
    }

    public void CheckTime(int position)
    {
        if (Stopwatch.GetTimestamp() > deadline)
        {
            throw new RenderFault($"The rendering took longer than {settings.Budget.Time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s.", position);
        }
    }

    public void EnterCall(int position)
    {
        if (settings.Budget.Depth > 0 && depth >= settings.Budget.Depth)
        {
            throw new RenderFault($"Functions call each other more than {settings.Budget.Depth} deep.", position);
        }

        CheckStack(position);
        depth++;
    }

    public void LeaveCall() => depth--;

    public static void CheckStack(int position)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new RenderFault("The template nests too deeply.", position);
        }
    }

    public bool IsInLoop => loopDepth > 0;

    public void EnterLoop(LoopFrame frame)
    {
        if (loopDepth++ == 0 && Leniency.LoopStepsPerLoop > 0)
        {
            loopSteps = 0;
        }

        var global = globals[^1];
        (global.Loops ??= []).Add(frame);
        if (frame.IsLocal)
        {
            (Local.Loops ??= []).Add(frame);
        }
    }

    public void LeaveLoop(LoopFrame frame)
    {
        loopDepth--;
        var loops = globals[^1].Loops!;
        loops.RemoveAt(loops.Count - 1);
        if (frame.IsLocal)
        {
            var own = Local.Loops!;
            own.RemoveAt(own.Count - 1);
        }
    }

    public void StepLoop(int position)
    {
        Charge(1, position);
        if (++loopSteps > Leniency.LoopStepsPerLoop && Leniency.LoopStepsPerLoop > 0)
        {
            throw new RenderFault($"The loop takes more than {Leniency.LoopStepsPerLoop} steps.", position);
        }

        Tick(position);
    }

    /// <summary>Takes the elements that a function walks or makes from the budget of loops.</summary>
    public void Charge(long elements, int position = -1)
    {
        if (settings.Budget.LoopSteps > 0 && elements > settings.Budget.LoopSteps - spent)
        {
            throw new RenderFault($"The template takes more than {settings.Budget.LoopSteps} steps in loops and lists.", position);
        }

        spent += elements;
    }

    /// <summary>As <see cref="Charge"/>, for ranges and repeated lists, which need little text to become long.</summary>
    public void ChargeRange(long elements, int position = -1)
    {
        if (Leniency.LoopStepsPerLoop > 0)
        {
            if (elements > Leniency.LoopStepsPerLoop)
            {
                throw new RenderFault($"A list of {elements} elements is longer than {Leniency.LoopStepsPerLoop}.", position);
            }

            return;
        }

        Charge(elements, position);
    }

    /// <summary>How often <c>array.cycle</c> was asked for the group before.</summary>
    public int NextInCycle(string group)
    {
        cycles ??= new Dictionary<string, int>(StringComparer.Ordinal);
        var next = cycles.GetValueOrDefault(group);
        cycles[group] = (next + 1) & int.MaxValue;
        return next;
    }

    public Template? FindInclude(string name) => settings.Includes?.Invoke(name);

    public bool HasIncludes => settings.Includes is not null;

    public void PushGlobal(ScriptObject members) => globals.Add(new GlobalScope(members));

    public void PushGlobal(ScriptArray list) => globals.Add(new GlobalScope(list.Members ??= new ScriptObject(), list));

    public void PopGlobal() => globals.RemoveAt(globals.Count - 1);

    public void PushLocal(LocalScope local) => locals.Add(local);

    public void PopLocal() => locals.RemoveAt(locals.Count - 1);

    public bool TryGetGlobal(string name, out object? value)
    {
        for (var i = globals.Count - 1; i >= 0; i--)
        {
            var scope = globals[i];
            if (scope.Loops is { Count: > 0 } loops && TryGetLoop(loops, name, isLocal: false, out value))
            {
                return true;
            }

            if (scope.Members.TryGet(name, out value))
            {
                return true;
            }

            if (scope.List is not null && name == "size")
            {
                value = ModelValues.Fit(scope.List.Count);
                return true;
            }
        }

        return builtins.TryGet(name, out value);
    }

    private static bool TryGetLoop(List<LoopFrame> loops, string name, bool isLocal, out object? value)
    {
        for (var i = loops.Count - 1; i >= 0; i--)
        {
            var frame = loops[i];
            if (frame.IsLocal == isLocal && frame.Variable == name)
            {
                value = frame.Value;
                return true;
            }

            if (!isLocal && frame.StateName == name)
            {
                value = frame.State;
                return true;
            }
        }

        value = null;
        return false;
    }

    public void SetGlobal(string name, object? value, int position)
    {
        if (builtins.Has(name))
        {
            throw new RenderFault($"'{name}' is the name of a built-in and cannot be assigned: choose another.", position);
        }

        for (var i = globals.Count - 1; i >= 0; i--)
        {
            if (globals[i].Members.IsReadOnly(name))
            {
                throw new RenderFault($"The variable '{name}' is read-only.", position);
            }
        }

        if (globals[^1].Loops?.FindLast(f => !f.IsLocal && f.Variable == name) is { } loop)
        {
            loop.Value = value;
        }
        else
        {
            TopGlobal[name] = value;
        }
    }

    public bool TryGetLocal(string name, out object? value)
    {
        var local = Local;
        if (local.Loops is { Count: > 0 } loops && TryGetLoop(loops, name, isLocal: true, out value))
        {
            return true;
        }

        value = null;
        return local.Variables is not null && local.Variables.TryGetValue(name, out value);
    }

    public void SetLocal(string name, object? value, int position)
    {
        if (Local.ReadOnly is { } readOnly && readOnly.Contains(name))
        {
            throw new RenderFault($"The variable '${name}' is read-only.", position);
        }

        (Local.Variables ??= new Dictionary<string, object?>(StringComparer.Ordinal))[name] = value;
    }

    public void MakeLocalReadOnly(string name) =>
        (Local.ReadOnly ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);

    public bool IsBuiltin(string name, ScriptObject value) => builtins.TryGet(name, out var builtin) && ReferenceEquals(builtin, value);

    /// <summary>A built-in namespace made writable for this rendering alone: the shared one is copied.</summary>
    public ScriptObject OwnBuiltin(ScriptObject shared)
    {
        if (ReferenceEquals(builtins, BuiltinFunctions.Shared))
        {
            builtins = builtins.Copy();
        }

        foreach (var (name, value) in builtins.Entries())
        {
            if (ReferenceEquals(value, shared))
            {
                var own = shared.Copy();
                builtins[name] = own;
                return own;
            }
        }

        return shared.Copy();
    }

    /// <summary>Sets a member of an object, with what follows from it.</summary>
    public void SetMember(ScriptObject target, string name, object? value, int position)
    {
        if (target.IsShared)
        {
            target = OwnBuiltin(target);
        }

        if (target.IsReadOnly(name))
        {
            throw new RenderFault($"The member '{name}' is read-only.", position);
        }

        target[name] = value;
        if (name == "format" && value is string format && builtins.TryGet("date", out var date) && ReferenceEquals(date, target))
        {
            DateFormat = format;
        }
    }
}

/// <summary>A value on its way through a pipe, until a function takes it.</summary>
internal sealed class Piped(object? value)
{
    public object? Value { get; } = value;
}
