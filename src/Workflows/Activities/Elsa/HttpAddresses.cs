namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>What can be said of a flow's requests without knowing who sends them: for the activities, the host and the checks of content.</summary>
public static class HttpAddresses
{
    /// <summary>The port of a request that found nobody, or was not allowed.</summary>
    public const string NotConnected = "Failed to connect";

    /// <summary>The port of a request that nobody answered in time.</summary>
    public const string TimedOut = "Timeout";

    /// <summary>Begins a value that is the name of a secret, kept in the host's settings.</summary>
    public const string SecretPrefix = "secret:";

    private const int MaxLength = 2_048;

    public static bool IsSecret(string value) => value.StartsWith(SecretPrefix, StringComparison.Ordinal);

    /// <summary>Why nothing can be sent to this address, whoever asks; null when it is an address.</summary>
    public static string? ProblemOf(string written) =>
        written.Length > MaxLength ? $"it is longer than {MaxLength} characters"
        : written.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter == '\\') ? "it has blanks, control characters or backslashes in it"
        : !Uri.TryCreate(written, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0 ? "it must be absolute and begin with https://"
        : url.UserInfo.Length > 0 ? "it carries credentials; use 'authorization' with the name of a secret"
        : url.Fragment.Length > 0 ? "it has a fragment (#…), which is never sent"
        : null;
}
