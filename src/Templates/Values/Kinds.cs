using System.Numerics;

namespace WorkflowEngine.Templates.Values;

/// <summary>What kind of thing a value is: for truth, for messages, for <c>object.typeof</c> and <c>object.kind</c>.</summary>
internal static class Kinds
{
    /// <summary>Only null, false and the empty object are false; 0, "" and [] are true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        EmptyValue => false,
        _ => true,
    };

    public static bool IsNumber(object? value) => value is int or long or double or decimal or float or BigInteger;

    /// <summary>Whether the value counts as text: a string, or HTML already made.</summary>
    public static bool IsText(object? value) => value is string or HtmlText;

    public static bool IsEmpty(object? value) => value switch
    {
        null or EmptyValue => true,
        string text => text.Length == 0,
        HtmlText text => text.Html.Length == 0,
        ScriptArray list => list.Count == 0,
        ScriptObject members => members.Count == 0,
        ScriptRange range => range.Count == 0,
        _ => false,
    };

    /// <summary>The type's name as Scriban's messages and <c>object.kind</c> spell it.</summary>
    public static string Name(object? value) => value switch
    {
        null => "null",
        bool => "bool",
        int => "int",
        long => "long",
        float => "float",
        double => "double",
        decimal => "decimal",
        BigInteger => "bigint",
        string or HtmlText => "string",
        ScriptRange => "range",
        ScriptArray => "array",
        Function => "function",
        DateOnly or DateTime or DateTimeOffset => "datetime",
        TimeSpan => "timespan",
        _ => "object",
    };
}

/// <summary>The value of the variable <c>empty</c>: equal to everything that is empty.</summary>
internal sealed class EmptyValue
{
    private EmptyValue()
    {
    }

    public static EmptyValue Instance { get; } = new();
}
