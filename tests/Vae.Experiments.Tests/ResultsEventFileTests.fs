module Vae.Tests.ResultsEventFileTests

open System
open System.IO
open System.Text
open Vae.Experiments.Results
open Vae.Primitives
open Xunit

/// CRC-32C bit by bit, from the reflected polynomial 0x82F63B78 alone.
let private crc (bytes: byte array) =
    let mutable crc = 0xFFFFFFFFu

    for b in bytes do
        crc <- crc ^^^ uint32 b

        for _ in 1..8 do
            crc <-
                if crc &&& 1u = 1u then
                    (crc >>> 1) ^^^ 0x82F63B78u
                else
                    crc >>> 1

    ~~~crc

let private masked (bytes: byte array) =
    let crc = crc bytes
    ((crc >>> 15) ||| (crc <<< 17)) + 0xA282EAD8u

/// The whole records of a TFRecord file, each check held to; what is cut off at the end is no record.
let private records (file: byte array) =
    let rec next at =
        seq {
            if at + 12 <= file.Length then
                let length = int (BitConverter.ToUInt64(file, at))
                Assert.Equal(masked file[at .. at + 7], BitConverter.ToUInt32(file, at + 8))

                if at + 16 + length <= file.Length then
                    let data = file[at + 12 .. at + 11 + length]
                    Assert.Equal(masked data, BitConverter.ToUInt32(file, at + 12 + length))
                    yield data
                    yield! next (at + 16 + length)
        }

    List.ofSeq (next 0)

type private Value =
    | Number of uint64
    | Bytes of byte array

/// The fields of a protocol buffers message, in order.
let private fields (message: byte array) =
    let rec varint at shift =
        let b = uint64 message[at]
        let low = (b &&& 0x7FUL) <<< shift

        if b < 0x80UL then
            low, at + 1
        else
            let high, next = varint (at + 1) (shift + 7)
            low ||| high, next

    let rec next at =
        seq {
            if at < message.Length then
                let tag, at = varint at 0
                let field = int (tag >>> 3)

                match int (tag &&& 7UL) with
                | 0 ->
                    let value, at = varint at 0
                    yield field, Number value
                    yield! next at
                | 1 ->
                    yield field, Number(BitConverter.ToUInt64(message, at))
                    yield! next (at + 8)
                | 2 ->
                    let length, at = varint at 0
                    yield field, Bytes message[at .. at + int length - 1]
                    yield! next (at + int length)
                | 5 ->
                    yield field, Number(uint64 (BitConverter.ToUInt32(message, at)))
                    yield! next (at + 4)
                | kind -> failwith $"wire type {kind}"
        }

    List.ofSeq (next 0)

let private number field message =
    match List.tryPick (fun (f, value) -> if f = field then Some value else None) (fields message) with
    | Some(Number value) -> Some value
    | _ -> None

let private bytes field message =
    match List.tryPick (fun (f, value) -> if f = field then Some value else None) (fields message) with
    | Some(Bytes value) -> Some value
    | _ -> None

let private text field message =
    bytes field message
    |> Option.map (fun (bytes: byte array) -> Encoding.UTF8.GetString bytes)

type private Event =
    | Version of string
    | Start
    | Scalar of string * float32
    | Image of string * height: int * width: int * byte array
    | Text of string * string

/// Step and content of an Event message (tensorflow/core/util/event.proto).
let private event (message: byte array) =
    let step = int64 (number 2 message |> Option.defaultValue 0UL)

    let content =
        match text 3 message, bytes 5 message, bytes 7 message with
        | Some version, None, None -> Version version
        | None, None, Some log when number 1 log = Some 1UL -> Start
        | None, Some summary, None ->
            let value = (bytes 1 summary).Value
            let tag = (text 1 value).Value

            match number 2 value, bytes 4 value, bytes 8 value with
            | Some scalar, None, None -> Scalar(tag, BitConverter.UInt32BitsToSingle(uint32 scalar))
            | None, Some image, None ->
                Image(tag, int (number 1 image).Value, int (number 2 image).Value, (bytes 4 image).Value)
            | None, None, Some tensor ->
                let plugin = bytes 9 value |> Option.bind (bytes 1) |> Option.bind (text 1)
                Assert.Equal(Some "text", plugin)
                Assert.Equal(Some 7UL, number 1 tensor)
                Text(tag, (text 8 tensor).Value)
            | _ -> failwith "neither number, picture nor text"
        | _ -> failwith "no event that this program writes"

    step, content

let private events (folder: string) =
    [
        for file in Array.sort (Directory.GetFiles(folder, "events.out.tfevents.*")) do
            List.map event (records (File.ReadAllBytes file))
    ]

let private fresh () =
    Directory.CreateTempSubdirectory("events").FullName

