using Microsoft.AspNetCore.Antiforgery;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Designer.Instances;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.Designer.Studio;

/// <summary>What of Elsa Studio a page shows.</summary>
/// <param name="Element">Its custom element.</param>
/// <param name="Attribute">The attribute that names what is opened; null for lists.</param>
public sealed record StudioModel(string Title, string Element, string? Attribute, string? Value, string Csrf, bool SeesInstances);

/// <summary>
/// 流程设计器: the unmodified Elsa Studio within pages of the portal, with the portal's session. The paths are those that Studio itself goes to, so that its own buttons lead to pages
/// of ours.
/// </summary>
public static class StudioPages
{
    public const string Root = "/studio";

    public const string Definitions = $"{Root}/workflows/definitions";
    public const string Instances = $"{Root}/workflows/instances";

    /// <summary>
    /// What Studio's runtime needs besides our own: it compiles WebAssembly, sets styles on elements, has its editor's icons and workers as data, and puts one script of its own
    /// into the page (the editor's keys), which is let through by its hash.
    /// </summary>
    private const string Policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; " +
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void MapStudio(this IEndpointRouteBuilder app)
    {
        var studio = app.MapGroup(Root).RequireAuthorization(Policies.Designer);
        studio.MapGet("", () => TypedResults.Redirect(Definitions));
        studio.MapGet("/workflows/definitions", (StudioBundle bundle, IAntiforgery forgery, HttpContext http) => Show(bundle, forgery, http, "流程", "elsa-workflow-definition-list", null, null));
        studio.MapGet("/workflows/definitions/{id}/edit", (string id, StudioBundle bundle, IAntiforgery forgery, HttpContext http) =>
            Show(bundle, forgery, http, "编辑流程", "elsa-workflow-definition-editor", "definition-id", id));
        var instances = studio.MapGroup("/workflows/instances").RequireAuthorization(Policies.Instances);
        instances.MapGet("", (StudioBundle bundle, IAntiforgery forgery, HttpContext http) => Show(bundle, forgery, http, "办件的流程图", "elsa-workflow-instance-list", null, null));
        instances.MapGet("/{id}/view", (string id, StudioBundle bundle, IAntiforgery forgery, HttpContext http) =>
            Show(bundle, forgery, http, "办件的流程图", "elsa-workflow-instance-viewer", "instance-id", id));

        foreach (var folder in (string[])["_framework", "_content"])
        {
            studio.MapGet($"/{folder}/{{**path}}", (string path, StudioBundle bundle, HttpContext http) => bundle.File(http, $"{folder}/{path}"));
        }

        studio.MapGet("/{file}.css", (string file, StudioBundle bundle, HttpContext http) => bundle.File(http, $"{file}.css"));
        studio.MapGet("/appsettings.json", (StudioBundle bundle, HttpContext http) => bundle.File(http, "appsettings.json"));
        app.MapHub<InstanceHub>("/elsa/hubs/workflow-instance").RequireAuthorization(Policies.Instances);
    }

    private static IResult Show(StudioBundle bundle, IAntiforgery forgery, HttpContext http, string title, string element, string? attribute, string? value)
    {
        if (!bundle.IsInstalled)
        {
            return Pages.Message(
                new Message("没有安装流程设计器", "Elsa Studio 由 ./run 和 ./test 从 npm 安装在 src/Host/node_modules 下，这台机器上没有。请运维人员执行 npm ci --prefix src/Host。", Section.Content, Portal.Contents.ContentPages.Root, "返回流程与规则"),
                StatusCodes.Status503ServiceUnavailable);
        }

        http.Response.Headers.ContentSecurityPolicy = Policy;
        return Pages.Show<StudioPage, StudioModel>(new StudioModel(
            title, element, attribute, value, forgery.GetAndStoreTokens(http).RequestToken!, SignedInPerson.Required(http.User).Actor.Role == Roles.ProvinceOfficer));
    }
}
