module Vae.Tests.MemoryTests

open System
open System.Diagnostics
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open Microsoft.FSharp.NativeInterop
open Microsoft.ML.OnnxRuntime
open Microsoft.ML.OnnxRuntime.Tensors
open Vae.Tests.OnnxBytes
open Xunit

#nowarn "9"

/// Where a tensor's elements lie.
let private address (value: OrtValue) =
    let span = value.GetTensorMutableRawData()
    use pointer = fixed &MemoryMarshal.GetReference span
    NativePtr.toNativeInt pointer

let private quick () =
    let options = new SessionOptions()
    options.IntraOpNumThreads <- 1
    options

[<Fact>]
let ``A tensor over an array is the array: nothing is copied, going in or coming out`` () =
    let a = [| 1.0f; 2.0f; 3.0f |]
    let sum = Array.zeroCreate<float32> 3
    use session = new InferenceSession(arithmetic)
    use x = OrtValue.CreateTensorValueFromMemory(a, [| 1L; 3L |])
    use y = OrtValue.CreateTensorValueFromMemory(sum, [| 1L; 3L |])
    use pinned = fixed &a[0]
    Assert.Equal(NativePtr.toNativeInt pinned, address x)
    session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |], [| y |])
    Assert.Equal<float32[]>([| 2.0f; 4.0f; 6.0f |], sum)
    a[0] <- 10.0f // seen by the next run, since the tensor is the array
    GC.Collect(2, GCCollectionMode.Aggressive, true, true) // and stays where it is
    session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |], [| y |])
    Assert.Equal<float32[]>([| 20.0f; 4.0f; 6.0f |], sum)

[<Fact>]
let ``A tensor over part of managed memory begins there`` () =
    let all = [| 0.0f; 1.0f; 2.0f; 3.0f; 4.0f |]
    use session = new InferenceSession(arithmetic)

    use x =
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Memory(all, 1, 3), [| 1L; 3L |])

    use outputs = session.Run(null, [| "a"; "b" |], [| x; x |], [| "product" |])
    Assert.Equal<float32[]>([| 1.0f; 4.0f; 9.0f |], outputs[0].GetTensorDataAsSpan<float32>().ToArray())

[<Fact>]
let ``A tensor over native memory is that memory`` () =
    let memory = Marshal.AllocHGlobal 24

    try
        use session = new InferenceSession(arithmetic)

        use cpu =
            new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default)

        Assert.Equal("Cpu", cpu.Name)
        Assert.Equal(0, cpu.Id)
        Assert.Equal(OrtMemType.Default, cpu.GetMemoryType())
        Assert.Equal(OrtAllocatorType.DeviceAllocator, cpu.GetAllocatorType())

        let over pointer =
            OrtValue.CreateTensorValueWithData(cpu, TensorElementType.Float, [| 1L; 3L |], pointer, 12L)

        use x = over memory
        use y = over (memory + 12n)
        Marshal.Copy([| 1.0f; 2.0f; 3.0f |], 0, memory, 3)
        Assert.Equal(memory, address x)
        session.Run(null, [| "a"; "b" |], [| x; x |], [| "product" |], [| y |])
        let result = Array.zeroCreate<float32> 3
        Marshal.Copy(memory + 12n, result, 0, 3)
        Assert.Equal<float32[]>([| 1.0f; 4.0f; 9.0f |], result)
    finally
        Marshal.FreeHGlobal memory

[<Fact>]
let ``An empty batch is a batch`` () =
    use session = new InferenceSession(arithmetic)
    use x = OrtValue.CreateTensorValueFromMemory<float32>([||], [| 0L; 3L |])
    use outputs = session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |])
    Assert.Equal<int64[]>([| 0L; 3L |], outputs[0].GetTensorTypeAndShape().Shape)
    Assert.Equal(0, outputs[0].GetTensorDataAsSpan<float32>().Length)

[<Fact>]
let ``Ten thousand runs, and ten thousand refused ones, leave nothing behind`` () =
    use options = quick ()
    let n = 4096

    use session =
        new InferenceSession(unary "Abs" TensorElementType.Float (int64 n), options)

    let data = Array.init n float32

    let run () =
        use x = OrtValue.CreateTensorValueFromMemory(data, [| 1L; int64 n |])
        use outputs = session.Run(null, [| "x" |], [| x |], [| "y" |])
        Assert.Equal(float32 (n - 1), outputs[0].GetTensorDataAsSpan<float32>()[n - 1])

        try
            use bad = OrtValue.CreateTensorValueFromMemory(data, [| int64 n; 1L |])
            session.Run(null, [| "x" |], [| bad |], [| "y" |]).Dispose()
            failwith "a wrong shape was accepted"
        with :? OnnxRuntimeException ->
            ()

    let resident () =
        GC.Collect()
        GC.WaitForPendingFinalizers()
        use self = Process.GetCurrentProcess()
        self.WorkingSet64

    for _ in 1..1000 do
        run ()

    let before = resident ()

    for _ in 1..10_000 do
        run ()

    // Each run's output alone is 16 KB: 10,000 that leaked would be 160 MB.
    let grown = resident () - before
    Assert.True(grown < (24L <<< 20), $"{grown >>> 10} KiB more after 10,000 runs")

