namespace WorkflowEngine.Templates.Tests;

/// <summary>What somebody might type into a field who means harm: tags, ways out of attributes, addresses that run, template syntax.</summary>
internal static class HostileValues
{
    public static IReadOnlyList<string> All { get; } = Make();

    private static IReadOnlyList<string> Make()
    {
        string[] tags =
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
            "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<math><mi xlink:href=\"javascript:alert(1)\">", "<object data=javascript:alert(1)>",
            "<embed src=javascript:alert(1)>", "<form action=javascript:alert(1)><button>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
            "<video><source onerror=alert(1)>", "<style>*{background:url(javascript:1)}</style>", "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content=0;url=//evil>",
            "<base href=//evil>", "<!--<script>-->", "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "</title><script>alert(1)</script>", "</textarea><script>1</script>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>", "<SCRIPT SRC=//evil></SCRIPT>", "<<script>alert(1);//<</script>", "<template><script>1</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<svg><script>1</script></svg>", "<marquee onstart=alert(1)>",
        ];
        string[] breakouts =
        [
            "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)", "\" onfocus=alert(1) autofocus=\"", "' onfocus=alert(1) autofocus='",
            "\"/><svg/onload=alert(1)>", "'/><svg/onload=alert(1)>", "\" style=\"x:expression(1)", "x\" src=x onerror=\"alert(1)", "` onmouseover=`alert(1)", "\\\"><script>1</script>", "&quot;><script>1</script>",
            "&#34;><script>1</script>", "\u2028\"><script>1</script>", "\0\"><script>1</script>", "\r\n\"><script>1</script>", "\t' onclick='1", "<\"'&>", "&lt;script&gt;1&lt;/script&gt;",
        ];
        string[] addresses =
        [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "java\rscript:alert(1)", "\u0001javascript:alert(1)", "javascript&#58;alert(1)",
            "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "data:text/html,<script>1</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)", "VBSCRIPT:1", "file:///etc/passwd", "blob:1",
            "livescript:1", "mocha:1", "jar:http://evil!/x", "view-source:javascript:1", "feed:javascript:alert(1)", "intent://evil", "\u00A0javascript:alert(1)", "java\u0000script:alert(1)", "javascript\t:alert(1)",
        ];
        string[] templates =
        [
            "{{ 1 + 1 }}", "{{ include 'secret' }}", "{%{ x }%}", "{{ html.raw '<b>' }}", "}}", "{{", "{% raw %}", "$$", "#", "##",
        ];
        return
        [
            .. tags.Concat(breakouts).Concat(addresses).Concat(templates)
                .Concat(tags.Select(t => t + breakouts[0]))
                .Concat(addresses.Take(20).Select(a => "\"" + a))
                .Concat(breakouts.Take(15).Select(b => "张三" + b))
                .Distinct(),
        ];
    }
}
