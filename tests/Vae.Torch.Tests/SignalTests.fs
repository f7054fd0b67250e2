module Vae.Tests.SignalTests

open System
open System.IO
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open TorchSharp
open Vae.Tests.FusedChecks
open Vae.Torch
open Xunit

[<DllImport("libc")>]
extern int private tgkill(int group, int thread, int signal)

let private signal = 10 // SIGUSR1

// For good: one that arrives late must find its handler.
let private handled =
    PosixSignalRegistration.Create(enum<PosixSignal> signal, fun context -> context.Cancel <- true)

/// Signals reach every thread of the process again and again, while it computes by so many threads.
let private disturbed (threads: int) (compute: unit -> unit) =
    GC.KeepAlive handled
    let before = torch.get_num_threads ()
    torch.set_num_threads threads

    try
        let computing = Task.Factory.StartNew(compute, TaskCreationOptions.LongRunning)

        while not computing.IsCompleted do
            for thread in Directory.GetDirectories "/proc/self/task" do
                tgkill (Environment.ProcessId, int (Path.GetFileName thread), signal) |> ignore

            Thread.Sleep 1

        computing.GetAwaiter().GetResult()
    finally
        torch.set_num_threads before

/// A function's value and gradients for its inputs.
let private all (f: torch.Tensor -> torch.Tensor -> torch.Tensor) (x: torch.Tensor) (weight: torch.Tensor) =
    use _ = torch.NewDisposeScope()
    let x, weight = x.detach().requires_grad_(), weight.detach().requires_grad_()
    let y = f x weight
    y.backward [| numbers "gradient" (List.ofArray y.shape) |]
    doubles (y.detach ()), doubles x.grad, doubles weight.grad

[<Theory>]
[<InlineData(1)>]
[<InlineData(3)>]
let ``products come out the same, and memory stays whole, when signals arrive in their middle`` threads =
    use _ = torch.NewDisposeScope()
    let x, weight = numbers "x" [ 128L; 784L ], numbers "weight" [ 512L; 784L ]
    let linear x w = Fused.Linear(x, w, null)

    disturbed threads (fun () ->
        let expected = all linear x weight

        for _ in 1..40 do
            Assert.Equal(expected, all linear x weight))

[<Theory>]
[<InlineData(64, 2, 3)>]
[<InlineData(24, 1, 5)>]
let ``libtorch's own convolutions do so too`` (channels: int, stride: int, size: int) =
    use _ = torch.NewDisposeScope()

    let x, weight =
        numbers "x" [ 16L; int64 channels; 28L; 28L ], numbers "weight" [ 64L; int64 channels; int64 size; int64 size ]

    let convolved (x: torch.Tensor) w =
        torch.nn.functional.conv2d (x, w, strides = [| int64 stride; int64 stride |])

    disturbed 2 (fun () ->
        let expected = all convolved x weight

        for _ in 1..10 do
            Assert.Equal(expected, all convolved x weight))
