using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>One person at the platform, by its public API and nothing else: a cookie, a token against forged requests, JSON.</summary>
public sealed class PlatformClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly HttpClient _http;
    private string? _csrf;

    public PlatformClient(Uri address)
    {
        _http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }, disposeHandler: true) { BaseAddress = address };
    }

    /// <summary>Who signed in, as the platform greets them.</summary>
    public string Name { get; private set; } = "";

    public async Task SignInAsync(string userName, string password, CancellationToken ct)
    {
        var session = await ReadAsync<Session>(await _http.PostAsJsonAsync("/api/session", new Credentials(userName, password), Json, ct), $"sign in as {userName}", ct);
        _csrf = session.Csrf;
        Name = session.Name;
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken ct) => await ReadAsync<T>(await ReadAsync(path, ct), $"GET {path}", ct);

    /// <summary>Reads and leaves the answer to the caller.</summary>
    public Task<HttpResponseMessage> ReadAsync(string path, CancellationToken ct) => _http.GetAsync(new Uri(path, UriKind.Relative), ct);

    /// <summary>Posts and expects success.</summary>
    public async Task<T> PostAsync<T>(string path, object? body, CancellationToken ct) => await ReadAsync<T>(await SendAsync(path, body, ct), $"POST {path}", ct);

    /// <summary>Posts and leaves the answer to the caller: refusals are part of the story. A new idempotency key names the act unless one is given.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, object? body, CancellationToken ct, string? idempotencyKey = null)
    {
        using var request = Request(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body, body.GetType(), options: Json));
        request.Headers.Add(ApiEndpoints.IdempotencyHeader, idempotencyKey ?? Guid.NewGuid().ToString("N"));
        return await _http.SendAsync(request, ct);
    }

    /// <summary>The same with content that is no JSON, or by another method.</summary>
    public async Task<HttpResponseMessage> SendContentAsync(string path, HttpContent content, CancellationToken ct, string? idempotencyKey = null, HttpMethod? method = null)
    {
        using var request = Request(method ?? HttpMethod.Post, path, content);
        request.Headers.Add(ApiEndpoints.IdempotencyHeader, idempotencyKey ?? Guid.NewGuid().ToString("N"));
        return await _http.SendAsync(request, ct);
    }

    /// <summary>The body of an answer that is a success.</summary>
    public static async Task<T> BodyAsync<T>(HttpResponseMessage response, CancellationToken ct) =>
        await response.Content.ReadFromJsonAsync<T>(Json, ct) ?? throw new StoryException($"{response.RequestMessage?.RequestUri}: the answer is empty.");

    /// <summary>Hands in a file and returns the handle that a form carries instead of it.</summary>
    public async Task<JsonObject> UploadAsync(string name, byte[] content, CancellationToken ct)
    {
        var path = $"/api/attachments?name={Uri.EscapeDataString(name)}";
        using var request = Request(HttpMethod.Post, path, new ByteArrayContent(content));
        return await ReadAsync<JsonObject>(await _http.SendAsync(request, ct), $"upload {name}", ct);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (_csrf is not null) request.Headers.Add("X-CSRF", _csrf);
        return request;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, string what, CancellationToken ct)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            if (!response.IsSuccessStatusCode) throw new StoryException($"{what}: HTTP {(int)response.StatusCode} {text}");

            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new StoryException($"{what}: the answer is empty.");
        }
    }
}
