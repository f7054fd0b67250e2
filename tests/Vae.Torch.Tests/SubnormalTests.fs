module Vae.Tests.SubnormalTests

open System
open TorchSharp
open Xunit

[<Fact>]
let ``Inside, numbers too small to be normal are zero on every thread; outside they are what they are`` () =
    let before = torch.get_num_threads ()

    try
        torch.set_num_threads 4
        use _ = torch.NewDisposeScope()
        let tiny = torch.tensor (Array.create (1 <<< 20) 1e-40f)
        let small = torch.full ([| 1L <<< 20 |], Scalar.op_Implicit 1e-30)

        let products =
            Array.append
                (tiny.mul(Scalar.op_Implicit 2.0).data<float32>().ToArray())
                (small.mul(small).data<float32>().ToArray())

        Assert.All(Array.distinct products, fun v -> Assert.Equal(0f, v))
        Assert.All(Array.distinct (tiny.data<float32>().ToArray()), fun v -> Assert.True(v > 0f && v * 2f > v))
    finally
        torch.set_num_threads before
