/// Our public API under Microsoft.ML.OnnxRuntime's names, held against the list of the real one's.
module Vae.Tests.SurfaceTests

open System
open System.IO
open Microsoft.ML.OnnxRuntime
open Vae.OnnxRuntime.Native
open Vae.Tests.Surface
open Xunit

/// What the list was read without, though its methods return it.
let private exceptions = set [ "public interface IDisposableReadOnlyCollection<T>" ]

[<SharedFact("reference/ort_surface.txt")>]
let ``Every public member under Microsoft.ML.OnnxRuntime's names is its own`` () =
    let list =
        known (File.ReadLines((Outside.shared "reference/ort_surface.txt").Value))

    let ours = offered typeof<InferenceSession>.Assembly "Microsoft.ML.OnnxRuntime"

    Assert.True(ours.Length > 100, $"only {ours.Length} members were found")

    /// Ours are sealed where the real ones aren't: nobody but a test's stand-in derives from them.
    let unsealed (line: string) =
        line.Replace("sealed class", "class", StringComparison.Ordinal)

    let strange =
        ours
        |> List.filter (fun l ->
            not (
                list.Contains(normal l)
                || list.Contains(normal (unsealed l))
                || exceptions.Contains l
            ))

    Assert.True(strange.IsEmpty, "Not Microsoft.ML.OnnxRuntime's:\n" + String.Join("\n", strange))

[<SharedFact("reference/ort_api_slots_v29.txt")>]
let ``Every function is called by its own place in ONNX Runtime's table`` () =
    let plain (name: string) =
        name.Replace("_", "").ToUpperInvariant()

    let places =
        dict
            [
                for line in File.ReadLines((Outside.shared "reference/ort_api_slots_v29.txt").Value) do
                    match line.Split ' ' with
                    | [| place; name |] when Char.IsAsciiDigit place[0] -> plain name, int place
                    | _ -> ()
            ]

    for slot in Enum.GetValues<Slot>() do
        Assert.Equal(places[plain (string slot)], int slot)
