using System.IO.Compression;
using System.Text;
using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Tests.Cases;

public sealed class FileKindTests
{
    [Fact]
    public void A_file_is_known_by_its_content()
    {
        Assert.Equal("application/pdf", FileKind.Of(Encoding.ASCII.GetBytes("%PDF-1.7 ..."))!.MediaType);
        Assert.Equal("image/png", FileKind.Of([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0])!.MediaType);
        Assert.Equal("image/jpeg", FileKind.Of([0xFF, 0xD8, 0xFF, 0xE0])!.MediaType);
        Assert.Equal([".docx"], FileKind.Of(Archive("[Content_Types].xml", "word/document.xml"))!.Endings);
        Assert.Equal([".xlsx"], FileKind.Of(Archive("[Content_Types].xml", "xl/workbook.xml"))!.Endings);
        Assert.Equal([".ofd"], FileKind.Of(Archive("OFD.xml"))!.Endings);
    }

    [Theory]
    [InlineData("MZ\u0090")]
    [InlineData("<html>")]
    [InlineData("PK\u0003\u0004 and nothing behind it")]
    [InlineData("")]
    public void What_is_not_on_the_list_is_no_kind(string content) => Assert.Null(FileKind.Of(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void An_archive_that_is_no_document_is_no_kind() => Assert.Null(FileKind.Of(Archive("setup.exe")));

    [Fact]
    public void A_name_must_fit_the_content()
    {
        var pdf = FileKind.Of(Encoding.ASCII.GetBytes("%PDF-1.7"))!;

        Assert.True(pdf.Fits("营业执照.PDF"));
        Assert.False(pdf.Fits("营业执照.png"));
        Assert.False(pdf.Fits("营业执照.pdf.exe"));
    }

    private static byte[] Archive(params string[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in entries) archive.CreateEntry(entry);
        }

        return stream.ToArray();
    }
}
