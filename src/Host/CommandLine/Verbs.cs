using System.CommandLine;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Migration;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.CommandLine;

/// <summary>The verbs of the one executable: what can be typed after <c>./run</c>. <c>serve</c> is meant when none is.</summary>
public static class Verbs
{
    /// <summary>Runs one command line. Errors go to standard error; the exit code is 0 only when all is well.</summary>
    public static async Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand("Rules-and-workflow engine for government procedures. Without a verb: serve.")
        {
            ServeVerb.Create(),
            WalkthroughVerb.Create(),
            CheckVerb.Create(),
            SignVerb.Create(),
            PushVerb.Create(),
            DiffVerb.Create(),
            ExportVerb.Create(),
            SimulateVerb.Create(),
            MigrateCasesVerb.Create(),
            DoctorVerb.Create(),
        };
        foreach (var verb in (IEnumerable<Command>)[.. BatchVerbs.Create(), .. DatabaseVerbs.Create(), .. BackupVerbs.Create()]) root.Add(verb);

        // An option without a verb belongs to serve: `./run --demo` is what people type.
        var typed = args is [] || (args[0].StartsWith('-') && args[0] is not ("-h" or "-?" or "--help" or "--version")) ? ["serve", .. args] : args;
        try
        {
            return await root.Parse(typed).InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // A told-to-stop host finishes what it is committing and stops its database; two seconds are not always enough.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        }
        catch (Exception problem) when (problem is SettingsException or DataFolderException or EngineContentException or MigrationPlanException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 2;
        }
    }
}
