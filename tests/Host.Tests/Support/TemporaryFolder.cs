using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards. Its path is short: a socket of the database must fit behind it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = TemporaryData.NewFolder("wfet-");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
