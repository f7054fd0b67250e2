/// One table of flows, and the laws that every row inherits: Jacobians by autograd, inverses, quadrature, all in float64.
module Vae.Tests.FlowLawTests

open System
open System.Collections.Generic
open System.IO
open TorchSharp
open Vae.Core
open Vae.Core.Flows
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

let values (t: Tensor) =
    t.detach().contiguous().reshape(-1L).data<float>().ToArray()

/// Standard normal numbers of a stream: rows × columns, in float64.
let normal stream (rows: int64) (columns: int64) =
    let examples =
        torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

    PhiloxTensor.Normal(PhiloxKey(3u, stream), 0L, examples, 0L, 1L, columns).squeeze(0L).``double``()

/// Every parameter, and what batch normalisations remember, random with this deviation; in float64 and evaluating.
let random (deviation: float) (flow: Flow) =
    ModuleExtensionMethods.``to`` (flow, torch.ScalarType.Float64) |> ignore
    flow.eval ()
    use _ = torch.no_grad ()

    let numbers (name: string) (t: Tensor) =
        (normal (Philox.StreamOf name) 1L (t.numel ())).reshape(t.shape).mul(Scalar.op_Implicit deviation)

    for struct (name, p) in flow.named_parameters () do
        p.copy_ (numbers name p) |> ignore

    for struct (name, b) in flow.named_buffers () do
        if name.EndsWith("running_mean", StringComparison.Ordinal) then
            b.copy_ (numbers name b) |> ignore
        elif name.EndsWith("running_var", StringComparison.Ordinal) then
            b.copy_ ((numbers name b).exp()) |> ignore

    flow

/// ∂f/∂x of a function of one vector, row by row.
let jacobian (f: Tensor -> Tensor) (x: float[]) =
    use _ = torch.NewDisposeScope()
    let rows = values (f (torch.tensor x)) |> Array.length

    Array.init rows (fun row ->
        let x = torch.tensor (x, requires_grad = true)
        (f x).narrow(0L, int64 row, 1L).sum().backward()

        if isNull x.grad then
            Array.zeroCreate (int (x.numel ()))
        else
            values x.grad)

/// log |det A| by elimination with pivoting.
let logAbsDet (a: float[][]) =
    let a = Array.map Array.copy a
    let n = a.Length
    let mutable sum = 0.0

    for c in 0 .. n - 1 do
        let pivot = Seq.maxBy (fun r -> abs (a[r][c])) (seq { c .. n - 1 })
        let row = a[pivot]
        a[pivot] <- a[c]
        a[c] <- row
        sum <- sum + log (abs (row[c]))

        for r in c + 1 .. n - 1 do
            a[r] <- Array.map2 (fun v p -> v - a[r][c] / row[c] * p) a[r] row

    sum

type Row =
    {
        Name: string
        Size: int64
        Make: torch.Device -> Flow
    }

