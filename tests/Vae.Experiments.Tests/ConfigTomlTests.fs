/// TOML read by toml++ and by Python's tomllib is the same, and every value knows its place.
module Vae.Tests.ConfigTomlTests

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open Vae.Experiments.Config
open Xunit

/// A fact that needs a Python with tomllib (3.11).
type PythonFactAttribute() as this =
    inherit FactAttribute()

    do
        if not (File.Exists "/usr/bin/python3" && Directory.Exists "/usr/lib/python3.11/tomllib") then
            this.Skip <- "there is no /usr/bin/python3 with tomllib"

let private parse (text: string) =
    let table, error =
        TomlDocument.Parse(ReadOnlySpan(Encoding.UTF8.GetBytes text), "a.toml")

    Assert.Null error
    table

let private number (value: float) =
    value.ToString("R", CultureInfo.InvariantCulture)

/// A value on one line, keys sorted.
let rec private ours (value: TomlValue) =
    match value with
    | :? TomlTable as table ->
        table.Entries
        |> Seq.map (fun entry -> $"{JsonSerializer.Serialize entry.Key}:{ours entry.Value}")
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> String.concat ","
        |> sprintf "{%s}"
    | :? TomlArray as array -> array.Items |> Seq.map ours |> String.concat "," |> sprintf "[%s]"
    | :? TomlTime as time -> $"time {time.Text}"
    | :? TomlScalar as scalar ->
        match scalar.Value with
        | :? string as text -> JsonSerializer.Serialize text
        | :? float as value -> $"float {number value}"
        | :? int64 as value -> $"int {value}"
        | value -> string value
    | other -> failwith $"{other}"

/// The same from Python's reader, which marks floats and times.
let private script =
    """
import json, sys, tomllib, datetime
def show(v):
    if isinstance(v, dict): return {k: show(x) for k, x in v.items()}
    if isinstance(v, list): return [show(x) for x in v]
    if isinstance(v, bool): return v
    if isinstance(v, int): return {"": "int", "v": str(v)}
    if isinstance(v, float): return {"": "float", "v": repr(v)}
    if isinstance(v, (datetime.date, datetime.time)): return {"": "time", "v": v.isoformat()}
    return v
print(json.dumps(show(tomllib.loads(sys.stdin.buffer.read().decode()))))
"""

let rec private theirs (value: JsonElement) =
    match value.ValueKind with
    | JsonValueKind.Object when fst (value.TryGetProperty "") ->
        let text = value.GetProperty("v").GetString()

        match value.GetProperty("").GetString() with
        | "float" -> $"float {number (Double.Parse(text, CultureInfo.InvariantCulture))}"
        | kind -> $"{kind} {text}"
    | JsonValueKind.Object ->
        value.EnumerateObject()
        |> Seq.map (fun entry -> $"{JsonSerializer.Serialize entry.Name}:{theirs entry.Value}")
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> String.concat ","
        |> sprintf "{%s}"
    | JsonValueKind.Array -> value.EnumerateArray() |> Seq.map theirs |> String.concat "," |> sprintf "[%s]"
    | JsonValueKind.String -> JsonSerializer.Serialize(value.GetString())
    | JsonValueKind.True -> "True"
    | JsonValueKind.False -> "False"
    | other -> failwith $"{other}"

let private python (text: string) =
    let start =
        ProcessStartInfo(
            "/usr/bin/python3",
            [| "-c"; script |],
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        )

    use running = Process.Start start
    running.StandardInput.BaseStream.Write(ReadOnlySpan(Encoding.UTF8.GetBytes text))
    running.StandardInput.Close()
    let json = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    Assert.Equal(0, running.ExitCode)
    theirs (JsonDocument.Parse(json).RootElement)

let private everything =
    "title = \"Grüße \\u00e9 \\\"q\\\" \\\\ tab\\t\"\n"
    + "literal = 'C:\\x'\nmulti = \"\"\"\na\n  b\"\"\"\nints = [0, -1, 0xff, 0o17, 0b101, 1_000, 9223372036854775807]\n"
    + "floats = [1.0, -0.5, 1e-8, 6.02E+23, 3_0.1, 5e-324]\nbools = [true, false]\nempty = []\nnothing = {}\n"
    + "day = 1979-05-27\ninline = { a = 1, b.c = [ { d = 2 }, { d = 3 } ] }\n\"quoted key\" = 1\na.b.c = 1\na.b.d = 2\n"
    + "[z]\nlast = 'first'\n[y.x]\nq = 1\n[[t]]\nn = 1\n[t.u]\nv = 1\n[[t]]\n[[t.w]]\nk = 1\n[[t.w]]\n"

