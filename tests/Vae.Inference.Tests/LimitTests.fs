module Vae.Tests.LimitTests

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Net.Http
open System.Text
open System.Threading
open System.Threading.Tasks
open Microsoft.ML.OnnxRuntime.Tensors
open Xunit
open Vae.Inference
open Vae.Tests

let private served () =
    let folder = new Folder()
    folder.Add("m", Models.same TensorElementType.Float)
    folder.Add("slow", Models.slow 384 250)
    folder

let private gzip (bytes: byte[]) =
    use packed = new MemoryStream()

    do
        use zip = new GZipStream(packed, CompressionLevel.SmallestSize)
        zip.Write bytes

    packed.ToArray()

let private right = Serving.fp32 "[1,2,3]" "[1,3]"

[<Fact>]
let ``A body that is too long is refused, sent or unpacked, before it is all there`` () =
    use folder = served ()
    let limit = 100_000

    use serving =
        new Serving(ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, MaxBody = limit))

    let spaces n = right + String(' ', n)
    Assert.Equal(200, serving.Infer("m", spaces (limit - right.Length)).Status)
    let over = serving.Infer("m", spaces (limit - right.Length + 1))
    Assert.Equal(413, over.Status)
    Assert.Contains("100000", over.Error)

    let zipped (bytes: byte[]) =
        serving.Send(serving.Post("/v2/models/m/infer", gzip bytes, ("Content-Encoding", "gzip")))

    Assert.Equal(200, (zipped (Encoding.UTF8.GetBytes(spaces (limit - right.Length)))).Status)

    // 200 MB of zeros in 200 kB would take that much memory if they were unpacked.
    let bomb = Array.zeroCreate<byte> 90_000_000
    let before = GC.GetTotalAllocatedBytes true
    let packed = gzip bomb

    let answer =
        serving.Send(serving.Post("/v2/models/m/infer", packed, ("Content-Encoding", "gzip")))

    Assert.Equal(413, answer.Status)
    Assert.True(packed.Length < limit)
    Assert.True(GC.GetTotalAllocatedBytes true - before < 20_000_000L)

    let broken =
        serving.Post("/v2/models/m/infer", Encoding.UTF8.GetBytes right, ("Content-Encoding", "gzip"))

    Assert.Equal(400, (serving.Send broken).Status)

    let other =
        serving.Post("/v2/models/m/infer", Encoding.UTF8.GetBytes right, ("Content-Encoding", "br"))

    Assert.Equal(415, (serving.Send other).Status)

    // Without a length, so that only reading finds it.
    let chunked =
        new HttpRequestMessage(
            HttpMethod.Post,
            "/v2/models/m/infer",
            Content = new StreamContent(new MemoryStream(Array.zeroCreate<byte>(2 * limit)))
        )

    chunked.Headers.TransferEncodingChunked <- true
    Assert.Equal(413, (serving.Send chunked).Status)
    Assert.Equal(200, serving.Infer("m", right).Status)

[<Fact>]
let ``A request of more rows than allowed is refused`` () =
    use folder = served ()

    use serving =
        new Serving(ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, MaxRows = 3))

    let rows n =
        serving.Infer("m", Serving.fp32 ("[" + String.Join(",", Array.create (3 * n) "0") + "]") $"[{n},3]")

    Assert.Equal(200, (rows 3).Status)
    Assert.Contains("--max-rows", (rows 4).Error)

[<Fact>]
let ``A body that doesn't arrive in time is given up, with 408`` () =
    use folder = served ()

    use serving =
        new Serving(
            ServiceOptions(
                Folders = [| folder.Path |],
                Port = 0,
                DrainDelay = TimeSpan.Zero,
                BodyTimeout = TimeSpan.FromSeconds 0.5
            )
        )

    use connection = serving.Connect()
    use stream = connection.GetStream()

    stream.Write(
        Encoding.ASCII.GetBytes "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"inputs\""
    )

    let watch = Stopwatch.StartNew()
    use reader = new StreamReader(stream)
    let answer = reader.ReadToEnd()
    Assert.StartsWith("HTTP/1.1 408 ", answer)
    Assert.Contains("0.5 s", answer)
    Assert.InRange(watch.Elapsed.TotalSeconds, 0.3, 10.0)
    Assert.True serving.Ready

