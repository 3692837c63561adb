using System.CommandLine;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>push METHOD FILE</c>: signs a message, sends it, asks for its result and says which field of which record is wrong. Exit code 0 only when it is stored.</summary>
public static class PushVerb
{
    private const string DefaultAddress = "http://127.0.0.1:5080";

    /// <summary>The result's words for stored.</summary>
    private const int Stored = 20;

    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = $"Address of the platform (default {DefaultAddress}).", DefaultValueFactory = _ => DefaultAddress };
        var message = new MessageArguments();
        var push = new Command("push", "Signs a message, sends it to a platform and prints what became of it.") { to };
        message.AddTo(push);
        push.SetAction(async (parsed, ct) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(to), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                Console.Error.WriteLine($"--to '{parsed.GetValue(to)}' is not an address; write {DefaultAddress}.");
                return 1;
            }

            if (await message.ReadAsync(parsed, address, Console.In, ct) is not { } prepared) return 1;

            using (prepared)
            {
                try
                {
                    return await SendAsync(prepared, ct);
                }
                catch (HttpRequestException unreachable)
                {
                    Console.Error.WriteLine($"{address}: {unreachable.Message}");
                    return 1;
                }
            }
        });
        return push;
    }

    private static async Task<int> SendAsync(PreparedMessage prepared, CancellationToken ct)
    {
        var answer = await prepared.Client.SendAsync(prepared.Method, prepared.Data, prepared.At, ct);
        Console.Out.WriteLine($"{answer.Code} {answer.Message}");
        if (answer.RequestSerialCode is not { } serial) return 1;

        var result = await prepared.Client.ResultAsync(serial, prepared.At, ct);
        Console.Out.WriteLine($"requestSerialCode {serial}");
        if (result.Status is not { } status)
        {
            Console.Error.WriteLine($"{result.Code} {result.Message}");
            return 1;
        }

        Console.Out.WriteLine($"status {status} {result.Data?["result"]}");
        foreach (var finding in result.Data?["findings"] as JsonArray ?? [])
        {
            Console.Out.WriteLine($"  {finding?["level"]} {finding?["path"]} {finding?["rule"]}: {finding?["message"]} | {finding?["advice"]} | {finding?["basis"]}");
        }

        return status == Stored ? 0 : 1;
    }
}