[<PythonFact>]
let ``toml++ behind our layer reads what tomllib reads`` () =
    Assert.Equal(python everything, ours (parse everything))

    for file in Directory.GetFiles(Path.Combine(Outside.root, "configs"), "*.toml") do
        let text = File.ReadAllText file
        Assert.Equal(python text, ours (parse text))
        let printed = ConfigFile.Parse(text, file, [||]).ToToml()
        Assert.Equal(python printed, ours (parse printed))

[<Fact>]
let ``every key and every value knows where it was written`` () =
    // The place of a key is where its last part begins, the place of a value where the value begins; found here by searching the text.
    let text =
        "k1 = 10\n  k2 = [11, 'v12',\n 13]\n[k3]\n\tk4.k5 = 14\n[[k6]]\nk7 = { k8 = 15, k9 = true }\n[[k6]]\n"

    let lines = text.Split '\n'

    let place (word: string) =
        lines
        |> Array.indexed
        |> Array.pick (fun (i, line) ->
            match line.IndexOf(word, StringComparison.Ordinal) with
            | -1 -> None
            | column -> Some(i + 1, column + 1))

    let mutable seen = 0

    let rec walk (value: TomlValue) =
        match value with
        | :? TomlTable as table ->
            for entry in table.Entries do
                Assert.Equal(place entry.Key, (entry.Source.Line, entry.Source.Column))
                walk entry.Value
        | :? TomlArray as array -> Seq.iter walk array.Items
        | :? TomlScalar as scalar ->
            let word =
                match scalar.Value with
                | :? string as text -> $"'{text}'"
                | :? bool -> "true"
                | value -> string value

            Assert.Equal(place word, (scalar.Source.Line, scalar.Source.Column))
            seen <- seen + 1
        | other -> failwith $"{other}"

    walk (parse text)
    Assert.Equal(7, seen)

[<Fact>]
let ``keys come in the order in which they were written`` () =
    let keys =
        (parse "z = 1\nb = 2\n[y]\n[a]\n[x]").Entries |> Seq.map _.Key |> List.ofSeq

    Assert.Equal<string list>([ "z"; "b"; "y"; "a"; "x" ], keys)

[<Fact>]
let ``floats are printed as short as they read back`` () =
    for value, text in
        [
            1.0, "1.0"
            0.1, "0.1"
            0.001, "0.001"
            1e-8, "1e-8"
            1e-5, "1e-5"
            1e20, "1e20"
            -2.5e-300, "-2.5e-300"
            0.0, "0.0"
            infinity, "inf"
            -infinity, "-inf"
            nan, "nan"
        ] do
        Assert.Equal(text, TomlText.Of value)

    Assert.Equal("\"a\\\"\\\\\\n\\t\\u0001é\"", TomlText.Of "a\"\\\n\t\u0001é")

[<Fact>]
let ``parsing gives back its memory`` () =
    let bytes =
        Encoding.UTF8.GetBytes(
            everything
            + String.replicate 200 "[[more]]\ntext = 'some text that is longer than a short string'\n"
        )

    let bad = Encoding.UTF8.GetBytes(everything + "\n= = =")

    let resident () =
        File.ReadAllText("/proc/self/statm").Split(' ')[1]
        |> int64
        |> (*) (int64 Environment.SystemPageSize)

    let parseMany times =
        for _ in 1..times do
            TomlDocument.Parse(ReadOnlySpan bytes, "a.toml") |> ignore
            TomlDocument.Parse(ReadOnlySpan bad, "a.toml") |> ignore

        GC.Collect()
        GC.WaitForPendingFinalizers()
        GC.Collect()

    let growth () =
        let before = resident ()
        parseMany 1500
        resident () - before

    parseMany 300
    // A document of this size is about 100 KB in native memory: leaking 3000 of them would be 300 MB, every time. What the rest of
    // the process needs meanwhile comes once.
    Assert.InRange(Seq.min (Seq.init 3 (fun _ -> growth ())), Int64.MinValue, 60_000_000L)
