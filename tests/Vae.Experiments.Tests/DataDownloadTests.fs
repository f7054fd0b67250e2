module Vae.Tests.DataDownloadTests

open System
open System.Collections.Concurrent
open System.IO
open System.Net
open System.Net.Sockets
open System.Security.Cryptography
open System.Text
open System.Threading
open System.Threading.Tasks
open Vae.Experiments
open Vae.Experiments.Data
open Xunit

/// How a mirror answers a request.
type Reply =
    /// The body, or the part that Range asks for.
    | Ranged of byte[]
    /// The body from its start, whatever Range says.
    | Whole of byte[]
    /// The header of the whole body (or of the part asked for), then so many bytes, then the line is cut.
    | Cut of byte[] * int
    /// As Whole, without a Content-Length.
    | Endless of byte[]
    /// A status without a body.
    | Status of int
    /// Nothing, ever.
    | Silence

/// A web server on 127.0.0.1 that answers from a script: the first request gets the first reply, the last reply is repeated.
type Mirror(script: Reply list) =
    let listener = new TcpListener(IPAddress.Loopback, 0)
    let requests = ConcurrentQueue<string * string option>()
    let mutable served = 0

    let answer (client: TcpClient) =
        use client = client
        use stream = client.GetStream()
        let reader = new StreamReader(stream, Encoding.ASCII)

        let head =
            List.unfold
                (fun () ->
                    match reader.ReadLine() with
                    | null
                    | "" -> None
                    | line -> Some(line, ()))
                ()

        let range =
            head
            |> List.tryFind _.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase)
            |> Option.map _.Substring(7)

        requests.Enqueue(head.Head.Split(' ')[1], range)

        let start =
            range
            |> Option.map (fun r -> int (r.Replace("bytes=", "").TrimEnd '-'))
            |> Option.defaultValue 0

        let header (text: string) =
            stream.Write(Encoding.ASCII.GetBytes(text.Replace("\n", "\r\n") + "\r\n"))

        let send (bytes: byte[]) = stream.Write(bytes, 0, bytes.Length)
        let close = "Connection: close\n"

        let part (body: byte[]) =
            if start >= body.Length && start > 0 then
                header $"HTTP/1.1 416 Range Not Satisfiable\nContent-Length: 0\n{close}"
                [||]
            elif range.IsSome then
                header
                    $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {start}-{body.Length - 1}/{body.Length}\nContent-Length: {body.Length - start}\n{close}"

                body[start..]
            else
                header $"HTTP/1.1 200 OK\nContent-Length: {body.Length}\n{close}"
                body

        match script[min (Interlocked.Increment &served - 1) (script.Length - 1)] with
        | Ranged body -> send (part body)
        | Whole body ->
            header $"HTTP/1.1 200 OK\nContent-Length: {body.Length}\n{close}"
            send body
        | Cut(body, count) -> send (part body |> Array.truncate count)
        | Endless body ->
            header $"HTTP/1.1 200 OK\n{close}"
            send body
        | Status code -> header $"HTTP/1.1 {code} So\nContent-Length: 0\n{close}"
        | Silence -> stream.ReadByte() |> ignore

    let rec serve () =
        task {
            let! client = listener.AcceptTcpClientAsync()

            Task.Run(fun () ->
                try
                    answer client
                with :? IOException ->
                    ())
            |> ignore

            return! serve ()
        }

    do
        listener.Start()
        serve () |> ignore

    /// Its address, with a folder as real mirrors have.
    member _.Address =
        Uri $"http://127.0.0.1:{(listener.LocalEndpoint :?> IPEndPoint).Port}/some/data/"

    /// Path and Range of each request so far.
    member _.Requests = requests |> List.ofSeq

    interface IDisposable with
        member _.Dispose() = listener.Stop()

let private body = Array.init 300_000 (fun i -> byte (i * i / 251))

let private hash (bytes: byte[]) =
    Convert.ToHexStringLower(SHA256.HashData bytes)

let private damaged =
    let copy = Array.copy body
    copy[123_456] <- copy[123_456] ^^^ 1uy
    copy

/// A folder of its own, a source with one file, and what became of fetching it.
type private Place(mirrors: Mirror list) =
    let folder = Directory.CreateTempSubdirectory("download").FullName
    let file = DataFile.Plain("x.bin", int64 body.Length, hash body)
    let source = DataSource("some-set", "none", mirrors |> List.map _.Address, [ file ])
    let reports = ConcurrentQueue<DownloadProgress>()

    let progress =
        { new IProgress<DownloadProgress> with
            member _.Report report = reports.Enqueue report
        }

    member _.Target = Path.Combine(folder, "x.bin")
    member _.Part = Path.Combine(folder, "x.bin.part")
    member _.Reports = List.ofSeq reports
    member _.Folder = folder
    member _.Source = source

    member _.FetchInto(folder, cancellation) =
        task {
            use downloader = new Downloader(TimeSpan.FromSeconds 4.0)
            return! downloader.FetchAsync(source, file, folder, progress, cancellation)
        }

    member this.Fetch() =
        this.FetchInto(folder, CancellationToken.None).GetAwaiter().GetResult()
        |> List.ofSeq

    member this.IsThere() =
        Assert.Equal<byte[]>(body, File.ReadAllBytes this.Target)
        Assert.False(File.Exists this.Part)

    member this.IsNotThere() =
        Assert.False(File.Exists this.Target)
        Assert.False(File.Exists this.Part)

    interface IDisposable with
        member _.Dispose() = Directory.Delete(folder, true)