[<Fact>]
let ``A full queue turns away at once, with 429 and Retry-After, and the others finish`` () =
    use folder = served ()

    use serving =
        new Serving(
            ServiceOptions(
                Folders = [| folder.Path |],
                Port = 0,
                DrainDelay = TimeSpan.Zero,
                QueueSize = 3,
                Timeout = TimeSpan.FromMinutes 2.0
            )
        )

    let accepted =
        ResizeArray [ for _ in 1..3 -> serving.InferAsync("slow", Serving.zero) ]

    let pending () =
        let stats = serving.Get("/v2/models/slow/stats").Json.GetProperty("model_stats")[0]
        stats.GetProperty("pending").GetInt32()

    let until count =
        let limit = Stopwatch.StartNew()

        while pending () <> count do
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds 30.0, $"not {count} pending")

    // One runs, two wait; and then three.
    until 2
    accepted.Add(serving.InferAsync("slow", Serving.zero))
    until 3

    let answers =
        Task.WhenAll [ for _ in 1..5 -> serving.InferAsync("slow", Serving.zero) ]

    let all = Array.append answers.Result (Task.WhenAll accepted).Result
    let refused = all |> Array.filter (fun answer -> answer.Status = 429)
    Assert.NotEmpty refused

    for answer in refused do
        Assert.Equal(Some "1", answer.Header "Retry-After")
        Assert.Contains("3 requests", answer.Error)

    Assert.All(all, fun answer -> Assert.True((answer.Status = 200 || answer.Status = 429), answer.Text))
    Assert.True(all |> Array.filter (fun answer -> answer.Status = 200) |> Array.length >= 4)
    Assert.Contains($"reason=\"queue_full\"}} {refused.Length}", serving.Get("/metrics").Text)

[<Fact>]
let ``Who waits too long gets 504, by the service's limit or by the request's own`` () =
    use folder = served ()
    let timeout = TimeSpan.FromSeconds 0.02

    use serving =
        new Serving(
            ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, Timeout = timeout)
        )

    let all =
        Task.WhenAll([ for _ in 1..4 -> serving.InferAsync("slow", Serving.zero) ]).Result

    Assert.Contains(all, fun answer -> answer.Status = 200)
    let late = all |> Array.filter (fun answer -> answer.Status = 504)
    Assert.NotEmpty late
    Assert.All(late, fun answer -> Assert.Contains("0.02 s", answer.Error))
    use patient = new Serving(folder)
    let first = patient.InferAsync("slow", Serving.zero)

    let hurried =
        [
            for _ in 1..2 ->
                patient.InferAsync("slow", Serving.zero.Replace("}]}", "}],\"parameters\":{\"timeout\":1000}}"))
        ]

    Assert.Equal(200, first.Result.Status)
    Assert.Contains(Task.WhenAll(hurried).Result, fun answer -> answer.Status = 504)

[<Fact>]
let ``Clients that go free their places in the queue`` () =
    use folder = new Folder()
    folder.Add("slow", Models.slow 384 250)

    use serving =
        new Serving(ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, QueueSize = 3))

    let number (key: string) =
        let stats = serving.Get("/v2/models/slow/stats").Json.GetProperty("model_stats")[0]
        stats.GetProperty(key).GetInt32()

    let until what =
        let watch = Stopwatch.StartNew()

        while not (what ()) do
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds 30.0)

    use gone = new CancellationTokenSource()

    let sent =
        [
            for _ in 1..3 ->
                serving.Client.SendAsync(
                    serving.Post("/v2/models/slow/infer", Encoding.UTF8.GetBytes Serving.zero),
                    gone.Token
                )
        ]

    // One runs.
    until (fun () -> number "pending" = 2)
    gone.Cancel()

    for task in sent do
        Assert.ThrowsAny<OperationCanceledException>(fun () -> task.GetAwaiter().GetResult() |> ignore)
        |> ignore

    until (fun () -> number "pending" = 0)
    Assert.Equal(200, serving.Infer("slow", Serving.zero).Status)
    Assert.Equal(2, number "inference_count")

[<Fact>]
let ``With a token everything but health, page and document asks for it`` () =
    use folder = served ()

    use serving =
        new Serving(ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, Token = "sesame"))

    for path in [ "/v2/health/live"; "/v2/health/ready"; "/"; "/openapi.json" ] do
        Assert.Equal(200, serving.Get(path).Status)

    for path in [ "/v2"; "/v2/models"; "/v2/models/m"; "/metrics"; "/models"; "/none" ] do
        let answer = serving.Get path
        Assert.Equal(401, answer.Status)
        Assert.Equal(Some "Bearer", answer.Header "WWW-Authenticate")

    let withToken value =
        serving.Send(serving.Post("/v2/models/m/infer", Encoding.UTF8.GetBytes right, ("Authorization", value)))

    Assert.Equal(200, (withToken "Bearer sesame").Status)

    for value in [ "Bearer sesam"; "Bearer sesame2"; "Bearer "; "Basic sesame"; "sesame"; "" ] do
        Assert.Equal(401, (withToken value).Status)
