using System.Text;
using Microsoft.EntityFrameworkCore;

namespace WorkflowEngine.Storage.Postgres;

internal static class SnakeCase
{
    /// <summary>Columns are named as in the SQL files: <c>DueDate</c> is <c>due_date</c>.</summary>
    public static void NameColumnsInSnakeCase(this ModelBuilder builder)
    {
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(Of(property.Name));
        }
    }

    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var index = 0; index < name.Length; index++)
        {
            if (char.IsUpper(name[index]) && index > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[index]));
        }

        return text.ToString();
    }
}
