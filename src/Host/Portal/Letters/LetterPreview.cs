using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Portal.Notices;

namespace WorkflowEngine.Host.Portal.Letters;

/// <summary>A letter as a mail, in plain text and as a subject, for a frame in which nothing runs.</summary>
public static class LetterPreview
{
    public static IResult Of(HttpContext http, NoticeDraft draft, JsonObject model)
    {
        FramedNotice.Protect(http);
        var page = new StringBuilder(
            """
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>预览</title></head>
            <body style="margin:12px;font:14px/1.6 sans-serif;color:#1f2937">
            """);
        var problems = draft.Problems.Select(problem => $"{Path.GetFileName(problem.File)}:{problem.Line}:{problem.Column} {problem.Chinese ?? problem.Message}");
        var result = draft.Notice?.Render(model);
        IReadOnlyList<string> told = result?.Error is { } error ? [.. problems, error] : [.. problems];
        if (told.Count > 0)
        {
            page.Append("<div role=\"alert\" style=\"border-left:4px solid #b42318;background:#fef3f2;padding:8px 12px;margin-bottom:12px\"><strong>")
                .Append(result?.Notice is null ? "无法生成" : "请注意").Append("</strong><ul style=\"margin:4px 0 0;padding-left:20px\">");
            foreach (var problem in told) page.Append("<li>").Append(WebUtility.HtmlEncode(problem)).Append("</li>");
            page.Append("</ul></div>");
        }

        if (result?.Notice is { } letter)
        {
            page.Append("<h2 style=\"font-size:14px;margin:0\">主题</h2><p style=\"margin:4px 0 12px;padding:6px 8px;background:#f2f4f7\">").Append(WebUtility.HtmlEncode(letter.Subject))
                .Append("</p><h2 style=\"font-size:14px;margin:0\">邮件（HTML）</h2><iframe sandbox title=\"邮件（HTML）\" style=\"width:100%;height:460px;border:1px solid #d0d5dd;margin:4px 0 12px\" srcdoc=\"")
                .Append(WebUtility.HtmlEncode(letter.Html))
                .Append("\"></iframe><h2 style=\"font-size:14px;margin:0\">纯文本</h2><pre style=\"white-space:pre-wrap;margin:4px 0;padding:8px;background:#f2f4f7;font:13px/1.6 monospace\">")
                .Append(WebUtility.HtmlEncode(letter.Text)).Append("</pre>");
        }

        return Results.Content(page.Append("</body></html>").ToString(), "text/html; charset=utf-8");
    }
}
