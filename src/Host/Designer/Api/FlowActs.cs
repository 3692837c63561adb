using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Designer.Flows;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>What somebody may have done with a flow that they name, one by one or with many. A parameter of endpoints behind <see cref="Policies.Publishing"/>.</summary>
internal sealed record FlowActs(FlowDesk Desk, FileDesk Files, DraftPublishing Publishing, SignedInPerson Person)
{
    public Task<EditResult> PublishAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Latest", ct), flow => Publishing.PublishAsync(flow, Person, reason: null, ct));

    public Task<EditResult> RetractAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Published", ct), flow => Publishing.RetractAsync(flow, Person, ct));

    public Task<EditResult> DiscardAsync(string definitionId, CancellationToken ct) =>
        WithAsync(Desk.FindAsync(definitionId, "Latest", ct), flow => Files.DiscardAsync(flow.File, Person, ct));

    public Task<EditResult> DiscardVersionAsync(string versionId, CancellationToken ct) =>
        WithAsync(Desk.FindVersionAsync(versionId, ct), flow => Files.DiscardAsync(flow.File, Person, ct));

    public static ValueTask<FlowActs?> BindAsync(HttpContext http) => ValueTask.FromResult<FlowActs?>(new FlowActs(
        http.RequestServices.GetRequiredService<FlowDesk>(), http.RequestServices.GetRequiredService<FileDesk>(), http.RequestServices.GetRequiredService<DraftPublishing>(), SignedInPerson.Required(http.User)));

    private static async Task<EditResult> WithAsync(Task<OpenedVersion?> found, Func<OpenedVersion, Task<EditResult>> act) => await found is { } flow ? await act(flow) : new EditResult.NotFound();
}
