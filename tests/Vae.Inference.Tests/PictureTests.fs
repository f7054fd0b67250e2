module Vae.Tests.PictureTests

open System
open System.Net.Http
open System.Text
open System.IO
open Xunit
open Vae.Inference
open Vae.Primitives
open Vae.Tests

let private tiny () =
    let folder = new Folder()
    folder.AddTiny()
    folder

let private sigmoid (v: float32) = 1.0f / (1.0f + exp -v)

/// The pictures of a grid without scale: the levels of each one's left and right half.
let private halves (answer: Answer) (columns: int) =
    Assert.True((answer.Status = 200), answer.Text)
    Assert.Equal("image/png", answer.Type)
    let png = PngReader.Read answer.Bytes
    Assert.Equal(1, png.Channels)
    let tile = int Models.side + 2
    Assert.Equal(columns * tile - 2, png.Width)

    [
        for y in 0..tile .. png.Height - 1 do
            for x in 0..tile .. png.Width - 1 do
                let level dx = png.Pixels[y * png.Width + x + dx]
                level 0, level (int Models.side - 1)
    ]

let private level (z: float32) = byte (MathF.Round(255.0f * sigmoid z))

/// The noise that the service documents: Philox, stream by purpose, example by picture.
let private noise (purpose: string) seed picture element =
    Philox.Normal(PhiloxKey(seed, Philox.StreamOf purpose), 0u, picture, 0u, element)

[<Fact>]
let ``Samples are what the decoder makes of the seed's noise, the same bytes each time`` () =
    use folder = tiny ()
    use serving = new Serving(folder)
    let path = "/models/tiny/samples.png?n=9&seed=5&scale=1&temperature=0.5"
    let first = serving.Get path

    let expected =
        [
            for i in 0u .. 8u -> level (0.5f * noise "samples" 5u i 0u), level (0.5f * noise "samples" 5u i 1u)
        ]

    Assert.Equal<(byte * byte) list>(expected, halves first 3)
    let again = serving.Get path
    Assert.Equal<byte[]>(first.Bytes, again.Bytes)
    Assert.Equal(first.Header "ETag", again.Header "ETag")
    let other = serving.Get(path.Replace("seed=5", "seed=6"))
    Assert.NotEqual<byte[]>(first.Bytes, other.Bytes)
    Assert.NotEqual(first.Header "ETag", other.Header "ETag")

    let known = new HttpRequestMessage(HttpMethod.Get, path)

    known.Headers.TryAddWithoutValidation("If-None-Match", (first.Header "ETag").Value)
    |> ignore

    let unchanged = serving.Send known
    Assert.Equal(304, unchanged.Status)
    Assert.Empty unchanged.Bytes

[<Fact>]
let ``Samples don't depend on how many run at once`` () =
    use folder = tiny ()

    let bytes maxBatch =
        use serving =
            new Serving(
                ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, MaxBatch = maxBatch)
            )

        serving.Get("/models/tiny/samples.png?n=30").Bytes

    Assert.Equal<byte[]>(bytes 64, bytes 7)

[<Fact>]
let ``A walk goes through its stops on circles`` () =
    use folder = tiny ()
    use serving = new Serving(folder)

    let found =
        halves (serving.Get "/models/tiny/walk.png?n=9&stops=3&seed=2&scale=1") 3

    let stop i element =
        noise "walk" 2u (uint32 (i % 3)) element

    for i, (left, right) in List.indexed found do
        let from, angle = i / 3, float32 (i % 3) * MathF.PI / 6.0f

        let z element =
            cos angle * stop from element + sin angle * stop (from + 1) element

        Assert.InRange(int left - int (level (z 0u)), -1, 1)
        Assert.InRange(int right - int (level (z 1u)), -1, 1)

[<Fact>]
let ``A traversal moves one latent variable in each row, and leaves the others`` () =
    use folder = tiny ()
    use serving = new Serving(folder)

    let found =
        halves (serving.Get "/models/tiny/traverse.png?steps=5&range=2&seed=1&scale=1") 5

    let rest element = level (noise "traverse" 1u 0u element)

    let moved = [ -2.0f; -1.0f; 0.0f; 1.0f; 2.0f ] |> List.map level

    Assert.Equal<(byte * byte) list>([ for v in moved -> v, rest 1u ] @ [ for v in moved -> rest 0u, v ], found)

[<Fact>]
let ``A picture is reconstructed from a PNG file and from numbers alike`` () =
    use folder = tiny ()
    use serving = new Serving(folder)
    let pixels = Array.init 16 (fun i -> byte (15 * i))
    use file = new MemoryStream()
    Png.Write(file, 4, 4, 1, pixels)

    let post (body: byte[]) =
        serving.Send(serving.Post("/models/tiny/reconstruct.png?scale=1", body))

    let fromFile = post (file.ToArray())
    let expected = pixels |> Array.map (fun p -> byte (Math.Round(float p / 2.0)))

    // The model halves what it sees.
    for found, wanted in Array.zip (PngReader.Read(fromFile.Bytes).Pixels) expected do
        Assert.InRange(int found - int wanted, -1, 1)

    let numbers = pixels |> Array.map (fun p -> string (float32 p / 255.0f))

    let rows =
        numbers
        |> Array.chunkBySize 4
        |> Array.map (fun row -> "[" + String.Join(",", row) + "]")

    for body in [ "[" + String.Join(",", numbers) + "]"; "[" + String.Join(",", rows) + "]" ] do
        Assert.Equal<byte[]>(fromFile.Bytes, (post (Encoding.UTF8.GetBytes body)).Bytes)

    use colour = new MemoryStream()
    Png.Write(colour, 4, 4, 3, ReadOnlySpan(pixels |> Array.collect (fun p -> [| p; p; p |])))
    Assert.Equal<byte[]>(fromFile.Bytes, (post (colour.ToArray())).Bytes)

