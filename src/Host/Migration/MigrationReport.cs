using System.Globalization;
using System.Text;

namespace WorkflowEngine.Host.Migration;

/// <summary>What became, or would become, of the cases of one release.</summary>
/// <param name="IsRehearsal">Nothing was changed.</param>
/// <param name="Moved">Cases that went over, or would.</param>
/// <param name="Standing">Of those, by the step of the new version at which they wait.</param>
/// <param name="Refused">Cases that stay, by reason.</param>
public sealed record MigrationReport(
    string Flow, string From, string To, bool IsRehearsal, int Moved, IReadOnlyDictionary<string, int> Standing, IReadOnlyList<RefusedCases> Refused)
{
    public int Stayed => Refused.Sum(one => one.Cases);

    /// <summary>For people at a command line (zh-CN, English).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Flow}：{Short(From)} → {Short(To)}");
        text.AppendLine(IsRehearsal
            ? string.Create(CultureInfo.InvariantCulture, $"  演练：{Moved} 件可以迁移，{Stayed} 件留在原版本；没有改动任何案件。 ({Moved} could go over, {Stayed} would stay; nothing was changed)")
            : string.Create(CultureInfo.InvariantCulture, $"  已迁移 {Moved} 件，{Stayed} 件留在原版本。 ({Moved} went over, {Stayed} stay)"));
        foreach (var (step, count) in Standing.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    {count,6}  {step}");
        }

        foreach (var one in Refused)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  留在原版本 {one.Cases} 件 —— {one.Chinese}");
            text.AppendLine(CultureInfo.InvariantCulture, $"    ({one.English})");
            text.AppendLine(CultureInfo.InvariantCulture, $"    {string.Join("、", one.Numbers)}{(one.Cases > one.Numbers.Count ? " …" : "")}");
        }

        return text.ToString();
    }

    private static string Short(string release) => release.Length > 12 ? release[..12] : release;
}

/// <summary>Cases that stay on their version for one reason.</summary>
/// <param name="Place">The step, clock or variable that it is about.</param>
/// <param name="Numbers">办件编号, or instance ids, of some of them.</param>
public sealed record RefusedCases(string Place, string Chinese, string English, int Cases, IReadOnlyList<string> Numbers);

/// <summary>Gathers what becomes of cases, from several threads.</summary>
internal sealed class MigrationBook(string flow, string from, string to, bool isRehearsal)
{
    /// <summary>Listed of each reason.</summary>
    private const int MostNumbers = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _standing = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Place, string Chinese), (string English, int Cases, List<string> Numbers)> _refused = [];
    private int _moved;

    public void Moved(IEnumerable<string> steps)
    {
        lock (_lock)
        {
            _moved++;
            foreach (var step in steps)
            {
                _standing[step] = _standing.GetValueOrDefault(step) + 1;
            }
        }
    }

    public void Refused(string number, string place, string chinese, string english)
    {
        lock (_lock)
        {
            var (_, cases, numbers) = _refused.GetValueOrDefault((place, chinese), (english, 0, []));
            if (numbers.Count < MostNumbers) numbers.Add(number);
            _refused[(place, chinese)] = (english, cases + 1, numbers);
        }
    }

    public MigrationReport ToReport()
    {
        lock (_lock)
        {
            return new MigrationReport(flow, from, to, isRehearsal, _moved, _standing.ToDictionary(), [.. _refused
                .Select(one => new RefusedCases(one.Key.Place, one.Key.Chinese, one.Value.English, one.Value.Cases, one.Value.Numbers))
                .OrderByDescending(one => one.Cases).ThenBy(one => one.Place, StringComparer.Ordinal)]);
        }
    }
}
