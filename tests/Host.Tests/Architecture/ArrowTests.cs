using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace WorkflowEngine.Host.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md, kept by a test: who may know whom, and what engine code may not touch.</summary>
public class ArrowTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("Rules", "")]
    [InlineData("Templates", "")]
    [InlineData("Workflows", "Rules")]
    [InlineData("Content", "Rules Templates Workflows")]
    [InlineData("Storage", "Workflows")]
    [InlineData("Host", "Content Storage")]
    public void A_project_references_only_what_the_arrows_allow(string project, string allowed)
    {
        var references = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Order(StringComparer.Ordinal);

        Assert.Equal(allowed, string.Join(' ', references));
    }

    [Theory]
    [InlineData("Rules")]
    [InlineData("Templates")]
    [InlineData("Workflows")]
    [InlineData("Content")]
    public void A_pure_project_has_no_packages_of_its_own(string project)
    {
        var packages = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj")).Descendants("PackageReference");

        Assert.Empty(packages);
    }

    [Theory]
    [InlineData("Rules")]
    [InlineData("Templates")]
    [InlineData("Workflows")]
    [InlineData("Content")]
    public void Engine_code_touches_no_file_no_network_no_process_and_no_clock(string project)
    {
        // Content reads folders in one place, named for it; the type-level check below still keeps it off network and processes.
        string[] forbidden = project == "Content"
            ? ["System.Net.Http", "System.Net.Sockets", "System.Diagnostics.Process", "System.TimeProvider", "System.Threading.Timer", "Microsoft.AspNetCore"]
            : ["System.IO.File", "System.IO.Directory", "System.Net.Http", "System.Net.Sockets", "System.Diagnostics.Process", "System.TimeProvider",
               "System.Threading.Timer", "System.Environment.GetEnvironmentVariable", "Microsoft.AspNetCore"];

        var used = TypesUsedBy(Path.Combine(AppContext.BaseDirectory, $"WorkflowEngine.{project}.dll"))
            .Where(type => forbidden.Any(name => type == name || type.StartsWith(name + ".", StringComparison.Ordinal)));

        Assert.Empty(used);
    }

    private static List<string> TypesUsedBy(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences
            .Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WorkflowEngine.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("WorkflowEngine.sln not found above the test binaries.");
    }
}
