using System.Runtime.Versioning;
using WorkflowEngine.Host.CommandLine;

[assembly: SupportedOSPlatform("linux")]

return await Verbs.InvokeAsync(args);