/// Every kind of flow, its variants, with and without a context, in the dimensions that it takes.
let rows: Row list =
    let row name size make =
        {
            Name = name
            Size = size
            Make = make
        }

    let made size hidden context form numbers device =
        new Made(size, hidden, context, PhiloxKey(1u, 2u), device, form, numbers)

    let plain = MadeForm()

    [
        for size in [ 1L; 2L; 5L ] do
            row $"reversal {size}" size (fun d -> new Reversal(size, d))

            for context in [ 0L; 3L ] do
                let name kind =
                    $"{kind}, {size} dimensions, context {context}"

                let iaf hidden form device =
                    new InverseAutoregressiveFlow(made size hidden context form 2 device, 2.0, device) :> Flow

                row (name "iaf") size (iaf [| 16; 16 |] plain)
                row (name "iaf without hidden layers") size (iaf [||] plain)
                row (name "iaf, batch norm") size (iaf [| 16; 16 |] (MadeForm(BatchNorm = true)))

                row (name "shift") size (fun d -> new AutoregressiveShift(made size [| 16 |] context plain 1 d, d))

                row (name "maf") size (fun d ->
                    new AutoregressiveFlow(made size [| 16; 16 |] context plain 2 d, AffineElementwise()))

                row (name "naf") size (fun d ->
                    new AutoregressiveFlow(
                        made size [| 16 |] context (MadeForm(Activation = Activation.Elu)) 12 d,
                        DeepSigmoid 4
                    ))

                row (name "planar") size (fun d -> new PlanarFlow(size, context, d))
                row (name "radial") size (fun d -> new RadialFlow(size, context, d))

                row (name "sylvester, orthogonal") size (fun d ->
                    new SylvesterFlow(size, context, SylvesterBasis.Orthogonal, (size + 1L) / 2L, device = d))

                row (name "sylvester, householder") size (fun d ->
                    new SylvesterFlow(size, context, SylvesterBasis.Householder, size, 3, device = d))

                for reversed in [ false; true ] do
                    row (name $"sylvester, triangular, reversed {reversed}") size (fun d ->
                        new SylvesterFlow(
                            size,
                            context,
                            SylvesterBasis.Triangular,
                            size,
                            reversed = reversed,
                            device = d
                        ))

        for size in [ 2L; 5L ] do
            let hidden = [| 2 * int size; 4 * int size |]

            for context in [ 0L; 3L; 2L * size ] do
                for reversed in [ false; true ] do
                    let form norm =
                        MadeForm(
                            Blocks = true,
                            Reversed = reversed,
                            AddsContext = true,
                            Activation = Activation.Elu,
                            BatchNorm = norm
                        )

                    let name kind =
                        $"{kind}, {size} dimensions, context {context}, reversed {reversed}"

                    row (name "iaf of blocks") size (fun d ->
                        new InverseAutoregressiveFlow(made size hidden context (form false) 2 d, 2.0, d))

                    row (name "iaf of blocks, batch norm") size (fun d ->
                        new InverseAutoregressiveFlow(made size hidden context (form true) 2 d, 3.0, d))

                    row (name "shift of blocks") size (fun d ->
                        new AutoregressiveShift(made size hidden context (form true) 1 d, d))

                    let coupling f device =
                        new Coupling(size, [| 16 |], Activation.Tanh, context, f, reversed, device) :> Flow

                    row (name "coupling") size (coupling (AffineElementwise 2.0))
                    row (name "spline") size (coupling (RationalQuadraticSpline(4, 3.0)))
    ]

/// A law over the whole table; each row in a scope of its own.
let forAll (law: Row -> unit) =
    for row in rows do
        use _ = torch.NewDisposeScope()

        try
            law row
        with e ->
            raise (Exception($"{row.Name}: {e.Message}", e))

let built deviation row = random deviation (row.Make torch.CPU)

let context (flow: Flow) stream count =
    if flow.Context = 0L then
        null
    else
        normal stream count flow.Context

let small bound (t: Tensor) =
    Assert.InRange(t.abs().max().item<float>(), 0.0, bound)

[<Fact>]
let ``The log-determinant is that of the Jacobian`` () =
    forAll (fun row ->
        use flow = built 0.7 row

        for point in 1u .. 5u do
            let z = values (normal (10u + point) 1L row.Size)
            let h = context flow (20u + point) 1L
            let h = if isNull h then null else h.squeeze 0L
            let struct (y, logDet) = flow.Forward(graph, torch.tensor z, h)

            let expected =
                logAbsDet (jacobian (fun z -> let struct (y, _) = flow.Forward(graph, z, h) in y) z)

            Assert.Equal<int64[]>([| row.Size |], y.shape)
            Assert.Equal(expected, logDet.item<float>(), 1e-9))