[<Fact>]
let ``The next mirror helps, and a cut line is taken up where it broke`` () =
    use first = new Mirror([ Status 404 ])
    use second = new Mirror([ Cut(body, 100_000); Ranged body ])
    use place = new Place([ first; second ])
    Assert.Empty(place.Fetch())
    place.IsThere()
    Assert.Equal<_ list>([ "/some/data/x.bin", None ], first.Requests)

    match second.Requests with
    | [ "/some/data/x.bin", None; "/some/data/x.bin", Some range ] ->
        let start = int (range.Replace("bytes=", "").TrimEnd '-')
        Assert.InRange(start, 1, 100_000)
        Assert.Equal($"bytes={start}-", range)
    | requests -> failwith $"{requests}"

[<Fact>]
let ``Progress never goes back on an unbroken way, and ends at the whole`` () =
    use mirror = new Mirror([ Cut(body, 200_000); Ranged body ])
    use place = new Place([ mirror ])
    Assert.Empty(place.Fetch())
    let received = place.Reports |> List.map _.Received
    Assert.Equal<int64 list>(List.sort received, received)
    Assert.Equal(int64 body.Length, List.last received)

    Assert.All(
        place.Reports,
        fun report ->
            Assert.Equal(
                ("some-set", "x.bin", "127.0.0.1", int64 body.Length),
                (report.DataSet, report.File, report.Mirror, report.Total)
            )
    )

[<Fact>]
let ``The next run goes on with what an earlier one left`` () =
    use mirror = new Mirror([ Ranged body ])
    use place = new Place([ mirror ])
    File.WriteAllBytes(place.Part, body[..99_999])
    Assert.Empty(place.Fetch())
    place.IsThere()
    Assert.Equal<_ list>([ "/some/data/x.bin", Some "bytes=100000-" ], mirror.Requests)

[<Fact>]
let ``What an earlier run completed needs no request`` () =
    use mirror = new Mirror([ Status 500 ])
    use place = new Place([ mirror ])
    File.WriteAllBytes(place.Part, body)
    Assert.Empty(place.Fetch())
    place.IsThere()
    Assert.Empty mirror.Requests

[<Fact>]
let ``A server that ignores Range sends it all again`` () =
    use mirror = new Mirror([ Cut(body, 50_000); Whole body ])
    use place = new Place([ mirror ])
    Assert.Empty(place.Fetch())
    place.IsThere()

[<Theory>]
[<InlineData(1000)>]
[<InlineData(300_000)>]
[<InlineData(400_000)>]
let ``Wrong bytes of an earlier try are thrown away, and the same mirror is asked anew`` (length: int) =
    use mirror = new Mirror([ Ranged body ])
    use place = new Place([ mirror ])
    File.WriteAllBytes(place.Part, Array.create length 7uy)
    Assert.Empty(place.Fetch())
    place.IsThere()
    Assert.Equal(("/some/data/x.bin", None), List.last mirror.Requests)

[<Fact>]
let ``A mirror with other bytes is passed over`` () =
    use first = new Mirror([ Whole damaged ])
    use second = new Mirror([ Ranged body ])
    use place = new Place([ first; second ])
    Assert.Empty(place.Fetch())
    place.IsThere()
    Assert.Equal<_ list>([ "/some/data/x.bin", None ], second.Requests)

[<Fact>]
let ``A page that isn't the file doesn't cost the bytes there are`` () =
    use portal = new Mirror([ Whole "<html>Please log in</html>"B ])
    use mirror = new Mirror([ Ranged body ])
    use place = new Place([ portal; mirror ])
    File.WriteAllBytes(place.Part, body[..99_999])
    Assert.Empty(place.Fetch())
    Assert.Equal<_ list>([ "/some/data/x.bin", Some "bytes=100000-" ], mirror.Requests)

[<Fact>]
let ``When all fail, each says why, and nothing is left behind`` () =
    use gone = new Mirror([ Status 404 ])
    use wrong = new Mirror([ Whole damaged ])
    use small = new Mirror([ Whole body[..99] ])
    use longer = new Mirror([ Endless(Array.append damaged body) ])
    use silent = new Mirror([ Silence ])
    use place = new Place([ gone; wrong; small; longer; silent ])
    let failures = place.Fetch()
    place.IsNotThere()

    Assert.Equal<Uri list>(
        [ for m in [ gone; wrong; small; longer; silent ] -> Uri(m.Address, "x.bin") ],
        failures |> List.map _.Address
    )

    let reasons = failures |> List.map _.Reason
    Assert.StartsWith("HTTP 404", reasons[0])
    Assert.Equal($"sha256 {hash damaged}, expected {hash body}", reasons[1])
    Assert.Equal("sends 100 bytes, expected 300000", reasons[2])
    Assert.Equal($"sha256 {hash damaged}, expected {hash body}", reasons[3])
    Assert.Equal("nothing came for 4 s", reasons[4])

