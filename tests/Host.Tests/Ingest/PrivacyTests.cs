using System.Text;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>Numbers and pictures of workers lie nowhere to be found. <c>./bench ingest-privacy</c> is the same with 10,000, the host's log, an archive, a backup and the end of their month.</summary>
[Collection(IngestCollection.Name)]
public sealed class PrivacyTests(IngestWorld world)
{
    private const int People = 50;

    [Fact]
    public async Task Numbers_cards_and_pictures_are_found_in_no_table_file_mail_or_page()
    {
        var run = new PrivacyRun(world);
        await run.FillAsync(People);

        var tables = await run.SearchTablesAsync();
        Assert.True(tables.Found.Count == 0, string.Join('\n', tables.Found));
        Assert.True(tables.Tables > 50 && tables.Characters > 100_000, $"{tables.Tables} tables, {tables.Characters} characters");
        var files = run.Search.InFolder(world.DataFolder);
        Assert.True(files.Found.Count == 0, string.Join('\n', files.Found));
        Assert.True(files.Bytes > 10_000_000, $"{files.Bytes} bytes");
        Assert.Empty(await run.SearchPagesAsync());
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("前{0}后")]
    [InlineData("base64 {1}")]
    [InlineData("base64 {2}")]
    [InlineData("base64 {3}")]
    [InlineData("\\x{4}")]
    [InlineData("\\X{5}")]
    [InlineData("{6}")]
    public void However_a_number_is_written_it_is_found(string form)
    {
        const string Number = "44030619900307001X";
        var search = new SecretSearch();
        search.Add("it", Encoding.ASCII.GetBytes(Number));
        search.Add("another", Encoding.ASCII.GetBytes("440306199003070010"));
        var text = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, form, Number, Base64(""), Base64("a"), Base64("ab"), Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Number)),
            Convert.ToHexString(Encoding.ASCII.GetBytes(Number)), Number.ToLowerInvariant());

        Assert.Contains("it", Assert.Single(search.In(new string('x', (1 << 20) - 20) + text, "here")), StringComparison.Ordinal);

        static string Base64(string before) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{before}{Number}\"}}"));
    }
}
