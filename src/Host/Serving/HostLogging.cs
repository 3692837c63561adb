using Microsoft.Extensions.Logging.Console;
using WorkflowEngine.Host.ContentSync;

namespace WorkflowEngine.Host.Serving;

/// <summary>The log goes to standard error, so that standard output stays for what a verb prints.</summary>
public static class HostLogging
{
    public static void Configure(ILoggingBuilder logging, HostSettings settings)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(settings.Quiet ? LogLevel.Error : LogLevel.Information);
        // Their routine would drown ours: one line a request, one a beat of the alarm.
        var theirs = settings.Quiet ? LogLevel.Error : LogLevel.Warning;
        logging.AddFilter("Microsoft", theirs);
        logging.AddFilter("Quartz", theirs);
        // Whoever asked for quiet tells what is wrong with the content by itself.
        if (settings.Quiet) logging.AddFilter(typeof(FolderSync).FullName, LogLevel.None);
        // It warns that keys lie unencrypted, for it does not know that their repository seals them.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
    }
}
