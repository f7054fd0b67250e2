using System.Globalization;
using Vae.Load;

// What the service bears, measured on this machine: client, service and echo share its processors. The service has to be built:
//   dotnet build -c Release Vae.Inference
//   dotnet run -c Release --project bench/Vae.Load -- compare MODELS NAME [SECONDS ROUNDS]   throughput beside an echo, batching on and off
//   dotnet run -c Release --project bench/Vae.Load -- mixed MODELS NAME [SECONDS]            every size, JSON and bytes; memory; every answer checked
switch (args)
{
    case ["echo", var jsonLength, var answer]:
        await EchoServer.RunAsync(Convert.FromBase64String(answer), jsonLength);
        return 0;
    case ["compare", var models, var name, .. var rest]:
        return await Comparison.RunAsync(models, name, Number(rest, 0, 5), Number(rest, 1, 6));
    case ["mixed", var models, var name, .. var rest]:
        return await MixedLoad.RunAsync(models, name, Number(rest, 0, 600));
    default:
        Console.Error.WriteLine("usage: compare MODELS NAME [SECONDS ROUNDS] | mixed MODELS NAME [SECONDS]");
        return 2;
}

static int Number(string[] rest, int at, int otherwise) => at < rest.Length ? Whole(rest[at]) : otherwise;

static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
