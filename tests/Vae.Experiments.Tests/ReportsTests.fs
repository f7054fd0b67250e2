module Vae.Tests.ReportsTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open FsCheck
open FsCheck.FSharp
open Vae.Experiments.Commands
open Vae.Experiments.Reports
open Vae.Experiments.Results
open Vae.Primitives
open Xunit

/// Breaks out of text, attributes and scripts where it isn't escaped.
let private hostile =
    "\"'></pre></script><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"

let private smoke =
    File.ReadAllText(Path.Combine(Outside.root, "configs", "smoke.toml"))

/// A time that stands still.
type private Stopped(seconds: int64) =
    inherit TimeProvider()

    override _.GetUtcNow() =
        DateTimeOffset.FromUnixTimeSeconds seconds

let private start = 1_700_000_000L

let private estimateAt (step: int64) (kind: string) (samples: int64) (logPx: float) =
    EstimateRow(
        "smoke/1",
        step,
        "test",
        kind,
        samples,
        0L,
        "dynamic",
        Nullable -104.997,
        Nullable logPx,
        Nullable 0.31332,
        Nullable 0.00604,
        Nullable 4.79,
        Nullable -99.08,
        Nullable -97.852,
        Nullable 10_000L,
        hostile
    )

let private estimate = estimateAt 1000L

/// A run of 1000 steps as it lies on disk, everything that people or files can name being hostile.
let private written (config: string) =
    let run =
        RunDirectory.Create(Directory.CreateTempSubdirectory("reports").FullName, "smoke", Stopped start)

    File.WriteAllText(run.Config, config)
    let sha256 = dict [ hostile, "ab12" ] |> Collections.Generic.Dictionary
    run.WriteEnvironment(EnvironmentInfo.Capture("cpu", 2, "1.13.0", hostile, sha256, [| hostile |]))
    use journal = Journal.Open run.Journal

    let metric step split name value =
        journal.Append(MetricRow("smoke/1", step, Nullable(), split, name, value, float step))

    for step in 100L..100L..1000L do
        metric step "train" "loss" (200.0 - float step / 10.0)
        metric step "train" "elbo" (float step / 10.0 - 200.0)
        metric step "train" "kl" (if step = 500L then nan else 20.0)

    metric 500L "valid" "elbo" -160.25
    metric 1000L "valid" "elbo" -110.5
    metric 1000L "test" hostile 0.25
    journal.Append(estimate "importance" 128L -98.466)
    let name = hostile.Replace("/", "")

    use picture =
        new FileStream(Path.Combine(run.Figures, name + ".png"), FileMode.CreateNew)

    Png.Write(picture, 3, 2, 1, ReadOnlySpan [| 0uy .. 5uy |])
    run.WriteStatus(RunState.Completed, 1000L, hostile)
    run

let private commented = $"# {hostile} https://example.org\n{smoke}"

let private page (run: RunDirectory) =
    string (Report.Page(RunRecord.Read run))

[<Fact>]
let ``The report refers to nothing outside itself`` () =
    let html = page (written commented)

    let markup =
        Regex.Replace(html, "(?s)(<script[^>]*>|<style>).*?(</script>|</style>)", "$1$2")

    let tags = [ for tag in Regex.Matches(markup, "<[a-zA-Z][^<>]*>") -> tag.Value ]
    Assert.InRange(tags.Length, 100, 1000)

    for tag in tags do
        // every attribute's value is quoted, so that the next pattern misses none
        Assert.Matches(@"^<[a-z0-9]+(\s[a-zA-Z-]+(=""[^""]*"")?)*>$|^<path [^<>]*/>$", tag)

        for attribute in Regex.Matches(tag, @"\s([a-zA-Z-]+)=""([^""]*)""") do
            if List.contains attribute.Groups[1].Value [ "src"; "href"; "srcset"; "action"; "data"; "poster" ] then
                Assert.StartsWith("data:", attribute.Groups[2].Value)

    Assert.DoesNotMatch(@"url\(|@import|<link|<base|<iframe|fetch\(|XMLHttpRequest|import\(", html)
    Assert.Contains("default-src 'none'", html)
    Assert.Contains("src=\"data:image/png;base64,iVBOR", html)

