module Vae.Tests.PhiloxTests

open System
open FsCheck
open FsCheck.FSharp
open TorchSharp
open Vae.Primitives
open Vae.Torch
open Xunit

/// Random123's known-answer vectors for philox4x32-10 (its file kat_vectors).
[<Fact>]
let ``blocks equal the published known answers`` () =
    let zero = Philox.Block(PhiloxKey(0u, 0u), 0u, 0u, 0u, 0u)
    Assert.Equal(struct (0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), zero)
    let f = UInt32.MaxValue
    let ones = Philox.Block(PhiloxKey(f, f), f, f, f, f)
    Assert.Equal(struct (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), ones)

    let pi =
        Philox.Block(PhiloxKey(0xa4093822u, 0x299f31d0u), 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u)

    Assert.Equal(struct (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u), pi)

[<Fact>]
let ``the operator and the managed function agree bit for bit`` () =
    let law (seed: uint32) (stream: uint32) (step: uint16) (first: byte) (n: PositiveInt) =
        let key = PhiloxKey(seed, stream)
        let ids = [| 3L; 0L; 70001L |]
        let elements = int64 (n.Get % 300 + 1)
        use examples = torch.tensor (ids)

        use normal =
            PhiloxTensor.Normal(key, int64 step, examples, int64 first, 2L, elements)

        use uniform =
            PhiloxTensor.Uniform(key, int64 step, examples, int64 first, 2L, elements)

        let normals = normal.data<float32>().ToArray()
        let uniforms = uniform.data<float32>().ToArray()

        Seq.forall
            (fun i ->
                let e = uint32 (int64 i % elements)
                let example = uint32 ids[int (int64 i / elements) % 3]
                let sample = uint32 first + uint32 (int64 i / elements / 3L)

                BitConverter.SingleToInt32Bits(Philox.Normal(key, uint32 step, example, sample, e)) =
                    BitConverter.SingleToInt32Bits normals[i]
                && Philox.Uniform(key, uint32 step, example, sample, e) = uniforms[i])
            (seq { 0 .. normals.Length - 1 })

    Check.One(Config.QuickThrowOnFailure.WithMaxTest 60, law)

/// Moments of a million numbers, within five standard errors of the standard normal's.
[<Fact>]
let ``normal numbers have the moments of the standard normal`` () =
    use examples = torch.arange (1000, dtype = torch.ScalarType.Int64)

    use z =
        PhiloxTensor.Normal(PhiloxKey(7u, Philox.StreamOf "test"), 0L, examples, 0L, 1L, 1000L)

    use x = z.``double`` ()

    let moment (p: float) =
        x.pow(Scalar.op_Implicit p).mean().item<float>()

    let within expected variance actual =
        Assert.InRange(actual, expected - 5.0 * sqrt (variance / 1e6), expected + 5.0 * sqrt (variance / 1e6))

    within 0.0 1.0 (moment 1.0)
    within 1.0 2.0 (moment 2.0)
    within 0.0 15.0 (moment 3.0)
    within 3.0 96.0 (moment 4.0)

/// The transformation itself, against System.Math in float64 on the same bits.
[<Fact>]
let ``Box-Muller's polynomials are accurate to float32`` () =
    let key = PhiloxKey(1u, 2u)

    for e in 0u .. 4u .. 4000u do
        let struct (w0, w1, _, _) = Philox.Block(key, e / 4u, 0u, 0u, 0u)
        let u = float (w0 >>> 1) / 2147483648.0 + 1.0 / 4294967296.0

        let angle =
            (float (w1 >>> 30) + float (w1 &&& 0x3fffffffu) / 1073741824.0 - 0.5) * Math.PI
            / 2.0

        let expected = sqrt (-2.0 * log u) * cos angle
        let actual = float (Philox.Normal(key, 0u, 0u, 0u, e))
        Assert.InRange(actual, expected - 3e-6, expected + 3e-6)

[<Theory>]
[<InlineData(784L)>]
[<InlineData(7L)>]
let ``binarised rows are the pixels that are above the uniform numbers of their examples`` (size: int64) =
    use _ = torch.NewDisposeScope()
    let key = PhiloxKey(5u, Philox.StreamOf "binarise")
    let bytes = Array.init (int (40L * size)) (fun i -> byte (i * 37 % 256))
    let pixels = torch.tensor(bytes).view(40L, size)
    let examples = torch.tensor [| 39L; 0L; 3L; 3L; 17L |]

    let u =
        PhiloxTensor.Uniform(key, 11L, examples, 0L, 1L, size).data<float32>().ToArray()

    let x = PhiloxTensor.Binarise(key, 11L, pixels, examples)
    Assert.Equal<int64[]>([| 5L; size |], x.shape)

    let expected =
        [|
            for row, example in Array.indexed [| 39; 0; 3; 3; 17 |] do
                for i in 0 .. int size - 1 do
                    if float32 bytes[example * int size + i] > u[row * int size + i] * 255f then
                        1f
                    else
                        0f
        |]

    Assert.Equal<float32[]>(expected, x.data<float32>().ToArray())

[<Fact>]
let ``an example that isn't there is refused`` () =
    use _ = torch.NewDisposeScope()
    let pixels = torch.zeros ([| 4L; 3L |], dtype = torch.ScalarType.Byte)

    for bad in [ 4L; -1L ] do
        let error =
            Assert.ThrowsAny<Exception>(fun () ->
                PhiloxTensor.Binarise(PhiloxKey(1u, 2u), 0L, pixels, torch.tensor [| bad |])
                |> ignore)

        Assert.Contains($"there is no example {bad} of 4", error.Message)
