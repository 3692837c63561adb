using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Storage.Personal;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>Numbers and pictures of workers lie nowhere to be found, and after their time nobody can open them. <c>./bench ingest-privacy</c> is the same with 10,000, the host's log, an archive and a backup.</summary>
public sealed class PrivacyTests
{
    private const int People = 50;

    [Fact]
    public async Task Numbers_cards_and_pictures_are_found_in_no_table_file_mail_or_page()
    {
        using var stage = new PrivacyStage();
        await stage.InitializeAsync();
        try
        {
            await stage.FillAsync(People);

            var tables = await stage.SearchTablesAsync();
            Assert.True(tables.Found.Count == 0, string.Join('\n', tables.Found));
            Assert.True(tables.Tables > 50 && tables.Characters > 100_000, $"{tables.Tables} tables, {tables.Characters} characters");
            var files = stage.Search.InFolder(stage.DataFolder);
            Assert.True(files.Found.Count == 0, string.Join('\n', files.Found));
            Assert.True(files.Bytes > 10_000_000, $"{files.Bytes} bytes");

            Assert.Empty(await stage.SearchPagesAsync());

            var retention = stage.Services.GetRequiredService<PersonalRetention>();
            Assert.Equal(1, await retention.DestroyAsync(36, PrivacyStage.Now.AddMonths(37), CancellationToken.None));
            using var page = await (await stage.SignInAsync("sz-leader")).ReadAsync($"/keys/{stage.Key.CredentialId}/records", CancellationToken.None);
            var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
            Assert.Contains("已按保存期限销毁", text, StringComparison.Ordinal);
            Assert.DoesNotContain("4403****", text, StringComparison.Ordinal);
        }
        finally
        {
            await stage.DisposeAsync();
        }
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