[<Fact>]
let ``Every text in the report is escaped`` () =
    let html = page (written commented)
    Assert.DoesNotContain("<img src=x", html)
    Assert.DoesNotContain("<script>document", html)
    // settings, SHA-256's file, command, data set, metric, picture, reason, config
    Assert.InRange(Regex.Count(html, "&quot;&#39;&gt;&lt;"), 8, 30)
    // the page's own script, and the numbers of two charts
    Assert.Equal(3, Regex.Count(html, "<script"))
    Assert.Equal(3, Regex.Count(html, "</script>"))

[<Fact>]
let ``The report has the numbers with their errors, interval and protocol`` () =
    let html = page (written smoke)

    for text in
        [
            "−98.47"
            "−105.00"
            "0.31"
            "0.006"
            "−99.08 … −97.85"
            "dynamic, 10,000 examples, weights of step 1,000, seed 0"
            "completed at step 1,000"
            "−110.50"
            "[train]"
        ] do
        Assert.Contains(text, html)

/// A fact about the page in a browser; skipped, and counted as skipped, where Chromium isn't installed.
type private ChromiumFactAttribute() as this =
    inherit FactAttribute()

    do
        if not (File.Exists "/usr/bin/chromium") then
            this.Skip <- "/usr/bin/chromium is not there"

/// The page as the browser has it once its scripts have run, and what they had to complain of.
let private browse (html: string) =
    let folder = Directory.CreateTempSubdirectory("browser").FullName
    let file = Path.Combine(folder, "report.html")
    File.WriteAllText(file, html)

    let options =
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
        + "--disable-sync --disable-extensions --enable-logging=stderr --proxy-server=127.0.0.1:9 --virtual-time-budget=3000 --dump-dom"

    let start =
        ProcessStartInfo("/usr/bin/chromium", RedirectStandardOutput = true, RedirectStandardError = true)

    for option in
        [
            yield! options.Split(' ')
            $"--user-data-dir={folder}/profile"
            Uri(file).AbsoluteUri
        ] do
        start.ArgumentList.Add option

    use chromium = Process.Start start
    let log = chromium.StandardError.ReadToEndAsync()
    let dom = chromium.StandardOutput.ReadToEnd()
    chromium.WaitForExit()
    Directory.Delete(folder, true)

    dom,
    [
        for line in log.Result.Split('\n') do
            if line.Contains "CONSOLE" then
                line
    ]

[<ChromiumFact>]
let ``In a browser without network the report complains of nothing and shows the values of a step`` () =
    let html =
        (page (written commented))
            .Replace(
                "</body>",
                "<script>document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }));</script></body>"
            )

    let dom, complaints = browse html
    Assert.Empty complaints
    Assert.Contains("step 1,000</div>", dom)
    Assert.Contains(">train ELBO −100.00</div>", dom)
    Assert.Contains(">valid ELBO −110.50</div>", dom)
    Assert.DoesNotContain("owned</title>", dom)
    Assert.DoesNotContain("<img src=\"x\"", dom)

[<Fact>]
let ``A thinned curve keeps its ends, its extremes and its order`` () =
    let law (ys: NormalFloat list) (most: PositiveInt) =
        let points = [| for i, NormalFloat y in Seq.indexed ys -> struct (float i, y) |]
        let most = 3 + most.Get
        let thin = List.ofSeq (Thinning.Of(points, most))
        let kept = thin |> List.map (fun struct (x, _) -> x)
        Assert.True(thin.Length <= max most 0)
        Assert.Equal<float list>(List.sort kept, kept)
        Assert.Equal(thin.Length, (List.distinct kept).Length)
        Assert.True(Set.isSubset (set thin) (set points))

        if points.Length > 0 then
            let y struct (_: float, y: float) = y
            Assert.Equal(points[0], thin.Head)
            Assert.Equal(Array.last points, List.last thin)
            Assert.Equal(points |> Seq.map y |> Seq.max, thin |> Seq.map y |> Seq.max)
            Assert.Equal(points |> Seq.map y |> Seq.min, thin |> Seq.map y |> Seq.min)

        if points.Length <= most then
            Assert.Equal(points.Length, thin.Length)

    let long =
        Gen.listOfLength 500 (ArbMap.defaults |> ArbMap.generate<NormalFloat>)
        |> Arb.fromGen

    Check.One(Config.QuickThrowOnFailure, law)
    Check.One(Config.QuickThrowOnFailure, Prop.forAll long (fun ys -> law ys (PositiveInt 40)))

