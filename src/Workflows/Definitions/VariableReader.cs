using System.Text.Json;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>Reads the variables of a workflow or container. What Elsa reads and silently drops or defaults is read the same way and told.</summary>
internal sealed class VariableReader(JsonSource source, List<Problem> problems)
{
    private const string InstanceDriver = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    /// <summary>Drivers of workflow variables, by simple name: old namespaces are matched too. Those of containers need the exact name.</summary>
    private static readonly string[] WorkflowDrivers = ["WorkflowInstanceStorageDriver", "WorkflowStorageDriver", "MemoryStorageDriver"];

    public List<VariableDefinition> Read(JsonElement owner, bool isWorkflow)
    {
        var variables = new List<VariableDefinition>();
        foreach (var item in Json.Items(owner, "variables"))
        {
            var name = Json.Text(item, "name") ?? "";
            var id = Json.Text(item, "id") ?? name;
            var typeName = Json.Text(item, "typeName") ?? (isWorkflow ? null : "Object");
            if (typeName is null)
            {
                throw new UnreadableDefinition(source.Problem("variable-without-type", item, null, $"variable '{name}' needs a typeName"));
            }

            var value = Json.Member(item, "value");
            if (isWorkflow && value is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) })
            {
                throw new UnreadableDefinition(source.Problem("variable-value", value.Value, null, $"the initial value of variable '{name}' must be a text, e.g. \"5\" instead of 5"));
            }

            var isArray = Json.Flag(item, "isArray") ?? false;
            var driver = Json.Text(item, "storageDriverTypeName");
            var type = DataType.Find(typeName);
            if (type is null)
            {
                problems.Add(source.Problem(
                    "unknown-variable-type", item, null, $"variable '{name}' is of the unknown type '{typeName}'{DidYouMean.Of(typeName, DataType.Aliases)}"));
                if (isWorkflow)
                {
                    continue;
                }

                // Elsa drops such a variable of the workflow, but keeps that of a container for any value.
                type = DataType.Any;
            }

            var variable = new VariableDefinition(id, name, typeName, isArray, AsText(value), driver, source.PlaceOf(item).Line)
            {
                Type = isArray ? type.ArrayOf() : type,
                IsStored = isWorkflow ? WorkflowDrivers.Contains(OptionsReader.SimpleTypeName(driver), StringComparer.Ordinal) : driver == InstanceDriver,
            };
            CheckDriver(item, variable, isWorkflow);
            CheckValue(item, variable);
            variables.Add(variable);
        }

        return variables;
    }

    /// <summary>What a flow used as an activity declares around its root: its inputs and outputs, as variables that have their names for ids.</summary>
    public static IEnumerable<VariableDefinition> OfUse(WorkflowDefinition foreign) =>
    [
        .. foreign.Inputs.Select(input => Declared(input, input.StorageDriver)),
        .. foreign.Outputs.Select(output => Declared(output, null)),
    ];

    private static VariableDefinition Declared(InputOutputDefinition declared, string? driver) =>
        new(declared.Name, declared.Name, declared.TypeName, false, null, driver, 0)
        {
            Type = DataType.Find(declared.TypeName) ?? DataType.Any,
            IsStored = WorkflowDrivers.Contains(OptionsReader.SimpleTypeName(driver), StringComparer.Ordinal),
        };

    private void CheckDriver(JsonElement item, VariableDefinition variable, bool isWorkflow)
    {
        if (!string.IsNullOrEmpty(variable.StorageDriver) && !variable.IsStored)
        {
            var where = isWorkflow ? "" : " in a container";
            problems.Add(source.Problem(
                "storage-driver",
                Json.Member(item, "storageDriverTypeName")!.Value,
                null,
                $"the storage driver '{variable.StorageDriver}' of variable '{variable.Name}' is not known{where}, so its value would be lost at each wait; write \"{InstanceDriver}\""));
        }
    }

    /// <summary>Text that is no value of the type would silently become the type's default.</summary>
    private void CheckValue(JsonElement item, VariableDefinition variable)
    {
        if (string.IsNullOrWhiteSpace(variable.Value))
        {
            return;
        }

        try
        {
            if (variable.IsArray && !variable.Value.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal))
            {
                throw new ConversionException("an array is written as a JSON list in a text, e.g. \"[1, 2]\"");
            }

            Conversion.To(variable.Value, variable.Type!.Clr, strictly: true);
        }
        catch (Exception odd) when (odd is ConversionException or JsonException or NotSupportedException)
        {
            var kind = variable.IsArray ? variable.TypeName + "[]" : variable.TypeName;
            problems.Add(source.Problem(
                "variable-initial", Json.Member(item, "value")!.Value, null, $"the initial value of variable '{variable.Name}' is no {kind}: {odd.Message}"));
        }
    }

    private static string? AsText(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.True } => "True",
        { ValueKind: JsonValueKind.False } => "False",
        { } other => other.GetRawText(),
    };
}
