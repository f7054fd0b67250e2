/// A damaged checkpoint never passes for a sound one.
module Vae.Tests.CheckpointFuzzTests

open System
open System.IO
open TorchSharp
open Vae.Core.Models
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Training
open Xunit

let private config =
    ConfigFile.Load(Path.Combine(Outside.root, "configs", "smoke.toml"), [||])

let private build (seed: uint) : LatentVariableModel =
    ModelFactory.Build(config.Model, [| 1; 28; 28 |], torch.CPU, seed)

let private optimizer (model: LatentVariableModel) =
    OptimizerFactory.Build(config.Optimizer, 1e-3, model.named_parameters ())

let private weights (model: LatentVariableModel) =
    [
        for struct (_, p) in model.named_parameters () -> p.data<float32>().ToArray()
    ]

/// Loads a file of these bytes into a model of other weights: it must be refused, and leave the model as it was.
let private refuses (path: string) (bytes: byte array) (what: string) =
    File.WriteAllBytes(path, bytes)
    use model = build 2u
    use optimizer = optimizer model
    let before = weights model

    let error =
        Record.Exception(fun () -> Checkpoint.Load(path, model, optimizer, null) |> ignore)

    match error with
    | :? ExperimentException as e when e.Code = ExitCode.Checkpoint -> Assert.Contains(path, e.Message)
    | null -> failwith $"{what}: taken for sound"
    | e -> failwith $"{what}: {e}"

    Assert.Equal<float32 array list>(before, weights model)

[<Fact>]
let ``Cut at every hundredth of its length, or with any one bit flipped, a checkpoint is refused by name`` () =
    let folder = Directory.CreateTempSubdirectory("vae fuzz ").FullName
    let path = Path.Combine(folder, "last.safetensors")
    use model = build 1u
    use optimizer = optimizer model
    Checkpoint.Save(path, model, optimizer, null, TrainingState(Step = 7L))
    let sound = File.ReadAllBytes path

    do
        use other = build 2u

        use optimizer' =
            OptimizerFactory.Build(config.Optimizer, 1e-3, other.named_parameters ())

        Assert.Equal(7L, Checkpoint.Load(path, other, optimizer', null).Step)
        Assert.Equal<float32 array list>(weights model, weights other)

    for hundredth in 0..99 do
        refuses path sound[.. sound.Length * hundredth / 100 - 1] $"cut at {hundredth} %%"

    let seed = Environment.TickCount
    let random = Random seed

    for flip in 1..1000 do
        let bytes = Array.copy sound
        // The header is small; half of the flips are there.
        let at =
            if flip % 2 = 0 then
                random.Next 4096
            else
                random.Next sound.Length

        let bit = random.Next 8
        bytes[at] <- bytes[at] ^^^ (1uy <<< bit)
        refuses path bytes $"bit {bit} of byte {at} flipped (seed {seed})"

    Directory.Delete(folder, true)