/// A time that stands still.
type private Stopped(seconds: int64) =
    inherit TimeProvider()

    override _.GetUtcNow() =
        DateTimeOffset.FromUnixTimeSeconds seconds

let private picture =
    use stream = new MemoryStream()
    Png.Write(stream, 3, 2, 1, ReadOnlySpan [| 0uy .. 5uy |])
    stream.ToArray()

let private writeAll (folder: string) =
    use file = EventFile.GoOnAfter(folder, -1L, Stopped 1_700_000_000L)
    file.Text("config", 0L, "```toml\nname = \"ünï\"\n```\n")
    file.Scalar("train/elbo", 100L, -103.4)
    file.Scalar("valid/log_px", 1L <<< 40, nan)
    file.Image("figures/samples", 200L, picture)

[<Fact>]
let ``CRC-32C gives the published check values`` () =
    // RFC 3720, B.4, and the catalogue's check value
    for text, expected in
        [
            "123456789"B, 0xE3069283u
            Array.zeroCreate 32, 0x8A9136AAu
            Array.create 32 255uy, 0x62A8AB43u
            [| 0uy .. 31uy |], 0x46DD794Eu
        ] do
        Assert.Equal(expected, crc text)
        Assert.Equal(expected, RecordFraming.Crc32C(ReadOnlySpan text))

[<Fact>]
let ``A second reader finds every event as it was written`` () =
    let folder = fresh ()
    writeAll folder

    match events folder with
    | [ [ version; start; config; elbo; step, Scalar("valid/log_px", value); image ] ] ->
        Assert.Equal((0L, Version "brain.Event:2"), version)
        Assert.Equal((0L, Start), start)
        Assert.Equal((0L, Text("config", "```toml\nname = \"ünï\"\n```\n")), config)
        Assert.Equal((100L, Scalar("train/elbo", -103.4f)), elbo)
        Assert.True((step = (1L <<< 40) && Single.IsNaN value))
        Assert.Equal((200L, Image("figures/samples", 2, 3, picture)), image)
    | other -> failwith $"{other}"

[<Fact>]
let ``Events are there as soon as they are written, with their time`` () =
    let folder = fresh ()
    use file = EventFile.Add(folder, Stopped 1_700_000_000L)
    file.Scalar("train/elbo", 1L, 2.0)
    let path = Assert.Single(Directory.GetFiles folder)
    Assert.Equal($"events.out.tfevents.1700000000.{Environment.MachineName}", Path.GetFileName path)

    use reader =
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)

    let content = Array.zeroCreate (int reader.Length)
    reader.ReadExactly(content, 0, content.Length)
    let found = records content
    Assert.Equal(2, found.Length)

    for message in found do
        Assert.Equal(Some(BitConverter.DoubleToUInt64Bits 1.7e9), number 1 message)

[<Fact>]
let ``A file cut anywhere holds every record before the cut`` () =
    let folder = fresh ()
    writeAll folder
    let file = File.ReadAllBytes(Assert.Single(Directory.GetFiles folder))
    let all = records file
    Assert.Equal(6, all.Length)
    let ends = List.scan (fun at (data: byte array) -> at + 16 + data.Length) 0 all
    Assert.Equal(file.Length, List.last ends)

    for length in 0 .. file.Length do
        let whole = (ends |> List.filter (fun at -> at <= length)).Length - 1
        Assert.Equal<byte array list>(List.take whole all, records (Array.truncate length file))

/// What TensorBoard shows: at the start of a session it drops what isn't before that event's step.
let private shown (files: (int64 * Event) list list) =
    ([], List.concat files)
    ||> List.fold (fun kept (step, content) ->
        match content with
        | Start -> kept |> List.filter (fun (before, _) -> before < step)
        | Scalar _ -> kept @ [ step, content ]
        | _ -> kept)

[<Fact>]
let ``A resumed training's file comes last, within the same second too, and hides what was measured after the checkpoint``
    ()
    =
    let folder = fresh ()
    let clock = Stopped 1_700_000_000L

    let write (file: EventFile) steps value =
        use file = file

        for step in steps do
            file.Scalar("train/elbo", step, value)

    write (EventFile.GoOnAfter(folder, -1L, clock)) [ 1L .. 5L ] 1.0
    write (EventFile.GoOnAfter(folder, 3L, clock)) [ 4L .. 6L ] 2.0
    write (EventFile.Add(folder, Stopped 1_600_000_000L)) [ 6L ] 3.0

    Assert.Equal<(int64 * Event) list>(
        [
            for step, value in [ 1L, 1.0f; 2L, 1.0f; 3L, 1.0f; 4L, 2.0f; 5L, 2.0f; 6L, 2.0f; 6L, 3.0f ] ->
                step, Scalar("train/elbo", value)
        ],
        shown (events folder)
    )
