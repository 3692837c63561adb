using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>
/// Stores the files of a posted form at once, also when the rest of it is not right yet: a browser cannot be asked to keep
/// a chosen file, and nobody likes to look for it twice.
/// </summary>
public sealed class Uploads(AttachmentService attachments)
{
    /// <summary>Adds the handles of the new files to <paramref name="values"/> and says which files were refused.</summary>
    public async Task<IReadOnlyList<FieldProblem>> TakeAsync(FormDefinition form, PostedForm posted, JsonObject values, SignedInPerson by, CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        foreach (var field in form.Fields.Where(field => field.Type == FormFieldType.File))
        {
            foreach (var file in posted.NewFiles(field))
            {
                await using var content = file.OpenReadStream();
                switch (await attachments.StoreAsync(content, file.FileName, by, ct))
                {
                    case StoreAttachmentResult.Stored stored:
                        Add(field, stored.Handle, values, problems);
                        break;
                    case StoreAttachmentResult.Refused refused:
                        problems.Add(new FieldProblem(field.Name, field.Label, refused.Message));
                        break;
                }
            }
        }

        return problems;
    }

    /// <summary>A file that was stored before, and that the browser sends again with the corrected form, counts once.</summary>
    private static void Add(FormField field, AttachmentHandle handle, JsonObject values, List<FieldProblem> problems)
    {
        var handles = values[field.Name] as JsonArray ?? [];
        if (handles.Any(known => known?["sha256"]?.ToString() == handle.Sha256 && known["name"]?.ToString() == handle.Name)) return;

        if (handles.Count >= field.MaxFiles)
        {
            problems.Add(new FieldProblem(field.Name, field.Label, $"“{field.Label}”最多上传 {field.MaxFiles} 个文件，“{handle.Name}”未加入。"));
            return;
        }

        handles.Add(handle.ToJson());
        values[field.Name] = handles;
    }
}
