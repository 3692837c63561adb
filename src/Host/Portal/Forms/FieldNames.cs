using System.Text;

namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>How the places of an answer (<c>defects[0].clause</c>) are written in HTML.</summary>
public static class FieldNames
{
    /// <summary>Prefix of everything that belongs to the answer; what the page itself posts begins with an underscore.</summary>
    public const string Prefix = "v.";

    public const string Outcome = "_outcome";
    public const string Key = "_key";
    public const string AddRow = "_add";
    public const string RemoveRow = "_remove";
    public const string RemoveFile = "_discard";

    public static string Input(string path) => Prefix + path;

    /// <summary>Handles of files that were stored by an earlier, incomplete post of the same form.</summary>
    public static string StoredFiles(string path) => Prefix + path + ".stored";

    /// <summary>The element that the error summary jumps to.</summary>
    public static string Id(string path)
    {
        var id = new StringBuilder("f-", path.Length + 2);
        foreach (var c in path) id.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        return id.ToString();
    }
}
