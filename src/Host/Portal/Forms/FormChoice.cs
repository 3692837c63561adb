namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>One way to finish a form: <paramref name="Name"/> is stored, <paramref name="Label"/> is on the screen.</summary>
public sealed record FormChoice(string Name, string Label);
