using System.Security.Cryptography;
using System.Text;
using WorkflowEngine.Storage.Commit;

namespace WorkflowEngine.Bench.Simulation;

internal enum Wish
{
    File,
    Answer,
    Cancel,
}

internal enum Told
{
    Done,

    /// <summary>Somebody else has: the winner is told.</summary>
    AlreadyDone,

    /// <summary>It is not allowed, or not any more.</summary>
    Refused,
}

/// <summary>What a client wants, under a key of its own, until it hears of it.</summary>
internal sealed class Intent(int number, Wish wish, Guid? @case, string? taskId, string? step, string? outcome)
{
    public int Number { get; } = number;

    public Wish Wish { get; } = wish;

    public Guid? Case { get; } = @case;

    public string? TaskId { get; } = taskId;

    public string? Step { get; } = step;

    public string? Outcome { get; } = outcome;

    public Told? Told { get; private set; }

    public int Sent { get; set; }

    public IdempotencyKey Key { get; } = new("client", FormattableString.Invariant($"k{number}"), SHA256.HashData(Encoding.UTF8.GetBytes($"{wish} {taskId} {outcome}")), FormattableString.Invariant($"a{number}"));

    /// <summary>An answer has reached the client.</summary>
    public void Hears(Told told)
    {
        if (Told is { } before && (before == Simulation.Told.Done) != (told == Simulation.Told.Done))
        {
            throw new SimulationFailure($"{this} was answered {before} and then {told}");
        }

        Told = told;
    }

    public override string ToString() => Wish switch
    {
        Wish.File => $"intent {Number} (file a case)",
        Wish.Answer => $"intent {Number} ({Step}: {Outcome})",
        _ => $"intent {Number} (withdraw)",
    };
}

/// <summary>An invariant that does not hold.</summary>
internal sealed class SimulationFailure(string message) : Exception(message);
