/// What the tests of fused operators share.
module internal Vae.Tests.FusedChecks

open TorchSharp
open Vae.Primitives
open Vae.Torch
open Xunit

let normal (stream: string) (k: int64, b: int64, d: int64) =
    use ids = torch.arange (Scalar.op_Implicit b, dtype = torch.ScalarType.Int64)
    PhiloxTensor.Normal(PhiloxKey(3u, Philox.StreamOf stream), 0L, ids, 0L, k, d)

let doubles (t: torch.Tensor) =
    t.``double``().contiguous().data<float>().ToArray()

/// The values and gradients of two functions of the same numbers, the second in float64, agree to float32's precision.
let agree
    (inputs: (torch.Tensor * bool) list)
    (fused: torch.Tensor list -> torch.Tensor list)
    (composed: torch.Tensor list -> torch.Tensor list)
    =
    let value (f: torch.Tensor list -> torch.Tensor list) (precise: bool) =
        let given =
            [
                for t, wanted in inputs do
                    let mine = (if precise then t.``double`` () else t.clone ()).detach()
                    mine.requires_grad <- wanted
                    mine
            ]

        let results = f given

        let weighted =
            [
                for i, r in List.indexed results do
                    let weights = (normal $"weight {i}" (1L, 1L, r.numel ())).view(r.shape)
                    (r * (if precise then weights.``double`` () else weights)).sum()
            ]

        (List.reduce (fun (a: torch.Tensor) b -> a + b) weighted).backward()

        [
            yield! [ for r in results -> doubles (r.detach ()) ]
            yield!
                [
                    for t, (_, wanted) in List.zip given inputs do
                        if wanted then
                            doubles t.grad
                ]
        ]

    for a, e in List.zip (value fused false) (value composed true) do
        Assert.Equal(e.Length, a.Length)
        Array.iter2 (fun (e: float) a -> Assert.InRange(a, e - 3e-6 * (abs e + 10.0), e + 3e-6 * (abs e + 10.0))) e a

let numbers (stream: string) (shape: int64 list) =
    (normal stream (1L, 1L, List.reduce (*) shape)).view(List.toArray shape)
