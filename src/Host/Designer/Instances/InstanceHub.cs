using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Designer.Instances;

/// <summary>Tells a designer that looks at a case when the case goes on. The names are Elsa's.</summary>
public sealed class InstanceHub(CaseQueries cases, ObservedCases observed) : Hub
{
    [HubMethodName("ObserveInstanceAsync")]
    public async Task ObserveAsync(string instanceId)
    {
        var person = SignedInPerson.Required(Context.User!);
        if (instanceId.Length > 100 || await cases.CaseAsync(person.Tenant, instanceId, person.Actor.UserId, Context.ConnectionAborted) is not { } view) return;

        observed.Add(Context.ConnectionId, person, instanceId, view.Revision);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        observed.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

/// <summary>Which connection looks at which case; one case each.</summary>
public sealed class ObservedCases
{
    private readonly ConcurrentDictionary<string, Observed> _all = new(StringComparer.Ordinal);

    public IReadOnlyList<Observed> All => [.. _all.Values];

    public void Add(string connection, SignedInPerson person, string number, int revision) => _all[connection] = new Observed(connection, person, number, revision);

    public void Remove(string connection) => _all.TryRemove(connection, out _);

    public void Saw(Observed seen, int revision) => _all.TryUpdate(seen.Connection, seen with { Revision = revision }, seen);

    public sealed record Observed(string Connection, SignedInPerson Person, string Number, int Revision);
}
