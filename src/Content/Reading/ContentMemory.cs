using System.Collections.Concurrent;

namespace WorkflowEngine.Content.Reading;

/// <summary>
/// What came of texts that were read before. Content is read again whenever one file of it changes; whatever follows from other files alone need not be found again.
/// A finding is kept under every text that it follows from, so it never has to be taken back. What the last readings did not ask for is forgotten.
/// May be used by several threads.
/// </summary>
public sealed class ContentMemory
{
    /// <summary>Readings after which a finding that none of them asked for is forgotten: enough for some drafts that are worked on at once.</summary>
    private const int Lifetime = 32;

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private int _reading;

    /// <summary>How many findings are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>A reading begins: what has not been asked for since long is forgotten.</summary>
    internal void BeginReading()
    {
        var now = Interlocked.Increment(ref _reading);
        foreach (var (key, kept) in _kept)
        {
            if (now - kept.AskedFor > Lifetime) _kept.TryRemove(key, out _);
        }
    }

    /// <summary>What follows from these texts, found now or before; its problems are reported either way.</summary>
    /// <param name="kind">What is looked for.</param>
    /// <param name="texts">Everything that the finding follows from.</param>
    /// <param name="find">Reports to the list that it is given, and to no other.</param>
    internal T Find<T>(string kind, IEnumerable<string> texts, ProblemList problems, Func<ProblemList, T> find)
    {
        var kept = _kept.GetOrAdd(TextHash.Of(texts.Prepend(kind)), _ =>
        {
            var found = new ProblemList();
            return new Kept(find(found), found);
        });
        kept.AskedFor = _reading;
        foreach (var problem in kept.Problems.All) problems.Add(problem);
        return (T)kept.Value!;
    }

    /// <inheritdoc cref="Find{T}"/>
    internal void Find(string kind, IEnumerable<string> texts, ProblemList problems, Action<ProblemList> find) => Find<object?>(kind, texts, problems, own =>
    {
        find(own);
        return null;
    });

    private sealed class Kept(object? value, ProblemList problems)
    {
        public object? Value => value;

        public ProblemList Problems => problems;

        public volatile int AskedFor;
    }
}
