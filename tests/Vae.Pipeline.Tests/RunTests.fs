module Vae.Tests.RunTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text.Json
open System.Text.RegularExpressions
open Xunit

let private place = Place()

/// One run of the smoke config that several tests look at.
let private smoke = lazy (place.Train "configs/smoke.toml")

/// TensorBoard's files are named by time and machine.
let private files (run: string) =
    Directory.GetFiles(run, "*", SearchOption.AllDirectories)
    |> Array.map (fun file ->
        let name = Path.GetRelativePath(run, file)

        if name.StartsWith "events.out.tfevents." then
            "events.out.tfevents"
        else
            name)
    |> Array.sort

[<Fact>]
let ``A run leaves its whole directory, nothing temporary, and names it in the last line of stdout`` () =
    let place = Place()
    let ended = place.Succeed "configs/smoke.toml"
    let run = List.exactlyOne (place.RunsIn "runs")

    Assert.Equal<string>(
        "MODEL_CARD.md checkpoints/best.safetensors checkpoints/last.safetensors checkpoints/step=00000005.safetensors config.toml environment.json estimates.parquet events.out.tfevents "
        + "figures/latent_2d.png figures/learning_curves.png figures/reconstructions.png figures/samples.png figures/traversals.png journal.jsonl log_weights.parquet "
        + "metrics.parquet overrides.txt report.html run.log status.json summary.parquet"
        |> _.Split(' '),
        files run
    )

    Assert.StartsWith(Path.GetRelativePath(place.Folder, run) + " ", ended.LastLine)
    Assert.Equal("completed", Stored.state run)
    Assert.Equal(10L, Stored.step run)
    Assert.Contains("completed", Stored.text run "run.log")
    Assert.Matches(@"^smoke/\d{8}-\d{6}-[0-9a-f]{4}$", Path.GetRelativePath(place.Path "runs", run))

[<Fact>]
let ``What a run is shown with: TensorBoard's events, the report, the model card, and its curves in the terminal`` () =
    let logPx =
        unbox<float> (Stored.ask smoke.Value "SELECT test_log_px FROM [summary]").Head.Head

    let shown = logPx.ToString("F2").Replace("-", "−")
    Assert.Contains($"<strong>{shown}</strong>", Stored.text smoke.Value "report.html")
    Assert.Contains($"| {shown} |", Stored.text smoke.Value "MODEL_CARD.md")
    Assert.Contains("license: mit", Stored.text smoke.Value "MODEL_CARD.md")
    let file = Assert.Single(Directory.GetFiles(smoke.Value, "events.out.tfevents.*"))
    let events = Text.Encoding.Latin1.GetString(File.ReadAllBytes file)

    for text in
        [
            "brain.Event:2"
            "train/elbo"
            "train/epoch_loss"
            "valid/elbo"
            "test/importance_8_log_px"
            "figures/samples"
            "figures/learning_curves"
            "name = \"smoke\""
        ] do
        Assert.Contains(text, events)

    let watched = place.Succeed("watch", smoke.Value).Out
    Assert.Contains("completed  step 10/10 (100%)  all steps taken", watched)
    Assert.Contains("train ELBO", watched)
    let before = Stored.text smoke.Value "report.html"
    File.Delete(Path.Combine(smoke.Value, "report.html"))
    place.Succeed("report", smoke.Value) |> ignore
    Assert.Equal(before, Stored.text smoke.Value "report.html")

[<Fact>]
let ``The environment says versions, threads and the data's checksum`` () =
    use environment = JsonDocument.Parse(Stored.bytes smoke.Value "environment.json")

    let text (name: string) =
        environment.RootElement.GetProperty(name).GetString()

    Assert.Matches(@"^\d+\.\d+", text "libtorch")
    Assert.Equal("glyphs", text "dataset")
    Assert.Equal(Environment.ProcessorCount, environment.RootElement.GetProperty("threads").GetInt32())

    Assert.Matches(
        "^[0-9a-f]{64}$",
        environment.RootElement.GetProperty("dataset_sha256").GetProperty("content").GetString()
    )

