module Vae.Tests.AtomicFileTests

open System
open System.IO
open System.Threading
open System.Threading.Tasks
open Xunit
open Vae.Primitives

/// Runs in a new folder, which is gone afterwards.
let private inFolder (act: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "vae-atomic-"

    try
        act folder.FullName
    finally
        folder.Delete(recursive = true)

let private names (folder: string) =
    Directory.GetFileSystemEntries folder
    |> Array.map Path.GetFileName
    |> Array.sort

let private failing (stream: Stream) =
    stream.Write(ReadOnlySpan(Array.zeroCreate<byte> 100_000))
    failwith "the disk is on fire"

[<Fact>]
let ``the file holds what was written and nothing else is in the folder`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "a.txt")
        AtomicFile.WriteText(path, "größer")
        AtomicFile.WriteText(path, "klein")
        Assert.Equal<byte[]>("klein"B, File.ReadAllBytes path)
        Assert.Equal<string[]>([| "a.txt" |], names folder))

[<Fact>]
let ``text is UTF-8 without a byte order mark`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "a.txt")
        AtomicFile.WriteText(path, "ö")
        Assert.Equal<byte[]>([| 0xC3uy; 0xB6uy |], File.ReadAllBytes path))

[<Fact>]
let ``a failed write leaves the old content and no temporary`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "a.txt")
        AtomicFile.WriteText(path, "old")
        let e = Assert.ThrowsAny<Exception>(fun () -> AtomicFile.Write(path, failing))
        Assert.Equal("the disk is on fire", e.Message)
        Assert.Equal("old", File.ReadAllText path)
        Assert.Equal<string[]>([| "a.txt" |], names folder))

[<Fact>]
let ``a first write that fails leaves an empty folder`` () =
    inFolder (fun folder ->
        Assert.ThrowsAny<Exception>(fun () -> AtomicFile.Write(Path.Combine(folder, "a"), failing))
        |> ignore

        Assert.Empty(names folder))

[<Fact>]
let ``a folder in the file's place is kept, and no temporary stays`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "taken")
        Directory.CreateDirectory(Path.Combine(path, "inner")) |> ignore

        Assert.ThrowsAny<Exception>(fun () -> AtomicFile.WriteText(path, "x")) |> ignore

        Assert.Equal<string[]>([| "taken" |], names folder)
        Assert.Equal<string[]>([| "inner" |], names path))

[<Fact>]
let ``a missing folder is said`` () =
    inFolder (fun folder ->
        Assert.Throws<DirectoryNotFoundException>(fun () -> AtomicFile.WriteText(Path.Combine(folder, "no", "a"), "x"))
        |> ignore)

[<Fact>]
let ``commit moves a temporary over the old file, and removes it when it can't`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "a")
        File.WriteAllText(path, "old")
        let temporary = AtomicFile.TemporaryFor path
        Assert.Equal(folder, Path.GetDirectoryName temporary)
        Assert.StartsWith(".a.", Path.GetFileName temporary)
        Assert.EndsWith(".tmp", temporary)
        File.WriteAllText(temporary, "new")
        AtomicFile.Commit(temporary, path)
        Assert.Equal("new", File.ReadAllText path)

        File.WriteAllText(temporary, "lost")
        let nowhere = Path.Combine(folder, "no", "a")

        Assert.Throws<DirectoryNotFoundException>(fun () -> AtomicFile.Commit(temporary, nowhere))
        |> ignore

        Assert.Equal<string[]>([| "a" |], names folder))

[<Fact>]
let ``a reader that polls never sees a part`` () =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "a")
        // Content i is (i + 1) * 1000 bytes, all equal to i: any mixture or part has another length or two values.
        let content i = Array.create ((i + 1) * 1000) (byte i)
        AtomicFile.Write(path, _.Write(content 0))
        use stop = new CancellationTokenSource()

        let reader =
            Task.Run(fun () ->
                let mutable reads = 0

                while not stop.IsCancellationRequested || reads = 0 do
                    let bytes = File.ReadAllBytes path
                    Assert.Equal<byte[]>(content (int bytes[0]), bytes)
                    reads <- reads + 1)

        for i in 1..100 do
            AtomicFile.Write(
                path,
                fun stream ->
                    for part in Array.chunkBySize 100 (content (i % 50)) do
                        stream.Write part
                        stream.Flush()
            )

        stop.Cancel()
        reader.GetAwaiter().GetResult())
