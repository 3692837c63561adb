using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.SignIn;

public sealed class SignInHost : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();

    public RunningHost Running { get; private set; } = null!;

    public async Task InitializeAsync() => Running = await RunningHost.StartAsync(
        TestSettings.New with { Urls = "http://127.0.0.1:0", DataFolder = _data.Path, Demo = true, Quiet = true }, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Running.DisposeAsync();
        _data.Dispose();
    }

    public string PasswordOf(string userName) => Running.NewAccounts.Single(account => account.UserName == userName).Password;

    /// <summary>A browser without script: keeps cookies, follows no redirect.</summary>
    public HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Running.Address };
}

public sealed class SignInTests(SignInHost host) : IClassFixture<SignInHost>
{
    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_and_the_right_one_does_not_help()
    {
        using var browser = host.Browser();
        for (var i = 0; i < SignInSetup.MostFailures; i++) await OpenAsync(browser, "yi", "wrong-password-00");

        using var late = await OpenAsync(browser, "yi", host.PasswordOf("yi"));

        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_gets_the_same_answer_as_a_wrong_password()
    {
        using var browser = host.Browser();
        using var unknown = await OpenAsync(browser, "nobody-of-that-name", "wrong-password-00");
        using var wrong = await OpenAsync(browser, "sz-leader", "wrong-password-00");

        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(WithoutTrace(await unknown.Content.ReadAsStringAsync()), WithoutTrace(await wrong.Content.ReadAsStringAsync()));
        Assert.Equal(unknown.StatusCode, wrong.StatusCode);
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        using var browser = host.Browser();
        using var opened = await OpenAsync(browser, "sz-officer", host.PasswordOf("sz-officer"));

        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"), value => value.StartsWith("wfe-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_change_without_the_token_of_the_session_is_refused()
    {
        using var browser = host.Browser();
        using var opened = await OpenAsync(browser, "sz-officer", host.PasswordOf("sz-officer"));
        var session = await opened.Content.ReadFromJsonAsync<Session>();

        using var without = await browser.DeleteAsync(new Uri("/api/session", UriKind.Relative));
        using var still = await browser.GetAsync(new Uri("/api/session", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/session") { Headers = { { "X-CSRF", session!.Csrf } } };
        using var with = await browser.SendAsync(request);
        using var gone = await browser.GetAsync(new Uri("/api/session", UriKind.Relative));

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized),
            (without.StatusCode, still.StatusCode, with.StatusCode, gone.StatusCode));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    public async Task What_another_site_makes_a_browser_post_is_refused(string header, string value)
    {
        using var browser = host.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session")
        {
            Content = JsonContent.Create(new Credentials("sz-officer", host.PasswordOf("sz-officer"))),
            Headers = { { header, value } },
        };
        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Nothing_but_the_sign_in_page_opens_without_a_session()
    {
        using var browser = host.Browser();
        var open = new List<string>();
        foreach (var endpoint in Gets())
        {
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => segment.IsSimple && segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal
                ? literal.Content
                : Guid.Empty.ToString()));
            using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
            var refused = answer.StatusCode == HttpStatusCode.Unauthorized || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.Contains(SignInPages.Path, StringComparison.Ordinal));
            if (!refused) open.Add($"{path}: {(int)answer.StatusCode}");
        }

        Assert.True(open.Count == 0, string.Join('\n', open));
    }

    private IEnumerable<RouteEndpoint> Gets() => host.Running.Services.GetServices<EndpointDataSource>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);

    private static Task<HttpResponseMessage> OpenAsync(HttpClient browser, string userName, string password) =>
        browser.PostAsJsonAsync("/api/session", new Credentials(userName, password));

    private static string WithoutTrace(string problem) => System.Text.RegularExpressions.Regex.Replace(
        problem, "\"traceId\":\"[^\"]*\"", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
