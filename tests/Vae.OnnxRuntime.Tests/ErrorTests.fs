module Vae.Tests.ErrorTests

open System
open System.IO
open Microsoft.ML.OnnxRuntime
open Microsoft.ML.OnnxRuntime.Tensors
open Vae.OnnxRuntime
open Vae.Tests.OnnxBytes
open Xunit

let private fails (parts: string list) (action: unit -> unit) =
    let error = Assert.Throws<OnnxRuntimeException> action

    for part in parts do
        Assert.Contains(part, error.Message)

let private tensor (data: float32[]) shape =
    OrtValue.CreateTensorValueFromMemory(data, shape)

[<Fact>]
let ``Names that the model doesn't have are refused, with those it has`` () =
    use session = new InferenceSession(arithmetic)
    use x = tensor [| 1.0f; 2.0f; 3.0f |] [| 1L; 3L |]

    fails [ "no input 'c'"; "a, b" ] (fun () -> session.Run(null, [| "a"; "c" |], [| x; x |], [| "sum" |]).Dispose())

    fails [ "no output 'total'"; "sum, product" ] (fun () ->
        session.Run(null, [| "a"; "b" |], [| x; x |], [| "total" |]).Dispose())

    fails [ "input 'b' is not given" ] (fun () -> session.Run(null, [| "a" |], [| x |], [| "sum" |]).Dispose())

    let error =
        Assert.Throws<ArgumentException>(fun () -> session.Run(null, [| "a"; "b" |], [| x |], [| "sum" |]).Dispose())

    Assert.Contains("2 input names and 1 input values", error.Message)

    let error =
        Assert.Throws<ArgumentException>(fun () -> session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |], []))

    Assert.Contains("1 output names and 0 output values", error.Message)

[<Fact>]
let ``Shapes and types that aren't the model's are refused`` () =
    use session = new InferenceSession(arithmetic)
    use x = tensor [| 1.0f; 2.0f; 3.0f |] [| 1L; 3L |]
    use wide = tensor [| 1.0f; 2.0f; 3.0f; 4.0f |] [| 1L; 4L |]
    use flat = tensor [| 1.0f; 2.0f; 3.0f |] [| 3L |]

    use doubles =
        OrtValue.CreateTensorValueFromMemory([| 1.0; 2.0; 3.0 |], [| 1L; 3L |])

    for bad in [ wide; flat; doubles ] do
        fails [ "InvalidArgument" ] (fun () -> session.Run(null, [| "a"; "b" |], [| x; bad |], [| "sum" |]).Dispose())

    use narrow = tensor (Array.zeroCreate 2) [| 1L; 2L |]

    Assert.Throws<OnnxRuntimeException>(fun () ->
        session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |], [| narrow |]))
    |> ignore

    use outputs = session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |])
    fails [ "Float, not Double" ] (fun () -> outputs[0].GetTensorDataAsSpan<float>().ToArray() |> ignore)
    Assert.Throws<NotSupportedException>(fun () -> outputs[0].GetTensorDataAsSpan<char>().ToArray() |> ignore)

[<Fact>]
let ``A tensor is not longer than its memory, and has no negative axis`` () =
    fails [] (fun () -> (tensor [| 1.0f; 2.0f |] [| 3L |]).Dispose())
    fails [] (fun () -> (tensor [| 1.0f; 2.0f |] [| -1L; 2L |]).Dispose())
    fails [] (fun () -> (tensor [| 1.0f; 2.0f |] [| Int64.MaxValue; 4L |]).Dispose())

    fails [] (fun () ->
        OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [| -1L |]).Dispose())

    Assert.Throws<NotSupportedException>(fun () -> OrtValue.CreateTensorValueFromMemory([| 'a' |], [| 1L |]).Dispose())

