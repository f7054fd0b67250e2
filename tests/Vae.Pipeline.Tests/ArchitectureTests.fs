module Vae.Tests.ArchitectureTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Xml.Linq
open Xunit

/// What a project may refer to; the way of the data has no way back.
let private allowed =
    Map
        [
            "Vae.Primitives", []
            "Vae.Torch", [ "Vae.Primitives" ]
            "Vae.Core", [ "Vae.Primitives"; "Vae.Torch" ]
            "Vae.OnnxRuntime", [ "Vae.Primitives" ]
            "Vae.Export", [ "Vae.Primitives"; "Vae.Torch"; "Vae.Core"; "Vae.OnnxRuntime" ]
            "Vae.Experiments", [ "Vae.Primitives"; "Vae.Torch"; "Vae.Core"; "Vae.Export" ]
            "Vae.Inference", [ "Vae.Primitives"; "Vae.OnnxRuntime" ]
            "Digits", [ "Vae.OnnxRuntime" ] // a sample
            "Vae.Load", [ "Vae.Primitives" ]
        ]

let private projects =
    Directory.GetFiles(Outside.root, "*.csproj", SearchOption.AllDirectories)
    |> Array.filter (fun path -> not (path.Contains "node_modules"))

let private references (project: string) =
    XDocument.Load(project).Descendants(XName.Get "ProjectReference")
    |> Seq.map (fun reference -> Path.GetFileNameWithoutExtension(reference.Attribute(XName.Get "Include").Value))
    |> Set

/// The C# of some projects, a line at a time: place and code, comments left out.
let private code (folders: string list) =
    [
        for folder in folders do
            for file in Directory.GetFiles(Path.Combine(Outside.root, folder), "*.cs", SearchOption.AllDirectories) do
                let place = Path.GetRelativePath(Outside.root, file)

                if not (place.Contains "/obj/" || place.Contains "/bin/") then
                    for number, line in File.ReadAllLines file |> Seq.indexed do
                        $"{place}:{number + 1}", Regex.Replace(line, "//.*", "")
    ]

let private matching (pattern: string) lines =
    let regex = Regex pattern

    [
        for place: string, line: string in lines do
            if regex.IsMatch line then
                $"{place}: {line.Trim()}"
    ]

[<Fact>]
let ``Projects refer only to what the design lets them`` () =
    Assert.NotEmpty projects

    for project in projects do
        let name = Path.GetFileNameWithoutExtension project
        let found = allowed |> Map.tryFind name
        Assert.True(found.IsSome, $"{name} has no place in the design")
        let beyond = references project - Set found.Value
        Assert.True(beyond.IsEmpty, $"{name} refers to %A{beyond}")

[<Fact>]
let ``The solution holds every project`` () =
    let solution = File.ReadAllText(Path.Combine(Outside.root, "VaeResearch.sln"))

    let tests =
        Directory.GetFiles(Path.Combine(Outside.root, "tests"), "*.fsproj", SearchOption.AllDirectories)

    for project in Array.append projects tests do
        Assert.Contains("\"" + Path.GetRelativePath(Outside.root, project).Replace('/', '\\') + "\"", solution)

[<Fact>]
let ``Vae.Core does no I/O and knows neither console nor config`` () =
    let outside =
        @"\b(File|Directory|FileInfo|FileStream|StreamReader|StreamWriter|Console|Environment|Process)\s*[.(]"

    Assert.Empty(code [ "Vae.Core" ] |> matching (outside + @"|\bVae\.Experiments\b"))

[<Fact>]
let ``Only Vae.Torch's callers know libtorch by its API, not by its native library`` () =
    Assert.Empty(
        code [ "Vae.Core"; "Vae.Primitives"; "Vae.Export"; "Vae.Experiments" ]
        |> matching "\"libvae_torch|\"libtorch[_.]"
    )

[<Fact>]
let ``The command line, where the analyzer's ban is lifted, only gains the console`` () =
    let lines =
        code [ "Vae.Experiments" ]
        |> List.filter (fun (place, _) -> Regex.IsMatch(place, "^Vae.Experiments/(Commands/|Program.cs)"))

    Assert.NotEmpty lines

    let banned =
        @"\bnew Random\(|\bRandom\.Shared|\bDateTime(Offset)?\.Now\b|\bFile\.(Write|Create|OpenWrite)|new StreamWriter\("

    Assert.Empty(lines |> matching banned)

[<Fact>]
let ``Classes and records are sealed, abstract or static`` () =
    let ``open`` =
        @"^\s*(public|internal)\s+((partial|unsafe|readonly)\s+)*(class|record)\s+(?!struct\b)"

    Assert.Empty(
        code
            [
                "Vae.Primitives"
                "Vae.Core"
                "Vae.OnnxRuntime"
                "Vae.Export"
                "Vae.Experiments"
                "Vae.Inference"
            ]
        |> matching ``open``
    )
