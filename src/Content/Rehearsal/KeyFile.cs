using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>A key with what came by it.</summary>
internal sealed class KeyFile(Effect.IssueCredential order, string keyId, string secret, DateTimeOffset issuedAt)
{
    private readonly SortedDictionary<string, MethodFigures> _figures = new(StringComparer.Ordinal);
    private readonly HashSet<(string Method, string Key)> _records = [];
    private readonly HashSet<string> _workers = [];
    private readonly Dictionary<(string Code, string Message), long> _rejections = [];

    public string Id { get; } = order.Id.ToString();

    public Effect.IssueCredential Order => order;

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

        var before = _figures.GetValueOrDefault(request.Method) ?? new MethodFigures(request.Method, 0, 0, 0, 0, 0, request.ReceivedAt, null, null);
        _figures[request.Method] = request.IsAccepted
            ? before with
            {
                Accepted = before.Accepted + 1,
                Records = before.Records + newRecords,
                Workers = before.Workers + newWorkers,
                SinceRejected = Math.Min(before.SinceRejected + 1, ConformanceFigures.MostCounted),
                LastAcceptedAt = request.ReceivedAt,
            }
            : before with { Rejected = before.Rejected + 1, SinceRejected = 0, LastRejectedAt = request.ReceivedAt };
        if (!request.IsAccepted) _rejections[(request.Code, message)] = _rejections.GetValueOrDefault((request.Code, message)) + 1;
    }

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
