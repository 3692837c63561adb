using System.Globalization;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>What <c>./bench chaos</c> is asked to do.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Each kills one host, or both at once.</summary>
    public int Cycles { get; init; } = 20;

    public int Seed { get; init; } = 1;

    /// <summary>Cycles in which PostgreSQL is stopped at once and started again, every second time once more while it recovers.</summary>
    public int Crashes { get; init; }

    /// <summary>Cycles in which a host stands still for longer than every lease, and goes on.</summary>
    public int Zombies { get; init; }

    /// <summary>No new cycle begins after this.</summary>
    public TimeSpan? Limit { get; init; }

    public int Clients { get; init; } = 6;

    public string? Report { get; init; }

    /// <summary>Where the ledger and the logs of the hosts are kept; a folder of its own under /tmp when none is named.</summary>
    public string? Folder { get; init; }

    /// <summary>Null: not understood.</summary>
    public static ChaosOptions? Read(IReadOnlyList<string> arguments)
    {
        var options = new ChaosOptions { Crashes = -1, Zombies = -1 };
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count) return null;

            var written = arguments[index + 1];
            var number = int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : (int?)null;
            var read = (arguments[index], number) switch
            {
                ("--cycles", > 0) => options with { Cycles = parsed },
                ("--seed", not null) => options with { Seed = parsed },
                ("--crashes", not null) => options with { Crashes = parsed },
                ("--zombies", not null) => options with { Zombies = parsed },
                ("--minutes", > 0) => options with { Limit = TimeSpan.FromMinutes(parsed) },
                ("--clients", > 0 and <= 50) => options with { Clients = parsed },
                ("--report", _) => options with { Report = Path.GetFullPath(written) },
                ("--folder", _) => options with { Folder = Path.GetFullPath(written) },
                _ => null,
            };
            if (read is null) return null;
            options = read;
        }

        return options with
        {
            Crashes = Math.Min(options.Cycles, options.Crashes < 0 ? Math.Max(1, options.Cycles / 10) : options.Crashes),
            Zombies = Math.Min(options.Cycles, options.Zombies < 0 ? Math.Max(1, options.Cycles / 5) : options.Zombies),
        };
    }

    /// <summary>As it would be typed again.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"./bench chaos --cycles {Cycles} --crashes {Crashes} --zombies {Zombies} --clients {Clients} --seed {Seed}{(Limit is { } limit ? $" --minutes {limit.TotalMinutes:0}" : "")}");
}
