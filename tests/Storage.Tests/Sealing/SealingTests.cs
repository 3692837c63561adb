using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Sealing;

/// <summary>What lies sealed is opened unchanged, where it was laid, with the key of this installation, and in no other way.</summary>
public sealed class SealingTests
{
    private static readonly SealedPlace Here = new("credentials", "secret", "1");

    private readonly Envelope _envelope = new(new Dictionary<int, byte[]> { [1] = RandomNumberGenerator.GetBytes(32) });

    [Fact]
    public void What_is_sealed_is_opened_unchanged() => Check.QuickThrowOnFailure(
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), content => _envelope.Open(_envelope.Seal(content, Here), Here).AsSpan().SequenceEqual(content)));

    [Fact]
    public void A_sealed_value_shows_nothing_of_its_content_and_is_never_the_same_twice()
    {
        var first = _envelope.Seal("440301199001011234", Here);

        Assert.DoesNotContain("440301199001011234", Encoding.Latin1.GetString(first), StringComparison.Ordinal);
        Assert.NotEqual(first, _envelope.Seal("440301199001011234", Here));
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        var value = _envelope.Seal("440301199001011234", Here);
        for (var bit = 0; bit < value.Length * 8; bit++)
        {
            var flipped = value.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => _envelope.Open(flipped, Here));
        }
    }

    [Theory]
    [InlineData("credentials", "secret", "2")]
    [InlineData("credentials", "label", "1")]
    [InlineData("submissions", "secret", "1")]
    public void A_value_moved_to_another_row_column_or_table_is_not_opened(string table, string column, string row) =>
        Assert.ThrowsAny<CryptographicException>(() => _envelope.Open(_envelope.Seal("x", Here), new SealedPlace(table, column, row)));

    [Fact]
    public void A_blind_index_finds_the_same_number_again_and_cannot_be_computed_without_the_key()
    {
        var other = new Envelope(new Dictionary<int, byte[]> { [1] = RandomNumberGenerator.GetBytes(32) });

        Assert.Equal(_envelope.BlindIndex("44030119900101123X"), _envelope.BlindIndex("44030119900101123X"));
        Assert.NotEqual(_envelope.BlindIndex("44030119900101123X"), other.BlindIndex("44030119900101123X"));
        Assert.NotEqual(SHA256.HashData("44030119900101123X"u8), _envelope.BlindIndex("44030119900101123X"));
    }

    [Fact]
    public void The_master_key_file_is_made_once_for_its_owner_alone()
    {
        using var folder = new TempFolder();
        var options = new StorageOptions { DataFolder = folder.Path };
        MasterKey.Load(options);
        var file = Path.Combine(folder.Path, "master.key");
        var text = File.ReadAllText(file);

        MasterKey.Load(options);

        Assert.Equal(text, File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<DataFolderException>(() => MasterKey.Load(options)).Chinese, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void A_master_key_that_is_none_is_refused(string text) =>
        Assert.Contains("32", Assert.Throws<DataFolderException>(() => MasterKey.Load(new StorageOptions { MasterKey = text })).English, StringComparison.Ordinal);

    [Fact]
    public async Task A_host_with_another_master_key_is_refused_at_its_start()
    {
        var connection = await TestServer.NewEmptyDatabaseAsync();
        await (await TestServer.OpenAsync(connection)).DisposeAsync();

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => Database.OpenAsync(
            new StorageOptions { ConnectionString = connection, MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) },
            TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None));

        Assert.Contains("主密钥", refused.Chinese, StringComparison.Ordinal);
    }
}