[<Fact>]
let ``What can't be drawn is refused with a sentence`` () =
    use folder = tiny ()
    folder.Add("lone-decoder", Models.decoder, card = Models.card "lone" "decoder")
    use serving = new Serving(folder)

    for path, status, says in
        [
            "/models/none/samples.png", 404, "tiny"
            "/models/lone/samples.png", 404, "prior"
            "/models/tiny/samples.png?n=0", 400, "from 1 to 1024"
            "/models/tiny/samples.png?n=1025", 400, "from 1 to 1024"
            "/models/tiny/samples.png?n=x", 400, "'x'"
            "/models/tiny/samples.png?seed=-1", 400, "from 0 to 4294967295"
            "/models/tiny/samples.png?seed=4294967296", 400, "from 0 to 4294967295"
            "/models/tiny/samples.png?temperature=NaN", 400, "NaN"
            "/models/tiny/samples.png?n=2&n=3", 400, "2 times"
            "/models/tiny/samples.png?size=2", 400, "unknown setting 'size'"
            "/models/tiny/samples.png?label=2", 400, "no classes"
            "/models/tiny/samples.png?scale=17", 400, "from 1 to 16"
            "/models/tiny/traverse.png?dimensions=3", 400, "from 1 to 2"
        ] do
        let answer = serving.Get path
        Assert.True((answer.Status = status), $"{path}: {answer.Text}")
        Assert.Contains(says, answer.Error)

    use wrongSize = new MemoryStream()
    Png.Write(wrongSize, 2, 8, 1, ReadOnlySpan(Array.zeroCreate<byte> 16))

    // Says it is 30000 x 30000 pixels; if it were unpacked, that would be a gigabyte.
    let huge =
        wrongSize.ToArray()
        |> Array.mapi (fun i b ->
            if i = 18 || i = 22 then 0x75uy
            elif i = 19 || i = 23 then 0x30uy
            else b)

    let cut = wrongSize.ToArray()[..20]

    for body, says in
        [
            wrongSize.ToArray(), "2 x 8"
            huge, "30000 x 30000"
            cut, "ends"
            "[1,2]"B, "from 0"
            "[1,0.5]"B, "16 numbers"
            "\"a\""B, "array"
            ""B, "JSON"
        ] do
        let answer = serving.Send(serving.Post("/models/tiny/reconstruct.png", body))
        Assert.Equal(400, answer.Status)
        Assert.Contains(says, answer.Error)

[<Fact>]
let ``Models are listed with their parts, for the page`` () =
    use folder = tiny ()
    use serving = new Serving(folder)
    let model = serving.Get("/models").Json.GetProperty("models")[0]
    Assert.Equal("tiny", model.GetProperty("name").GetString())
    Assert.True(model.GetProperty("samples").GetBoolean())
    Assert.True(model.GetProperty("reconstructs").GetBoolean())

    Assert.Equal(
        """{"model":"tiny-decoder","version":"1","inputs":{"z":2}}""",
        model.GetProperty("parts").GetProperty("decoder").GetRawText()
    )

[<Fact>]
let ``A picture is drawn by parts of one version, the newest that can draw it`` () =
    use folder = tiny ()
    use old = new Serving(folder)
    let path = "/models/tiny/samples.png?n=4&seed=5&scale=1"
    let first = (old.Get path).Bytes

    let part name bytes =
        folder.Add($"tiny-{name}", bytes, version = 2, card = Models.card "tiny" name)

    let versionOf (serving: Serving) (part: string) =
        (serving.Get "/models")
            .Json.GetProperty("models")
            .[0].GetProperty("parts")
            .GetProperty(part)
            .GetProperty("version")
            .GetString()

    // A prior that isn't the first decoder's; pictures are reconstructed by the new version already.
    part "prior" (Models.priorBy "Neg")
    part "reconstruct" Models.reconstruct
    use half = new Serving(folder)
    Assert.Equal<byte[]>(first, (half.Get path).Bytes)
    Assert.Equal("1", versionOf half "prior")

    let x =
        Encoding.ASCII.GetBytes("[" + String.Join(",", Array.replicate 16 "1") + "]")

    Assert.Equal(200, (half.Send(half.Post("/models/tiny/reconstruct.png", x))).Status)
    part "decoder" Models.decoder
    use whole = new Serving(folder)
    let second = whole.Get path
    Assert.Equal(200, second.Status)
    Assert.NotEqual<byte[]>(first, second.Bytes)
    Assert.Equal("2", versionOf whole "prior")
