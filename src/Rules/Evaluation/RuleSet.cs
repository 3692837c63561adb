using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// Workflows that were checked against the facts they read, ready to run. Immutable towards its callers and safe to share
/// between threads.
/// </summary>
public sealed class RuleSet
{
    /// <summary>Checks one workflow and prepares it. <see cref="RuleSetResult.RuleSet"/> is null when there are problems.</summary>
    public static RuleSetResult Compile(RuleWorkflow workflow, FactSchema? schema = null, RuleSettings? settings = null) =>
        Compile([workflow], schema, settings);

    /// <summary>
    /// Checks workflows that inject or call one another and prepares them; <see cref="Evaluate(IReadOnlyDictionary{string, object?}, RuleRun, string?)"/>
    /// runs the first unless told otherwise. Without a schema, the workflow's own <see cref="RuleWorkflow.Facts"/> are
    /// used, and without those the types are taken from the values of each run.
    /// </summary>
    public static RuleSetResult Compile(IReadOnlyList<RuleWorkflow> workflows, FactSchema? schema = null, RuleSettings? settings = null) =>
        throw new NotSupportedException();

    /// <summary>Runs one workflow, the first when none is named. Values: scalars, dictionaries, lists, JsonElement, JsonNode.</summary>
    public RuleReport Evaluate(IReadOnlyDictionary<string, object?> facts, RuleRun run, string? workflow = null) =>
        throw new NotSupportedException();

    /// <summary>Runs one workflow on an object whose members are the inputs, e.g. <c>{"input1": {…}}</c>.</summary>
    public RuleReport Evaluate(JsonElement facts, RuleRun run, string? workflow = null) => throw new NotSupportedException();
}

/// <summary>A rule set, or why there is none.</summary>
public sealed record RuleSetResult(RuleSet? RuleSet, IReadOnlyList<RuleProblem> Problems);
