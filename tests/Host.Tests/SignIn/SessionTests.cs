using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Identity;

namespace WorkflowEngine.Host.Tests.SignIn;

/// <summary>How sessions end and how guessing passwords ends, on a host whose every request checks the session.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private RunningHost _host = null!;

    public async Task InitializeAsync()
    {
        var settings = TestSettings.New with { DataFolder = _data.Path, Urls = "http://127.0.0.1:0", Demo = true, Quiet = true, Proxies = [IPAddress.Loopback] };
        _host = await RunningHost.StartAsync(settings, CancellationToken.None);
        _host.Services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value.ValidationInterval = TimeSpan.Zero;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Signing_out_ends_every_session_of_the_person_copied_cookies_included()
    {
        using var copied = await SignedInAsync("jia");
        using var browser = await SignedInAsync("jia");
        using var colleague = await SignedInAsync("jia-tech");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(copied, "/api/session"));

        using var signedOut = await browser.DeleteAsync(new Uri("/api/session", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(copied, "/api/session"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(copied, "/sign-in"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(colleague, "/api/session"));
    }

    [Fact]
    public async Task A_disabled_persons_session_ends_with_the_sign_in_page()
    {
        using var browser = await SignedInAsync("gz-officer");
        using (var scope = _host.Services.CreateScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            var user = (await users.FindByNameAsync("gz-officer"))!;
            user.Disabled = true;
            Assert.True((await users.UpdateAsync(user)).Succeeded);
        }

        Assert.Equal(HttpStatusCode.Found, await StatusAsync(browser, "/tasks"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/sign-in"));
    }

    [Fact]
    public async Task Guesses_made_at_the_same_moment_all_count_towards_the_lock()
    {
        using var guesser = new HttpClient { BaseAddress = _host.Address };
        await Task.WhenAll(Enumerable.Range(0, 2 * SignInSetup.MostFailures).Select(async guess =>
        {
            using var refused = await guesser.PostAsJsonAsync("/api/session", new Credentials("yi", $"wrong password {guess}"));
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }));

        using var right = await guesser.PostAsJsonAsync("/api/session", new Credentials("yi", PasswordOf("yi")));

        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task Behind_a_proxy_that_is_named_a_session_that_began_over_https_stays_there()
    {
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _host.Address };
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var answer = await browser.PostAsJsonAsync("/api/session", new Credentials("sz-officer", PasswordOf("sz-officer")));

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("__Host-wfe-session", StringComparison.Ordinal));
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"userName":null,"password":"x"}""")]
    [InlineData("""{"userName":"jia","userName":"yi","password":"x"}""")]
    public async Task A_body_with_members_missing_null_or_doubled_is_the_senders_mistake(string body)
    {
        using var stranger = new HttpClient { BaseAddress = _host.Address };
        using var content = new StringContent(body, mediaType: new("application/json"));

        using var answer = await stranger.PostAsync(new Uri("/api/session", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private string PasswordOf(string userName) => _host.NewAccounts.First(account => account.UserName == userName).Password;

    private async Task<HttpClient> SignedInAsync(string userName)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _host.Address };
        using var answer = await browser.PostAsJsonAsync("/api/session", new Credentials(userName, PasswordOf(userName)));
        var session = (await answer.Content.ReadFromJsonAsync<Session>())!;
        browser.DefaultRequestHeaders.Add("X-CSRF", session.Csrf);
        return browser;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
