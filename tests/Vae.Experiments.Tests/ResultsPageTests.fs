/// What is published of runs: docs/results/, its page, and the table of the README.
module Vae.Tests.ResultsPageTests

open System
open System.IO
open Vae.Experiments
open Vae.Experiments.Results
open Vae.Primitives
open Vae.Tests.FinishedRuns
open Xunit

let private publishedRepository () =
    let runs = three ()
    let repository = folder ()

    let docs =
        Directory.CreateDirectory(Path.Combine(repository, "docs", "results")).FullName

    File.WriteAllLines(
        Path.Combine(docs, "references.csv"),
        [
            "name,kind,samples,examples,elbo,log_px,loss,accuracy,what,source"
            "mean_field,importance,128,,-103.31,-97.1,,,\"published, best\",somebody"
            "mean_field,importance,128,,,-98.46,,,again,somebody else"
            "mean_field,training-loss,1,,,,103.5,,third epoch,somebody"
            "mean_field,elbo,1,,,,,0.8351,clusters of somebody,somebody"
            "other,importance,128,,-1,-2,,,no,one"
        ]
    )

    File.WriteAllText(
        Path.Combine(repository, "README.md"),
        "# R\n<!-- results:begin -->\nold\n<!-- results:end -->\nrest\n"
    )

    for folder in Directory.GetDirectories(Path.Combine(runs, "mean_field")) do
        Publish.Run(RunDirectory.Open folder, repository) |> ignore

    repository

[<Fact>]
let ``Publishing writes the page, the README's table and a few kilobytes`` () =
    let repository = publishedRepository ()
    let page = File.ReadAllText(Path.Combine(repository, "docs", "results.md"))

    for line in
        [
            "## mean_field"
            "binarized-mnist, static binarisation; mlp, 1,234,567 parameters; [config](results/mean_field/20250101-000000-ffff/config.toml)."
            "### importance, 128 samples"
            "| 20250101-000000-ffff | 0 | 35,000 | 65,000 | -103.00 | -97.00 | 0.25 | 01:02:05 |"
            "| **mean ± sd, 3 seeds** |  |  |  | -104.00 ± 1.00 | -97.33 ± 1.53 |  |  |"
            "| reference: published, best (somebody) |  |  |  | -103.31 | -97.10 |  |  |"
            "| reference: again (somebody else) |  |  |  |  | -98.46 |  |  |"
            "### importance, 1,000 samples"
            "| **mean ± sd, 3 seeds** |  |  |  | -104.00 ± 1.00 | -96.33 ± 1.53 |  |  |"
            "### training loss, average over the last epoch"
            "| 20250101-000000-ffff | 0 | 65,000 | 103.50 | 01:02:05 |"
            "| **mean ± sd, 3 runs** |  |  | 104.50 ± 1.00 |  |"
            "| reference: third epoch (somebody) |  |  | 103.50 |  |"
            "### clusters of the test examples against their labels"
            "| 20250201-000000-aaaa | 1 | 0.7600 | 0.5000 |"
            "| **mean and best, 3 runs** |  | 0.7600, 0.7700 | 0.5000, 0.5000 |"
            "| reference: clusters of somebody (somebody) |  | 0.8351 |  |"
        ] do
        Assert.Contains(line, page.Split '\n')

    Assert.DoesNotContain("no (one)", page)

    Assert.Equal(
        "# R\n<!-- results:begin -->\n"
        + "| config | data | test log p(x) | mean ± sd | reference |\n|---|---|---|--:|--:|\n"
        + "| mean_field | binarized-mnist, static | importance, 128 samples | -97.33 ± 1.53 (3 seeds) | -97.10 (somebody) |\n"
        + "| mean_field | binarized-mnist, static | importance, 1,000 samples | -96.33 ± 1.53 (3 seeds) |  |\n"
        + "<!-- results:end -->\nrest\n",
        File.ReadAllText(Path.Combine(repository, "README.md"))
    )

    let run =
        Path.Combine(repository, "docs", "results", "mean_field", "20250101-000000-ffff")

    let files = DirectoryInfo(run).GetFiles()

    Assert.Equal<string list>(
        [ "config.toml"; "estimates.parquet"; "summary.parquet" ],
        [ for file in files -> file.Name ] |> List.sort
    )

    Assert.True(files |> Array.sumBy _.Length < 20_000L)

