using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Designer.Flows;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>What somebody may have done with a flow that they name, one by one or with many. A parameter of endpoints behind <see cref="Policies.Publishing"/>.</summary>
internal sealed record FlowActs(FlowDesk Desk, FlowPublishing Publishing, SignedInPerson Person)
{
    public Task<FlowResult> PublishAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Latest", ct), flow => Publishing.PublishAsync(flow, Person, reason: null, ct));

    public Task<FlowResult> RetractAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Published", ct), flow => Publishing.RetractAsync(flow, Person, ct));

    public Task<FlowResult> DiscardAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Latest", ct), flow => Desk.DiscardAsync(flow.File, Person, ct));

    public Task<FlowResult> DiscardVersionAsync(string versionId, CancellationToken ct) =>
        WithAsync(Desk.FindVersionAsync(versionId, ct), flow => Desk.DiscardAsync(flow.File, Person, ct));

    public static ValueTask<FlowActs?> BindAsync(HttpContext http) => ValueTask.FromResult<FlowActs?>(new FlowActs(
        http.RequestServices.GetRequiredService<FlowDesk>(), http.RequestServices.GetRequiredService<FlowPublishing>(), SignedInPerson.Required(http.User)));

    private static async Task<FlowResult> WithAsync(Task<FlowVersion?> found, Func<FlowVersion, Task<FlowResult>> act) => await found is { } flow ? await act(flow) : new FlowResult.NotFound();
}
