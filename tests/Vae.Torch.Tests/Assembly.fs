namespace Vae.Tests

open System
open TorchSharp
open Xunit

/// Live tensors and threads are counted for the whole process, so these tests run one after the other.
[<assembly: CollectionBehavior(DisableTestParallelization = true)>]
do ()

[<RequireQualifiedAccess>]
module Live =
    /// The live tensors, after those that nobody holds any more are gone.
    let count () =
        GC.Collect()
        GC.WaitForPendingFinalizers()
        DisposeScopeManager.Statistics.ThreadTotalLiveCount
