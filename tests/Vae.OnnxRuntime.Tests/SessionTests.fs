module Vae.Tests.SessionTests

open System
open System.Collections.Generic
open System.IO
open FsCheck
open FsCheck.FSharp
open Microsoft.ML.OnnxRuntime
open Microsoft.ML.OnnxRuntime.Tensors
open Vae.Tests.OnnxBytes
open Xunit

let private ones n = Array.create n 1.0f

/// What y = op(x) gives for x of shape [1, n].
let private through<'T when 'T: unmanaged and 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType>
    op
    element
    (data: 'T[])
    =
    use session = new InferenceSession(unary op element data.LongLength)
    use x = OrtValue.CreateTensorValueFromMemory(data, [| 1L; data.LongLength |])
    use outputs = session.Run(null, [| "x" |], [| x |], [| "y" |])
    Assert.Equal(element, outputs[0].GetTensorTypeAndShape().ElementDataType)
    outputs[0].GetTensorDataAsSpan<'T>().ToArray()

[<Fact>]
let ``Numbers of every type go in and come out as they are`` () =
    let same element (data: _[]) =
        Assert.Equal<_[]>(data, through "Identity" element data)

    same TensorElementType.Float [| 1.5f; -0.0f; Single.MaxValue; Single.Epsilon |]
    same TensorElementType.Double [| 1.5; Double.MinValue; Double.Epsilon |]
    same TensorElementType.Float16 [| Half.MaxValue; Half.Epsilon; Half.op_Explicit 0.1f |]
    same TensorElementType.Float16 [| Float16 0x3C00us; Float16 0xFBFFus |]
    same TensorElementType.Int8 [| SByte.MinValue; 0y; SByte.MaxValue |]
    same TensorElementType.Int16 [| Int16.MinValue; 0s; Int16.MaxValue |]
    same TensorElementType.Int32 [| Int32.MinValue; 0; Int32.MaxValue |]
    same TensorElementType.Int64 [| Int64.MinValue; 0L; Int64.MaxValue |]
    same TensorElementType.UInt8 [| 0uy; Byte.MaxValue |]
    same TensorElementType.UInt16 [| 0us; UInt16.MaxValue |]
    same TensorElementType.UInt32 [| 0u; UInt32.MaxValue |]
    same TensorElementType.UInt64 [| 0UL; UInt64.MaxValue |]
    same TensorElementType.Bool [| true; false; true |]

[<Fact>]
let ``The model computes: on float, double, integers and truth values`` () =
    Assert.Equal<float32[]>([| 1.5f; 0.0f; 2.0f |], through "Abs" TensorElementType.Float [| -1.5f; 0.0f; 2.0f |])
    Assert.Equal<float[]>([| 1e300; 0.25 |], through "Abs" TensorElementType.Double [| -1e300; 0.25 |])

    Assert.Equal<int64[]>([| 1L <<< 60; 7L |], through "Abs" TensorElementType.Int64 [| -(1L <<< 60); 7L |])

    Assert.Equal<int[]>([| 5; 7 |], through "Abs" TensorElementType.Int32 [| -5; 7 |])
    Assert.Equal<bool[]>([| false; true |], through "Not" TensorElementType.Bool [| true; false |])

[<Fact>]
let ``Outputs come by name, in the order asked for, whatever the batch`` () =
    use session = new InferenceSession(arithmetic)

    Check.One(
        Config.QuickThrowOnFailure.WithMaxTest 50,
        Prop.forAll (Gen.choose (1, 40) |> Arb.fromGen) (fun batch ->
            let a = Array.init (batch * 3) (fun i -> float32 i - 4.0f)
            let b = Array.init (batch * 3) (fun i -> 2.0f - 0.5f * float32 i)
            let shape = [| int64 batch; 3L |]
            use x = OrtValue.CreateTensorValueFromMemory(a, shape)
            use y = OrtValue.CreateTensorValueFromMemory(b, shape)
            use outputs = session.Run(null, [| "b"; "a" |], [| y; x |], [| "product"; "sum" |])
            Assert.Equal(2, outputs.Count)
            Assert.Equal<int64[]>(shape, outputs[0].GetTensorTypeAndShape().Shape)
            Assert.Equal<float32[]>(Array.map2 (*) a b, outputs[0].GetTensorDataAsSpan<float32>().ToArray())
            Assert.Equal<float32[]>(Array.map2 (+) a b, outputs[1].GetTensorDataAsSpan<float32>().ToArray())
            use runOptions = new RunOptions()
            let named = Dictionary(dict [ "a", x; "b", y ])
            use one = session.Run(runOptions, named, [| "sum" |])
            Assert.Equal<float32[]>(Array.map2 (+) a b, Assert.Single(one).GetTensorDataAsSpan<float32>().ToArray()))
    )

[<Fact>]
let ``The session says what its model's inputs and outputs are`` () =
    use session = new InferenceSession(arithmetic)
    Assert.Equal<seq<string>>([ "a"; "b" ], session.InputNames)
    Assert.Equal<seq<string>>([ "sum"; "product" ], session.OutputNames)
    let a = session.InputMetadata["a"]
    Assert.True a.IsTensor
    Assert.False a.IsString
    Assert.Equal(OnnxValueType.ONNX_TYPE_TENSOR, a.OnnxValueType)
    Assert.Equal<int[]>([| -1; 3 |], a.Dimensions)
    Assert.Equal<string[]>([| "batch"; "" |], a.SymbolicDimensions)
    Assert.Equal(TensorElementType.Float, a.ElementDataType)
    Assert.Equal(typeof<float32>, a.ElementType)
    Assert.Equal<int[]>([| -1; 3 |], session.OutputMetadata["product"].Dimensions)

[<Fact>]
let ``The session says what the file says about itself`` () =
    use session = new InferenceSession(arithmetic)
    let about = session.ModelMetadata
    Assert.Equal("by hand", about.ProducerName)
    Assert.Equal("tiny", about.GraphName)
    Assert.Equal("org.example", about.Domain)
    Assert.Equal("what the model is for", about.Description)
    Assert.Equal("what the graph computes", about.GraphDescription)
    Assert.Equal(3L, about.Version)
    Assert.Equal(2, about.CustomMetadataMap.Count)
    Assert.Equal("20260101-000000-abcd", about.CustomMetadataMap["run_id"])
    Assert.Equal("∫", about.CustomMetadataMap["grüße"])

[<Fact>]
let ``A file is loaded by its path, letters beyond ASCII included`` () =
    let folder = Directory.CreateTempSubdirectory "vae-ört-"

    try
        let path = Path.Combine(folder.FullName, "größe.onnx")
        File.WriteAllBytes(path, arithmetic)
        use options = new SessionOptions()
        let optimised = Path.Combine(folder.FullName, "schnell.onnx")
        options.OptimizedModelFilePath <- optimised
        options.GraphOptimizationLevel <- GraphOptimizationLevel.ORT_ENABLE_EXTENDED // beyond it, a warning
        use session = new InferenceSession(path, options)
        Assert.Equal(2, session.InputNames.Count)
        use again = new InferenceSession(optimised)
        Assert.Equal(2, again.InputNames.Count)
    finally
        folder.Delete true

[<Fact>]
let ``Options hold what they were given, and a session runs with them`` () =
    use options = new SessionOptions()
    Assert.True options.EnableMemoryPattern
    Assert.Equal(GraphOptimizationLevel.ORT_ENABLE_ALL, options.GraphOptimizationLevel)
    options.IntraOpNumThreads <- 1
    options.InterOpNumThreads <- 1
    options.EnableMemoryPattern <- false
    options.EnableCpuMemArena <- false
    options.ExecutionMode <- ExecutionMode.ORT_PARALLEL
    options.GraphOptimizationLevel <- GraphOptimizationLevel.ORT_DISABLE_ALL
    options.LogSeverityLevel <- OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR
    options.LogVerbosityLevel <- 1
    options.LogId <- "a session of ours"
    options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0")
    Assert.False options.EnableMemoryPattern
    Assert.Equal("a session of ours", options.LogId)
    use session = new InferenceSession(chain 2L [| 0.0f; 1.0f; 1.0f; 0.0f |] 3, options)
    use x = OrtValue.CreateTensorValueFromMemory([| 1.0f; 2.0f |], [| 1L; 2L |])
    use run = new RunOptions()
    run.LogSeverityLevel <- OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR
    run.LogVerbosityLevel <- 1
    run.LogId <- "a run of ours"
    run.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "")
    use outputs = session.Run(run, [| "x" |], [| x |], [| "y" |])
    Assert.Equal<float32[]>([| 2.0f; 1.0f |], outputs[0].GetTensorDataAsSpan<float32>().ToArray())

[<Fact>]
let ``The optimisation level reaches ONNX Runtime: an unknown one is refused`` () =
    use options = new SessionOptions()

    let error =
        Assert.Throws<OnnxRuntimeException>(fun () -> options.GraphOptimizationLevel <- enum 7)

    Assert.Contains("InvalidArgument", error.Message)
    Assert.Equal(GraphOptimizationLevel.ORT_ENABLE_ALL, options.GraphOptimizationLevel)

[<Fact>]
let ``The environment knows its version and its providers`` () =
    let environment = OrtEnv.Instance()
    Assert.Matches(@"^1\.\d+\.\d+", environment.GetVersionString())
    Assert.Contains("CPUExecutionProvider", environment.GetAvailableProviders())
    Assert.Same(environment, OrtEnv.Instance())
