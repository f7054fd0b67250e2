/// What the model sees of a split's bytes.
module Vae.Tests.DataDeviceTests

open TorchSharp
open Vae.Experiments.Data
open Vae.Experiments.Evaluation
open Vae.Experiments.Training
open Vae.Primitives
open Xunit

let private width = 1000
let private pixels = Array.init (3 * width) (fun i -> byte (i * 7))

let private split () =
    new DeviceSplit(Split("train", 3, pixels, null, [| 0; -1; 2 |]), width, Binarisation.Dequantised, torch.CPU)

let private take (rows: int64 list) step =
    use _ = torch.NewDisposeScope()
    use split = split ()

    split.Take(torch.tensor (Array.ofList rows), PhiloxKey(1u, 2u), step).data<float32>().ToArray()

[<Fact>]
let ``Dequantised pixels are (p + u) / 256 with u uniform, drawn anew at each step`` () =
    let x = take [ 0L; 1L; 2L ] 0L

    let u =
        Array.map2 (fun (x: float32) (p: byte) -> float x * 256.0 - float p) x pixels

    Assert.All(u, fun u -> Assert.InRange(u, -1e-4, 1.0 + 1e-4))
    // Kolmogorov and Smirnov's distance to the uniform; above 2.2 / √n with a probability of 1.3e-4.
    let n = float u.Length

    let distance =
        Array.sort u
        |> Array.mapi (fun i u -> max (abs (u - float i / n)) (abs (u - float (i + 1) / n)))
        |> Array.max

    Assert.InRange(distance, 0.0, 2.2 / sqrt n)
    Assert.NotEqual<float32[]>(x, take [ 0L; 1L; 2L ] 1L)
    Assert.Equal("dequantised", Binarisations.NameOf Binarisation.Dequantised)

[<Fact>]
let ``A pixel's noise belongs to its example, wherever in a batch it stands`` () =
    let x = take [ 0L; 1L; 2L ] 5L
    Assert.Equal<float32[]>(Array.append x[2 * width ..] x[.. width - 1], take [ 2L; 0L ] 5L)

[<Fact>]
let ``Labels and lengths go along`` () =
    let sequences =
        Split("test", 2, null, Array.zeroCreate 8, null, Lengths = [| 1; 2 |])

    use onDevice = new DeviceSplit(sequences, 4, Binarisation.None, torch.CPU)
    Assert.Equal<int seq>([ 1; 2 ], onDevice.Lengths)
    use split = split ()
    Assert.Equal<int seq>([ 0; -1; 2 ], split.Labels)
    Assert.Null split.Lengths
