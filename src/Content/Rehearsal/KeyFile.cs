using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>A key with what came by it.</summary>
internal sealed class KeyFile(Effect.IssueCredential order, SiteBook sites, string keyId, string secret, DateTimeOffset issuedAt)
{
    private readonly SortedDictionary<string, MethodFigures> _figures = new(StringComparer.Ordinal);
    private readonly HashSet<(string Method, string Key)> _records = [];
    private readonly HashSet<string> _workers = [];
    private readonly Dictionary<(string Code, string Message), long> _rejections = [];

    public string Id { get; } = order.Id.ToString();

    public Effect.IssueCredential Order => order;

    /// <summary>Of the case: both keys of a rotation see the same.</summary>
    public SiteBook Sites => sites;

    /// <summary>The number that the platform gave to what the last request told of; null: none.</summary>
    public string? Given { get; set; }

    public string KeyId => keyId;

    public string Secret => secret;

    public DateTimeOffset IssuedAt => issuedAt;

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Oldest first.</summary>
    public List<RequestSight> Requests { get; } = [];

    /// <summary>Notes a request that was taken or turned away.</summary>
    /// <param name="records">What makes each accepted record the one it is, with the ID number it is about.</param>
    public void Note(RequestSight request, string message, IReadOnlyList<(string Key, string? Identity)> records)
    {
        Requests.Add(request);
        var (newRecords, newWorkers) = (0, 0);
        foreach (var (key, identity) in records)
        {
            if (!_records.Add((request.Method, key))) continue;

            newRecords++;
            if (identity is not null && _workers.Add(identity.ToUpperInvariant())) newWorkers++;
        }

        Count(request.Method, request.IsAccepted, 1, newRecords, newWorkers, request.ReceivedAt);
        if (!request.IsAccepted) Refuse(request.Code, message, 1);
    }

    /// <summary>Counts requests of one kind that came at one moment.</summary>
    /// <param name="newRecords">Records among them that had not come before, and workers likewise.</param>
    public void Count(string method, bool isAccepted, int times, int newRecords, int newWorkers, DateTimeOffset at)
    {
        var before = _figures.GetValueOrDefault(method) ?? new MethodFigures(method, 0, 0, 0, 0, 0, at, null, null);
        _figures[method] = isAccepted
            ? before with
            {
                Accepted = before.Accepted + times,
                Records = before.Records + newRecords,
                Workers = before.Workers + newWorkers,
                SinceRejected = Math.Min(before.SinceRejected + times, ConformanceFigures.MostCounted),
                LastAcceptedAt = at,
            }
            : before with { Rejected = before.Rejected + times, SinceRejected = 0, LastRejectedAt = at };
    }

    /// <summary>Counts requests that were turned away for one reason.</summary>
    public void Refuse(string code, string message, int times) => _rejections[(code, message)] = _rejections.GetValueOrDefault((code, message)) + times;

    public MethodFigures[] Figures => [.. _figures.Values];

    public RegisterTraffic? Traffic => _figures.Count == 0 ? null : new RegisterTraffic(
        _figures.Values.Sum(method => method.Accepted), _figures.Values.Sum(method => method.Rejected), _figures.Values.Min(method => method.FirstAt),
        _figures.Values.SelectMany(method => (DateTimeOffset?[])[method.LastAcceptedAt, method.LastRejectedAt]).Max(),
        [
            .. _rejections.OrderByDescending(rejection => rejection.Value).ThenBy(rejection => rejection.Key.Code, StringComparer.Ordinal)
                .ThenBy(rejection => rejection.Key.Message, StringComparer.Ordinal).Take(RegisterEntry.MaxCodes)
                .Select(rejection => new RejectionCount(rejection.Key.Code, rejection.Key.Message, rejection.Value)),
        ]);

    public KeySight Look() => new(Id, KeyId, IssuedAt, RevokedAt);
}
