using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.SetVariable: gives a variable, named by id, a value of the variable's type.</summary>
internal sealed class SetVariable : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.SetVariable", "设置变量", "基本", "给变量赋值。")
    {
        Inputs = [new InputDescriptor("variable", "Object", "变量") { IsPlain = true, IsRequired = true }, new InputDescriptor("value", "Object", "值")],
    };

    public override void Compile(ActivityNode node, InputReader inputs)
    {
        if (node.Plain.TryGetValue("variable", out var json))
        {
            using var document = JsonDocument.Parse(json);
            node.Compiled = Json.Text(document.RootElement, "id") ?? "";
        }
    }

    public override void Execute(Turn turn)
    {
        var value = turn.InputValue("value");
        if (turn.Node.Compiled is string id)
        {
            var slot = turn.FindSlot(id) ?? throw new ActivityFault($"Variable '{id}' not found.");
            try
            {
                slot.Value = Conversion.To(value, slot.Definition.Type?.Clr ?? typeof(object), turn.ConvertsStrictly);
            }
            catch (ConversionException odd)
            {
                throw new ActivityFault($"variable '{slot.Definition.Name}': {odd.Message}", odd);
            }
        }

        turn.Complete();
    }
}
