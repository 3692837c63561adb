using System.Globalization;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// Names one effect for ever: the instance that decided it, the revision its burst made, and its place within the burst.
/// Running the same burst again yields the same ids, so an effect that is already in its table is recognised and never doubled.
/// </summary>
public readonly record struct EffectId(Guid InstanceId, int Revision, int Ordinal)
{
    /// <summary>The text form <c>{instance:N}.{revision}.{ordinal}</c>. Task, timer, warning, credential, notice and bookmark ids are this text.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{InstanceId:N}.{Revision}.{Ordinal}");

    /// <summary>Reads the text form; anything else, signs and blanks included, is not an effect id.</summary>
    public static bool TryParse(string? text, out EffectId id)
    {
        id = default;
        var parts = text?.Split('.');
        if (parts is not { Length: 3 }
            || !Guid.TryParseExact(parts[0], "N", out var instance)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
        {
            return false;
        }

        id = new EffectId(instance, revision, ordinal);
        return true;
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not an effect id.</exception>
    public static EffectId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an effect id (instance.revision.ordinal).");
}