[<Fact>]
let ``The tables hold what the config asked for`` () =
    let ask sql = Stored.ask smoke.Value sql

    Stored.equal (
        [
            [
                "smoke"
                0L
                "glyphs"
                "dynamic"
                26004L
                10L
                8L
                "importance"
                "completed"
                0L
            ]
        ],
        ask
            "SELECT name, seed, dataset, binarisation, parameters, steps, test_log_px_samples, estimator, status, skipped_steps FROM [summary]"
    )

    // log_every = 1, validate_every = 5, four batches of 16 in an epoch of 64
    Stored.equal (
        [
            [ "train"; "elbo"; false; 10L ]
            [ "train"; "elbo"; true; 2L ]
            [ "valid"; "elbo"; false; 2L ]
        ],
        ask
            "SELECT split, metric, epoch IS NOT NULL AS e, count(*) FROM [metrics] WHERE metric = 'elbo' GROUP BY ALL ORDER BY ALL"
    )

    // the summary's estimate is the mean over the examples of the test split, and the ELBO is below log p(x)
    Stored.equal (
        [ [ true; true; true; true ] ],
        ask
            """SELECT (SELECT count(*) FROM [log_weights]) = 32, abs(avg(w.log_px) - any_value(s.test_log_px)) < 1e-9,
                      abs(avg(w.elbo) - any_value(s.test_elbo)) < 1e-9, any_value(s.test_elbo < s.test_log_px)
               FROM [log_weights] w, [summary] s"""
    )

/// Width, height and channels of a PNG whose pixels inflate to just the bytes that they need.
let private decode (path: string) =
    let bytes = File.ReadAllBytes path
    Assert.Equal<byte>([| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 13uy; 10uy; 26uy; 10uy |], bytes[..7])

    let number at =
        int (BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan(bytes, at, 4)))

    let width, height = number 16, number 20
    let channels = if bytes[25] = 2uy then 3 else 1
    use packed = new MemoryStream()

    let rec chunks at =
        let kind = Text.Encoding.ASCII.GetString(bytes, at + 4, 4)

        if kind = "IDAT" then
            packed.Write(bytes, at + 8, number at)

        if kind <> "IEND" then
            chunks (at + 12 + number at)

    chunks 8
    packed.Position <- 0L
    use pixels = new MemoryStream()
    use inflate = new ZLibStream(packed, CompressionMode.Decompress)
    inflate.CopyTo pixels
    Assert.Equal(int64 (height * (1 + width * channels)), pixels.Length)
    width, height

[<Fact>]
let ``The figures are PNGs of the right size`` () =
    let size name =
        decode (Path.Combine(smoke.Value, "figures", name))
    // 16 digits in 4 columns, each pixel doubled, a margin of 8 and gaps of 2
    Assert.Equal((246, 246), size "samples.png")
    let width, height = size "reconstructions.png"
    // 8 pairs beside their labels; two rows
    Assert.InRange(width, 8 * 58, 8 * 58 + 200)
    Assert.InRange(height, 2 * 56, 2 * 56 + 40)
    Assert.Equal((1200, 720), size "learning_curves.png")
    Assert.Equal((1200, 720), size "latent_2d.png")
    let width, height = size "traversals.png"
    // two dimensions, 11 steps each, behind their labels
    Assert.InRange(width, 11 * 58, 11 * 58 + 100)
    Assert.Equal(2 * 8 + 2 * 58 - 2, height)

[<Fact>]
let ``A run's config runs again to the same bytes and numbers; another seed to others`` () =
    let again = place.Train(Path.Combine(smoke.Value, "config.toml"))
    Assert.Equal<byte array>(Stored.last smoke.Value, Stored.last again)
    Assert.Equal<obj list list list>(Stored.numbers smoke.Value, Stored.numbers again)
    let other = place.Train(Path.Combine(smoke.Value, "config.toml"), "seed=1")
    Assert.NotEqual<byte array>(Stored.last smoke.Value, Stored.last other)

[<Fact>]
let ``The printed config runs again to the same result`` () =
    let printed = place.Succeed("configs/smoke.toml", "--print-config").Out
    let run = place.Train(place.Write "printed.toml" printed)
    Assert.Equal<byte array>(Stored.last smoke.Value, Stored.last run)
    Assert.Equal(printed, place.Succeed("printed.toml", "--print-config").Out)

