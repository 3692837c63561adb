using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace WorkflowEngine.Host.Portal.Shell;

/// <summary>What a person sees when something broke: that it is not their fault, what to do, and a number for the telephone. Programs get problem details.</summary>
public sealed class TroublePage : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)) return false;

        var number = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        var message = new Message(
            "系统暂时无法完成操作",
            $"这不是您的操作造成的。请稍后重试；若仍然如此，请将编号 {number} 告知运维人员。已经提交成功的内容不会丢失，重复提交也不会办理两次。",
            IsBare: true);
        await Pages.Message(message, StatusCodes.Status500InternalServerError).ExecuteAsync(httpContext);
        return true;
    }
}
