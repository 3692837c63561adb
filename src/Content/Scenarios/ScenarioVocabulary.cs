using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Checks;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>A step that a person can finish.</summary>
/// <param name="Outcomes">Empty where they cannot be told from the file.</param>
/// <param name="Form">Null where it is computed, or not among the forms.</param>
internal sealed record StoryStep(string Id, IReadOnlyList<string> Outcomes, FormDefinition? Form);

/// <summary>Every word that a story may use: what the content has by name.</summary>
internal sealed class ScenarioVocabulary(ContentSet content)
{
    /// <summary>Roles of people at an authority; the first is meant when none is written.</summary>
    private static readonly string[] AuthorityRoles = ["officer", "leader", "support-unit"];

    private static readonly string[] ProvinceRoles = ["province-officer", "leader", "policy-staff", "operator"];
    private static readonly string[] VendorRoles = ["vendor-admin", "vendor-tech"];
    private static readonly string[] ContractorRoles = ["contractor"];

    private readonly Dictionary<string, IReadOnlyDictionary<string, StoryStep>> _steps = content.Flows.ToDictionary(
        flow => flow.Key, flow => (IReadOnlyDictionary<string, StoryStep>)Steps(flow.Value, content.Forms).ToDictionary(step => step.Id));

    public IReadOnlyDictionary<string, string> Files => content.Files;

    public IEnumerable<string> Flows => content.Flows.Keys;

    public WorkflowDefinition? Flow(string id) => content.Flows.GetValueOrDefault(id);

    public IEnumerable<string> Notices => content.Notices.Keys;

    public IReadOnlyDictionary<string, FormDefinition> Forms => content.Forms;

    public IEnumerable<string> Authorities => content.Regions.Authorities.Select(authority => authority.Id);

    /// <summary>Methods of every standard.</summary>
    public IEnumerable<string> Messages { get; } = [.. content.Standards.Values.SelectMany(standard => standard.Messages?.Messages.Keys ?? []).Distinct()];

    public IReadOnlyDictionary<string, StoryStep> StepsOf(string flow) => _steps.GetValueOrDefault(flow) ?? new Dictionary<string, StoryStep>();

    /// <summary>The form that opens a case of the flow.</summary>
    public FormDefinition? OpeningForm(string flow) => content.Flows[flow].Activities
        .Where(activity => activity.Type == GovActivities.Submission)
        .Select(activity => Literal(activity, "form"))
        .OfType<string>().Select(content.Forms.GetValueOrDefault).FirstOrDefault();

    public static IReadOnlyList<string> RolesOf(EnterpriseKind kind) => kind == EnterpriseKind.Vendor ? VendorRoles : ContractorRoles;

    /// <summary>Null: there is no such authority.</summary>
    public IReadOnlyList<string>? RolesOf(string authority) => content.Regions.Authority(authority) switch
    {
        null => null,
        { Level: OrganisationLevel.Province } => ProvinceRoles,
        _ => AuthorityRoles,
    };

    /// <summary>Activities of a flow file by id, with the inputs that their type has.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? InputsIn(string file) =>
        content.Flows.Values.FirstOrDefault(flow => flow.Path == file)?.Activities
            .GroupBy(activity => activity.Id)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.First().Descriptor?.Inputs.Select(input => Camel(input.Name)) ?? []]);

    private static IEnumerable<StoryStep> Steps(WorkflowDefinition flow, IReadOnlyDictionary<string, FormDefinition> forms)
    {
        foreach (var activity in flow.Activities.Where(activity => activity.Type is GovActivities.HumanTask or GovActivities.RaiseWarning).DistinctBy(activity => activity.Id))
        {
            var side = activity.Descriptor?.SidePorts ?? [];
            var outcomes = activity.Type == GovActivities.RaiseWarning ? ["Answered"] : activity.Ports.Where(port => !side.Contains(port) && port != "Done").ToList();
            yield return new StoryStep(activity.Id, outcomes, Literal(activity, "form") is { } form ? forms.GetValueOrDefault(form) : null);
        }
    }

    private static string? Literal(ActivityNode activity, string input) =>
        activity.Inputs.GetValueOrDefault(input) is { ExpressionType: "Literal", RawValue: { } raw } && Parsed(raw) is { } value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    private static JsonNode? Parsed(string raw)
    {
        try
        {
            return JsonNode.Parse(raw);
        }
        catch (JsonException)
        {
            return JsonValue.Create(raw);
        }
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
