using System.Collections.Concurrent;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>The people of a stage who signed in already: the second act of one needs no second sign-in.</summary>
public sealed class SignedIn
{
    private readonly ConcurrentDictionary<string, Lazy<Task<PlatformClient>>> _people = new(StringComparer.Ordinal);

    /// <summary>The person's client; signs in the first time. The stage disposes of it.</summary>
    public Task<PlatformClient> AsAsync(Stage stage, string userName) =>
        _people.GetOrAdd(userName, name => new Lazy<Task<PlatformClient>>(() => stage.SignInAsync(name, CancellationToken.None))).Value;
}
