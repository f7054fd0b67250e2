/// Export as a user runs it: trained, exported at the end or later, refused in words.
module Vae.Tests.ExportTests

open System
open System.IO
open Vae.Primitives
open Xunit

let private place = Place()

let private run =
    lazy (place.Train("configs/smoke.toml", "export.onnx=true", "export.parts=[encoder,decoder]"))

let private files folder =
    Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
    |> Array.map (fun file -> Path.GetRelativePath(folder, file))
    |> Array.sort

let private models = lazy (Path.Combine(run.Value, "models"))

[<Fact>]
let ``A run that is asked to ends with its models`` () =
    Assert.Equal("completed", Stored.state run.Value)

    Assert.Equal<string>(
        [
            "smoke-decoder/1/card.json"
            "smoke-decoder/1/model.onnx"
            "smoke-encoder/1/card.json"
            "smoke-encoder/1/model.onnx"
        ],
        files models.Value
    )

    let card = ModelCard.Parse(Stored.text models.Value "smoke-decoder/1/card.json")
    Assert.Equal("smoke", card.Name)
    Assert.Equal("vae", card.Kind)
    Assert.StartsWith("smoke/", card.RunId)
    Assert.Equal(ModelCardData("glyphs", "dynamic", card.Data.Licence), card.Data)
    Assert.Equal(ModelCardImage(1L, 28L, 28L), card.Image)
    Assert.Equal(Stored.text run.Value "config.toml", card.Config)

[<Fact>]
let ``A stored run is exported later, a folder for each part, and a second time as the next version`` () =
    let out = place.Path "elsewhere"
    let ended = place.Succeed("export", run.Value, "--out", out)
    Assert.Contains("vae serve", ended.LastLine)

    let parts =
        [ "decoder"; "encoder"; "log_weight"; "posterior"; "prior"; "reconstruct" ]

    Assert.Equal<string>(
        [
            for part in parts do
                $"smoke-{part}/1/card.json"
                $"smoke-{part}/1/model.onnx"
        ],
        files out
    )

    place.Succeed("export", run.Value, "--out", out, "--parts", "prior", "--fp16")
    |> ignore

    Assert.Contains("smoke-prior/2/model.onnx", files out)

[<Fact>]
let ``What can't be exported ends with code 2 and the reason`` () =
    let refused (arguments: string list) =
        let ended = place.Run(List.toArray ("export" :: run.Value :: arguments))
        Assert.Equal(2, ended.Code)
        Assert.Equal("", ended.Out)
        ended.Error

    Assert.Contains("no part 'encodr'", refused [ "--parts"; "encodr" ])
    Assert.Contains("opset 9", refused [ "--opset"; "9" ])
    Assert.Equal(2, place.Run("export", place.Path "nowhere").Code)

    let config =
        place.Run("configs/smoke.toml", "export.parts=[classifier]", "--print-config")

    Assert.Equal(2, config.Code)
    Assert.Contains("there is no classifier", config.Error)

[<Fact>]
let ``The samples of the manual draw digits from an exported model`` () =
    let out = place.Path "for samples"

    place.Succeed("export", run.Value, "--out", out, "--parts", "prior,decoder")
    |> ignore

    let name = Path.Combine(out, "smoke")

    for program, script in
        [
            "dotnet", Path.Combine(Outside.root, "samples", "Digits", "bin", "Release", "net10.0", "Digits.dll")
            "node", Path.Combine(Outside.root, "samples", "digits.mjs")
        ] do
        let picture = place.Path $"{program}.png"

        let start =
            Diagnostics.ProcessStartInfo(program, [ script; name; picture ], RedirectStandardError = true)

        use sample = Diagnostics.Process.Start start
        let error = sample.StandardError.ReadToEnd()
        sample.WaitForExit()
        Assert.True((sample.ExitCode = 0), error)
        let png = PngReader.Read(File.ReadAllBytes picture)
        Assert.Equal((8 * 28, 8 * 28), (png.Width, png.Height))
