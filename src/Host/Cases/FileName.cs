namespace WorkflowEngine.Host.Cases;

/// <summary>Names of files as others write them.</summary>
public static class FileName
{
    /// <summary>What is said of a file without a name.</summary>
    public const string Missing = "文件没有名称，请重命名后再上传。";

    private const int MaxLength = 120;

    /// <summary>The last part of the name, without control characters and without what a path or a header could be made of; empty when nothing is left.</summary>
    public static string Of(string written)
    {
        var last = written.Split('/', '\\')[^1].Trim();
        var clean = new string([.. last.Where(c => !char.IsControl(c) && c is not ('"' or '<' or '>' or '|' or ':' or '*' or '?'))]);
        // Of a long name the end, which says what it is; not from the middle of a character on.
        return clean.Length <= MaxLength ? clean : clean[(char.IsLowSurrogate(clean[^MaxLength]) ? ^(MaxLength - 1) : ^MaxLength)..];
    }
}
