module Vae.Tests.ProcessTests

open System
open System.Diagnostics
open System.IO
open System.Net.Http
open System.Net.Sockets
open System.Runtime.InteropServices
open System.Text
open System.Threading
open System.Threading.Tasks
open Xunit
open Vae.Tests

[<DllImport("libc")>]
extern int kill(int pid, int signal)

let private sigterm = 15

/// The service as a process of its own.
let private start (arguments: string list) =
    let dll =
        Path.Combine(Outside.root, "Vae.Inference", "bin", "Release", "net10.0", "Vae.Inference.dll")

    let info =
        ProcessStartInfo("dotnet", dll :: arguments, RedirectStandardOutput = true, RedirectStandardError = true)

    Process.Start info

let private run arguments =
    use service = start arguments
    let error = service.StandardError.ReadToEndAsync()
    Assert.True(service.WaitForExit(TimeSpan.FromMinutes 2.0))
    service.ExitCode, error.Result

[<Fact>]
let ``What is wrong with the command line is a sentence, and exit 2`` () =
    use empty = new Folder()
    use folder = new Folder()
    folder.Add("m", Models.difference)

    for arguments, says in
        [
            [], "MODELS"
            [ empty.Path ], "vae export"
            [ Path.Combine(empty.Path, "none") ], "no folder"
            [ folder.Path; "--max-batch"; "0" ], "--max-batch is at least 1"
            [ folder.Path; "--timeout"; "-1" ], "from 0 to 86400"
            [ folder.Path; "--timeout"; "nan" ], "from 0 to 86400"
            [ folder.Path; "--max-delay"; "soon" ], "vae: --max-delay is a number, not soon"
            [ folder.Path; "--port"; "1.5" ], "vae: --port is a whole number, not 1.5"
            [ folder.Path; "--port"; "70000" ], "vae: --port is from 0 to 65535, not 70000"
            [ folder.Path; "--port" ], "vae: Required argument missing for option: '--port'"
            [ folder.Path; "--device"; "tpu" ], "tpu"
            [ folder.Path; "--host"; "example.org" ], "--host"
            [ folder.Path; folder.Path ], "two of the folders"
        ] do
        let code, error = run arguments
        Assert.Equal(2, code)
        Assert.Contains(says, error)

/// A fact about machines without an NVIDIA GPU; skipped, and counted as skipped, on others.
type NoGpuFactAttribute() as this =
    inherit FactAttribute()

    do
        if File.Exists "/proc/driver/nvidia/version" then
            this.Skip <- "there is an NVIDIA GPU"

[<NoGpuFact>]
let ``Without a CUDA provider, --device cuda is a sentence and exit 2`` () =
    use folder = new Folder()
    folder.Add("m", Models.difference)
    let code, error = run [ folder.Path; "--device"; "cuda" ]
    Assert.Equal(2, code)
    Assert.Contains("--device cuda", error)
    Assert.DoesNotContain(" at Vae.", error)

[<Fact>]
let ``SIGTERM under load: unready, every accepted request is answered, exit 0`` () =
    use folder = new Folder()
    folder.Add("slow", Models.slow 128 4)
    use service = start [ folder.Path; "--port"; "0" ]
    let log = service.StandardError.ReadToEndAsync()
    let listening = service.StandardOutput.ReadLine()
    Assert.StartsWith("listening at ", listening)
    Assert.StartsWith("ready: 1 models", service.StandardOutput.ReadLine())
    let address = Uri(listening["listening at ".Length ..])
    let answered = ref 0
    let told = ref 0
    use stop = new CancellationTokenSource()
    let request = Encoding.ASCII.GetBytes Serving.zero

    let head =
        Encoding.ASCII.GetBytes
            $"POST /v2/models/slow/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {request.Length}\r\n\r\n"

    /// Sends a request and gives the answer's first line; null where the system took the connection and dropped it as the service stopped
    /// listening: the service never had it.
    let send (stream: NetworkStream) (reader: StreamReader) (isFirst: bool) =
        task {
            try
                do! stream.WriteAsync(ReadOnlyMemory(Array.append head request))
                return! reader.ReadLineAsync()
            with :? IOException when isFirst ->
                return null
        }

    /// Below HttpClient, which would quietly send again what was lost. A connection that is refused was never accepted; one that the
    /// service has announced to close gets no more requests; every other request has to get its answer.
    let client () =
        task {
            while not stop.IsCancellationRequested do
                use connection = new TcpClient()

                let! connected =
                    task {
                        try
                            do! connection.ConnectAsync(address.Host, address.Port)
                            return true
                        with :? SocketException ->
                            return false
                    }

                if not connected then
                    do! stop.CancelAsync()
                else
                    use stream = connection.GetStream()
                    use reader = new StreamReader(stream)
                    let mutable isOpen = true
                    let mutable first = true

                    while isOpen && not stop.IsCancellationRequested do
                        let! status = send stream reader first

                        if isNull status && first then
                            isOpen <- false
                            do! stop.CancelAsync()
                        else
                            first <- false
                            Assert.Equal("HTTP/1.1 200 OK", status)
                            let mutable length = 0
                            let mutable line = "-"

                            while line <> "" do
                                let! next = reader.ReadLineAsync()
                                line <- next

                                if line.StartsWith "Content-Length: " then
                                    length <- int line["Content-Length: ".Length ..]

                                if line = "Connection: close" then
                                    isOpen <- false
                                    Interlocked.Increment told |> ignore

                            let body = Array.zeroCreate<char> length
                            let! read = reader.ReadBlockAsync(Memory body)
                            Assert.Equal(length, read)
                            Interlocked.Increment answered |> ignore
        }

    let clients = [ for _ in 1..8 -> client () :> Task ]
    use http = new HttpClient(BaseAddress = address)

    let status () =
        use answer = http.GetAsync("/v2/health/ready").Result
        int answer.StatusCode

    while answered.Value < 50 do
        Thread.Sleep 10

    Assert.Equal(200, status ())
    kill (service.Id, sigterm) |> ignore

    let unready () =
        try
            status () = 503
        with _ ->
            false

    Assert.True(SpinWait.SpinUntil(unready, TimeSpan.FromSeconds 0.9), "it never said that it isn't ready")
    Assert.True(service.WaitForExit(TimeSpan.FromSeconds 60.0), log.Result)
    Assert.True((Task.WhenAll clients).Wait(TimeSpan.FromSeconds 30.0))
    Assert.True((service.ExitCode = 0), log.Result)
    Assert.True(told.Value > 0)

    for line in log.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries) do
        Assert.StartsWith("{", line)
