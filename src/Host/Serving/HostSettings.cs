using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>What a valid change of a content file does (<c>Content:Files</c>).</summary>
public enum ContentFiles
{
    /// <summary>It is live within two seconds.</summary>
    Publish,

    /// <summary>It is read and checked, and waits for somebody to publish it.</summary>
    Draft,

    /// <summary>The folder is not watched.</summary>
    Off,
}

/// <summary>How letters are kept from being read and changed on their way to the mail server.</summary>
public enum SmtpEncryption
{
    /// <summary>Not at all: for a server on this machine.</summary>
    None,

    /// <summary>The talk begins in clear and changes over before anything is said (STARTTLS, usually port 587).</summary>
    StartTls,

    /// <summary>From the first byte (usually port 465).</summary>
    Implicit,
}

/// <summary>Where mail goes besides the folder of <c>.eml</c> files (<c>Mail:Smtp:*</c>).</summary>
public sealed record SmtpSettings(string Host, int Port, SmtpEncryption Encryption, string? UserName, string? Password)
{
    /// <summary>Who may vouch for the server's name, instead of those that this machine trusts (<c>Mail:Smtp:Authorities</c>): a mail server of one's own has a certificate of one's own.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port} ({Encryption})";

    /// <summary>A server that takes a connection and then says nothing must not hold up the outbox for longer (<c>Mail:AttemptTimeout</c>).</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>Everything a host is told from outside, read once at start: configuration first, command line over it.</summary>
public sealed record HostSettings
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes a free one.</summary>
    public string Urls { get; init; } = DefaultUrl;

    /// <summary>
    /// Addresses of the reverse proxies in front, separated by semicolons in <c>Proxies</c>. From these, and from nobody else, the host believes
    /// who asked (<c>X-Forwarded-For</c>) and that it was over https (<c>X-Forwarded-Proto</c>): limits count by the former, cookies are marked by the latter.
    /// </summary>
    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    /// <summary>Folder of the embedded database, the keys and the mail files. One host at a time.</summary>
    public string DataFolder { get; init; } = ".data";

    /// <summary>A PostgreSQL server of your own (<c>ConnectionStrings:Default</c> and, per role, <c>:App</c>, <c>:Engine</c>, <c>:Ingest</c>) and the sealing key.</summary>
    public StorageOptions Server { get; init; } = new();

    /// <summary>Folder with <c>workflows/</c>, <c>rules/</c> and <c>templates/</c>.</summary>
    public string ContentRoot { get; init; } = ".";

    public ContentFiles ContentFiles { get; init; } = ContentFiles.Publish;

    /// <summary>What was read of content before; hosts of one process may share it.</summary>
    public ContentMemory ContentMemory { get; init; } = new();

    /// <summary>Adds the province, its cities, two vendors and one user per role, when they are not there yet.</summary>
    public bool Demo { get; init; }

    /// <summary>People whom a demonstration wants besides the usual ones.</summary>
    public IReadOnlyList<DemoGuest> DemoGuests { get; init; } = [];

    /// <summary>Business time is moved by hand; only on a database created for that.</summary>
    public bool Simulated { get; init; }

    /// <summary>Business instant at which a new simulation begins; an existing one goes on where it stood.</summary>
    public DateTimeOffset? SimulatedStart { get; init; }

    /// <summary>The database as this host opens it.</summary>
    public StorageOptions Storage => Server with
    {
        PackageFolders = PackageFolders(),
        DataFolder = Path.GetFullPath(DataFolder),
        ArchiveFolder = BackupFolder,
        Simulated = Simulated,
    };

    /// <summary>How long a host that starts waits for a server that nobody answers at (<c>Database:StartPatience</c>); one that recovers is waited for without end.</summary>
    public TimeSpan DatabasePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where backups go, and to where the embedded server copies its log as it goes (<c>Backup:Folder</c>); null: it does not, and a restore is to the moment of a backup only.</summary>
    public string? BackupFolder { get; init; }

    /// <summary>Where letters land as <c>.eml</c> files when no mail server is configured.</summary>
    public string MailFolder => Path.GetFullPath(Path.Combine(DataFolder, "mail"));

    /// <summary>Sender address of notices.</summary>
    public string MailFrom { get; init; } = "no-reply@localhost";

    public SmtpSettings? Smtp { get; init; }

