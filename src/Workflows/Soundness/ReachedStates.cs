namespace WorkflowEngine.Workflows.Soundness;

/// <summary>A watched activity began or, otherwise, ended.</summary>
internal readonly record struct WatchedStep(string ActivityId, bool Began);

/// <summary>One way from a state to another.</summary>
/// <param name="By">Null for the beginning, which nobody decides.</param>
/// <param name="IsPromised">It will be taken, should no other be.</param>
internal sealed record Way(SoundnessMove? By, bool IsPromised, IReadOnlyList<WatchedStep> Steps)
{
    /// <summary>Ways with the same number are alike but for who takes them.</summary>
    public int Meaning { get; init; }
}

/// <summary>
/// The states that were reached, by number in the order in which they were, and the ways between them. Few bytes each: a state is where it was first reached from and
/// by which way, a way is where it leads to; what kind of way it is stands once for all.
/// </summary>
internal sealed class ReachedStates
{
    private readonly Pages<Reached> _states = new();
    private readonly Pages<Link> _links = new();
    private readonly List<Way> _ways = [];
    private readonly Dictionary<(int Node, int Number, string Steps), int> _wayNumbers = [];
    private readonly Dictionary<(bool, string), int> _meanings = [];

    private record struct Reached(int From, int By, int FirstLink, int Links, bool IsEnd);

    private readonly record struct Link(int To, int Way);

    public int Count => _states.Count;

    /// <summary>The number of a kind of way.</summary>
    /// <param name="node">The activity that is decided about, by its number in the net; -1 for the beginning.</param>
    /// <param name="number">Of the activity's ways.</param>
    public int WayOf(int node, int number, SoundnessMove? by, bool isPromised, IReadOnlyList<WatchedStep> steps)
    {
        var told = steps.Count == 0 ? "" : string.Concat(steps.Select(step => $"{(step.Began ? '+' : '-')}{step.ActivityId}\n"));
        if (!_wayNumbers.TryGetValue((node, number, told), out var way))
        {
            if (!_meanings.TryGetValue((isPromised, told), out var meaning))
            {
                meaning = _meanings.Count;
                _meanings.Add((isPromised, told), meaning);
            }

            way = _ways.Count;
            _ways.Add(new Way(by, isPromised, steps) { Meaning = meaning });
            _wayNumbers.Add((node, number, told), way);
        }

        return way;
    }

    /// <param name="from">-1 for the first.</param>
    /// <returns>The number of the new state.</returns>
    public int Add(int from, int way)
    {
        _states.Add(new Reached(from, way, 0, 0, false));
        if (from >= 0)
        {
            Join(from, Count - 1, way);
        }

        return Count - 1;
    }

    /// <summary>A way leads from one state to another. All the ways on from a state are told before those from the next.</summary>
    public void Join(int from, int to, int way)
    {
        ref var state = ref _states[from];
        if (state.Links == 0)
        {
            state.FirstLink = _links.Count;
        }

        for (var link = state.FirstLink; link < _links.Count; link++)
        {
            if (_links[link].To == to && _ways[_links[link].Way].Meaning == _ways[way].Meaning)
            {
                return;
            }
        }

        _links.Add(new Link(to, way));
        state.Links++;
    }

    public void MarkEnd(int state) => _states[state].IsEnd = true;

    /// <summary>The state from which it was first reached; -1 for the first.</summary>
    public int FromOf(int state) => _states[state].From;

    /// <summary>The decision by which it was first reached.</summary>
    public SoundnessMove? ByOf(int state) => _ways[_states[state].By].By;

    public IEnumerable<(int To, Way Way)> WaysOn(int state)
    {
        var (first, count) = (_states[state].FirstLink, _states[state].Links);
        for (var link = first; link < first + count; link++)
        {
            yield return (_links[link].To, _ways[_links[link].Way]);
        }
    }

    /// <summary>
    /// The states from which a way leads to an end. Ways mostly lead to states that were reached later, so going backwards through the states settles nearly all at once.
    /// </summary>
    public bool[] Ending(bool promisedOnly)
    {
        var ending = new bool[Count];
        for (var goesOn = true; goesOn;)
        {
            goesOn = false;
            for (var state = Count - 1; state >= 0; state--)
            {
                if (!ending[state] && (_states[state].IsEnd || LeadsTo(ending, state, promisedOnly)))
                {
                    ending[state] = true;
                    goesOn = true;
                }
            }
        }

        return ending;
    }

    private bool LeadsTo(bool[] ending, int state, bool promisedOnly)
    {
        var (first, count) = (_states[state].FirstLink, _states[state].Links);
        for (var link = first; link < first + count; link++)
        {
            var (to, way) = _links[link];
            if (ending[to] && (!promisedOnly || _ways[way].IsPromised))
            {
                return true;
            }
        }

        return false;
    }
}
