namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards. Its path is short: a socket of the database must fit behind it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wfet-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
