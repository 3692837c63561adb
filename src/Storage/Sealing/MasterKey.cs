using System.Security.Cryptography;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>The key that wraps data keys. It lives outside the database: in the environment, or in a file that its owner alone may read.</summary>
public sealed class MasterKey
{
    private const int Bytes = 32;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>From <see cref="StorageOptions.MasterKey"/>, else from <c>master.key</c> in the data folder, which is made when it is not there.</summary>
    /// <exception cref="DataFolderException">The key is not 32 bytes of Base64, or others may read the file.</exception>
    public static MasterKey Load(StorageOptions options)
    {
        if (options.MasterKey is { } given)
        {
            return new MasterKey(Parse(given, "WORKFLOW_MASTER_KEY"));
        }

        var file = FileIn(options.DataFolder);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (!File.Exists(file))
            {
                // Written aside and linked into place without overwriting: of two hosts that start at once, one makes the key and both use it.
                var aside = $"{file}.{Guid.NewGuid():N}";
                using (var stream = new FileStream(aside, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }))
                {
                    stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))));
                    stream.Flush(flushToDisk: true);
                }

                try
                {
                    File.Move(aside, file, overwrite: false);
                }
                catch (IOException) when (File.Exists(file))
                {
                    File.Delete(aside);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, problem);
        }

        return Read(options);
    }

    /// <summary>The same key, where there must be one already.</summary>
    /// <exception cref="DataFolderException">There is none, it is not 32 bytes of Base64, or others may read the file.</exception>
    public static MasterKey Read(StorageOptions options)
    {
        if (options.MasterKey is { } given)
        {
            return new MasterKey(Parse(given, "WORKFLOW_MASTER_KEY"));
        }

        var file = FileIn(options.DataFolder);
        try
        {
            if (!File.Exists(file))
            {
                throw new DataFolderException($"没有主密钥：{file} 不存在，也没有设置 WORKFLOW_MASTER_KEY。", $"There is no master key: {file} is missing and WORKFLOW_MASTER_KEY is not set.");
            }

            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if ((File.GetUnixFileMode(file) & others) != UnixFileMode.None)
            {
                throw new DataFolderException(
                    $"主密钥文件 {file} 可被其他用户读取。请执行 chmod 600 {file}。",
                    $"The master key file {file} can be read by others. Run chmod 600 {file}.");
            }

            return new MasterKey(Parse(File.ReadAllText(file).Trim(), file));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, problem);
        }
    }

    /// <summary>Keeps the key in a folder that its owner alone may enter, apart from the backup: whoever has both can open what is sealed.</summary>
    /// <exception cref="DataFolderException">Another key is kept there.</exception>
    public void SaveTo(string folder)
    {
        var file = FileIn(folder);
        if (File.Exists(file))
        {
            if (Read(new StorageOptions { DataFolder = folder }).Fingerprint() == Fingerprint()) return;

            throw new DataFolderException($"{file} 是另一个主密钥。请另选目录。", $"{file} is another master key. Choose another folder.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ClusterFolder.WritePrivate(file, Convert.ToBase64String(_key));
    }

    /// <summary>Tells keys apart without telling anything of the key.</summary>
    internal string Fingerprint() => Convert.ToHexStringLower(HMACSHA256.HashData(_key, "workflow master key"u8))[..16];

    internal AesGcm Cipher() => new(_key, SealedValue.TagBytes);

    private static string FileIn(string folder) => Path.Combine(Path.GetFullPath(folder), "master.key");

    private static DataFolderException Unusable(string file, Exception problem) =>
        new($"无法读写主密钥文件 {file}：{problem.Message}", $"Cannot read or write the master key file {file}: {problem.Message}", problem);

    private static byte[] Parse(string text, string where)
    {
        var key = new byte[Bytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == Bytes
            ? key
            : throw new DataFolderException(
                $"{where} 中的主密钥无效：应为 32 字节的 Base64。",
                $"The master key in {where} is invalid: 32 bytes in Base64 are wanted.");
    }
}
