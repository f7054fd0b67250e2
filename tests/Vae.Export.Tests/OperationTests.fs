/// One table of operations, and the law that every row inherits: ONNX Runtime computes what the engine computes, at any batch size.
module Vae.Tests.OperationTests

open System
open System.Collections.Generic
open Microsoft.ML.OnnxRuntime
open TorchSharp
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Export.Graphs
open Xunit

type Tensor = torch.Tensor

/// An operation that any interpreter can do. x: inputs of the given widths.
[<AbstractClass>]
type Operation(name: string, widths: int64 list, weights: torch.nn.Module) =
    member _.Name = name
    member _.Widths = widths
    member _.Weights = weights
    abstract Apply<'T> : IGraph<'T> * 'T[] -> 'T

let private nothing = torch.nn.ModuleList<torch.nn.Module> [||] :> torch.nn.Module
let private shape = ImageShape(2L, 4L, 6L)

/// A layer and its parameters somewhat random.
let private weighted<'L when 'L :> torch.nn.Module> (layer: 'L) =
    Exported.trained layer
    layer.eval ()
    layer

let private dense norm =
    weighted (new Dense(6L, 5L, LayerOptions(norm)))

let private convolution norm =
    weighted (new Convolution(2L, 3L, struct (3L, 3L), 2L, 1L, LayerOptions(norm)))

let private transposed norm =
    weighted (new TransposedConvolution(2L, 3L, struct (3L, 3L), 2L, 1L, 1L, LayerOptions(norm)))

let private masked =
    weighted (new MaskedLinear([| 1L; 2L; 3L; 4L; 5L; 6L |], [| 3L; 1L; 4L; 1L; 5L |], true))

let private cell = weighted (new LstmCell(6L, 4L))

let private operations: Operation list =
    [
        { new Operation("relu", [ 6L ], nothing) with
            member _.Apply(g, x) = g.Relu(x[0])
        }
        { new Operation("tanh", [ 6L ], nothing) with
            member _.Apply(g, x) = g.Tanh(x[0])
        }
        { new Operation("elu", [ 6L ], nothing) with
            member _.Apply(g, x) = g.Elu(x[0])
        }
        { new Operation("sigmoid", [ 6L ], nothing) with
            member _.Apply(g, x) = g.Sigmoid(x[0])
        }
        { new Operation("softplus", [ 6L ], nothing) with
            member _.Apply(g, x) = g.Softplus(g.Affine(x[0], 10.0, 0.0))
        }
        { new Operation("log sigmoid", [ 6L ], nothing) with
            member _.Apply(g, x) = g.LogSigmoid(g.Affine(x[0], 10.0, 0.0))
        }
        { new Operation("exp, log, sqrt, abs", [ 6L ], nothing) with
            member _.Apply(g, x) =
                g.Log(g.Add(g.Exp(x[0]), g.Sqrt(g.Abs(x[0]))))
        }
        { new Operation("step, where", [ 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                g.Where(x[0], g.Step(x[1]), g.Affine(x[1], 3.0, -1.0))
        }
        { new Operation("arithmetic that broadcasts", [ 6L; 1L ], nothing) with
            member _.Apply(g, x) =
                g.Divide(g.Subtract(x[0], x[1]), g.Add(g.Multiply(x[1], x[1]), g.Constant(torch.ones [| 6L |])))
        }
        { new Operation("normal distribution function", [ 6L ], nothing) with
            member _.Apply(g, x) = g.NormalCdf(x[0])
        }
        { new Operation("slice, reverse, concat", [ 6L; 3L ], nothing) with
            member _.Apply(g, x) =
                g.Concat(g.Reverse(x[0]), g.Slice(x[1], 1L, 2L), g.Constant(torch.ones [| 2L |]))
        }
        { new Operation("concat of what broadcasts", [ 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                let rows = g.Unflatten(x[0], 3L, 2L)
                g.Flatten(g.Concat(rows, g.InsertAxis(x[1]), g.Constant(torch.ones [| 3L; 1L |])))
        }
        { new Operation("sums", [ 6L ], nothing) with
            member _.Apply(g, x) =
                let rows = g.Unflatten(x[0], 3L, 2L)
                g.Add(g.SumLast(rows), g.SumLastKept(x[0]))
        }
        { new Operation("log-sum-exp of what overflows", [ 6L ], nothing) with
            member _.Apply(g, x) =
                let wide = g.Affine(x[0], 1000.0, 0.0)
                g.Add(g.LogSumExpKept(wide), g.LogSumExp(g.Unflatten(wide, 3L, 2L)))
        }
        { new Operation("cumulative sum", [ 6L ], nothing) with
            member _.Apply(g, x) = g.CumulativeSum(x[0])
        }
        { new Operation("column, transpose, matrix product", [ 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                let a = g.Unflatten(x[0], 3L, 2L)
                g.Flatten(g.MatMul(a, g.MatMul(g.Transpose(a), g.Multiply(g.Column(g.Slice(x[1], 0L, 3L)), a))))
        }
        { new Operation("rows of a table", [ 6L ], nothing) with
            member _.Apply(g, x) =
                let chosen = g.SumLast(g.Step(x[0]))

                g.Rows(
                    g.Constant(torch.arange(Scalar.op_Implicit 14.0, dtype = torch.ScalarType.Float32).view(7L, 2L)),
                    chosen
                )
        }
        { new Operation("log-densities of a mixture's normals", [ 6L ], nothing) with
            member _.Apply(g, x) =
                g.NormalLogDensities(
                    x[0],
                    g.Constant(Exported.normal 1u 4L 6L),
                    g.Constant((Exported.normal 2u 4L 6L).exp())
                )
        }
        { new Operation("densities", [ 6L; 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                let scale = g.Softplus(x[2])
                let struct (z, logQ) = g.SampleNormal(x[0], scale, x[1])
                let logP = g.Add(g.NormalLogDensity(z, x[1], scale), g.StandardNormalLogDensity(z))
                g.Add(g.Subtract(logP, logQ), g.Add(g.NormalKl(x[0], scale), g.BernoulliLogDensity(g.Step(x[1]), x[0])))
        }
        { new Operation("gated affine", [ 6L; 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                let struct (y, logDet) = g.GatedAffine(x[0], x[1], x[2])
                g.Add(y, g.Column(logDet))
        }
        { new Operation("log sinh(x/2) / (x/2), with its slope", [ 6L; 6L ], nothing) with
            member _.Apply(g, x) =
                g.Add(g.LogSinhc(g.Affine(x[0], 5.0, 0.0)), g.LogSinhcSlope(x[1]))
        }
        for norm in Enum.GetValues<Normalisation>() do
            let dense = dense norm
            let convolution = convolution norm
            let transposed = transposed norm

            { new Operation($"dense, norm {norm}", [ 6L ], dense) with
                member _.Apply(g, x) = dense.Forward(g, x[0])
            }

            { new Operation($"dense, rank 3, norm {norm}", [ 12L ], dense) with
                member _.Apply(g, x) =
                    g.Flatten(dense.Forward(g, g.Unflatten(x[0], 2L, 6L)))
            }

            { new Operation($"dense, each label beside x, norm {norm}", [ 4L ], dense) with
                member _.Apply(g, x) =
                    let labels = g.Constant(torch.ones([| 2L |]).diag())
                    g.Flatten(dense.Forward(g, g.InsertAxis(x[0]), labels))
            }

            { new Operation($"convolution, norm {norm}", [ 48L ], convolution) with
                member _.Apply(g, x) =
                    g.FromImage(convolution.Forward(g, g.ToImage(x[0], shape)), x[0])
            }

            { new Operation($"transposed convolution, norm {norm}", [ 48L ], transposed) with
                member _.Apply(g, x) =
                    g.FromImage(transposed.Forward(g, g.ToImage(x[0], shape)), x[0])
            }
        { new Operation("images smaller, larger, several to an example", [ 96L ], nothing) with
            member _.Apply(g, x) =
                let rows = g.Unflatten(x[0], 2L, 48L)
                let image = g.ToImage(rows, shape)
                let back = g.Upsample(g.Subsample(image, 2L), 2L)
                g.Flatten(g.FromImage(g.AddScaled(image, back, 0.1), rows))
        }
        { new Operation("masked linear", [ 6L ], masked) with
            member _.Apply(g, x) = masked.Forward(g, x[0])
        }
        { new Operation("lstm from nothing", [ 6L ], cell) with
            member _.Apply(g, x) =
                let struct (h, c) = cell.Forward(g, x[0], cell.Start(g))
                g.Concat(h, c)
        }
    ]

let private session opset half (operation: Operation) =
    let graph = OnnxGraph(operation.Weights, opset, half)
    let names = operation.Widths |> List.mapi (fun i width -> $"x{i}", width)
    let inputs = [| for name, width in names -> graph.Input(name, width) |]
    graph.Output("y", operation.Apply(graph, inputs))
    new InferenceSession(Exported.bytes graph)

let private compare opset half tolerance =
    for operation in operations do
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()
        use session = session opset half operation

        for batch in [ 1L; 2L; 7L; 64L ] do
            let x =
                operation.Widths
                |> List.mapi (fun i width -> Exported.normal (uint32 i) batch width)

            let expected = operation.Apply(TensorGraph() :> IGraph<Tensor>, List.toArray x)
            let found = (Exported.run session (x |> List.mapi (fun i t -> $"x{i}", t)))["y"]
            Assert.Equal<int64[]>(expected.shape, found.shape)
            let size = max 1.0 (float (expected.abs().max().item<float32>()))
            let off = float ((found - expected).abs().max().item<float32>()) / size
            Assert.True(off <= tolerance, $"{operation.Name}, batch {batch}, opset {opset}: {off}")

[<Fact>]
let ``Every operation is the engine's`` () = compare 17 false 1e-5

[<Fact>]
let ``In opset 18 too`` () = compare 18 false 1e-5

[<Fact>]
let ``Softplus keeps its digits where it is small`` () =
    use _ = torch.NewDisposeScope()
    let graph = OnnxGraph nothing
    graph.Output("y", graph.Softplus(graph.Input("x", 1L)))
    use session = new InferenceSession(Exported.bytes graph)
    let x = [| -80f..0.37f..80f |]
    let outputs = Exported.run session [ "x", torch.tensor (x, [| x.LongLength; 1L |]) ]
    let found = Exported.numbers outputs["y"]

    for x, y in Array.zip x found do
        // log(1 + e^x) in double, by its series where 1 + e^x would lose e^x
        let e = Math.Exp(float x)
        let truth = if e < 1e-5 then e - e * e / 2.0 else Math.Log(1.0 + e)
        Assert.InRange(float y, truth * (1.0 - 1e-6), truth * (1.0 + 1e-6))

[<Fact>]
let ``What an output doesn't hang on isn't in the file, and what is known is one initializer`` () =
    use _ = torch.NewDisposeScope()
    let graph = OnnxGraph nothing
    let x = graph.Input("x", 2L)
    graph.Input("idle", 3L) |> ignore
    let known = graph.Exp(graph.Constant(torch.ones [| 2L |]))
    graph.Tanh x |> ignore
    graph.Output("y", graph.Add(x, known))
    use session = new InferenceSession(Exported.bytes graph)
    Assert.Equal<string>([ "x" ], session.InputNames)
    Assert.Equal<string>([ "x" ], graph.Heard() |> Seq.filter ((=) "x"))
    Assert.DoesNotContain("idle", graph.Heard())

[<Fact>]
let ``What is the same for every example is no output`` () =
    use _ = torch.NewDisposeScope()
    let graph = OnnxGraph nothing

    let output () =
        graph.Output("y", graph.Constant(torch.ones [| 2L |]))

    Assert.Contains("doesn't depend on the examples", Assert.Throws<ArgumentException>(output).Message)

[<Fact>]
let ``An opset that can't be written is refused`` () =
    Assert.Throws<ArgumentOutOfRangeException>(fun () -> OnnxGraph(nothing, 9) |> ignore)

[<Fact>]
let ``A batch norm that trains isn't folded`` () =
    use layer = new Dense(6L, 5L, LayerOptions(Normalisation.Batch))
    let graph = OnnxGraph layer

    let forward () =
        layer.Forward(graph :> IGraph<OnnxValue>, graph.Input("x", 6L)) |> ignore

    Assert.Contains("evaluates", Assert.Throws<InvalidOperationException>(forward).Message)
