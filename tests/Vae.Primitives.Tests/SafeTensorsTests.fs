module Vae.Tests.SafeTensorsTests

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Security.Cryptography
open System.Text
open FsCheck
open FsCheck.FSharp
open Xunit
open Vae.Primitives

let private sizes =
    dict
        [
            "F64", 8
            "F32", 4
            "F16", 2
            "BF16", 2
            "I64", 8
            "I32", 4
            "I16", 2
            "I8", 1
            "U8", 1
            "BOOL", 1
        ]

let private tensor name dtype (shape: int64 list) (data: byte[]) =
    SafeTensor(name, dtype, List.toArray shape, ReadOnlyMemory data)

let private write (tensors: SafeTensor list) (metadata: (string * string) list) =
    use stream = new MemoryStream()
    SafeTensors.Write(stream, List.toArray tensors, Dictionary(dict metadata))
    stream.ToArray()

/// Reads the bytes as a file; the path is the file's.
let private reading (bytes: byte[]) (act: string -> 'a) =
    let path = Path.GetTempFileName()

    try
        File.WriteAllBytes(path, bytes)
        act path
    finally
        File.Delete path

let private read bytes = reading bytes SafeTensors.Read

let private corrupt bytes =
    reading bytes (fun path -> Assert.Throws<CorruptFileException>(fun () -> SafeTensors.Read path |> ignore))

let private plain (t: SafeTensor) =
    t.Name, t.DType, List.ofSeq t.Shape, t.Data.ToArray()

/// A file made by hand from a header and data; the seal, if wanted, is computed here.
let private file (header: string) (data: byte[]) =
    let header = Encoding.UTF8.GetBytes header
    Array.concat [ BitConverter.GetBytes(int64 header.Length); header; data ]

let private seal (bytes: byte[]) =
    Array.append bytes (SHA256.HashData bytes)

let private sealEntry at =
    $"\"sha256\":{{\"dtype\":\"U8\",\"shape\":[32],\"data_offsets\":[{at},{at + 32}]}}"

let private sample =
    write
        [
            tensor "w" "F32" [ 2L; 1L ] (Array.init 8 byte)
            tensor "empty" "I64" [ 0L; 3L ] [||]
            tensor "step" "I64" [] (BitConverter.GetBytes 7L)
        ]
        [ "format", "pt" ]

type private Content =
    {
        Tensors: (string * string * int64 list * byte[]) list
        Metadata: (string * string) list
    }

let private contents =
    let text =
        Gen.elements [ 'a'; 'Z'; '.'; '0'; '"'; '\\'; '\n'; '\u0000'; 'é'; '漢'; '<'; ' ' ]
        |> Gen.arrayOf
        |> Gen.map String

    let one name =
        gen {
            let! dtype = Gen.elements sizes.Keys
            let! rank = Gen.choose (0, 3)
            let! shape = Gen.choose (0, 4) |> Gen.map int64 |> Gen.listOfLength rank

            let! data =
                Gen.choose (0, 255)
                |> Gen.arrayOfLength (int (List.fold (*) 1L shape) * sizes[dtype])

            return name, dtype, shape, Array.map byte data
        }

    gen {
        let! names = Gen.listOf text |> Gen.map List.distinct
        let! tensors = names |> List.map one |> Gen.collectToList id
        let! metadata = Gen.listOf (Gen.zip text text) |> Gen.map (List.distinctBy fst)

        return
            {
                Tensors = tensors
                Metadata = metadata
            }
    }

let private writeContent content =
    write (content.Tensors |> List.map (fun (n, d, s, b) -> tensor n d s b)) content.Metadata

[<Fact>]
let ``what is written is read, in order`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen contents) (fun content ->
            let back = read (writeContent content)

            (back.Tensors |> Seq.map plain |> List.ofSeq) = content.Tensors
            && (back.Metadata |> Seq.map (|KeyValue|) |> Set.ofSeq) = Set.ofList content.Metadata)
    )

[<Fact>]
let ``equal content gives equal bytes, whatever the order of the metadata`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen contents) (fun content ->
            let turned =
                { content with
                    Metadata = List.rev content.Metadata
                }

            writeContent content = writeContent turned)
    )

