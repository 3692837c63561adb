using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Activities.Elsa;

namespace WorkflowEngine.Host.Http;

/// <summary>One address that the flows of an organisation may send requests to.</summary>
/// <param name="Scheme"><c>https</c>, or <c>http</c> where the operator wrote it.</param>
/// <param name="Host">Exactly this name, in lower case and ASCII; no wildcard.</param>
/// <param name="Path">The beginning of the path, by whole segments; <c>/</c> is all of it.</param>
/// <param name="Networks">Addresses that are not public and are allowed all the same, because the system stands in the authority's own network.</param>
/// <param name="Secrets">By the name that flows use: a whole header value.</param>
public sealed record HttpTarget(
    string Scheme, string Host, int Port, string Path, IReadOnlyList<IPNetwork> Networks, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>Certificates of those who alone may vouch for this host; empty: those whom the machine trusts.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Whether the address is meant. What a path hides behind escapes is no match.</summary>
    public bool Covers(Uri url)
    {
        if (url.Scheme != Scheme || !string.Equals(url.IdnHost, Host, StringComparison.OrdinalIgnoreCase) || url.Port != Port) return false;

        var path = url.AbsolutePath;
        return Path == "/"
            || (!path.Contains('%', StringComparison.Ordinal) && (path == Path || path.StartsWith(Path.TrimEnd('/') + "/", StringComparison.Ordinal)));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{Port}{Path}");
}

/// <summary>What the operator allows flows to do over HTTP (<c>Http:*</c>). Empty by default: nothing is sent, nobody asks without signing in.</summary>
public sealed record HttpSettings
{
    public static HttpSettings Nothing { get; } = new();

    /// <summary>
    /// <c>Http:Outgoing:ORGANISATION:n:Url</c> (<c>https://api.example.com/v1/</c>), with <c>Networks:n</c> (<c>10.8.0.0/16</c>), <c>Authorities</c> (a PEM file) and
    /// <c>Secrets:NAME</c>: by the id of the organisation whose instance sends.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<HttpTarget>> Outgoing { get; init; } = new Dictionary<string, IReadOnlyList<HttpTarget>>();

    /// <summary><c>Http:Anonymous:n</c>: paths of endpoints, as flows write them, that may be asked without signing in when the flow says so too.</summary>
    public IReadOnlyList<string> Anonymous { get; init; } = [];

    /// <summary>The wait before the second attempt; each further wait is four times as long, up to ten minutes.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>Http:AttemptTimeout</c> (<c>00:00:30</c>): all of one attempt: looking up the name, connecting, sending, reading.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The hosts that some organisation may reach, for the checks of content.</summary>
    public IReadOnlyCollection<string> ReachableHosts => [.. Outgoing.Values.SelectMany(targets => targets).Select(target => target.Host).Distinct()];

    public bool AllowsAnonymous(HttpPath path) => Anonymous.Any(allowed => HttpPath.Parse(allowed, out _)?.Key == path.Key);

    /// <exception cref="SettingsException">A value is not one of those allowed.</exception>
    public static HttpSettings From(IConfigurationSection section) => new()
    {
        Outgoing = section.GetSection("Outgoing").GetChildren().ToDictionary(
            organisation => organisation.Key, organisation => (IReadOnlyList<HttpTarget>)[.. organisation.GetChildren().Select(TargetFrom)]),
        Anonymous =
        [
            .. from allowed in section.GetSection("Anonymous").GetChildren()
               select HttpPath.Parse(allowed.Value, out var problem) is not null
                   ? allowed.Value!
                   : throw new SettingsException($"{allowed.Path} is '{allowed.Value}': {problem}."),
        ],
        AttemptTimeout = AttemptTimeoutFrom(section["AttemptTimeout"]),
    };

    /// <summary>A target of an address as it is written.</summary>
    /// <exception cref="SettingsException">It is none.</exception>
    public static HttpTarget Target(string written, IEnumerable<string> networks, IReadOnlyDictionary<string, string>? secrets = null, string setting = "Http:Outgoing")
    {
        if (!Uri.TryCreate(written, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw new SettingsException($"{setting} is '{written}'; it must be an address such as https://api.example.com/v1/, without credentials and query.");
        }

        var allowed = networks.Select(network => IPNetwork.TryParse(network, out var parsed)
            ? parsed
            : throw new SettingsException($"{setting} names the network '{network}'; it must be written like 10.8.0.0/16."));
        return new HttpTarget(url.Scheme, url.IdnHost.ToLowerInvariant(), url.Port, url.AbsolutePath, [.. allowed], secrets ?? new Dictionary<string, string>());
    }

    /// <summary>Not longer than five minutes: what a killed host was sending is not sent again for three times as long.</summary>
    private static TimeSpan AttemptTimeoutFrom(string? written) =>
        written is null ? Nothing.AttemptTimeout
        : TimeSpan.TryParse(written, CultureInfo.InvariantCulture, out var timeout) && timeout >= TimeSpan.FromSeconds(1) && timeout <= TimeSpan.FromMinutes(5) ? timeout
        : throw new SettingsException($"Http:AttemptTimeout is '{written}'; it must be written like 00:00:30, from one second to five minutes.");

    private static HttpTarget TargetFrom(IConfigurationSection entry) => Target(
        entry["Url"] ?? "",
        entry.GetSection("Networks").GetChildren().Select(network => network.Value ?? ""),
        entry.GetSection("Secrets").GetChildren().ToDictionary(secret => secret.Key, secret => secret.Value ?? "", StringComparer.OrdinalIgnoreCase),
        entry.Path) with { Authorities = AuthoritiesFrom(entry["Authorities"], $"{entry.Path}:Authorities") };

    private static IReadOnlyList<X509Certificate2> AuthoritiesFrom(string? file, string setting)
    {
        if (string.IsNullOrEmpty(file)) return [];

        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"{setting} is '{file}', which cannot be read as certificates (PEM): {unreadable.Message}", unreadable);
        }

        return found.Count > 0 ? [.. found] : throw new SettingsException($"{setting} is '{file}', which has no certificate (PEM) in it.");
    }
}