[<Fact>]
let ``A Sylvester flow's basis is orthonormal though it is made from all but parallel columns`` () =
    for apart in [ 1e-3; 1e-5; 1e-7 ] do
        use _ = torch.NewDisposeScope()

        use flow = random 0.7 (new SylvesterFlow(2L, 0L, SylvesterBasis.Orthogonal, 2L))

        let struct (_, numbers) = Seq.exactlyOne (flow.named_parameters ())
        use off = torch.no_grad ()

        numbers
            .narrow(-1L, numbers.shape[numbers.shape.Length - 1] - 4L, 4L)
            .copy_(torch.tensor [| 1.0; 1.0; 1.0; 1.0 + apart |])
        |> ignore

        off.Dispose()

        let map z =
            let struct (y, _) = flow.Forward(graph, z, null) in y

        let z = [| 0.3; -1.1 |]
        let struct (_, logDet) = flow.Forward(graph, torch.tensor z, null)
        Assert.Equal(logAbsDet (jacobian map z), logDet.item<float>(), 1e-9)

[<Fact>]
let ``Samples, examples and their contexts are mapped as if alone`` () =
    forAll (fun row ->
        use flow = built 0.7 row
        let samples, batch = 3L, 4L
        let z = (normal 1u (samples * batch) row.Size).reshape(samples, batch, row.Size)
        let h = context flow 2u batch
        let struct (y, logDet) = flow.Forward(graph, z, h)
        let logDet = logDet.expand (samples, batch)
        Assert.Equal<int64[]>(z.shape, y.shape)

        for k in 0L .. samples - 1L do
            for b in 0L .. batch - 1L do
                let at (t: Tensor) = t.select(0L, k).select(0L, b)

                let struct (one, oneLogDet) =
                    flow.Forward(graph, at z, (if isNull h then null else h.select (0L, b)))

                small 1e-10 (one - at y)
                small 1e-10 (oneLogDet - at logDet))

[<Fact>]
let ``The inverse leads back, or is refused by name`` () =
    forAll (fun row ->
        use flow = built 0.4 row
        let z = (normal 1u 12L row.Size).reshape(3L, 4L, row.Size)
        let h = context flow 2u 4L
        let struct (y, _) = flow.Forward(graph, z, h)

        if flow.HasInverse then
            small 1e-8 (flow.Inverse(graph, y, h) - z)
        else
            let invert () = flow.Inverse(graph, y, h) |> ignore

            Assert.Contains(flow.GetName(), Assert.Throws<NotSupportedException>(invert).Message))

/// ∫ N(f(z); 0, I) |det ∂f/∂z| dz = 1 says that f is onto the plane and one to one, besides its log-determinant.
[<Fact>]
let ``In two dimensions the density that a flow gives a normal integrates to one`` () =
    let steps, reach = 401L, 14.0
    let width = 2.0 * reach / float (steps - 1L)

    forAll (fun row ->
        if row.Size = 2L then
            use _ = torch.no_grad ()
            use flow = row.Make torch.CPU
            // Where slopes are exponential in networks these must be small, or the mass lies beyond every grid.
            let steep =
                [ "iaf"; "maf"; "naf"; "coupling"; "spline" ] |> List.exists row.Name.StartsWith

            let flow = random (if steep then 0.2 else 0.6) flow
            let axis = torch.linspace (-reach, reach, steps, dtype = torch.ScalarType.Float64)
            let first = axis.unsqueeze(1L).expand(steps, steps)
            let z = torch.stack([| first; first.t () |], -1L).reshape(-1L, 2L)
            let struct (y, logDet) = flow.Forward(graph, z, context flow 5u 1L)
            let density = (graph.StandardNormalLogDensity y + logDet).exp()
            let total = density.sum().item<float>() * width * width
            Assert.InRange(total, 1.0 - 2e-3, 1.0 + 2e-3))

