using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>
/// What a net is in after a burst, in few bytes: by its name, by which states are told apart, and packed whole, so that the net can go on from there.
/// </summary>
/// <remarks>What a name or a packed state points to is good until the next is asked for.</remarks>
internal sealed partial class NetState(FlowNet net)
{
    private const byte TokenPart = 1;
    private const byte CallbackPart = 2;
    private const byte ChildPart = 3;
    private const byte Nothing = 0;

    private readonly Bytes _bytes = new();
    private readonly Bytes _sorted = new();
    private readonly List<(int Start, int Length)> _parts = [];
    private readonly Dictionary<string, int> _textNumbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly List<string> _memoryKeys = [];
    private readonly List<int> _numbers = [];
    private readonly List<int> _distinct = [];
    private Comparer<(int Start, int Length)>? _byBytes;
    private BurstRun? _run;
    private List<ActivityInstance> _kept = [];
    private int[] _places = [];
    private int[] _firstBelow = [];
    private int[] _nextBeside = [];

    /// <summary>
    /// Two states with the same name go on alike. Ids and the order in which things were opened are left out, and of counter mode's numbers only how far the
    /// edges of one step are apart. A wait that is open twice is looked at as if it were open once, and so is a token: else a loop that leaves something open
    /// behind it would never be seen to the end.
    /// </summary>
    public ReadOnlySpan<byte> NameOf(BurstRun run)
    {
        Take(run);
        _bytes.Add((byte)run.SubStatus);
        _bytes.Add(run.Outcome is null ? (byte)0 : (byte)1);
        var first = _parts.Count;
        for (var place = 0; place < _kept.Count; place++)
        {
            if (_kept[place].Parent is null)
            {
                var start = _bytes.Length;
                Name(place);
                _parts.Add((start, _bytes.Length - start));
            }
        }

        SortFrom(first, keepsDouble: true);
        return _bytes.Written;
    }

    private void Take(BurstRun run)
    {
        _bytes.CutTo(0);
        if (ReferenceEquals(_run, run))
        {
            return;
        }

        _run = run;
        _kept = StateCopy.Kept(run);
        if (_places.Length < run.NextInstanceId)
        {
            _places = new int[2 * run.NextInstanceId];
        }

        if (_firstBelow.Length < _kept.Count)
        {
            _firstBelow = new int[2 * _kept.Count];
            _nextBeside = new int[2 * _kept.Count];
        }

        for (var place = 0; place < _kept.Count; place++)
        {
            _places[_kept[place].Id] = place;
            _firstBelow[place] = -1;
        }

        for (var place = 0; place < _kept.Count; place++)
        {
            if (_kept[place].Parent is { } parent)
            {
                _nextBeside[place] = _firstBelow[_places[parent.Id]];
                _firstBelow[_places[parent.Id]] = place;
            }
        }
    }

    private void Name(int place)
    {
        var instance = _kept[place];
        _bytes.AddNumber(net.NumberOf(instance.Node));
        _bytes.Add((byte)((int)instance.Status | (instance.CameBackward ? 0x80 : 0)));
        AddMemory(instance);
        if (instance.Counts is { } counts)
        {
            NameCounts(instance, counts);
        }

        _bytes.AddNumber(-1);
        var waits = 0;
        foreach (var bookmark in _run!.Bookmarks)
        {
            waits += ReferenceEquals(bookmark.Instance, instance) ? 1 : 0;
        }

        _bytes.AddNumber(waits);
        var first = _parts.Count;
        foreach (var token in instance.Tokens ?? [])
        {
            var start = _bytes.Length;
            _bytes.Add(TokenPart);
            AddToken(token);
            _parts.Add((start, _bytes.Length - start));
        }

        for (var i = 0; instance.OpenCallbacks > 0 && i < _run.Callbacks.Count; i++)
        {
            if (ReferenceEquals(_run.Callbacks[i].Owner, instance))
            {
                var start = _bytes.Length;
                _bytes.Add(CallbackPart);
                _bytes.AddNumber(net.NumberOf(_run.Callbacks[i].Child));
                _parts.Add((start, _bytes.Length - start));
            }
        }

        for (var below = _firstBelow[place]; below >= 0; below = _nextBeside[below])
        {
            var start = _bytes.Length;
            _bytes.Add(ChildPart);
            Name(below);
            _parts.Add((start, _bytes.Length - start));
        }

        SortFrom(first, keepsDouble: false);
        _bytes.Add(Nothing);
    }

