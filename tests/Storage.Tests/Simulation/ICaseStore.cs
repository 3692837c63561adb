using WorkflowEngine.Bench.Simulation;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Storage.Timers;

namespace WorkflowEngine.Storage.Tests.Simulation;

/// <summary>What hosts ask of the store of cases, real or simulated.</summary>
internal interface ICaseStore
{
    Task<CommitResult[]> CommitAsync(params CommitUnit[] units);

    /// <summary>Null: there is no such instance.</summary>
    Task<int?> RevisionAsync(Guid instance);

    Task<IClaim<DueTimer>> ClaimTimersAsync(DateTimeOffset businessNow, int max);

    Task<IClaim<PendingSignal>> ClaimSignalsAsync();

    Task<int> SendToExpectingAsync(string name, string key);

    Task<IReadOnlyList<OutboxMail>> ClaimMailsAsync(DateTimeOffset systemNow, TimeSpan lease);

    Task MarkSentAsync(OutboxMail mail, DateTimeOffset systemNow);

    Task MarkFailedAsync(OutboxMail mail, DateTimeOffset systemNow);

    /// <summary>The outcome under which a task was closed; empty while it is open.</summary>
    Task<string> OutcomeOfAsync(string task);
}

internal interface IClaim<T> : IAsyncDisposable
{
    IReadOnlyList<T> Rows { get; }

    Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, params T[] notWaiting);
}

internal sealed class MemoryCases : ICaseStore
{
    private readonly MemoryStore _store = new();

    public Task<CommitResult[]> CommitAsync(params CommitUnit[] units) => Task.FromResult<CommitResult[]>([.. _store.Commit(units)]);

    public Task<int?> RevisionAsync(Guid instance) => Task.FromResult(_store.Load(instance)?.Revision);

    public Task<IClaim<DueTimer>> ClaimTimersAsync(DateTimeOffset businessNow, int max) => Claim(_store.ClaimDue(businessNow, max));

    public Task<IClaim<PendingSignal>> ClaimSignalsAsync() => Claim(_store.ClaimSignals(100));

    public Task<int> SendToExpectingAsync(string name, string key) => Task.FromResult(_store.SendToExpecting(name, key, null));

    public Task<IReadOnlyList<OutboxMail>> ClaimMailsAsync(DateTimeOffset systemNow, TimeSpan lease) => Task.FromResult(_store.ClaimMails(systemNow, lease, 100));

    public Task MarkSentAsync(OutboxMail mail, DateTimeOffset systemNow)
    {
        _store.MarkSent(mail);
        return Task.CompletedTask;
    }

    public Task MarkFailedAsync(OutboxMail mail, DateTimeOffset systemNow)
    {
        _store.MarkFailed(mail, systemNow);
        return Task.CompletedTask;
    }

    public Task<string> OutcomeOfAsync(string task) => Task.FromResult(_store.Task(task)!.Outcome ?? "");

    private static Task<IClaim<T>> Claim<T>(MemoryClaim<T> claim) => Task.FromResult<IClaim<T>>(new Held<T>(claim));

    private sealed class Held<T>(MemoryClaim<T> claim) : IClaim<T>
    {
        public IReadOnlyList<T> Rows => claim.Rows;

        public Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, params T[] notWaiting) => Task.FromResult(claim.Commit(units, notWaiting));

        public ValueTask DisposeAsync()
        {
            claim.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

internal sealed class PostgresCases(Story story) : ICaseStore
{
    private OutboxStore Outbox => new(story.Database);

    public async Task<CommitResult[]> CommitAsync(params CommitUnit[] units) => [.. await story.Commits.CommitAsync(units, CancellationToken.None)];

    public async Task<int?> RevisionAsync(Guid instance) => (await story.Instances.LoadAsync([instance], CancellationToken.None)).GetValueOrDefault(instance)?.Revision;

    public async Task<IClaim<DueTimer>> ClaimTimersAsync(DateTimeOffset businessNow, int max)
    {
        var claimed = await story.Timers.ClaimDueAsync(businessNow, max, CancellationToken.None);
        return new Held<DueTimer>(claimed.Timers, claimed, (units, notWaiting) => claimed.CommitAsync(units, notWaiting, CancellationToken.None));
    }

    public async Task<IClaim<PendingSignal>> ClaimSignalsAsync()
    {
        var claimed = await story.Signals.ClaimAsync(Story.Noon, 100, CancellationToken.None);
        return new Held<PendingSignal>(claimed.Signals, claimed, (units, notWaiting) => claimed.CommitAsync(units, notWaiting, CancellationToken.None));
    }

    public Task<int> SendToExpectingAsync(string name, string key) => story.Signals.SendToExpectingAsync(name, key, null, Story.Noon, CancellationToken.None);

    public Task<IReadOnlyList<OutboxMail>> ClaimMailsAsync(DateTimeOffset systemNow, TimeSpan lease) => Outbox.ClaimAsync(systemNow, systemNow + lease, 100, CancellationToken.None);

    public Task MarkSentAsync(OutboxMail mail, DateTimeOffset systemNow) => Outbox.MarkSentAsync(mail, systemNow, CancellationToken.None);

    public Task MarkFailedAsync(OutboxMail mail, DateTimeOffset systemNow) => Outbox.MarkFailedAsync(mail, "down", systemNow, CancellationToken.None);

    public Task<string> OutcomeOfAsync(string task) => story.ScalarAsync<string>("select coalesce(outcome, '') from tasks where id = $1", task);

    private sealed class Held<T>(IReadOnlyList<T> rows, IAsyncDisposable claim, Func<IReadOnlyList<CommitUnit>, IReadOnlyList<T>, Task<IReadOnlyList<CommitResult>>> commit) : IClaim<T>
    {
        public IReadOnlyList<T> Rows => rows;

        public Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, params T[] notWaiting) => commit(units, notWaiting);

        public ValueTask DisposeAsync() => claim.DisposeAsync();
    }
}
