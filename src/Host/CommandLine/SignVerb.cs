using System.CommandLine;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.CommandLine;

/// <summary>
/// <c>sign METHOD FILE</c>: a correctly signed request on standard output, for vendors' developers to compare with their own: the form body of profiles that send forms,
/// else the request line, the headers that take part and the body.
/// </summary>
public static class SignVerb
{
    public static Command Create()
    {
        var message = new MessageArguments();
        var sign = new Command("sign", "Makes a signed request and prints it: its form body, or request line, headers and body.");
        message.AddTo(sign);
        sign.SetAction(async (parsed, ct) =>
        {
            if (await message.ReadAsync(parsed, new Uri("http://localhost"), Console.In, ct) is not { } prepared) return 1;

            using (prepared)
            {
                var signed = prepared.Client.Request(prepared.Method, prepared.Data, prepared.At);
                if (signed.Profile.Transport != SigningTransport.Form)
                {
                    Console.Out.WriteLine($"POST {signed.Target}");
                    Console.Out.WriteLine($"Content-Type: {signed.ContentType}");
                    foreach (var (name, value) in signed.Headers) Console.Out.WriteLine($"{name}: {value}");
                    Console.Out.WriteLine();
                }

                Console.Out.WriteLine(signed.Body);
                return 0;
            }
        });
        return sign;
    }
}