    /// <summary>Puts the last parts that were written, from the given one on, in the order of their bytes.</summary>
    private void SortFrom(int first, bool keepsDouble)
    {
        if (_parts.Count - first > 1)
        {
            _byBytes ??= Comparer<(int Start, int Length)>.Create((one, other) => Part(one).SequenceCompareTo(Part(other)));
            _parts.Sort(first, _parts.Count - first, _byBytes);
            _sorted.CutTo(0);
            var beginning = int.MaxValue;
            for (var i = first; i < _parts.Count; i++)
            {
                beginning = Math.Min(beginning, _parts[i].Start);
                if (keepsDouble || i == first || !Part(_parts[i]).SequenceEqual(Part(_parts[i - 1])))
                {
                    _sorted.Add(Part(_parts[i]));
                }
            }

            _bytes.CutTo(beginning);
            _bytes.Add(_sorted.Written);
        }

        _parts.RemoveRange(first, _parts.Count - first);

        ReadOnlySpan<byte> Part((int Start, int Length) part) => _bytes.From(part.Start, part.Length);
    }

    /// <summary>Of the steps to which edges have come unevenly, how far the edges are apart.</summary>
    private void NameCounts(ActivityInstance instance, FlowCounts counts)
    {
        var paths = Flowchart.PathsOf(instance.Node, instance.Side, _run!.TriggerActivityId);
        for (var activity = 0; activity < counts.Activities.Length; activity++)
        {
            var inbound = paths.Inbound(activity);
            if (IsEven(counts, inbound, activity))
            {
                continue;
            }

            _numbers.Clear();
            _numbers.Add(counts.Activities[activity]);
            foreach (var edge in inbound)
            {
                _numbers.Add(counts.Edges[edge.Index]);
            }

            _distinct.Clear();
            _distinct.AddRange(_numbers);
            _distinct.Sort();
            _bytes.AddNumber(activity);
            _bytes.AddNumber(StepOf(_numbers[0]));
            for (var i = 0; i < inbound.Length; i++)
            {
                _bytes.AddNumber((2 * StepOf(_numbers[i + 1])) + (counts.Followed[inbound[i].Index] ? 1 : 0));
            }
        }
    }

    /// <summary>All alike: nothing has come that the step has not answered, and what was followed then is asked no more.</summary>
    private static bool IsEven(FlowCounts counts, FlowEdge[] inbound, int activity)
    {
        foreach (var edge in inbound)
        {
            if (counts.Edges[edge.Index] != counts.Activities[activity])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Numbers in their order, those next to each other kept apart from those further apart: how far a loop has left an edge behind does not matter.</summary>
    private int StepOf(int number)
    {
        var step = 0;
        for (var i = 1; i < _distinct.Count && _distinct[i] <= number; i++)
        {
            step += Math.Min(2, _distinct[i] - _distinct[i - 1]);
        }

        return step;
    }

    private void AddToken(FlowToken token)
    {
        _bytes.AddNumber(token.From);
        _bytes.AddNumber(token.To);
        _bytes.AddNumber(TextNumber(token.Port));
        _bytes.Add((byte)((token.Blocked ? 1 : 0) + (token.Spent ? 2 : 0)));
    }

    /// <summary>What kinds remember is the number of an open child, a truth value or a text.</summary>
    private void AddMemory(ActivityInstance instance)
    {
        _bytes.AddNumber(instance.Memory?.Count ?? 0);
        if (instance.Memory is not { Count: > 0 } memory)
        {
            return;
        }

        _memoryKeys.Clear();
        _memoryKeys.AddRange(memory.Keys);
        _memoryKeys.Sort(StringComparer.Ordinal);
        foreach (var key in _memoryKeys)
        {
            _bytes.AddNumber(TextNumber(key));
            switch (memory[key])
            {
                case bool truth:
                    _bytes.Add((byte)(truth ? 1 : 0));
                    break;
                case int number:
                    _bytes.Add(2);
                    _bytes.AddNumber(number);
                    break;
                case string text:
                    _bytes.Add(3);
                    _bytes.AddNumber(TextNumber(text));
                    break;
                case var other:
                    throw new InvalidOperationException($"'{instance.Node.Id}' remembers a {other.GetType().Name}.");
            }
        }
    }

    private int TextNumber(string? text)
    {
        if (text is null)
        {
            return -1;
        }

        if (!_textNumbers.TryGetValue(text, out var number))
        {
            number = _texts.Count;
            _texts.Add(text);
            _textNumbers.Add(text, number);
        }

        return number;
    }
}
