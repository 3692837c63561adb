using WorkflowEngine.Content.Reading;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>Settings of the hosts that tests start in their own process: most have the shipped content, which is read and rehearsed once.</summary>
public static class TestSettings
{
    private static readonly ContentMemory Memory = new();

    public static HostSettings New => HostSettings.FromEnvironment() with { ContentMemory = Memory };
}