[<Fact>]
let ``Sessions that come and go leave nothing behind`` () =
    let n = 128
    let model = chain (int64 n) (Array.create (n * n) 0.5f) 1 // 64 KB of weights
    use options = quick ()

    let once () =
        use session = new InferenceSession(model, options)
        Assert.Equal(1, session.InputNames.Count)

    let resident () =
        GC.Collect()
        use self = Process.GetCurrentProcess()
        self.WorkingSet64

    for _ in 1..50 do
        once ()

    let before = resident ()

    for _ in 1..500 do
        once ()

    let grown = resident () - before
    Assert.True(grown < (16L <<< 20), $"{grown >>> 10} KiB more after 500 sessions")

[<Fact>]
let ``Many threads run one session at once, each with its own numbers`` () =
    use options = quick ()
    use session = new InferenceSession(arithmetic, options)

    Parallel.For(
        0,
        16,
        fun thread ->
            for i in 1..300 do
                let a = Array.init (3 * (1 + i % 5)) (fun k -> float32 (thread * 1000 + i + k))
                use x = OrtValue.CreateTensorValueFromMemory(a, [| int64 (a.Length / 3); 3L |])
                use outputs = session.Run(null, [| "a"; "b" |], [| x; x |], [| "sum" |])
                Assert.Equal<float32[]>(Array.map ((*) 2.0f) a, outputs[0].GetTensorDataAsSpan<float32>().ToArray())
    )
    |> ignore

/// A model whose run takes long, in many short operators.
let private slow () =
    let n = 512
    chain (int64 n) (Array.init (n * n) (fun i -> if i % (n + 1) = 0 then 1.0f else 0.0f)) 500

[<Fact>]
let ``A run is ended from another thread, and the session runs on`` () =
    use options = quick ()
    options.GraphOptimizationLevel <- GraphOptimizationLevel.ORT_DISABLE_ALL
    use session = new InferenceSession(slow (), options)
    use run = new RunOptions()
    let rows = 256

    use x =
        OrtValue.CreateTensorValueFromMemory(Array.create (rows * 512) 1.0f, [| int64 rows; 512L |])

    use started = new ManualResetEventSlim()

    let running =
        Task.Factory.StartNew(
            (fun () ->
                started.Set()
                session.Run(run, [| "x" |], [| x |], [| "y" |]).Dispose()),
            TaskCreationOptions.LongRunning
        )

    started.Wait()
    Thread.Sleep 100
    let watch = Stopwatch.StartNew()
    run.Terminate <- true
    Assert.True run.Terminate

    let error =
        Assert.Throws<AggregateException>(fun () -> running.Wait(TimeSpan.FromSeconds 60.0) |> ignore)

    Assert.IsType<OnnxRuntimeException> error.InnerException |> ignore
    Assert.Contains("terminate", error.InnerException.Message)

    Assert.Throws<OnnxRuntimeException>(fun () -> session.Run(run, [| "x" |], [| x |], [| "y" |]).Dispose())
    |> ignore

    run.Terminate <- false

    use few =
        OrtValue.CreateTensorValueFromMemory(Array.create 512 1.0f, [| 1L; 512L |])

    use outputs = session.Run(run, [| "x" |], [| few |], [| "y" |])
    Assert.Equal(1.0f, outputs[0].GetTensorDataAsSpan<float32>()[511])

[<Fact>]
let ``A session that is disposed of while it runs finishes the run first`` () =
    use options = quick ()
    let session = new InferenceSession(slow (), options)
    let result = Array.zeroCreate<float32> 512
    let x = OrtValue.CreateTensorValueFromMemory(Array.create 512 3.0f, [| 1L; 512L |])
    let y = OrtValue.CreateTensorValueFromMemory(result, [| 1L; 512L |])
    use started = new ManualResetEventSlim()

    let running =
        Task.Factory.StartNew(
            (fun () ->
                started.Set()

                try
                    session.Run(null, [| "x" |], [| x |], [| "y" |], [| y |])
                    true
                with :? ObjectDisposedException ->
                    false), // disposed of before it began: as good an answer
            TaskCreationOptions.LongRunning
        )

    started.Wait()
    Thread.Sleep 20
    let all: IDisposable list = [ session; x; y ]

    for thing in all do
        thing.Dispose()

    Assert.True(running.Wait(TimeSpan.FromSeconds 60.0))

    if running.Result then
        Assert.All(result, fun v -> Assert.Equal(3.0f, v))
