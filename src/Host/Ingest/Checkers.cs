using System.Collections.Concurrent;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Engine;

namespace WorkflowEngine.Host.Ingest;

/// <summary>The message checkers of the content in force: made once for a release and standard, then shared.</summary>
public sealed class Checkers(ContentReleases releases)
{
    private readonly ConcurrentDictionary<(string Release, string Standard), MessageChecker> _made = new();

    /// <summary>The release that judges what arrives now.</summary>
    public ContentSet Content => releases.Current;

    /// <summary>Null where the standard is unknown to the release or its messages are.</summary>
    public MessageChecker? For(ContentSet content, MessageStandard standard)
    {
        if (standard.Messages is null || !content.RuleSets.TryGetValue(MessageChecker.ConformanceRules, out var rules)) return null;
        if (_made.TryGetValue((content.Id, standard.Id), out var made)) return made;

        // Only the release in force is asked for; older ones are forgotten rather than gathered for ever.
        foreach (var old in _made.Keys.Where(key => key.Release != content.Id))
        {
            _made.TryRemove(old, out _);
        }

        return _made.GetOrAdd((content.Id, standard.Id), _ => new MessageChecker(standard, content.Regions, rules));
    }
}
