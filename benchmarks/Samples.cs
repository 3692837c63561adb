using System.Diagnostics;
using System.Globalization;

namespace WorkflowEngine.Bench;

/// <summary>Repeated measurements of one thing; the median is what is quoted, the best shows what disturbed the rest.</summary>
internal sealed class Samples(string name, string unit, string format = "N0", bool leastIsBest = false)
{
    private readonly List<double> _values = [];

    public void Add(double value) => _values.Add(value);

    public double Median => _values.Order().ElementAt(_values.Count / 2);

    public void Print(string? remark = null) =>
        Console.WriteLine(FormattableString.Invariant($"{name,-34} median {Show(Median),10} {unit,-18} best {Show(leastIsBest ? _values.Min() : _values.Max()),10}  n={_values.Count}  {remark}"));

    private string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>CPU time of this process since <paramref name="before"/>.</summary>
    public static TimeSpan CpuSince(TimeSpan before) => Process.GetCurrentProcess().TotalProcessorTime - before;

    /// <summary>How much is done in a second of CPU time, while the work is repeated for at least so long.</summary>
    /// <param name="work">Returns how much it has done.</param>
    public static double PerCpuSecond(TimeSpan enough, Func<long> work)
    {
        var before = Cpu;
        long done = 0;
        TimeSpan spent;
        do
        {
            done += work();
            spent = CpuSince(before);
        }
        while (spent < enough);

        return done / spent.TotalSeconds;
    }

    public static TimeSpan Cpu => Process.GetCurrentProcess().TotalProcessorTime;
}
