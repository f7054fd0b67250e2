module Vae.Tests.DataFoldersTests

open System
open System.IO
open Vae.Experiments.Data
open Xunit

let private from (variables: (string * string) list) (starts: string list) =
    let variable name =
        variables |> List.tryFind (fst >> (=) name) |> Option.map snd |> Option.toObj

    DataFolders.From(Func<string, string> variable, starts)

let private inTemporary (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "folders"

    try
        test folder.FullName
    finally
        folder.Delete true

[<Fact>]
let ``VAE_DATA is the only folder`` () =
    let folders =
        from [ "VAE_DATA", "/some/where"; "HOME", "/home/me" ] [ Outside.root ]

    Assert.Equal<string list>([ "/some/where" ], List.ofSeq folders.Search)
    Assert.Equal("/some/where", folders.Downloads)
    Assert.False folders.Offline

[<Fact>]
let ``Without it the cache is first and takes the downloads`` () =
    inTemporary (fun nowhere ->
        let folders = from [ "HOME", "/home/me"; "XDG_CACHE_HOME", "" ] [ nowhere ]
        Assert.Equal<string list>([ "/home/me/.cache/vae-research" ], List.ofSeq folders.Search)
        Assert.Equal("/home/me/.cache/vae-research", folders.Downloads)
        let folders = from [ "HOME", "/home/me"; "XDG_CACHE_HOME", "/var/mine" ] [ nowhere ]
        Assert.Equal("/var/mine/vae-research", folders.Downloads)
        // XDG: a relative path is to be ignored.
        let folders = from [ "HOME", "/home/me"; "XDG_CACHE_HOME", "mine" ] [ nowhere ]
        Assert.Equal("/home/me/.cache/vae-research", folders.Downloads))

[<Fact>]
let ``shared/data beside the repository is found from any folder within`` () =
    inTemporary (fun folder ->
        let deep =
            Directory.CreateDirectory(Path.Combine(folder, "repo", "a", "b")).FullName

        File.WriteAllText(Path.Combine(folder, "repo", "VaeResearch.sln"), "")

        let search () =
            from [ "HOME", "/home/me" ] [ deep; Path.Combine(folder, "repo") ]
            |> _.Search
            |> List.ofSeq

        Assert.Equal<string list>([ "/home/me/.cache/vae-research" ], search ())

        let shared =
            Directory.CreateDirectory(Path.Combine(folder, "shared", "data")).FullName

        Assert.Equal<string list>([ "/home/me/.cache/vae-research"; shared ], search ()))

[<Fact>]
let ``VAE_OFFLINE=1 forbids the network`` () =
    Assert.True((from [ "VAE_OFFLINE", "1"; "HOME", "/h" ] []).Offline)
    Assert.False((from [ "VAE_OFFLINE", "0"; "HOME", "/h" ] []).Offline)