    /// <summary>Where the mail server leaves what is sent to <see cref="MailFrom"/>, one file a mail (<c>Mail:BounceFolder</c>); null: what comes back is not taken in.</summary>
    public string? BounceFolder { get; init; }

    /// <summary>Letters to one recipient that may wait at once and still go one by one; more go as one mail that lists them (<c>Mail:DigestOver</c>).</summary>
    public int MailDigestOver { get; init; } = 10;

    /// <summary>Time of day in Beijing at which those who want one mail a day get it (<c>Mail:DailyAt</c>).</summary>
    public TimeOnly MailDailyAt { get; init; } = new(8, 30);

    /// <summary>Where short messages are left for a gateway (<c>Messages:Folder</c>); null: there are none. A demonstration leaves them in its data folder.</summary>
    public string? MessageFolder
    {
        get => field ?? (Demo ? Path.GetFullPath(Path.Combine(DataFolder, "messages")) : null);
        init;
    }

    /// <summary>Where people reach this platform from outside, for links in mails (<c>PublicAddress</c>); null: mails name no address.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Whole calendar months after the one of arrival for which personal values of devices' records can be opened (<c>Personal:KeepMonths</c>); then their key is destroyed.</summary>
    public int PersonalMonths { get; init; } = 36;

    /// <summary>What flows may do over HTTP (<c>Http:*</c>); nothing by default.</summary>
    public HttpSettings Http { get; init; } = HttpSettings.Nothing;

    /// <summary>OTLP receiver of traces and metrics (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>); null sends nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Writes the request log to standard error; off where the output is meant for reading.</summary>
    public bool Quiet { get; init; }