[<Fact>]
let ``What is no model is refused, wherever it was cut off`` () =
    fails [] (fun () -> (new InferenceSession([||])).Dispose())
    fails [] (fun () -> (new InferenceSession([| 255uy; 255uy; 255uy; 255uy |])).Dispose())
    let whole = chain 2L [| 1.0f; 2.0f; 3.0f; 4.0f |] 2

    for length in 1..7 .. whole.Length - 50 do
        fails [] (fun () -> (new InferenceSession(Array.truncate length whole)).Dispose())

    fails [ "Nonsense" ] (fun () -> (new InferenceSession(unary "Nonsense" TensorElementType.Float 3L)).Dispose())

[<Fact>]
let ``A file that isn't there is named`` () =
    let path = Path.Combine(Path.GetTempPath(), "no such model.onnx")
    fails [ "NoSuchFile"; path ] (fun () -> (new InferenceSession(path)).Dispose())

[<Fact>]
let ``Nothing is used after it was disposed of, and disposing twice is no matter`` () =
    let session = new InferenceSession(arithmetic)
    let x = tensor [| 1.0f; 2.0f; 3.0f |] [| 1L; 3L |]
    let sum = tensor (Array.zeroCreate 3) [| 1L; 3L |]
    let run = new RunOptions()
    let options = new SessionOptions()

    let go () =
        session.Run(run, [| "a"; "b" |], [| x; x |], [| "sum" |], [| sum |])

    go ()

    let things: IDisposable list = [ sum; run; x; session; options ]

    for thing in things do
        thing.Dispose()
        thing.Dispose()
        Assert.Throws<ObjectDisposedException> go |> ignore

    Assert.Throws<ObjectDisposedException>(fun () -> x.GetTensorDataAsSpan<float32>().ToArray() |> ignore)
    |> ignore

    Assert.Throws<ObjectDisposedException>(fun () -> run.Terminate <- true)
    |> ignore

    Assert.Throws<ObjectDisposedException>(fun () -> options.LogId <- "x") |> ignore
    Assert.Throws<ObjectDisposedException>(fun () -> (new InferenceSession(arithmetic, options)).Dispose())

[<Fact>]
let ``What the process shares survives being disposed of`` () =
    OrtEnv.Instance().Dispose()
    OrtMemoryInfo.DefaultInstance.Dispose()
    OrtAllocator.DefaultInstance.Dispose()
    Assert.Equal("Cpu", OrtMemoryInfo.DefaultInstance.Name)
    use session = new InferenceSession(arithmetic)

    use made =
        OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [| 1L; 3L |])

    made.GetTensorMutableDataAsSpan<float32>().Fill 2.0f
    use outputs = session.Run(null, [| "a"; "b" |], [| made; made |], [| "product" |])
    Assert.Equal<float32[]>([| 4.0f; 4.0f; 4.0f |], outputs[0].GetTensorDataAsSpan<float32>().ToArray())

[<Fact>]
let ``A device is cpu or cuda; anything else, and a GPU that isn't there, is refused with a sentence`` () =
    use options = new SessionOptions()
    Devices.Use(options, "cpu")

    for name in [ ""; "gpu"; "cuda:"; "cuda:-1"; "cuda:1:2"; "CUDA" ] do
        let error = Assert.Throws<ArgumentException>(fun () -> Devices.Use(options, name))
        Assert.Contains("allowed are cpu, cuda and cuda:N", error.Message)

    if
        not (
            OrtEnv.Instance().GetAvailableProviders()
            |> Array.contains "CUDAExecutionProvider"
        )
    then
        let error = Assert.Throws<ArgumentException>(fun () -> Devices.Use(options, "cuda"))
        Assert.Contains("The device 'cuda' isn't there", error.Message)
        Assert.Contains("ORT_LIB", error.Message)

    fails [ "Nonsense" ] (fun () -> options.AppendExecutionProvider "Nonsense")
    use session = new InferenceSession(arithmetic, options)
    Assert.Equal(2, session.InputNames.Count)
