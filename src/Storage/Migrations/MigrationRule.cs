using System.Globalization;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Storage.Migrations;

/// <summary>
/// Expand first, contract a release later: while hosts are exchanged one by one, those of the release before work on the schema of this one. So a script only adds, or says
/// that it does not, and from which script on a program can live with it (docs/reliability/upgrade.md).
/// </summary>
internal static partial class MigrationRule
{
    /// <summary>Scripts up to this one were released before the rule.</summary>
    public const int LastBefore = 13;

    /// <summary>The script that a program must know to run on a schema with this one; 0: none.</summary>
    public static int ProgramThatIsNeeded(string sql) =>
        Marker().Match(sql) is { Success: true } marked ? int.Parse(marked.Groups["version"].Value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>What in the script a program of the release before could stumble over; empty when it only adds, or is marked.</summary>
    public static IReadOnlyList<string> Breaks(string sql)
    {
        if (ProgramThatIsNeeded(sql) > 0)
        {
            return [];
        }

        // Everybody may call a new function until that is taken away: no older program knows it.
        var statements = NewFunction().Matches(Comment().Replace(sql, "")).Select(made => made.Groups["name"].Value)
            .Aggregate(Comment().Replace(sql, ""), (text, name) => text.Replace($"revoke execute on function {name} from public;", "", StringComparison.Ordinal));
        // A table that is made anew under its old name is there for the older program; MigratorTests compare the columns.
        statements = ExchangedTables(sql).Aggregate(statements, (text, name) => text
            .Replace($"alter table {name} rename to {name}_before;", "", StringComparison.Ordinal).Replace($"drop table {name}_before;", "", StringComparison.Ordinal));
        var found = Forbidden().Matches(statements).Select(match => match.Value).ToList();
        found.AddRange(AddedColumn().Matches(statements).Select(match => match.Value).Where(column =>
            column.Contains("not null", StringComparison.OrdinalIgnoreCase) && !column.Contains("default", StringComparison.OrdinalIgnoreCase)
            && !column.Contains("generated", StringComparison.OrdinalIgnoreCase)));
        // A check may be exchanged for a wider one; a new one would refuse what the older program writes.
        found.AddRange(AddedConstraint().Matches(statements)
            .Where(added => !Regex.IsMatch(statements, $@"drop\s+constraint\s+(if\s+exists\s+)?{added.Groups["name"].Value}\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .Select(added => added.Value));
        return found;
    }

    /// <summary>Tables that the script puts aside as <c>NAME_before</c>, makes anew under the same name, fills again and then drops.</summary>
    public static IReadOnlyList<string> ExchangedTables(string sql) =>
        [.. PutAside().Matches(sql).Select(match => match.Groups["name"].Value).Where(name => sql.Contains($"\ncreate table {name} (", StringComparison.Ordinal))];

    [GeneratedRegex(@"^alter table (?<name>\w+) rename to \k<name>_before;$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PutAside();

    [GeneratedRegex(@"^-- needs-program: (?<version>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Marker();

    [GeneratedRegex("--[^\n]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"\bdrop\s+(table|column|view|type|schema|sequence)\b[^;,]*|\brename\s+[^;,]*|\balter\s+(column\s+)?\w+\s+((set\s+data\s+)?type|set\s+not\s+null|drop\s+default)\b[^;,]*|\brevoke\b[^;]*",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\badd\s+column\b[^;,]*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AddedColumn();

    [GeneratedRegex(@"^create function (?<name>\w+)\(", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NewFunction();

    [GeneratedRegex(@"\badd\s+constraint\s+(?<name>\w+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AddedConstraint();
}
