using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>A page shows one model and decides nothing: what is on it was put together by its endpoint.</summary>
public abstract class PageOf<TModel> : ComponentBase
{
    [Parameter, EditorRequired] public required TModel Model { get; set; }
}

/// <summary>The answers of page endpoints.</summary>
public static class Pages
{
    public static IResult Show<TPage, TModel>(TModel model, int status = StatusCodes.Status200OK) where TPage : PageOf<TModel> =>
        new RazorComponentResult<TPage>(new Dictionary<string, object?> { [nameof(PageOf<>.Model)] = model }) { StatusCode = status };

    /// <summary>For what is unknown and for what belongs to somebody else: nobody can tell the two apart.</summary>
    public static IResult NotFound() => new RazorComponentResult<NotFoundPage> { StatusCode = StatusCodes.Status404NotFound };

    /// <summary>What came of an act, in words, with the way on.</summary>
    public static IResult Message(Message message, int status) => Show<MessagePage, Message>(message, status);

    /// <summary>After an act that succeeded: the browser asks for the next page, and its reload button repeats nothing.</summary>
    public static IResult Next(string path) => new SeeOther(path);

    private sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}

/// <summary>One message and the way on.</summary>
/// <param name="IsBare">Without navigation: nothing is read from the database for it.</param>
public sealed record Message(
    string Heading, string Text, Section Section = Section.None, string NextHref = "/", string NextLabel = "返回首页", bool IsBare = false);
