using System.Text;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Host.Tests.Ingest;

public sealed class FormBodyTests
{
    [Fact]
    public async Task What_a_client_encodes_is_read_back_exactly()
    {
        var sent = new Dictionary<string, string> { ["data"] = "{\"名\":\"a+b c%&=/\\u4e2d😀\"}", ["empty"] = "", ["sign"] = "x" };
        using var content = new FormUrlEncodedContent(sent);

        Assert.Equal(sent, FormBody.Read(await content.ReadAsByteArrayAsync()).Parameters);
    }

    [Theory]
    [InlineData("a=1&a=2", "两次")]
    [InlineData("a=%", "编码")]
    [InlineData("a=%4", "编码")]
    [InlineData("a=%GG", "编码")]
    [InlineData("a=%ED%A0%80", "UTF-8")]
    [InlineData("a=%C0%AF", "UTF-8")]
    [InlineData("=1", "name=value")]
    [InlineData("a", "name=value")]
    [InlineData("", "空")]
    [InlineData("&&&", "空")]
    public void What_can_be_read_in_two_ways_or_none_is_refused(string body, string says)
    {
        var (parameters, fault) = FormBody.Read(Encoding.ASCII.GetBytes(body));
        Assert.Null(parameters);
        Assert.Contains(says, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_thrown_about() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => FormBody.Read(bytes) is ({ Count: > 0 }, "") or (null, { Length: > 0 })).QuickCheckThrowOnFailure();
}
