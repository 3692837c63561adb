using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Tests.Standards;

public sealed class MessageStandardsTests
{
    private const string National = "rules/standards/national-1.2.1/";

    [Fact]
    public void The_shipped_standards_are_read_without_a_problem_and_say_that_they_are_reconstructed()
    {
        var result = MessageStandards.Read(ShippedContent.Files);

        Assert.Empty(result.Problems);
        Assert.Equal(["cwr-1.0", "hmac-1", "meizhou-1.2", "national-1.2.1"], result.Standards!.Keys.Order(StringComparer.Ordinal));
        var messages = result.Standards["national-1.2.1"].Messages!;
        Assert.Contains("重构变体", messages.Status.Chinese, StringComparison.Ordinal);
        Assert.Contains("not the official text", messages.Status.English, StringComparison.Ordinal);
        Assert.Equal(24, messages.Messages.Count);
        Assert.Equal("workerList", messages.Messages["ProjectWorker.Add"].RecordList);
        Assert.True(messages.Messages["ProjectWorker.Add"].RecordFields.Single(field => field.Name == "idCardNumber").Encrypted);
        Assert.Same(messages, result.Standards["hmac-1"].Messages);
        foreach (var borrower in new[] { "meizhou-1.2", "cwr-1.0" })
        {
            Assert.Same(messages, result.Standards[borrower].Messages);
            Assert.Contains("报文内容未收录", result.Standards[borrower].Signing.Status.Chinese, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("messages.json", "\"dictionary\": \"workType\"", "\"dictionary\": \"workTipe\"", "did you mean 'workType'?")]
    [InlineData("messages.json", "\"of\": \"Team.Add\"", "\"of\": \"Team.Ad\"", "did you mean 'Team.Add'?")]
    [InlineData("messages.json", "\"type\": \"base64\"", "\"type\": \"base46\"", "did you mean 'base64'?")]
    [InlineData("messages.json", "\"records\": \"workerList\"", "\"records\": \"workersList\"", "did you mean 'workerList'?")]
    [InlineData("messages.json", "\"maxLength\": 30", "\"maxLenght\": 30", "did you mean 'maxLength'?")]
    [InlineData("messages.json", "\"required\": true, \"maxLength\": 18", "\"required\": true", "needs 'maxLength'")]
    [InlineData("messages.json", "\"field\": \"entryTime\"", "\"field\": \"entryTme\"", "did you mean 'entryTime'?")]
    [InlineData("messages.json", "\"kindField\": \"idCardType\"", "\"kindField\": \"idCardKind\"", "is no field here")]
    [InlineData("signing.json", "\"nonce\", \"timestamp\", \"version\"", "\"timestamp\", \"version\"", "'nonce' takes no part in the signature")]
    [InlineData("signing.json", "&appsecret={secret}", "", "the secret takes no part in the signature")]
    [InlineData("signing.json", "\"digest\": \"sha256\"", "\"digest\": \"sha265\"", "did you mean 'sha256'?")]
    [InlineData("signing.json", "\"appid\", \"corpsign\"", "\"$path\", \"appid\", \"corpsign\"", "'$path' is nothing that this transport knows")]
    [InlineData("signing.json", "\"skewMinutes\": 6", "\"skewMinutes\": 600", "from 1 to 60")]
    [InlineData("signing.json", "\"secretLength\": 32", "\"secretLength\": 24", "needs a secret of 32 characters")]
    [InlineData("signing.json", "\"messages\": \"national-1.2.1\"", "\"messages\": \"national-1.2.2\"", "did you mean 'national-1.2.1'?")]
    public void A_mistake_in_a_standard_is_told_with_file_line_and_what_was_meant(string file, string right, string wrong, string says)
    {
        var files = new Dictionary<string, string>(ShippedContent.Files);
        var text = files[National + file];
        var at = text.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} no longer contains {right}");
        files[National + file] = text[..at] + wrong + text[(at + right.Length)..];
        var line = text[..at].Count(character => character == '\n') + 1;

        var result = MessageStandards.Read(files);

        Assert.Null(result.Standards);
        var problem = Assert.Single(result.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal(National + file, problem.File);
        Assert.InRange(problem.Line, line - 12, line + 2);
    }

    [Fact]
    public void Messages_without_their_code_tables_are_refused()
    {
        var files = new Dictionary<string, string>(ShippedContent.Files);
        files.Remove(National + "dictionaries.json");

        Assert.Contains(MessageStandards.Read(files).Problems, problem => problem.Message.Contains("dictionaries.json' is missing", StringComparison.Ordinal));
    }
}
