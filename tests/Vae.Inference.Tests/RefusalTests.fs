module Vae.Tests.RefusalTests

open System
open System.Net
open System.Net.Http
open System.Text
open Microsoft.ML.OnnxRuntime.Tensors
open Xunit
open Vae.Primitives
open Vae.Tests

let private served () =
    let folder = new Folder()
    folder.Add("m", Models.same TensorElementType.Float)
    folder.Add("whole", Models.same TensorElementType.Int8)
    folder.Add("flag", Models.same TensorElementType.Bool)
    folder.Add("half", Models.same TensorElementType.Float16)
    folder.Add("difference", Models.difference)
    folder

let private input rest =
    $$"""{"inputs":[{"name":"x",{{rest}}}]}"""

/// Model, body, and what the sentence has to say.
let private wrong: (string * string * string) list =
    [
        "m", "", "JSON"
        "m", "{", "JSON"
        "m", "[]", "an object"
        "m", "null", "an object"
        "m", "{}", "inputs"
        "m", """{"inputs":{}}""", "array"
        "m", """{"inputs":[]}""", "'x' is missing"
        "m", """{"inputs":[1]}""", "inputs[0]"
        "m", """{"inputs":[{"shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "'name'"
        "m", input "\"shape\":[1,3],\"data\":[1,2,3]", "'datatype'"
        "m", input "\"datatype\":\"FP32\",\"data\":[1,2,3]", "shape"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\"", "data"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP64\",\"data\":[1,2,3]", "FP32"
        "m", input "\"shape\":[1,3],\"datatype\":\"BYTES\",\"data\":[\"a\",\"b\",\"c\"]", "strings"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2]", "2 elements"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,3,4]", "4 elements"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[[1,2],[3]]", "elements"
        "m", input "\"shape\":[2,3],\"datatype\":\"FP32\",\"data\":[[1,2,3],4]", "array"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,\"2\",3]", "element 1"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,null,3]", "element 1"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,1e39]", "1e39"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,true]", "element 2"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,NaN]", "JSON"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":5", "array"
        "m", input "\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]", "[1, 4]"
        "m", input "\"shape\":[3],\"datatype\":\"FP32\",\"data\":[1,2,3]", "[3]"
        "m", input "\"shape\":[1,3,1],\"datatype\":\"FP32\",\"data\":[1,2,3]", "[1, 3, 1]"
        "m", input "\"shape\":[0,3],\"datatype\":\"FP32\",\"data\":[]", "[0, 3]"
        "m", input "\"shape\":[-1,3],\"datatype\":\"FP32\",\"data\":[1,2,3]", "[-1, 3]"
        "m", input "\"shape\":[-1,-3],\"datatype\":\"FP32\",\"data\":[1,2,3]", "[-1, -3]"
        "m", input "\"shape\":[1000000000000,3],\"datatype\":\"FP32\",\"data\":[1,2,3]", "more elements"
        "m", input "\"shape\":[9223372036854775807,3],\"datatype\":\"FP32\",\"data\":[1]", "more elements"
        "m", input "\"shape\":[6148914691236517206,3],\"datatype\":\"FP32\",\"data\":[1,2]", "more elements"
        "m", input "\"shape\":[1e3,3],\"datatype\":\"FP32\",\"data\":[1]", "whole number"
        "m", input "\"shape\":[1.5,3],\"datatype\":\"FP32\",\"data\":[1]", "whole number"
        "m", input "\"shape\":[99999999999999999999,3],\"datatype\":\"FP32\",\"data\":[1]", "whole number"
        "m", input "\"shape\":\"1,3\",\"datatype\":\"FP32\",\"data\":[1]", "array"
        "m", input "\"shape\":[1,3],\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,3]", "shape"
        "m", input "\"shape\":[1,3],\"datatype\":\"FP32\",\"dat\":[1,2,3]", "'dat'"
        "m", """{"input":[]}""", "'input'"
        "m", """{"inputs":[{"name":"y","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "'y'"
        "m", """{"inputs":[{"name":5}]}""", "text"
        "m", "{\"inputs\":[{\"name\":\"\\ud800\"}]}", "Unicode"
        "m", "{\"\\ud800\":1}", "Unicode"
        "m", Serving.fp32 "[1,2,3]" "[1,3]" + "x", "JSON"
        "m", (Serving.fp32 "[1,2,3]" "[1,3]").Replace("}]}", "}],\"id\":7}"), "id"
        "m", (Serving.fp32 "[1,2,3]" "[1,3]").Replace("}]}", "}],\"parameters\":7}"), "parameters"
        "m", (Serving.fp32 "[1,2,3]" "[1,3]").Replace("}]}", "}],\"outputs\":[{\"name\":\"z\"}]}"), "'z'"
        "m",
        (Serving.fp32 "[1,2,3]" "[1,3]").Replace("}]}", "}],\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}]}"),
        "twice"
        "m",
        """{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]},{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""",
        "twice"
        "whole", input "\"shape\":[1,3],\"datatype\":\"INT8\",\"data\":[1,2,128]", "128"
        "whole", input "\"shape\":[1,3],\"datatype\":\"INT8\",\"data\":[1,2,0.5]", "0.5"
        "flag", input "\"shape\":[1,3],\"datatype\":\"BOOL\",\"data\":[true,false,1]", "element 2"
        "half", input "\"shape\":[1,3],\"datatype\":\"FP16\",\"data\":[1,2,3]", "bytes only"
        "difference",
        """{"inputs":[{"name":"a","shape":[1,2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]}]}""",
        "rows"
        "m", $"""{{"inputs":{String('[', 100)}{String(']', 100)}}}""", "JSON"
    ]

/// The same for bytes: JSON, bytes, what the sentence says.
let private wrongBytes: (string * string * byte[] * string) list =
    let json size =
        input $"\"shape\":[1,3],\"datatype\":\"FP32\",\"parameters\":{{\"binary_data_size\":{size}}}"

    [
        "m", json "12", Array.zeroCreate 11, "11"
        "m", json "12", Array.zeroCreate 13, "1 more"
        "m", json "11", Array.zeroCreate 11, "11"
        "m", json "-12", Array.zeroCreate 12, "-12"
        "m", json "1e1", Array.zeroCreate 12, "whole"
        "m", json "9223372036854775807", Array.zeroCreate 12, "9223372036854775807"
        "m", json "\"12\"", Array.zeroCreate 12, "whole"
        "m",
        (input "\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,3],\"parameters\":{\"binary_data_size\":12}"),
        Array.zeroCreate 12,
        "either"
        "flag",
        input "\"shape\":[1,3],\"datatype\":\"BOOL\",\"parameters\":{\"binary_data_size\":3}",
        [| 0uy; 1uy; 2uy |],
        "neither 0 nor 1"
        "half",
        input "\"shape\":[1,3],\"datatype\":\"FP16\",\"parameters\":{\"binary_data_size\":6}",
        Array.zeroCreate 6,
        "binary_data"
    ]

[<Fact>]
let ``What is wrong with a request is said in a sentence, with status 400`` () =
    use folder = served ()
    use serving = new Serving(folder)

    for model, body, says in wrong do
        let answer = serving.Infer(model, body)
        Assert.True((answer.Status = 400), $"{body}: {answer.Status} {answer.Text}")
        Assert.True(answer.Error.Contains says, $"{body}: {answer.Error}")

    for model, json, bytes, says in wrongBytes do
        let answer = serving.InferBinary(model, json, bytes)
        Assert.True((answer.Status = 400), $"{json}: {answer.Status} {answer.Text}")
        Assert.True(answer.Error.Contains says, $"{json}: {answer.Error}")

    for length in [ "-1"; "x"; "1.0"; "99999999999"; ""; "1000000" ] do
        let message =
            serving.Post(
                "/v2/models/m/infer",
                Encoding.UTF8.GetBytes(Serving.fp32 "[1,2,3]" "[1,3]"),
                ("Inference-Header-Content-Length", length)
            )

        Assert.Equal(400, (serving.Send message).Status)

    Assert.True serving.Ready

/// A request of each kind, spoilt: bytes replaced, removed, doubled, put in, or the end cut off; by a counter-based die.
let private spoilt (count: int) =
    let dice =
        let key = PhiloxKey(6u, Philox.StreamOf "spoilt")

        fun example element (sides: int) ->
            int (Philox.Bits(key, 0u, uint32 example, 0u, uint32 element) % uint32 sides)

    let punctuation = "{}[],:\"-0"B

    let good =
        [|
            Serving.fp32 "[1,2,3]" "[1,3]"
            Serving.fp32 "[[1,2,3],[4,5,6]]" "[2,3]"
            """{"id":"a","parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1e0,-2,3.5]}],"outputs":[{"name":"y","parameters":{"binary_data":false}}]}"""
        |]

    [
        for example in 0 .. count - 1 do
            let mutable bytes = Encoding.UTF8.GetBytes good[example % good.Length]

            for change in 0 .. dice example 0 4 do
                let die = 10 * change + 1
                let at = dice example die bytes.Length

                bytes <-
                    match dice example (die + 1) 5 with
                    | 0 -> Array.updateAt at (byte (dice example (die + 2) 256)) bytes
                    | 1 when bytes.Length > 1 -> Array.removeAt at bytes
                    | 2 -> Array.insertAt at bytes[at] bytes
                    | 3 -> Array.insertAt at punctuation[dice example (die + 2) punctuation.Length] bytes
                    | _ -> bytes[.. max 0 (at - 1)]

            bytes
    ]

[<Fact>]
let ``300 spoilt bodies are answered with 4xx and a sentence, unless they still are right; the service stays ready``
    ()
    =
    use folder = served ()
    use serving = new Serving(folder)
    let mutable refused = 0

    // Those that a change has left right don't count.
    for body in spoilt 400 do
        let answer = serving.Send(serving.Post("/v2/models/m/infer", body))

        if answer.Status <> 200 then
            Assert.True(
                (answer.Status >= 400 && answer.Status < 500),
                $"{Encoding.UTF8.GetString body}: {answer.Status} {answer.Text}"
            )

            Assert.NotEmpty answer.Error
            refused <- refused + 1

    Assert.True(refused >= 300, $"only {refused} were refused")
    Assert.True serving.Ready
    Assert.Equal(200, serving.Infer("m", Serving.fp32 "[1,2,3]" "[1,3]").Status)

[<Fact>]
let ``Requests that aren't HTTP harm nobody`` () =
    use folder = served ()
    use serving = new Serving(folder)

    for text in
        [
            "GARBAGE\r\n\r\n"
            "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"
            "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            $"GET /{String('a', 20000)} HTTP/1.1\r\nHost: x\r\n\r\n"
        ] do
        use connection = serving.Connect()
        use stream = connection.GetStream()
        stream.Write(Encoding.ASCII.GetBytes text)
        stream.ReadTimeout <- 20_000
        use reader = new IO.StreamReader(stream)
        let first = reader.ReadLine()
        Assert.Matches("^HTTP/1.1 4\d\d ", first)

    Assert.True serving.Ready

[<Fact>]
let ``Names that would lead out of the folder are names of nothing`` () =
    use folder = served ()
    folder.Add("outside/../../escaped", Models.difference)

    let options =
        Vae.Inference.ServiceOptions(
            Folders = [| folder.Path |],
            Port = 0,
            DrainDelay = TimeSpan.Zero,
            AllowLoading = true
        )

    use serving = new Serving(options)

    for name in
        [
            ".."
            "%2e%2e"
            "..%2fm"
            "..%2f..%2fetc"
            ".hidden"
            "a%00b"
            "%2fetc%2fpasswd"
            "m%2f1"
            String('a', 65)
        ] do
        for path in [ $"v2/repository/models/{name}/load"; $"v2/models/{name}/infer" ] do
            use connection = serving.Connect()
            use stream = connection.GetStream()
            let request = $"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"

            stream.Write(Encoding.ASCII.GetBytes request)
            let buffer = Array.zeroCreate 4096
            let read = stream.Read(buffer, 0, buffer.Length)
            let answer = Encoding.ASCII.GetString(buffer, 0, read)
            Assert.Matches("^HTTP/1.1 (400|404|405) ", answer)

    Assert.True serving.Ready
