using System.Globalization;

namespace WorkflowEngine.Bench;

/// <summary>What stands behind a verb: names, each with its value.</summary>
internal static class VerbOptions
{
    /// <summary>The whole number behind a name; null: it is not named.</summary>
    /// <exception cref="FormatException">What stands there is no number.</exception>
    public static int? Number(string[] options, string name) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : null;
}