[<Fact>]
let ``Gradients reach every parameter`` () =
    forAll (fun row ->
        use flow = built 0.7 row
        let z = normal 1u 8L row.Size
        let struct (y, logDet) = flow.Forward(graph, z, context flow 2u 8L)
        let loss = (y * normal 3u 8L row.Size).sum() + logDet.sum ()

        if loss.requires_grad then
            loss.backward ()

        for struct (name, p) in flow.named_parameters () do
            Assert.False(isNull p.grad, name)
            Assert.True(p.grad.isfinite().all().item<bool>(), name)
            // A single dimension hears nothing of itself: a matrix to it has no weight that lives.
            let deaf = row.Size = 1L && name.StartsWith("made", StringComparison.Ordinal)
            Assert.True(deaf || p.grad.abs().sum().item<float>() > 0.0, $"no gradient reaches {name}"))

[<Fact>]
let ``float32 comes near float64`` () =
    forAll (fun row ->
        use flow = built 0.5 row
        use _ = torch.no_grad ()
        let z, h = normal 1u 16L row.Size, context flow 2u 16L
        let struct (y, logDet) = flow.Forward(graph, z, h)
        ModuleExtensionMethods.``to`` (flow, torch.ScalarType.Float32) |> ignore

        let single (t: Tensor) =
            if isNull t then null else t.``float`` ()

        let struct (y', logDet') = flow.Forward(graph, single z, single h)
        Assert.Equal(torch.ScalarType.Float32, y'.dtype)
        small 1e-4 (y'.``double`` () - y)
        small 1e-4 (logDet'.``double`` () - logDet))

[<Fact>]
let ``What is saved and loaded is the same flow`` () =
    let path = Path.GetTempFileName()

    try
        forAll (fun row ->
            use flow = built 0.7 row
            use other = row.Make torch.CPU
            ModuleExtensionMethods.``to`` (other, torch.ScalarType.Float64) |> ignore
            other.eval ()
            StateFile.Save(path, flow.state_dict ())
            other.load_state_dict (StateFile.Load(path).Tensors) |> ignore
            let z, h = normal 1u 4L row.Size, context flow 2u 4L
            let struct (y, logDet) = flow.Forward(graph, z, h)
            let struct (y', logDet') = other.Forward(graph, z, h)
            small 0.0 (y - y')
            small 0.0 (logDet - logDet'))
    finally
        File.Delete path

[<Fact>]
let ``A flow begins as a function of the seed, finite and with an inverse`` () =
    forAll (fun row ->
        let state seed =
            use flow = row.Make torch.CPU
            Initialisation.Draw(flow, seed)
            flow.eval ()
            let z = (normal 1u 4L row.Size).``float``()
            let h = context flow 2u 4L
            let h = if isNull h then null else h.``float`` ()
            let struct (y, logDet) = flow.Forward(graph, z, h)
            Assert.True((y + logDet.unsqueeze (-1L)).isfinite().all().item<bool>())

            if flow.HasInverse then
                small 1e-3 ((flow.Inverse(graph, y, h) - z).``double``())

            [ for p in flow.parameters () -> p.data<float32>().ToArray() ]

        Assert.Equal<float32[] list>(state 1u, state 1u))

[<Fact>]
let ``On device META a flow is described without values: shapes, and every parameter once`` () =
    forAll (fun row ->
        use flow = row.Make torch.META
        let description = DescribingGraph flow

        let h =
            if flow.Context = 0L then
                Unchecked.defaultof<_>
            else
                Described.Vector flow.Context

        let struct (y, logDet) = flow.Forward(description, Described.Vector row.Size, h)
        Assert.Equal<int64 seq>([ row.Size ], y.Shape)
        Assert.Empty logDet.Shape
        let parameters = flow.parameters () |> Seq.sumBy _.numel()
        Assert.Equal(parameters, description.Operations |> Seq.sumBy _.Parameters)
        Assert.All(flow.parameters (), fun p -> Assert.Equal(DeviceType.META, p.device_type))
        Assert.All(flow.buffers (), fun b -> Assert.Equal(DeviceType.META, b.device_type)))