let private card (config: string) =
    ModelCardPage.Page(RunRecord.Read(written config))

[<Fact>]
let ``The model card has front matter, numbers with their interval, and the way to make it again`` () =
    let text = card smoke
    Assert.StartsWith("---\nlibrary_name: vae-research\ntags: [variational-autoencoder, ", text)
    Assert.Contains("value: -98.466\n", text)
    Assert.Contains("| test | importance | 128 | −105.00 | −98.47 | 0.31 | 0.006 | −99.08 … −97.85 | dynamic", text)
    Assert.Matches(@"`\./vae runs/smoke/\d{8}-\d{6}-[0-9a-f]{4}/config\.toml`", text)
    Assert.Contains("./vae export runs/smoke/", text)

[<Fact>]
let ``The model card's limits follow from the config`` () =
    let binary = card smoke
    Assert.Contains("pixels that are 0 or 1", binary)
    Assert.Contains("It has seen no labels", binary)
    Assert.Contains("Of 128 importance samples only 4.8 count", binary)

    let grey =
        card (smoke.Replace("kind = \"glyphs\"", "kind = \"glyphs\"\nbinarise = \"grey\""))

    Assert.DoesNotContain("pixels that are 0 or 1", grey)
    Assert.Contains("grey values are not a Bernoulli's outcomes", grey)

[<Fact>]
let ``The model card names the weights that were evaluated`` () =
    let named (config: string) best =
        let run = written config

        if best then
            File.WriteAllText(Path.Combine(run.Checkpoints, "best.safetensors"), "")

        ModelCardPage.Page(RunRecord.Read run)

    Assert.Contains("`checkpoints/best.safetensors` (the tensors whose names begin with `model.`)", named smoke true)
    Assert.Contains("`checkpoints/last.safetensors` (", named smoke false)

    let averaged =
        smoke.Replace("steps = 10", "steps = 10\nema = 0.99\nevaluate_from = \"last\"")

    Assert.Contains("`checkpoints/last.safetensors` (", named averaged true)
    Assert.Contains("begins with `average.`", named averaged true)

[<Fact>]
let ``A run that was made longer is shown with the estimates of its last weights`` () =
    let run = written smoke
    use journal = Journal.Open run.Journal
    journal.Append(estimateAt 2000L "importance" 64L -90.0)

    Assert.Equal<(int64 * int64) list>(
        [ 2000L, 64L ],
        [ for row in (RunRecord.Read run).Estimates -> row.Step, row.Samples ]
    )

[<Fact>]
let ``A line of progress fits the terminal`` () =
    let line room =
        TerminalProgress.Line("train", 0L, 12600L, 30000L, TimeSpan.FromSeconds 92.0, "it", "elbo=-103.4", room)

    let whole =
        "train  42% |########            | 12600/30000 [01:32<02:07, 137 it/s, elbo=-103.4]"

    Assert.Equal(whole, line 200)
    Assert.Equal(whole, line whole.Length)
    Assert.Equal(whole.Replace("########            ", "#######            "), line (whole.Length - 1))
    Assert.Equal(whole.Replace("|########            | ", ""), line (whole.Length - 20))

    for room in 1..99 do
        Assert.InRange((line room).Length, min room 59, room)

[<Fact>]
let ``The watched screen says state, progress and newest numbers, and when the run is over`` () =
    let run = written smoke

    let draw () =
        let struct (text, running) =
            RunScreen(run, Stopped(start + 185L)).Draw(100, 30, false)

        Assert.Equal(30, text.Split('\n').Length)
        Assert.All(text.Split('\n'), (fun line -> Assert.InRange(line.Length, 0, 100)))
        text, running

    run.WriteStatus(RunState.Running, 5L)
    let text, running = draw ()
    Assert.True running
    Assert.Contains("running  step 5/10 (50%)  1 it/s, 00:05 to go  last heard 3 min ago", text)
    Assert.Contains("elbo: train -100.00 at 1000, valid -110.50 at 1000, best -110.50 at 1000", text)
    Assert.Contains("* train ELBO", text)
    run.WriteStatus(RunState.Stopped, 5L, "Ctrl-C")
    let text, running = draw ()
    Assert.False running
    Assert.Contains("stopped  step 5/10 (50%)  Ctrl-C", text)