[<Fact>]
let ``Overrides are obeyed, noted and part of the resolved config`` () =
    let overrides =
        [|
            "train.steps=3"
            "+data.max_train=20"
            "~train.validate_every"
            "name=other"
        |]

    let run = place.Train(Array.append [| "configs/smoke.toml" |] overrides)
    Assert.Equal<string>(overrides, (Stored.text run "overrides.txt").TrimEnd('\n').Split('\n'))
    Assert.Contains("max_train = 20\n", Stored.text run "config.toml")
    Assert.Equal("other", Path.GetFileName(Path.GetDirectoryName run))
    // 20 images are two steps an epoch, so validations come at step 2 and at the end
    Stored.equal ([ [ 2L ]; [ 3L ] ], Stored.ask run "SELECT step FROM [metrics] WHERE split = 'valid' ORDER BY step")

let private smokeAll (place: Place) (configs: string seq) =
    for config in configs do
        let run = place.Train(config, "--smoke")
        Assert.Equal("completed", Stored.state run)
        Assert.InRange(Stored.step run, 1L, 10L)

let private configs =
    Directory.GetFiles(Path.Combine(Outside.root, "configs"), "*.toml")
    |> Array.map (fun file -> Path.Combine("configs", Path.GetFileName file))

let private needsNoData (config: string) =
    let text = File.ReadAllText(Path.Combine(Outside.root, config))
    text.Contains "kind = \"glyphs\"" || text.Contains "kind = \"linear-gaussian\""

[<Fact>]
let ``Every config that needs no files passes --smoke`` () =
    smokeAll place (configs |> Array.filter needsNoData)

[<SharedFact("data")>]
let ``Every config whose data lies beside the repository passes --smoke`` () =
    let place = Place()
    place.Set "VAE_DATA" (Outside.shared "data").Value
    smokeAll place (configs |> Array.filter (needsNoData >> not))

/// Mean of log N(x; b, W Wᵀ + σ² I) over the test split, by a Cholesky factorisation.
let private evidence () =
    let data = Vae.Experiments.Data.LinearGaussian.Load(8, 2, 1.0, 1, 1, 1000, 0u)
    let truth = data.Truth
    let d, z = truth.Dimensions, truth.Latent
    let l = Array2D.zeroCreate<float> d d

    for i in 0 .. d - 1 do
        for j in 0..i do
            let covariance =
                Seq.sum (seq { for k in 0 .. z - 1 -> truth.Weight[i * z + k] * truth.Weight[j * z + k] })
                + (if i = j then truth.Noise[i] * truth.Noise[i] else 0.0)

            let rest = covariance - Seq.sum (seq { for k in 0 .. j - 1 -> l[i, k] * l[j, k] })
            l[i, j] <- if i = j then sqrt rest else rest / l[j, j]

    let logDensity (x: float32 array) =
        let u = Array.zeroCreate<float> d

        for i in 0 .. d - 1 do
            u[i] <-
                (float x[i]
                 - truth.Bias[i]
                 - Seq.sum (seq { for k in 0 .. i - 1 -> l[i, k] * u[k] }))
                / l[i, i]

        Seq.sum (seq { for i in 0 .. d - 1 -> -0.5 * u[i] * u[i] - log l[i, i] - 0.5 * log (2.0 * Math.PI) })

    data.Test.Values |> Seq.chunkBySize d |> Seq.averageBy logDensity

[<Fact>]
let ``Trained on linear-gaussian data, log p(x) comes within 0.02 nats of the truth's`` () =
    let run =
        place.Train("configs/linear_gaussian.toml", "train.steps=1500", "optimizer.lr=0.01", "evaluate.0.samples=200")

    let logPx =
        unbox<float> (Stored.ask run "SELECT test_log_px FROM [summary]").Head.Head

    Assert.InRange(logPx, evidence () - 0.02, evidence () + 0.02)

[<Fact>]
let ``Batches that are added up train as one batch so many times as large`` () =
    let trained (size: int) (accumulate: int) =
        let run =
            place.Train(
                "configs/smoke.toml",
                $"data.batch_size={size}",
                $"train.accumulate={accumulate}",
                "train.steps=40"
            )

        Stored.ask
            run
            "SELECT value FROM [metrics] WHERE metric IN ('loss', 'elbo') ORDER BY step, split, metric, epoch"
        |> List.map (fun row -> unbox<float> row[0])

    let whole = trained 24 1
    Assert.True(whole.Length > 80)

    for a, b in List.zip whole (trained 8 3) do
        Assert.InRange(b / a, 0.999, 1.001)