[<Fact>]
let ``A server that is not there is a reason`` () =
    let mirror = new Mirror([ Silence ])
    (mirror :> IDisposable).Dispose()
    use place = new Place([ mirror ])
    Assert.Contains("refused", (Assert.Single(place.Fetch())).Reason)

[<Fact>]
let ``A line that breaks again and again is given up`` () =
    use mirror = new Mirror([ Cut(body, 1000) ])
    use place = new Place([ mirror ])
    Assert.Single(place.Fetch()) |> ignore
    Assert.InRange(mirror.Requests.Length, 2, 10)
    let kept = File.ReadAllBytes place.Part
    Assert.InRange(kept.Length, 1, 10_000)
    Assert.Equal<byte[]>(body[.. kept.Length - 1], kept)

[<Fact>]
let ``Ctrl-C keeps what came`` () =
    use mirror = new Mirror([ Silence ])
    use place = new Place([ mirror ])
    File.WriteAllBytes(place.Part, body[..99])
    use cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds 200.0)

    Assert
        .ThrowsAnyAsync<OperationCanceledException>(fun () -> place.FetchInto(place.Folder, cancellation.Token))
        .GetAwaiter()
        .GetResult()
    |> ignore

    Assert.Equal<byte[]>(body[..99], File.ReadAllBytes place.Part)

[<Fact>]
let ``Two runs at once download once`` () =
    use mirror = new Mirror([ Ranged body; Status 500 ])
    use place = new Place([ mirror ])

    let fetch () =
        place.FetchInto(place.Folder, CancellationToken.None)

    let both = Task.WhenAll [ for _ in 1..2 -> fetch () ]
    Assert.All(both.GetAwaiter().GetResult(), (fun failures -> Assert.Empty failures))
    place.IsThere()
    Assert.Equal(1, mirror.Requests.Length)

[<Fact>]
let ``A folder that can't be written is told with exit code 3`` () =
    use mirror = new Mirror([ Ranged body ])
    use place = new Place([ mirror ])
    let file = Path.Combine(place.Folder, "a-file")
    File.WriteAllText(file, "")
    let folder = Path.Combine(file, "set")

    let failure =
        Assert.Throws<ExperimentException>(fun () ->
            place.FetchInto(folder, CancellationToken.None).GetAwaiter().GetResult()
            |> ignore)

    Assert.Equal(ExitCode.Data, failure.Code)
    Assert.StartsWith($"{folder}: can't be written", failure.Message)
    Assert.Empty mirror.Requests

[<Fact>]
let ``The store downloads what is missing into its folder, and says all there is to know when it can't`` () =
    use good = new Mirror([ Ranged body ])
    use place = new Place([ good ])
    let cache = Path.Combine(place.Folder, "cache")
    let folders = DataFolders([ cache ], cache, false)
    use downloader = new Downloader(TimeSpan.FromSeconds 4.0)
    let store = DataStore(folders, downloader)
    store.Require(place.Source, null, CancellationToken.None)
    Assert.Equal<byte[]>(body, store.Read(place.Source, place.Source["x.bin"]).Bytes)

    use bad = new Mirror([ Status 503 ])
    use elsewhere = new Place([ bad ])
    let nowhere = Path.Combine(elsewhere.Folder, "cache")
    let store = DataStore(DataFolders([ nowhere; "/none" ], nowhere, false), downloader)

    let failure =
        Assert.Throws<ExperimentException>(fun () -> store.Require(elsewhere.Source, null, CancellationToken.None))

    Assert.Equal(ExitCode.Data, failure.Code)

    for part in
        [
            "some-set: x.bin"
            $"{nowhere}/some-set"
            "/none/some-set"
            $"{bad.Address}x.bin: HTTP 503"
            hash body
            "VAE_DATA"
        ] do
        Assert.Contains(part, failure.Message)

[<Fact>]
let ``Offline no mirror is asked`` () =
    use mirror = new Mirror([ Ranged body ])
    use place = new Place([ mirror ])
    use downloader = new Downloader()
    let store = DataStore(DataFolders([ place.Folder ], place.Folder, true), downloader)

    let failure =
        Assert.Throws<ExperimentException>(fun () -> store.Require(place.Source, null, CancellationToken.None))

    Assert.Equal(ExitCode.Data, failure.Code)
    Assert.Contains("VAE_OFFLINE", failure.Message)
    Assert.Contains(hash body, failure.Message)
    Assert.Empty mirror.Requests
