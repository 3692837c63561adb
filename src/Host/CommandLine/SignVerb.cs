using System.CommandLine;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>sign METHOD FILE</c>: a correctly signed request as a form body on standard output, for vendors' developers to compare with their own.</summary>
public static class SignVerb
{
    public static Command Create()
    {
        var message = new MessageArguments();
        var sign = new Command("sign", "Makes a signed request of the national profile and prints its form body.");
        message.AddTo(sign);
        sign.SetAction(async (parsed, ct) =>
        {
            if (await message.ReadAsync(parsed, new Uri("http://localhost"), Console.In, ct) is not { } prepared) return 1;

            using (prepared)
            {
                using var body = new FormUrlEncodedContent(prepared.Client.Sign(prepared.Method, prepared.Data, prepared.At));
                Console.Out.WriteLine(await body.ReadAsStringAsync(ct));
                return 0;
            }
        });
        return sign;
    }
}
