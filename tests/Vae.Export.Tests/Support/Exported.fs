namespace Vae.Tests

open System
open System.Collections.Generic
open System.IO
open Microsoft.ML.OnnxRuntime
open TorchSharp
open Vae.Core
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Export
open Vae.Export.Graphs
open Vae.Export.Parts
open Vae.Experiments.Config
open Vae.Experiments.Data
open Vae.Experiments.Training
open Vae.Primitives
open Vae.Torch
open Xunit

/// A checker of ONNX files in the system's Python.
[<RequireQualifiedAccess>]
module OnnxChecker =
    let isThere =
        lazy
            (File.Exists Python.path
             && (Python.run "import importlib.util, sys; sys.exit(importlib.util.find_spec('onnx') is None)").IsOk)

    /// Fails with what the checker says, unless it accepts every file, shapes inferred too.
    let accept (files: string seq) =
        let list = files |> Seq.map (fun file -> $"r'{file}'") |> String.concat ", "

        let script =
            $"import onnx\nfor f in [{list}]:\n    onnx.checker.check_model(f, full_check=True)\nprint('good')"

        match Python.run script with
        | Ok said -> Assert.Equal("good", said.Trim())
        | Error said -> failwith said

/// A fact that asks the ONNX checker; skipped, and counted as skipped, where the system's python3 has none.
type OnnxFactAttribute() as this =
    inherit FactAttribute()

    do
        if not (OnnxChecker.isThere.Force()) then
            this.Skip <- $"{Python.path} has no onnx"

[<RequireQualifiedAccess>]
module Exported =
    /// Standard normal numbers, [rows, columns], of a stream.
    let normal stream (rows: int64) (columns: int64) =
        let examples =
            torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

        PhiloxTensor.Normal(PhiloxKey(11u, stream), 0L, examples, 0L, 1L, columns).view(rows, columns)

    let numbers (t: torch.Tensor) =
        t.``to``(torch.ScalarType.Float32).contiguous().data<float32>().ToArray()

    /// What ONNX Runtime makes of inputs, by output.
    let run (session: InferenceSession) (inputs: (string * torch.Tensor) list) =
        use options = new RunOptions()

        let given =
            inputs |> List.filter (fun (name, _) -> Seq.contains name session.InputNames)

        let values =
            [|
                for _, t in given -> OrtValue.CreateTensorValueFromMemory(numbers t, t.shape)
            |]

        use results =
            session.Run(options, given |> List.map fst |> List.toArray, values, session.OutputNames)

        [
            for name, value in Seq.zip session.OutputNames results ->
                name, torch.tensor (value.GetTensorDataAsSpan<float32>().ToArray(), value.GetTensorTypeAndShape().Shape)
        ]
        |> dict

    /// The bytes of a graph.
    let bytes (graph: OnnxGraph) =
        use stream = new MemoryStream()
        graph.Write(stream, "test", "a test", Dictionary<string, string>())
        stream.ToArray()

    let provenance name =
        Provenance(
            name,
            "run/1",
            "vae",
            "0123abc",
            "name = \"π\"\n",
            ModelCardData("glyphs", "dynamic", "none needed"),
            ModelCardImage(1L, 28L, 28L),
            true
        )

    /// A folder that isn't there yet.
    let folder () =
        Path.Combine(Directory.CreateTempSubdirectory("vae export ").FullName, "models")

    let export name options (model: LatentVariableModel) =
        let said = List<string>()

        let folders =
            ModelExporter(model, provenance name, options)
                .Export(folder (), Nullable(), Action<string>(fun line -> said.Add line))

        folders, said

    /// Makes what training leaves: every parameter somewhat random, and running averages too.
    let trained (model: torch.nn.Module) =
        use _ = torch.no_grad ()

        let stir name (t: torch.Tensor) =
            (normal (Philox.StreamOf name) 1L (t.numel ())).reshape(t.shape)

        for struct (name, p) in model.named_parameters () do
            if p.requires_grad then
                p.add_ ((stir name p).mul(Scalar.op_Implicit 0.05)) |> ignore

        for struct (name, b) in model.named_buffers () do
            if name.EndsWith("running_mean", StringComparison.Ordinal) then
                b.copy_ ((stir name b).mul(Scalar.op_Implicit 0.3)) |> ignore
            elif name.EndsWith("running_var", StringComparison.Ordinal) then
                b.copy_ ((stir name b).mul(Scalar.op_Implicit 0.3).exp()) |> ignore

    /// The model of a config, as if trained.
    let modelOf (config: ExperimentConfig) =
        let model =
            ModelFactory.Build(config.Model, DataShapes.Of config.Data, torch.CPU, 1u)

        trained model
        model.eval ()
        model

    let ofText data model =
        let text =
            $"name = \"a\"\n[data]\nkind = \"{data}\"\nbatch_size = 2\n[train]\nsteps = 1\n[objective]\nkl = \"monte-carlo\"\n[model]\n{model}\n"

        modelOf (ConfigFile.Parse(text, "a.toml", [||]))
