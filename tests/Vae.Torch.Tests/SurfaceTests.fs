/// Our public API under TorchSharp's names, held against the list of TorchSharp's own.
module Vae.Tests.SurfaceTests

open System
open System.IO
open TorchSharp
open Vae.Tests.Surface
open Xunit

/// What may differ, and why.
let exceptions =
    set
        [
            "public struct Scalar" // by design a plain managed value
            "public abstract class torch.Generator" // by design there are no generator objects; only null is one
            // The list was read without this type, though it has the parameters of it.
            "public enum torch.RoundingMode"
            "torch.RoundingMode.None = 0"
            "torch.RoundingMode.trunc = 1"
            "torch.RoundingMode.floor = 2"
        ]

[<SharedFact("reference/torchsharp_surface.txt")>]
let ``Every public member under TorchSharp's names is TorchSharp's`` () =
    let list =
        known (File.ReadLines((Outside.shared "reference/torchsharp_surface.txt").Value))

    let ours = offered typeof<torch>.Assembly "TorchSharp"
    Assert.True(ours.Length > 400, $"only {ours.Length} members were found")

    let strange =
        ours
        |> List.filter (fun l -> not (list.Contains(normal l) || exceptions.Contains l))

    Assert.True(strange.IsEmpty, "Not TorchSharp's:\n" + String.Join("\n", strange))

/// Stand-ins with every feature that the formatter must see.
type Made<'T>() =
    member _.Member
        (a: int64, [<Runtime.InteropServices.Optional; Runtime.InteropServices.DefaultParameterValue(0.5)>] b: float)
        =
        a, b

    member val Value: Nullable<float> = Nullable() with get, set

[<Fact>]
let ``A member that is made up, or has another name, order or default, is not in the list`` () =
    let list =
        known
            [
                "public class torch.Thing : IDisposable"
                "public virtual torch.Tensor? torch.Thing.go(torch.Tensor x, double p = 0.5, torch.ScalarType? dtype = null)"
                "public double? torch.Thing.rate { get; private set; }"
            ]

    let isKnown line = list.Contains(normal line)

    Assert.True(
        isKnown "public torch.Tensor torch.Thing.go(torch.Tensor x, double p = 0.5, torch.ScalarType? dtype = null)"
    )

    Assert.True(isKnown "public class torch.Thing")
    Assert.True(isKnown "public double? torch.Thing.rate { get; }")

    Assert.False(
        isKnown "public torch.Tensor torch.Thing.go(torch.Tensor y, double p = 0.5, torch.ScalarType? dtype = null)"
    )

    Assert.False(
        isKnown "public torch.Tensor torch.Thing.go(torch.Tensor x, double p = 0.1, torch.ScalarType? dtype = null)"
    )

    Assert.False(
        isKnown "public torch.Tensor torch.Thing.go(double p = 0.5, torch.Tensor x, torch.ScalarType? dtype = null)"
    )

    Assert.False(
        isKnown "public torch.Tensor torch.Thing.go(torch.Tensor x, double? p = 0.5, torch.ScalarType? dtype = null)"
    )

    Assert.False(isKnown "public double torch.Thing.rate { get; }")
    Assert.False(isKnown "public double? torch.Thing.rate { get; set; }")
    Assert.False(isKnown "public sealed class torch.Thing")

[<Fact>]
let ``The formatter writes types, names, defaults and accessors as the list does`` () =
    let written = lines (typedefof<Made<_>>)
    Assert.Contains(written, fun l -> l.EndsWith("Made<T>.Member(long a, double b = 0.5)", StringComparison.Ordinal))

    Assert.Contains(
        written,
        fun l ->
            l.EndsWith("Made<T>.Value { get; set; }", StringComparison.Ordinal)
            && l.Contains "double? "
    )

    let linear = lines typeof<torch.nn>

    Assert.Contains(
        "public static Linear torch.nn.Linear(long inputSize, long outputSize, bool hasBias = true, torch.Device device = null, torch.ScalarType? dtype = null)",
        linear
    )
