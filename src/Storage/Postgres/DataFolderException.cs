namespace WorkflowEngine.Storage.Postgres;

/// <summary>
/// The data cannot be opened, and a person has to do something about it: the folder is owned by another host, cannot be written, is of another
/// PostgreSQL version, the server refuses. The message says it in Chinese and in English.
/// </summary>
public sealed class DataFolderException : Exception
{
    public DataFolderException()
        : this("数据目录无法使用。", "The data folder cannot be used.")
    {
    }

    public DataFolderException(string message)
        : this(message, message)
    {
    }

    public DataFolderException(string message, Exception innerException)
        : this(message, message, innerException)
    {
    }

    public DataFolderException(string chinese, string english, Exception? inner = null)
        : base(chinese + Environment.NewLine + english, inner)
    {
        Chinese = chinese;
        English = english;
    }

    public string Chinese { get; }

    public string English { get; }
}