[<Fact>]
let ``Averaged weights are what is validated and evaluated, and the effective KL weight is on record`` () =
    let run =
        place.Train(
            "configs/smoke.toml",
            "train.ema=0.9",
            "train.evaluate_from=last",
            "objective={kind: elbo, beta: 4, reduction: sum}"
        )

    let metadata =
        Vae.Torch.StateFile.Load(Path.Combine(run, "checkpoints", "best.safetensors"))

    let last =
        Vae.Torch.StateFile.Load(Path.Combine(run, "checkpoints", "last.safetensors"))

    let bytes (file: Vae.Torch.StateFile) (name: string) =
        file.Tensors[name].data<float32>().ToArray()

    let name = "encoder.layers.0.weight"
    Assert.Equal(10, int metadata.Metadata["step"])
    Assert.Equal<float32 array>(bytes last $"average.{name}", bytes metadata $"model.{name}")
    Assert.NotEqual<float32 array>(bytes last $"model.{name}", bytes metadata $"model.{name}")
    Stored.equal ([ [ box 4.0 ] ], Stored.ask run "SELECT effective_kl_weight FROM [summary]")
    let dreg = place.Train("configs/smoke.toml", "objective={kind: dreg, samples: 3}")
    Stored.equal ([ [ null ] ], Stored.ask dreg "SELECT effective_kl_weight FROM [summary]")

[<Fact>]
let ``threads = "auto" measures, says what it found, and the run keeps the number`` () =
    let place = Place()
    let ended = place.Succeed("configs/smoke.toml", "threads=auto")
    let run = List.exactlyOne (place.RunsIn "runs")

    let said =
        Regex.Match(ended.Error, @"threads: (\d+), the fastest of ((\d+) \([\d.E+-]+ ms\)(, |\s))+")

    Assert.True(said.Success, ended.Error)
    let chosen = int said.Groups[1].Value
    Assert.InRange(chosen, 1, Environment.ProcessorCount)
    Assert.Contains($"\nthreads = {chosen}\n", Stored.text run "config.toml")
    Stored.equal ([ [ int64 chosen ] ], Stored.ask run "SELECT threads FROM [summary]")

    // What was measured with was a model of its own: the run is that of as many threads.
    let plain = Place()
    plain.Succeed("configs/smoke.toml", $"threads={chosen}") |> ignore

    let weights (place: Place) =
        File.ReadAllBytes(Path.Combine(List.exactlyOne (place.RunsIn "runs"), "checkpoints", "last.safetensors"))

    Assert.Equal<byte[]>(weights plain, weights place)

[<Fact>]
let ``With less memory an evaluation draws fewer samples at once, says so, and finds the same`` () =
    let found (memory: string list) =
        let place = Place()
        place.Succeed [| "configs/smoke.toml"; "threads=1"; yield! memory |] |> ignore
        let run = List.exactlyOne (place.RunsIn "runs")

        let said =
            Regex.Match(Stored.text run "run.log", @"estimates draw up to (\d+) samples at once, (\d+) MB")

        Assert.True said.Success
        int said.Groups[1].Value, unbox<float> (Stored.ask run "SELECT test_log_px FROM [summary]").Head.Head

    let rows, logPx = found [ "memory_gb=4" ]
    let fewer, same = found [ "memory_gb=1e-4" ]
    Assert.Equal(2048, rows)
    Assert.InRange(fewer, 1, 64)
    Assert.Equal(logPx, same, 1e-3)

[<Fact>]
let ``Training with rounded factors changes the weights a little, and estimates are float32 as ever`` () =
    let rounded = place.Train("configs/smoke.toml", "train.precision=bfloat16")
    Assert.NotEqual<byte array>(Stored.last smoke.Value, Stored.last rounded)

    let elbo run =
        unbox<float> (Stored.ask run "SELECT test_elbo FROM [summary]").Head.Head

    Assert.InRange(elbo rounded / elbo smoke.Value, 0.99, 1.01)

    // Not a bit of an estimate hangs on how its weights were trained.
    let again () =
        (place.Succeed("evaluate", rounded, "kind=elbo", "--json")).Out

    let config = Path.Combine(rounded, "config.toml")
    let first = again ()
    let text = File.ReadAllText config
    File.WriteAllText(config, text.Replace("precision = \"bfloat16\"", "precision = \"float32\""))
    Assert.NotEqual<string>(text, File.ReadAllText config)
    Assert.Equal<string>(first, again ())
