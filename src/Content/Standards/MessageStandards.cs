using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Standards;

/// <summary>Reads the interface standards of a release: one folder each under <c>rules/standards/</c>.</summary>
public static class MessageStandards
{
    public const string Folder = "rules/standards/";

    private const string SigningFile = "signing.json";
    private const string MessagesFile = "messages.json";
    private const string DictionariesFile = "dictionaries.json";

    /// <param name="files">All files of the release by repository path; those of other folders are left aside.</param>
    public static MessageStandardsResult Read(IReadOnlyDictionary<string, string> files)
    {
        var problems = new ProblemList();
        var standards = Read(files, problems);
        return new MessageStandardsResult(problems.HasErrors ? null : standards, problems.All);
    }

    internal static IReadOnlyDictionary<string, MessageStandard> Read(IReadOnlyDictionary<string, string> files, ProblemList problems)
    {
        var catalogues = new Dictionary<string, MessageCatalogue>(StringComparer.Ordinal);
        var profiles = new SortedDictionary<string, (SigningProfile Profile, string? Messages, LocatedJson At)>(StringComparer.Ordinal);
        foreach (var (path, text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (!path.StartsWith(Folder, StringComparison.Ordinal)) continue;

            var parts = path[Folder.Length..].Split('/');
            if (parts is [var id, SigningFile])
            {
                if (SigningProfileReader.Read(text, path, id, problems) is { } read) profiles[id] = read;
            }
            else if (parts is [var owner, MessagesFile])
            {
                var dictionaries = Folder + owner + "/" + DictionariesFile;
                if (!files.TryGetValue(dictionaries, out var tables))
                {
                    Missing(problems, path, dictionaries, "messages need their code tables");
                    continue;
                }

                if (MessageCatalogueReader.Read(text, path, tables, dictionaries, owner, problems) is { } catalogue) catalogues[owner] = catalogue;
            }
            else if (parts is [var lender, DictionariesFile])
            {
                if (!files.ContainsKey(Folder + lender + "/" + MessagesFile)) Missing(problems, path, Folder + lender + "/" + MessagesFile, "code tables without messages are not used");
            }
            else
            {
                problems.Add(
                    ProblemCodes.UnknownName, path, 1, 1, null,
                    $"a standard has the files {MessagesFile}, {DictionariesFile} and {SigningFile} in a folder of its own{DidYouMean.Of(parts[^1], [MessagesFile, DictionariesFile, SigningFile])}",
                    $"每个标准一个文件夹，其中只有 {MessagesFile}、{DictionariesFile} 和 {SigningFile}");
            }
        }

        foreach (var id in catalogues.Keys.Where(id => !files.ContainsKey(Folder + id + "/" + SigningFile)))
        {
            Missing(problems, Folder + id + "/" + MessagesFile, Folder + id + "/" + SigningFile, "messages cannot be received without a signing profile");
        }

        var standards = new Dictionary<string, MessageStandard>(StringComparer.Ordinal);
        foreach (var (id, (profile, messages, at)) in profiles)
        {
            if (messages is not null && !files.ContainsKey(Folder + messages + "/" + MessagesFile))
            {
                var known = files.Keys.Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith("/" + MessagesFile, StringComparison.Ordinal)).Select(path => path[Folder.Length..].Split('/')[0]);
                problems.Add(
                    ProblemCodes.UnknownName, Folder + id + "/" + SigningFile, at["messages"] ?? at,
                    $"there is no standard '{messages}' with messages{DidYouMean.Of(messages, known)}",
                    $"没有带报文定义的标准“{messages}”{DidYouMean.Chinese(messages, known)}");
            }

            standards[id] = new MessageStandard(id, profile, messages is null ? null : catalogues.GetValueOrDefault(messages));
        }

        return standards;
    }

    private static void Missing(ProblemList problems, string path, string missing, string why) =>
        problems.Add(ProblemCodes.Missing, path, 1, 1, null, $"'{missing}' is missing: {why}", $"缺少文件“{missing}”");
}

/// <summary>The standards by id, or why there are none.</summary>
public sealed record MessageStandardsResult(IReadOnlyDictionary<string, MessageStandard>? Standards, IReadOnlyList<Problem> Problems);
