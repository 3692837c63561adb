using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>Everything in a release that a flow may name, with the file of each.</summary>
internal sealed record ContentIndex
{
    public required IReadOnlyDictionary<string, (FormDefinition Form, string Path)> Forms { get; init; }

    public required IReadOnlyDictionary<string, (Notice Notice, string Path)> Notices { get; init; }

    public required IReadOnlyDictionary<string, RuleWorkflow> RuleSets { get; init; }

    /// <summary>Names of forms, notices and rule sets whose files have errors: a flow that names them is not wrong itself.</summary>
    public required IReadOnlyCollection<string> Broken { get; init; }

    /// <summary>Codes of the provinces; null when the register of regions has errors of its own.</summary>
    public required IReadOnlyCollection<string>? Provinces { get; init; }

    /// <summary>The kinds of messages of all interface standards; empty when one of them has errors of its own.</summary>
    public required IReadOnlyCollection<string> Messages { get; init; }

    /// <summary>Signing profiles that a key can be issued for.</summary>
    public required IReadOnlyCollection<string> SigningProfiles { get; init; }
}
