/// The programs in samples/, run as people run them.
module Vae.Tests.SampleTests

open System
open System.Diagnostics
open System.IO
open Vae.Primitives
open Vae.Tests.OnnxBytes
open Xunit

/// Exit code, and all that was said.
let private runWith (variables: (string * string) list) (program: string) (arguments: string list) =
    let start =
        ProcessStartInfo(program, RedirectStandardError = true, RedirectStandardOutput = true)

    for name, value in variables do
        start.Environment[name] <- value

    List.iter start.ArgumentList.Add arguments
    use running = Process.Start start
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output + errors.GetAwaiter().GetResult()

let private run = runWith []

/// A program that a sample needs; skipped, and counted as skipped, where it (or what it needs itself) isn't there.
type NeedsAttribute(program: string, [<ParamArray>] probe: string[]) as this =
    inherit FactAttribute()

    do
        try
            if fst (run program (List.ofArray probe)) <> 0 then
                this.Skip <- $"{program} lacks what the sample needs"
        with :? ComponentModel.Win32Exception ->
            this.Skip <- $"there is no {program}"

/// Pixel k > 0 of each picture (4 by 4) has the grey value 10 k; pixel 0 is the noise, through a sigmoid.
let private drawsTheModel (program: string) (arguments: string list) =
    let folder = Directory.CreateTempSubdirectory "vae-sample-"

    try
        let logit p = float32 (log (p / (1.0 - p)))

        let prior, decoder =
            parts
                (Array.init 48 (fun i -> if i = 0 then 1.0f else 0.0f))
                (Array.init 16 (fun k ->
                    if k = 0 then
                        0.0f
                    else
                        logit ((10.0 * float k + 0.5) / 255.0)))

        for part, bytes in [ "prior", prior; "decoder", decoder ] do
            let version = folder.CreateSubdirectory $"tiny-{part}/1"
            File.WriteAllBytes(Path.Combine(version.FullName, "model.onnx"), bytes)

        let picture = Path.Combine(folder.FullName, "digits.png")

        let code, said =
            run program (arguments @ [ Path.Combine(folder.FullName, "tiny"); picture ])

        Assert.True((code = 0), said)
        let png = PngReader.Read(ReadOnlySpan(File.ReadAllBytes picture))
        Assert.Equal((32, 32, 1), (png.Width, png.Height, png.Channels))
        let pixel y x = int png.Pixels[32 * y + x]

        for y in 0..31 do
            for x in 0..31 do
                let k = 4 * (y % 4) + x % 4

                if k > 0 then
                    Assert.Equal(10 * k, pixel y x)

        let noise =
            [
                for row in 0..7 do
                    for column in 0..7 -> float (pixel (4 * row) (4 * column)) / 255.0
            ]

        // σ(ε) has mean 1/2 and standard deviation 0.21: five standard errors of 64.
        Assert.InRange(List.average noise, 0.5 - 0.13, 0.5 + 0.13)
        Assert.True((List.distinct noise).Length > 32, "the noise repeats itself")
    finally
        folder.Delete true

let private sample name =
    Path.Combine(Outside.root, "samples", name)

let private digits = Path.Combine(AppContext.BaseDirectory, "Digits.dll")

[<Fact>]
let ``The C# sample draws what the model says`` () = drawsTheModel "dotnet" [ digits ]

[<Fact>]
let ``Without ONNX Runtime's library, or with another one in its place, a sentence says so`` () =
    let says (library: string) (sentence: string) =
        let code, said =
            runWith [ "ORT_LIB", library ] "dotnet" [ digits; "models/tiny"; "x.png" ]

        Assert.NotEqual(0, code)
        Assert.Contains(sentence, said)

    says "/no/such/file.so" "ORT_LIB names /no/such/file.so, and there is no such file."
    says digits $"{digits} does not load"

    says
        (Path.Combine(Path.GetDirectoryName typeof<obj>.Assembly.Location, "libSystem.Native.so"))
        "is not ONNX Runtime"

[<Needs("node", "-e", "process.exit(require('zlib').crc32 ? 0 : 1)")>]
let ``The JavaScript sample draws what the model says`` () =
    drawsTheModel "node" [ sample "digits.mjs" ]

[<Needs("python3", "-c", "import numpy, onnxruntime")>]
let ``The Python sample draws what the model says`` () =
    drawsTheModel "python3" [ sample "digits.py" ]
