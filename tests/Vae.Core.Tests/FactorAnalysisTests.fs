/// Factor analysis: evidence and bound in closed form against what is drawn, and against the exact posterior.
module Vae.Tests.FactorAnalysisTests

open TorchSharp
open Vae.Core
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let private graph: IGraph<Tensor> = TensorGraph()

let private values (t: Tensor) =
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

let private noise stream (k: int64) (b: int64) (n: int64) =
    PhiloxTensor
        .Normal(
            PhiloxKey(5u, stream),
            0L,
            torch.arange (Scalar.op_Implicit b, dtype = torch.ScalarType.Int64),
            0L,
            k,
            n
        )
        .``double``()

let private model () =
    let m = new FactorAnalysis(3L, 2L)
    Initialisation.Draw(m, 3u)
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore
    use _ = torch.no_grad ()

    for struct (name, p) in m.named_parameters () do
        p.add_ ((noise (Philox.StreamOf name) 1L 1L (p.numel ())).view(p.shape).mul(Scalar.op_Implicit 0.7))
        |> ignore

    m

let private parameter (m: FactorAnalysis) name =
    (m.named_parameters ()
     |> Seq.find (fun struct (n, _) -> n = name)
     |> (fun struct (_, p) -> p :> Tensor))

let private examples = noise 77u 1L 4L 3L |> _.squeeze(0L)

[<Fact>]
let ``the evidence is that of the marginal normal`` () =
    use m = model ()
    let w = parameter m "weight"
    let sigma = (parameter m "rawScale").softplus()

    let evidence =
        LinearGaussianEvidence(
            System.ReadOnlySpan(values w),
            System.ReadOnlySpan [| 0.0; 0.0; 0.0 |],
            System.ReadOnlySpan(values sigma)
        )

    let exact = m.LogEvidence examples

    for i in 0..3 do
        let x = values (examples[int64 i]) |> Array.map float32
        Assert.Equal(evidence.Of(System.ReadOnlySpan x), exact[i], 1e-5)

[<Fact>]
let ``the closed-form bound is the mean of log-weights, below the evidence`` () =
    use m = model ()
    let terms = m.Terms(graph, examples, noise 9u 40000L 4L 2L)
    let logW = terms.LogWeights graph
    let bound = m.Elbo examples
    let evidence = m.LogEvidence examples
    let kl = values (terms.Kl.Invoke())
    let sampledKl = terms.LogQ - terms.LogPrior

    let within (drawn: float[]) expected =
        let mean = Array.average drawn

        let error =
            sqrt ((drawn |> Array.averageBy (fun d -> (d - mean) ** 2.0)) / float drawn.Length)

        Assert.InRange(mean - expected, -4.5 * error, 4.5 * error)

    for i in 0..3 do
        within (values (logW.select (1L, int64 i))) bound[i]
        within (values (sampledKl.select (1L, int64 i))) kl[i]
        Assert.True(bound[i] < evidence[i] - 1e-3)

[<Fact>]
let ``with the exact posterior every log-weight is the evidence, and so is the bound`` () =
    use m = model ()
    use _ = torch.no_grad ()
    let w = parameter m "weight"
    let variance = (parameter m "rawScale").softplus().square()
    let scaled = w / variance.unsqueeze (1L) // Ψ⁻¹ W

    let covariance =
        (torch.ones([| 2L |], torch.ScalarType.Float64).diag() + w.t().matmul scaled).inverse()

    (parameter m "gain").copy_(covariance.matmul (scaled.t ())) |> ignore
    // Its Cholesky factor by hand, the diagonal through the inverse of softplus.
    let c = values covariance
    let l11 = sqrt c[0]
    let l21 = c[2] / l11
    let l22 = sqrt (c[3] - l21 * l21)
    let raw l = log (exp l - 1.0)

    (parameter m "rawFactor").copy_(torch.tensor ([| raw l11; 0.3; l21; raw l22 |], [| 2L; 2L |]))
    |> ignore

    let evidence = m.LogEvidence examples
    let logW = values ((m.Terms(graph, examples, noise 9u 5L 4L 2L)).LogWeights graph)
    logW |> Array.iteri (fun i l -> Assert.Equal(evidence[i % 4], l, 1e-9))
    m.Elbo examples |> Array.iteri (fun i l -> Assert.Equal(evidence[i], l, 1e-9))
