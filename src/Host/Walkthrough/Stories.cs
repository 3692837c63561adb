using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Stories with the content that their words come from.</summary>
public sealed record Stories(ContentSet Content, IReadOnlyList<Scenario> Scenarios)
{
    /// <summary>The one that <c>walkthrough</c> plays when it is told nothing: returned, corrected, tested with faulty messages and right ones.</summary>
    public const string First = "first";

    /// <summary>The content as rehearsals in memory use it.</summary>
    public Library Library { get; } = new(Content);

    /// <summary>The stories of the content folder.</summary>
    /// <exception cref="StoryException">The content or a story has a problem; the message names each with its file and line.</exception>
    public static Stories Shipped(HostSettings settings)
    {
        var content = Published(settings);
        return new Stories(content, Checked(ScenarioReader.ReadShipped(content)));
    }

    /// <summary>The stories of any file, or the one that is named after a <c>#</c>.</summary>
    /// <exception cref="StoryException"/>
    public static Stories In(HostSettings settings, string fileAndId)
    {
        var (file, id) = fileAndId.Split('#', 2) is [var path, var wanted] ? (path, wanted) : (fileAndId, null);
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StoryException($"{file}: {problem.Message}");
        }

        var content = Published(settings);
        var scenarios = Checked(ScenarioReader.Read(file, text, content));
        return new Stories(content, id is null ? scenarios : [Named(scenarios, id, file)]);
    }

    /// <exception cref="StoryException">There is none of that name.</exception>
    public Stories Only(string id) => this with { Scenarios = [Named(Scenarios, id, "the content")] };

    private static Scenario Named(IReadOnlyList<Scenario> scenarios, string id, string where) => scenarios.FirstOrDefault(scenario => scenario.Id == id)
        ?? throw new StoryException($"There is no story '{id}' in {where}{Rules.DidYouMean.Of(id, scenarios.Select(scenario => scenario.Id))} ({string.Join(", ", scenarios.Select(scenario => scenario.Id))})");

    private static ContentSet Published(HostSettings settings)
    {
        var (files, error) = ContentFolder.ReadFiles(settings.ContentRoot);
        if (files is null) throw new StoryException(error!);

        var read = ContentReader.Read(files, memory: settings.ContentMemory);
        return read.Set ?? throw new StoryException(string.Join('\n', read.Problems));
    }

    private static IReadOnlyList<Scenario> Checked(ScenarioResult result) => result.Scenarios ?? throw new StoryException(string.Join('\n', result.Problems));
}
