using System.Text.RegularExpressions;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Soundness;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Which steps read and write the variables that have no first value. What hands a variable on as a whole hands on that there is none; a Lambda that asks whether
/// there is a value (<c>np(…)</c>, <c>isnull(…)</c>, <c>== null</c>, <c>??</c>) knows that there may be none; and to revoke no key revokes nothing.
/// </summary>
internal static partial class VariableUses
{
    public static IReadOnlyList<VariableUse> Of(IReadOnlyList<FlowStep> steps, WorkflowDefinition definition)
    {
        var open = definition.Variables.Where(variable => string.IsNullOrEmpty(variable.Value)).ToList();
        var byName = open.DistinctBy(variable => variable.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(variable => variable.Name, variable => variable.Id, StringComparer.OrdinalIgnoreCase);
        var ids = open.Select(variable => variable.Id).ToHashSet(StringComparer.Ordinal);
        var uses = new List<VariableUse>();
        foreach (var step in steps)
        {
            var reads = new HashSet<string>(StringComparer.Ordinal);
            Reads(step, step.Json, byName, ids, reads);
            var writes = step.Json.Members.Where(member => member.Value.Member("expression") is null)
                .Select(member => member.Value.At("memoryReference", "id")?.Text)
                .Append(step.Type == "Elsa.SetVariable" ? step.Json.Member("variable")?.Member("id")?.Text : null)
                .OfType<string>().Where(ids.Contains).ToHashSet(StringComparer.Ordinal);
            if (reads.Count + writes.Count > 0)
            {
                uses.Add(new VariableUse(step.Id, reads, writes));
            }
        }

        return uses;
    }

    private static void Reads(FlowStep step, LocatedJson json, Dictionary<string, string> byName, HashSet<string> ids, HashSet<string> reads)
    {
        foreach (var member in json.Members.Where(member => member.Name is not ("metadata" or "customProperties")))
        {
            // A case of a switch has its condition without the wrapper of an input.
            var expression = member.Value.Member("expression") ?? (member.Name == "condition" && member.Value.Member("type") is not null ? member.Value : null);
            if (expression?.Member("type") is { IsString: true } type)
            {
                var value = expression.Member("value");
                var isCondition = member.Name == "condition" || member.Value.StringAt("typeName") == "Boolean";
                var needsValue = isCondition || PutsOut(step)
                    || (step.Type != GovActivities.RevokeCredential && step.Descriptor?.Inputs.Any(input => input.IsRequired && input.Name == member.Name) == true);
                if (type.Text == "Variable" && needsValue && value?.Member("id") is { IsString: true } id && ids.Contains(id.Text))
                {
                    reads.Add(id.Text);
                }
                else if (type.Text == "Lambda" && value is { IsString: true } lambda && !AsksForNull().IsMatch(lambda.Text))
                {
                    reads.UnionWith(Names().Matches(lambda.Text)
                        .Where(match => needsValue || !HandedOn().IsMatch(lambda.Text.AsSpan(match.Index + match.Length)))
                        .Select(match => match.Groups["name"].Value).Where(byName.ContainsKey).Select(name => byName[name]));
                }
            }
            else if (!FlowSteps.IsActivity(member.Value))
            {
                Reads(step, member.Value, byName, ids, reads);
            }
        }

        foreach (var item in json.Items.Where(item => !FlowSteps.IsActivity(item)))
        {
            Reads(step, item, byName, ids, reads);
        }
    }

    /// <summary>What is put out as text, or counted through, is of no use when it is empty.</summary>
    private static bool PutsOut(FlowStep step) => step.Type is "Elsa.WriteLine" or "Elsa.ForEach" or "Elsa.ParallelForEach" or "Elsa.WriteHttpResponse" or "Elsa.SetName" or "Elsa.Correlate";

    [GeneratedRegex(@"\bvars\.(?<name>\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();

    [GeneratedRegex(@"^\s*(as\b|,|\)|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex HandedOn();

    [GeneratedRegex(@"\b(np|isnull)\s*\(|\?\?|[=!]=\s*null|null\s*[=!]=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AsksForNull();
}
