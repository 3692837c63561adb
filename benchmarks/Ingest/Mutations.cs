using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Tests.Ingest;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>
/// Signed requests of every profile, changed in one place each: a byte of the body, of the query or of a header, put in, taken out or exchanged; cut off; a parameter twice; another key, another
/// address, another profile. None may be taken whose signed text differs from what was signed, and none may be answered with a server error.
/// </summary>
internal static class Mutations
{
    private static readonly string[] Profiles = ["national-1.2.1", "meizhou-1.2", "cwr-1.0", "hmac-1"];

    public static async Task<int> RunAsync(int count, int seed)
    {
        using var stage = new BenchStage();
        try
        {
            await stage.InitializeAsync();
            var standards = stage.Services.GetRequiredService<ContentReleases>().Current.Standards;
            var keys = new Dictionary<string, TestKey>();
            foreach (var profile in Profiles) keys[profile] = await stage.NewKeyAsync(profile == MessageGate.SpokenProfile ? null : profile);

            var (taken, wrong, failed, next) = (0, 0, 0, -1);
            var codes = new SortedDictionary<string, int>(StringComparer.Ordinal);
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 16 }) { BaseAddress = stage.Address };
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
            {
                while (Interlocked.Increment(ref next) is var number && number < count)
                {
                    var random = new Random(HashCode.Combine(seed, number));
                    var id = Profiles[number % Profiles.Length];
                    var (profile, key) = (standards[id].Signing, keys[id]);
                    var at = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8));
                    var message = TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), at.AddSeconds(-number));
                    var signed = key.Client.Request(TestMessages.AttendanceAdd, message, at);
                    var mutant = Mutant.Of(signed, random, other: keys[Profiles[(number + 1) % Profiles.Length]], standards);
                    var (status, code) = await SendAsync(http, mutant, BenchStage.NewAddress(number / 100));
                    lock (codes)
                    {
                        codes[$"{id} {code}"] = codes.GetValueOrDefault($"{id} {code}") + 1;
                        if (status >= 500)
                        {
                            failed++;
                            Console.WriteLine($"HTTP {status}: request {number}, {mutant.Change}");
                        }

                        if (code != profile.Answers.Ok) continue;

                        taken++;
                        if (mutant.SignedText(profile, key.Secret) == profile.StringToSign(signed.Parameters, key.Secret)) continue;

                        wrong++;
                        Console.WriteLine($"taken: request {number}, {mutant.Change}");
                    }
                }
            }));

            foreach (var (code, many) in codes) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{code,-24} {many,8}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} changed requests: {taken} taken whose signed text is the same, {wrong} taken whose signed text differs, {failed} server errors"));
            return wrong + failed == 0 ? 0 : 1;
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private static async Task<(int Status, string Code)> SendAsync(HttpClient http, Mutant mutant, string address)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(http.BaseAddress!, mutant.Target)) { Content = new ByteArrayContent(mutant.Body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mutant.ContentType);
            foreach (var (name, value) in mutant.Headers) request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.TryAddWithoutValidation(BenchStage.Forwarded, address);
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)?["code"]?.ToString() ?? "no code" : $"HTTP {(int)response.StatusCode}");
        }
        catch (Exception refused) when (refused is HttpRequestException or UriFormatException or FormatException)
        {
            // The client itself will not put it on the wire, or the server hung up on what is no HTTP.
            return (400, "no HTTP");
        }
    }

    /// <summary>A request as it goes on the wire after one change.</summary>
    private sealed record Mutant(string Change, string Target, List<KeyValuePair<string, string>> Headers, string ContentType, byte[] Body)
    {
        public static Mutant Of(SignedRequest signed, Random random, TestKey other, IReadOnlyDictionary<string, MessageStandard> standards)
        {
            var whole = new Mutant("", signed.Target, [.. signed.Headers], signed.ContentType, Encoding.UTF8.GetBytes(signed.Body));
            return random.Next(10) switch
            {
                0 or 1 or 2 => whole with { Change = "body", Body = Changed(whole.Body, random) },
                3 => whole with { Change = "body cut", Body = whole.Body[..random.Next(whole.Body.Length)] },
                4 or 5 when whole.Headers.Count > 0 => whole with { Change = "header", Headers = HeaderChanged(whole.Headers, random) },
                4 or 5 when whole.Target.Contains('?', StringComparison.Ordinal) => whole with { Change = "query", Target = QueryChanged(whole.Target, random) },
                6 => whole with { Change = "parameter twice", Target = whole.Target + (whole.Target.Contains('?', StringComparison.Ordinal) ? "&api_key=1" : ""), Headers = [.. whole.Headers, .. whole.Headers.Take(1)], Body = signed.Profile.Transport == SigningTransport.Form ? [.. whole.Body, .. "&nonce=1"u8] : [.. whole.Body, (byte)' '] },
                7 => whole with { Change = "another key", Target = whole.Target.Replace(KeyOf(signed), other.Appid, StringComparison.Ordinal), Headers = [.. whole.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Replace(KeyOf(signed), other.Appid, StringComparison.Ordinal)))], Body = Encoding.UTF8.GetBytes(signed.Body.Replace(KeyOf(signed), other.Appid, StringComparison.Ordinal)) },
                8 => whole with { Change = "another profile's address", Target = IngestAddresses.Of(standards.Values.Where(standard => standard.Id != signed.Profile.Id).ElementAt(random.Next(standards.Count - 1)).Signing, signed.Method) },
                _ => whole with { Change = "letter case of a letter", Body = CaseChanged(whole.Body, random) },
            };
        }

        /// <summary>What the request would have to have been signed over, read in the plainest way.</summary>
        public string SignedText(SigningProfile profile, string secret)
        {
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            if (profile.Transport == SigningTransport.Header)
            {
                foreach (var (name, value) in Headers) parameters[name] = value;
                SignedRequest.AddComputed(parameters, "POST", Target, Body);
            }
            else
            {
                var text = profile.Transport == SigningTransport.Form ? Encoding.UTF8.GetString(Body) : Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..];
                var pairs = HttpUtility.ParseQueryString(text);
                foreach (var name in pairs.AllKeys.OfType<string>()) parameters[name] = pairs[name]!;
                if (profile.Transport == SigningTransport.Query) parameters[profile.Data!] = Encoding.UTF8.GetString(Body);
            }

            return profile.StringToSign(parameters, secret);
        }

        private static string KeyOf(SignedRequest signed) => signed.Parameters[signed.Profile.KeyId];

        private static byte[] Changed(byte[] bytes, Random random)
        {
            var at = random.Next(bytes.Length);
            var octet = (byte)random.Next(256);
            return random.Next(3) switch
            {
                0 => [.. bytes[..at], octet, .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], octet, .. bytes[at..]],
                _ => [.. bytes[..at], .. bytes[(at + 1)..]],
            };
        }

        private static byte[] CaseChanged(byte[] bytes, Random random)
        {
            byte[] changed = [.. bytes];
            var at = Array.FindIndex(changed, random.Next(changed.Length), octet => char.IsAsciiLetter((char)octet));
            if (at >= 0) changed[at] ^= 0x20;
            return changed;
        }

        private static List<KeyValuePair<string, string>> HeaderChanged(List<KeyValuePair<string, string>> headers, Random random)
        {
            var at = random.Next(headers.Count);
            List<KeyValuePair<string, string>> changed = [.. headers];
            changed[at] = KeyValuePair.Create(changed[at].Key, Ascii(Changed(Encoding.ASCII.GetBytes(changed[at].Value), random)));
            return changed;
        }

        private static string QueryChanged(string target, Random random)
        {
            var split = target.IndexOf('?', StringComparison.Ordinal) + 1;
            return target[..split] + Ascii(Changed(Encoding.ASCII.GetBytes(target[split..]), random));
        }

        private static string Ascii(byte[] bytes) => new([.. bytes.Select(octet => octet is > 0x20 and < 0x7F ? (char)octet : '~')]);
    }
}