[<Fact>]
let ``the data begins at a multiple of eight`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen contents) (fun content -> BitConverter.ToInt64(writeContent content, 0) % 8L = 0L)
    )

[<Fact>]
let ``a file made by hand after the public format is read`` () =
    let header =
        "{\"__metadata__\":{\"a\":\"b\"},\"x\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[0,4]},"
        + sealEntry 4
        + "}   "

    let back = read (seal (file header [| 1uy; 0uy; 2uy; 0uy |]))
    Assert.Equal(("x", "I16", [ 2L ], [| 1uy; 0uy; 2uy; 0uy |]), plain (Assert.Single back.Tensors))
    Assert.Equal("b", back.Metadata["a"])

[<Fact>]
let ``every truncation is found`` () =
    for length in 0 .. sample.Length - 1 do
        corrupt sample[.. length - 1] |> ignore

[<Fact>]
let ``every flipped bit is found`` () =
    for bit in 0 .. sample.Length * 8 - 1 do
        let damaged = Array.copy sample
        damaged[bit / 8] <- damaged[bit / 8] ^^^ (1uy <<< bit % 8)
        corrupt damaged |> ignore

[<Fact>]
let ``anything appended is found`` () =
    corrupt (Array.append sample [| 0uy |]) |> ignore
    corrupt (Array.append sample (Array.zeroCreate 64)) |> ignore

[<Fact>]
let ``a header that lies under a valid seal is corrupt or harmless, never a crash`` () =
    let body = sample[.. sample.Length - 33]

    let changes =
        Gen.zip (Gen.choose (0, body.Length - 1)) (Gen.choose (0, 255))
        |> Gen.nonEmptyListOf

    let config = Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(6)

    Check.One(
        config,
        Prop.forAll (Arb.fromGen changes) (fun changes ->
            let changed = Array.copy body

            for at, value in changes do
                changed[at] <- byte value

            try
                (read (seal changed)).Tensors.Count >= 0
            with :? CorruptFileException ->
                true)
    )

[<Fact>]
let ``each lie in a header is named`` () =
    let entry dtype shape offsets =
        $"\"x\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}"

    let lie (reason: string) header (data: int) =
        let e = corrupt (seal (file header (Array.zeroCreate data)))
        Assert.Contains(reason, e.Reason)
        Assert.Contains(e.Path, e.Message)

    let one what body =
        lie what ("{" + body + "," + sealEntry 4 + "}") 4

    one "unknown dtype 'F31'" (entry "F31" "[1]" "[0,4]")
    one "begins at 0" (entry "F32" "[1]" "[4,8]")
    one "offsets [0, 8]" (entry "F32" "[1]" "[0,8]")
    one "offsets [0]" (entry "F32" "[1]" "[0]")
    one "isn't a size" (entry "F32" "[-1]" "[0,4]")
    one "isn't a size" (entry "F32" "[1.5]" "[0,4]")
    one "isn't a size" (entry "F32" "[99999999999999999999]" "[0,4]")
    one "isn't a list" (entry "F32" "1" "[0,4]")
    one "offsets" (entry "F32" "[4611686018427387904,4]" "[0,4]")
    one "goes past the end" (entry "F32" "[1000]" "[0,4000]")
    one "has no dtype" "\"x\":{\"shape\":[1],\"data_offsets\":[0,4]}"
    one "has no dtype" "\"x\":3"
    one "isn't a string" "\"x\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}"
    one "metadata isn't" ("\"__metadata__\":3," + entry "F32" "[1]" "[0,4]")
    one "'k' isn't a string" ("\"__metadata__\":{\"k\":3}," + entry "F32" "[1]" "[0,4]")
    one "isn't valid JSON" (entry "F32" "[1]" "[0,4]" + "," + entry "F32" "[1]" "[0,4]")
    one "isn't valid JSON" (entry "\\ud800" "[1]" "[0,4]")
    one "isn't valid JSON" ("\"\\ud800" + (entry "F32" "[1]" "[0,4]").Substring 1)

[<Fact>]
let ``a file of another program, without a seal, is refused`` () =
    let header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
    Assert.Contains("no seal", (corrupt (file header (Array.zeroCreate 4))).Reason)
    Assert.Contains("no seal", (corrupt (file "{}" [||])).Reason)

[<Fact>]
let ``a missing file is missing, not corrupt`` () =
    Assert.Throws<FileNotFoundException>(fun () -> SafeTensors.Read "/no-such-file" |> ignore)
    |> ignore

[<Fact>]
let ``what can't be stored is refused before a byte is written`` () =
    let refused (tensors: SafeTensor list) metadata =
        use stream = new MemoryStream()

        Assert.ThrowsAny<ArgumentException>(fun () ->
            SafeTensors.Write(stream, List.toArray tensors, Dictionary(dict metadata)))
        |> ignore

        Assert.Equal(0L, stream.Length)

    let fine = tensor "x" "U8" [ 1L ] [| 1uy |]
    refused [ fine; fine ] []
    refused [ tensor "sha256" "U8" [ 1L ] [| 1uy |] ] []
    refused [ tensor "__metadata__" "U8" [ 1L ] [| 1uy |] ] []
    refused [ tensor "x" "C64" [ 1L ] (Array.zeroCreate 8) ] []
    refused [ tensor "x" "F32" [ 2L ] (Array.zeroCreate 4) ] []
    refused [ tensor "x" "U8" [ -1L; -1L ] [| 1uy |] ] []
    refused [ tensor "x" "F64" [ Int64.MaxValue; Int64.MaxValue ] [||] ] []
    let lone = String('\ud800', 1) // F# replaces a lone surrogate in a string literal
    refused [ tensor lone "U8" [ 1L ] [| 1uy |] ] []
    refused [ fine ] [ "k", lone ]

let private python =
    [ "/usr/bin/python3"; "/usr/local/bin/python3" ] |> List.tryFind File.Exists

/// A fact that asks Python's standard library as the second opinion; skipped where there is no Python.
type PythonFactAttribute() as this =
    inherit FactAttribute()

    do
        if python.IsNone then
            this.Skip <- "no python3"

[<PythonFact>]
let ``Python reads it, and finds the same seal`` () =
    let script =
        """
import hashlib, json, struct, sys
raw = open(sys.argv[1], "rb").read()
(n,) = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8 : 8 + n])
def get(name):
    t = header[name]
    a, b = t["data_offsets"]
    return t["dtype"], t["shape"], raw[8 + n + a : 8 + n + b]
print(list(header), header["__metadata__"])
print(get("w")[:2], struct.unpack("<2f", get("w")[2]))
print(get("step")[:2], struct.unpack("<q", get("step")[2]))
print(get("sha256")[:2], get("sha256")[2] == hashlib.sha256(raw[:-32]).digest())
"""

    let bytes =
        write
            [
                tensor "w" "F32" [ 1L; 2L ] (Array.append (BitConverter.GetBytes 0.5f) (BitConverter.GetBytes -3f))
                tensor "step" "I64" [] (BitConverter.GetBytes 12000L)
            ]
            [ "name", "é\"" ]

    reading bytes (fun path ->
        let start = ProcessStartInfo(python.Value, [ "-c"; script; path ])
        start.RedirectStandardOutput <- true
        start.StandardOutputEncoding <- Encoding.UTF8
        start.Environment["PYTHONIOENCODING"] <- "utf-8"
        use run = Process.Start start
        let output = run.StandardOutput.ReadToEnd()
        run.WaitForExit()

        let expected =
            [
                "['__metadata__', 'w', 'step', 'sha256'] {'name': 'é\"'}"
                "('F32', [1, 2]) (0.5, -3.0)"
                "('I64', []) (12000,)"
                "('U8', [32]) True"
            ]

        Assert.Equal<string list>(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray))
