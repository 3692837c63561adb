using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>A person at the platform, signed in once; the session holds at every host.</summary>
internal sealed class RigPerson : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly byte[] Paper = Encoding.ASCII.GetBytes("%PDF-1.4\n%%EOF\n");

    private readonly HttpClient _http;
    private string? _csrf;

    public RigPerson(string userName)
    {
        UserName = userName;
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) });
    }

    public string UserName { get; }

    public string Organisation { get; private set; } = "";

    public string OrganisationId { get; private set; } = "";

    /// <summary>Handles of files that were handed in once and are named in every form.</summary>
    public Dictionary<string, JsonObject> Papers { get; } = [];

    public async Task SignInAsync(Uri host, string password)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(host, "/api/session"), new Credentials(UserName, password), Json);
        response.EnsureSuccessStatusCode();
        var session = (await response.Content.ReadFromJsonAsync<Session>(Json))!;
        (_csrf, Organisation, OrganisationId) = (session.Csrf, session.OrganisationName, session.OrganisationId);
    }

    public async Task UploadAsync(Uri host, string field)
    {
        using var content = new ByteArrayContent(Paper);
        using var request = Request(HttpMethod.Post, new Uri(host, $"/api/attachments?name={field}.pdf"), content);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Papers.Add(field, (await response.Content.ReadFromJsonAsync<JsonObject>(Json))!);
    }

    public async Task<HostAnswer> GetAsync(Uri host, string path, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, new Uri(host, path), null);
        return await SendAsync(request, ct);
    }

    public async Task<HostAnswer> PostAsync(Uri host, string path, object? body, string key, CancellationToken ct)
    {
        using var content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json);
        using var request = Request(HttpMethod.Post, new Uri(host, path), content);
        request.Headers.Add(ApiEndpoints.IdempotencyHeader, key);
        return await SendAsync(request, ct);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        if (_csrf is not null) request.Headers.Add("X-CSRF", _csrf);
        return request;
    }

    private async Task<HostAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var response = await _http.SendAsync(request, ct);
        return new HostAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(ct));
    }
}
