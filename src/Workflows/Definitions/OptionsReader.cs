using System.Text.Json;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// Reads <c>options</c>: strategies are named by .NET type. Elsa takes the default when it does not know the type, or knows it only by a short name; that is told.
/// </summary>
internal sealed class OptionsReader(JsonSource source, List<Problem> problems)
{
    private const string ContinueWithIncidents = "ContinueWithIncidentsStrategy";
    private const string Suffix = "Strategy";

    private static readonly string[] Incidents = ["FaultStrategy", ContinueWithIncidents];
    private static readonly string[] Activations = [.. Enum.GetNames<ActivationStrategy>().Select(name => name + Suffix)];

    /// <summary>Null: the definition does not say.</summary>
    public bool? ReadContinuesWithIncidents(JsonElement? options) => Strategy(options, "incidentStrategyType", Incidents) is { } name ? name == ContinueWithIncidents : null;

    public ActivationStrategy ReadActivation(JsonElement? options) =>
        Strategy(options, "activationStrategyType", Activations) is { } name ? Enum.Parse<ActivationStrategy>(name[..^Suffix.Length]) : ActivationStrategy.AllowAlways;

    /// <summary>The last part of a name such as <c>Namespace.Type, Assembly</c>.</summary>
    public static string? SimpleTypeName(string? assemblyQualified)
    {
        var name = assemblyQualified?.Split(',')[0].Trim();
        return name?[(name.LastIndexOf('.') + 1)..];
    }

    private string? Strategy(JsonElement? options, string member, string[] known)
    {
        var written = Json.Text(options, member);
        if (string.IsNullOrEmpty(written))
        {
            return null;
        }

        var name = SimpleTypeName(written)!;
        if (known.Contains(name, StringComparer.Ordinal) && written.StartsWith("Elsa.", StringComparison.Ordinal))
        {
            return name;
        }

        problems.Add(source.Problem(
            "unknown-strategy",
            Json.Member(options, member)!.Value,
            null,
            $"{member} '{written}' is unknown and would be read as the default; write the type's full name, e.g. Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core{DidYouMean.Of(name, known)}"));
        return null;
    }
}