    /// <exception cref="SettingsException">A value is not one of those allowed.</exception>
    public static HostSettings From(IConfiguration configuration) => new()
    {
        Urls = configuration["Urls"] ?? DefaultUrl,
        Proxies = ProxiesFrom(configuration["Proxies"]),
        DataFolder = configuration["Data"] ?? ".data",
        BackupFolder = Given(configuration["Backup:Folder"]),
        DatabasePatience = PatienceFrom(configuration["Database:StartPatience"]),
        Server = new StorageOptions
        {
            ConnectionString = Given(configuration.GetConnectionString("Default")),
            AppConnectionString = Given(configuration.GetConnectionString("App")),
            EngineConnectionString = Given(configuration.GetConnectionString("Engine")),
            IngestConnectionString = Given(configuration.GetConnectionString("Ingest")),
            MasterKey = Given(configuration["WORKFLOW_MASTER_KEY"]),
        },
        ContentRoot = ContentRootFrom(configuration["Content:Root"]),
        ContentFiles = ContentFilesFrom(configuration["Content:Files"]),
        MailFrom = configuration["Mail:From"] ?? "no-reply@localhost",
        Smtp = SmtpFrom(configuration.GetSection("Mail:Smtp"), configuration["Mail:AttemptTimeout"]),
        MailDigestOver = DigestOverFrom(configuration["Mail:DigestOver"]),
        BounceFolder = Given(configuration["Mail:BounceFolder"]),
        MailDailyAt = DailyAtFrom(configuration["Mail:DailyAt"]),
        MessageFolder = Given(configuration["Messages:Folder"]),
        PublicAddress = PublicAddressFrom(configuration["PublicAddress"]),
        PersonalMonths = PersonalMonthsFrom(configuration["Personal:KeepMonths"]),
        Http = HttpSettings.From(configuration.GetSection("Http")),
        OtlpEndpoint = Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], UriKind.Absolute, out var otlp) ? otlp : null,
    };

    /// <summary>The settings of this process: appsettings.json beside the executable, then the environment.</summary>
    public static HostSettings FromEnvironment() => From(
        new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .Build());

    /// <summary>
    /// Without a setting, the nearest folder with <c>workflows/</c>: from the working folder upwards, then from the
    /// executable upwards, so that a clone works from wherever it is started.
    /// </summary>
    public static string ContentRootFrom(string? configured)
    {
        if (configured is { Length: > 0 }) return Path.GetFullPath(configured);

        foreach (var start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (Directory.Exists(Path.Combine(folder.FullName, "workflows"))) return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The embedded server's package is installed beside the sources of the host; a published host has it beside itself.</summary>
    private static List<string> PackageFolders()
    {
        var folders = new List<string>();
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            folders.Add(folder.FullName);
            folders.Add(Path.Combine(folder.FullName, "src", "Host"));
        }

        return folders;
    }

    private static IReadOnlyList<IPAddress> ProxiesFrom(string? text) =>
    [
        .. from written in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
           select IPAddress.TryParse(written, out var address)
               ? address
               : throw new SettingsException($"Proxies contains '{written}'; it must be IP addresses, separated by semicolons."),
    ];

    private static ContentFiles ContentFilesFrom(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "PUBLISH" => ContentFiles.Publish,
        "DRAFT" => ContentFiles.Draft,
        "OFF" => ContentFiles.Off,
        _ => throw new SettingsException($"Content:Files is '{text}'; it can be publish, draft or off."),
    };

    private static int DigestOverFrom(string? text) =>
        text is not { Length: > 0 } ? 10
        : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1_000 ? number
        : throw new SettingsException($"Mail:DigestOver is '{text}'; it must be a number from 1 to 1000.");

    private static int PersonalMonthsFrom(string? text) =>
        text is not { Length: > 0 } ? 36
        : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 600 ? number
        : throw new SettingsException($"Personal:KeepMonths is '{text}'; it must be a number from 1 to 600.");

    private static TimeSpan PatienceFrom(string? text) =>
        text is not { Length: > 0 } ? TimeSpan.FromSeconds(60)
        : TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var patience) && patience >= TimeSpan.Zero && patience <= TimeSpan.FromHours(1) ? patience
        : throw new SettingsException($"Database:StartPatience is '{text}'; it must be a time from 00:00:00 to 01:00:00.");

    private static TimeOnly DailyAtFrom(string? text) =>
        text is not { Length: > 0 } ? new TimeOnly(8, 30)
        : TimeOnly.TryParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var time) ? time
        : throw new SettingsException($"Mail:DailyAt is '{text}'; it must be a time of day such as 08:30.");

    private static Uri? PublicAddressFrom(string? text) =>
        text is not { Length: > 0 } ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address is { Query: "", Fragment: "", UserInfo: "" } ? address
        : throw new SettingsException($"PublicAddress is '{text}'; it must be an address such as https://platform.example.gov.cn.");

    private static SmtpSettings? SmtpFrom(IConfigurationSection section, string? attemptTimeout)
    {
        if (section["Host"] is not { Length: > 0 } host) return null;
        var encryption = (section["ImplicitTls"], section["StartTls"]) switch
        {
            ("true" or "True", "true" or "True") => throw new SettingsException("Mail:Smtp:ImplicitTls and Mail:Smtp:StartTls are both true: the talk with a mail server is encrypted from its beginning or later."),
            ("true" or "True", _) => SmtpEncryption.Implicit,
            (_, "false" or "False") => SmtpEncryption.None,
            _ => SmtpEncryption.StartTls,
        };
        var port = section["Port"] ?? (encryption == SmtpEncryption.Implicit ? "465" : "587");
        if (!int.TryParse(port, System.Globalization.CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
        {
            throw new SettingsException($"Mail:Smtp:Port is '{port}'; it must be a number from 1 to 65535.");
        }

        var settings = new SmtpSettings(host, number, encryption, section["UserName"], section["Password"]) { Authorities = AuthoritiesFrom(section["Authorities"]) };
        if (settings is { UserName: not null, Encryption: SmtpEncryption.None } && host != "localhost" && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)))
        {
            throw new SettingsException($"Mail:Smtp:UserName is set and Mail:Smtp:StartTls is false: the password would go to {host} for everybody on the way to read.");
        }

        if (attemptTimeout is not { Length: > 0 }) return settings;

        return TimeSpan.TryParse(attemptTimeout, System.Globalization.CultureInfo.InvariantCulture, out var timeout) && timeout >= TimeSpan.FromSeconds(1) && timeout <= TimeSpan.FromMinutes(2)
            ? settings with { AttemptTimeout = timeout }
            : throw new SettingsException($"Mail:AttemptTimeout is '{attemptTimeout}'; it must be a time from 00:00:01 to 00:02:00.");
    }

    private static X509Certificate2Collection? AuthoritiesFrom(string? path)
    {
        if (path is not { Length: > 0 }) return null;

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"Mail:Smtp:Authorities is '{path}', which cannot be read as certificates in PEM: {wrong.Message}", wrong);
        }

        return authorities.Count > 0 ? authorities : throw new SettingsException($"Mail:Smtp:Authorities is '{path}', a file without a certificate in PEM.");
    }
}

/// <summary>A setting that cannot be used; the message names it and says what it can be.</summary>
public sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