[<Fact>]
let ``A published number stands beside estimates of as many examples, and a heading says how many`` () =
    let repository = publishedRepository ()
    let docs = Path.Combine(repository, "docs", "results")

    File.AppendAllText(
        Path.Combine(docs, "references.csv"),
        "mean_field,importance,128,10000,,-97.5,,,of ten thousand,somebody\n"
    )

    let path =
        Path.Combine(docs, "mean_field", "20250101-000000-ffff", "estimates.parquet")

    again path 65000L 128L -80.0 (Nullable 1000L) null (Nullable())
    again path 65000L 128L -97.25 (Nullable 10_000L) null (Nullable())
    let page = ResultsPage.Generate docs

    let section (heading: string) =
        let start = page.IndexOf(heading + "\n", StringComparison.Ordinal)
        Assert.True(start >= 0, heading)
        page.Substring(start, page.IndexOf("\n#", start + 1, StringComparison.Ordinal) - start)

    let all = section "### importance, 128 samples, 10,000 examples"
    Assert.Contains("| -97.25 |", all)
    Assert.Contains("of ten thousand", all)
    Assert.DoesNotContain("published, best", all)
    let fewer = section "### importance, 128 samples, 1,000 examples"
    Assert.Contains("| -80.00 |", fewer)
    Assert.DoesNotContain("reference", fewer)
    Assert.Contains("published, best", section "### importance, 128 samples")

[<Fact>]
let ``Experiments of one name are told apart by the keys of their configs that differ`` () =
    let repository = publishedRepository ()
    let docs = Path.Combine(repository, "docs", "results")
    let smoke = File.ReadAllText(Path.Combine(Outside.root, "configs", "smoke.toml"))

    let write (folder: string) (text: string) =
        File.WriteAllText(Path.Combine(docs, "mean_field", folder, "config.toml"), text)

    finishAs "ba9876543210" docs "mean_field" "20250401-000000-bbbb" 3L -104.0 -98.0
    write "20250101-000000-ffff" smoke

    let changed =
        smoke.Replace("batch_size = 16", "batch_size = 32").Replace("hidden = [16]", "hidden = [8]")

    write "20250401-000000-bbbb" (changed.Replace("samples = 8", "samples = 9"))

    let title =
        "mean_field, data.batch_size = 32, model.decoder.hidden = [8], model.encoder.hidden = [8]"

    let lines = (ResultsPage.Generate docs).Split '\n'
    Assert.Contains("## mean_field", lines)
    Assert.Contains($"## {title}", lines)
    Assert.Contains($"| {title} |", ResultsPage.Table docs)
    write "20250401-000000-bbbb" "shape = \"of another version\""
    Assert.Contains("## mean_field, ba9876543210", (ResultsPage.Generate docs).Split '\n')

[<Fact>]
let ``A run that has not ended cannot be published`` () =
    let run = RunDirectory.Create(folder (), "a")
    let repository = folder ()

    let error =
        Assert.Throws<ExperimentException>(fun () -> Publish.Run(run, repository) |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    Assert.Contains("summary.parquet", error.Message)
    // One that is being made longer has its old numbers and its new config.
    let root = three ()

    let longer =
        RunDirectory.Open(Path.Combine(root, "mean_field", "20250101-000000-ffff"))

    longer.WriteStatus(RunState.Stopped, 70000L)

    let error =
        Assert.Throws<ExperimentException>(fun () -> Publish.Run(longer, repository) |> ignore)

    Assert.Contains("isn't completed", error.Message)
    Assert.Empty(Directory.GetFileSystemEntries repository)

[<Fact>]
let ``The committed pages are what the published files say`` () =
    let results = Path.Combine(Outside.root, "docs", "results")
    Assert.Equal(ResultsPage.Generate results, File.ReadAllText(Path.Combine(Outside.root, "docs", "results.md")))
    let readme = Path.Combine(Outside.root, "README.md")

    if File.Exists readme then
        let text = File.ReadAllText readme

        Assert.Equal(
            ResultsPage.Insert(text, ResultsPage.Table results)
            |> Option.ofObj
            |> Option.defaultValue text,
            text
        )
