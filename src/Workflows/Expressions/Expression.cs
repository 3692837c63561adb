using System.Text.Json;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Expressions;

/// <summary>
/// How an input gets its value when its activity runs. Literal, Object, Variable, Input and Lambda (the rules language) are evaluated;
/// scripts of other engines are kept in the file and never run.
/// </summary>
internal abstract record Expression
{
    /// <summary>The value, not yet of the input's type.</summary>
    public abstract object? Evaluate(EvaluationScope scope);

    /// <summary>Characters that are read each time.</summary>
    public virtual long Length => 0;

    /// <summary>The value as the input's type.</summary>
    public virtual object? Evaluate(EvaluationScope scope, Type type) => Conversion.To(Evaluate(scope), type, scope.ConvertsStrictly);

    /// <summary>A value written in the file.</summary>
    public sealed record Literal(object? Value) : Expression
    {
        private Converted? _last;

        public override long Length => (Value as string)?.Length ?? 0;

        public override object? Evaluate(EvaluationScope scope) => Value;

        public override object? Evaluate(EvaluationScope scope, Type type)
        {
            var last = _last;
            if (last is null || last.Type != type || last.Strictly != scope.ConvertsStrictly)
            {
                last = new Converted(type, scope.ConvertsStrictly, Conversion.To(Value, type, scope.ConvertsStrictly));
                _last = IsShareable(last.Value) ? last : null;
            }

            return last.Value;
        }

        private static bool IsShareable(object? value) => value is null or string or ValueType;

        private sealed record Converted(Type Type, bool Strictly, object? Value);
    }

    /// <summary>JSON text, read as the input's type.</summary>
    public sealed record JsonText(string? Text) : Expression
    {
        public override long Length => Text?.Length ?? 0;

        public override object? Evaluate(EvaluationScope scope) => Text;

        public override object? Evaluate(EvaluationScope scope, Type type)
        {
            if (string.IsNullOrWhiteSpace(Text))
            {
                return null;
            }

            if (type == typeof(object) || type == typeof(string))
            {
                return Text;
            }

            try
            {
                return JsonSerializer.Deserialize(Text, type, Conversion.Json);
            }
            catch (JsonException broken)
            {
                throw new ConversionException($"not readable as JSON: {broken.Message}", broken);
            }
        }
    }

    /// <summary>The value of a variable, by its id.</summary>
    public sealed record Variable(string? Id) : Expression
    {
        public override object? Evaluate(EvaluationScope scope) => Id is null ? null : scope.ReadVariable(Id);
    }

    /// <summary>An input of the workflow, by its name in any case.</summary>
    public sealed record Input(string? Name) : Expression
    {
        public override object? Evaluate(EvaluationScope scope) => Name is null ? null : scope.ReadInput(Name);
    }

    /// <summary>An expression of the rules language.</summary>
    public sealed record Formula(string Text, Lambda Lambda) : Expression
    {
        public override object? Evaluate(EvaluationScope scope) => scope.Evaluate(Lambda, Text);
    }

    /// <summary>A Lambda that does not compile; the reason is a problem of the definition.</summary>
    public sealed record BrokenFormula(string Text, string Reason) : Expression
    {
        public override object? Evaluate(EvaluationScope scope) => throw new ConversionException($"'{Text}': {Reason}");
    }

    /// <summary>JavaScript, C#, Liquid or Python: kept byte for byte, never run.</summary>
    public sealed record Script(string Language) : Expression
    {
        public override object? Evaluate(EvaluationScope scope) =>
            throw new ConversionException($"expressions of type {Language} are not run here; write it as a Lambda");
    }
}

/// <summary>What an expression may read.</summary>
internal abstract class EvaluationScope
{
    /// <summary>A value that is none of the wanted type fails, instead of becoming the type's default as in Elsa.</summary>
    public virtual bool ConvertsStrictly => true;

    public abstract object? ReadVariable(string id);

    public abstract object? ReadInput(string name);

    public abstract object? Evaluate(Lambda lambda, string text);
}
