using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Notices;

/// <summary>A letter as it would be with other texts.</summary>
/// <param name="Notice">Null when it cannot be read or shown.</param>
/// <param name="Problems">Warnings, too.</param>
public sealed record NoticeDraft(Notice? Notice, IReadOnlyList<Problem> Problems)
{
    /// <summary>How a notice's model file ends; its parts lie beside it.</summary>
    public const string ModelEnding = NoticeReader.ModelEnding;

    /// <summary>Reads one notice of a content with some of its files replaced, and nothing else: publishing reads and checks the whole.</summary>
    /// <param name="files">The content's files.</param>
    /// <param name="modelPath">The notice's model file among them.</param>
    /// <param name="changed">Texts that count instead of those in <paramref name="files"/>, by path.</param>
    public static NoticeDraft Read(IReadOnlyDictionary<string, string> files, string modelPath, IReadOnlyDictionary<string, string> changed)
    {
        var stem = modelPath[..^NoticeReader.ModelEnding.Length] + ".";
        var wanted = files.Where(file => file.Key.StartsWith(stem, StringComparison.Ordinal))
            .ToDictionary(file => file.Key, file => changed.GetValueOrDefault(file.Key, file.Value), StringComparer.Ordinal);
        AddNamedParts(wanted, files);
        var problems = new ProblemList();
        var read = NoticeReader.Read(wanted, problems, new ContentMemory());
        return new NoticeDraft(problems.HasErrors ? null : read.Values.Select(entry => entry.Notice).SingleOrDefault(), problems.All);
    }

    /// <summary>Adds the shared parts that the letter names, those that they name, and so on. A name that is put together while the letter is written is none that the check would know either.</summary>
    private static void AddNamedParts(Dictionary<string, string> wanted, IReadOnlyDictionary<string, string> files)
    {
        var shared = files.Where(file => file.Key.EndsWith(NoticeReader.IncludeEnding, StringComparison.Ordinal)).ToList();
        var texts = new Queue<string>(wanted.Values);
        while (texts.TryDequeue(out var text))
        {
            foreach (var (path, part) in shared.Where(part => !wanted.ContainsKey(part.Key) && text.Contains(Path.GetFileNameWithoutExtension(part.Key), StringComparison.Ordinal)).ToList())
            {
                wanted.Add(path, part);
                texts.Enqueue(part);
            }
        }
    }
}
