module Vae.Tests.ProtocolTests

open System
open System.Text
open System.Text.Json
open Xunit
open Vae.Tests

/// A datatype, numbers of it in JSON (its limits among them), and their bytes by the machine's own conversion.
let private numbers: (string * string * byte[]) list =
    let bytes (values: 'a[]) (convert: 'a -> byte[]) = Array.collect convert values

    [
        "BOOL", "true,false,true", [| 1uy; 0uy; 1uy |]
        "UINT8", "0,1,255", [| 0uy; 1uy; 255uy |]
        "UINT16", "0,1,65535", bytes [| 0us; 1us; 65535us |] BitConverter.GetBytes
        "UINT32", "0,1,4294967295", bytes [| 0u; 1u; UInt32.MaxValue |] BitConverter.GetBytes
        "UINT64", "0,1,18446744073709551615", bytes [| 0UL; 1UL; UInt64.MaxValue |] BitConverter.GetBytes
        "INT8", "-128,1,127", [| 128uy; 1uy; 127uy |]
        "INT16", "-32768,1,32767", bytes [| Int16.MinValue; 1s; Int16.MaxValue |] BitConverter.GetBytes
        "INT32", "-2147483648,1,2147483647", bytes [| Int32.MinValue; 1; Int32.MaxValue |] BitConverter.GetBytes
        "INT64",
        "-9223372036854775808,1,9223372036854775807",
        bytes [| Int64.MinValue; 1L; Int64.MaxValue |] BitConverter.GetBytes
        "FP32", "-0.1,1,3.4028235E+38", bytes [| -0.1f; 1.0f; Single.MaxValue |] BitConverter.GetBytes
        "FP64", "-0.1,1,1.7976931348623157E+308", bytes [| -0.1; 1.0; Double.MaxValue |] BitConverter.GetBytes
    ]

let private half =
    // -0.1, 1, 65504
    [| 0xAE66us; 0x3C00us; 0x7BFFus |] |> Array.collect BitConverter.GetBytes

let private served () =
    let folder = new Folder()

    for pair in Serving.names do
        folder.Add($"same_{pair.Key}", Models.same pair.Value)

    folder.Add("difference", Models.difference)
    folder

let private output (answer: Answer) =
    Assert.True((answer.Status = 200), answer.Text)
    answer.Json.GetProperty("outputs")[0]

[<Fact>]
let ``Every datatype goes in and out as JSON, flat and nested, with its limits`` () =
    use folder = served ()
    use serving = new Serving(folder)

    for datatype, json, _ in numbers do
        for shape, data in
            [
                "[1,3]", $"[{json}]"
                "[1,3]", $"[[{json}]]"
                "[2,3]", $"[{json},{json}]"
                "[2,3]", $"[[{json}],[{json}]]"
            ] do
            let body =
                $$"""{"id":"i","inputs":[{"name":"x","shape":{{shape}},"datatype":"{{datatype}}","data":{{data}}}]}"""

            let answer = serving.Infer($"same_{datatype}", body)
            let y = output answer
            let flat = data.Replace("[", "").Replace("]", "")
            Assert.Equal($"[{flat}]", y.GetProperty("data").GetRawText())
            Assert.Equal(shape, y.GetProperty("shape").GetRawText())
            Assert.Equal(datatype, y.GetProperty("datatype").GetString())
            Assert.Equal("y", y.GetProperty("name").GetString())
            Assert.Equal("i", answer.Json.GetProperty("id").GetString())
            Assert.Equal($"same_{datatype}", answer.Json.GetProperty("model_name").GetString())
            Assert.Equal("1", answer.Json.GetProperty("model_version").GetString())

[<Fact>]
let ``Every datatype goes in and out as bytes, whatever the JSON's length does to their alignment`` () =
    use folder = served ()
    use serving = new Serving(folder)

    for datatype, bytes in ("FP16", half) :: [ for datatype, _, bytes in numbers -> datatype, bytes ] do
        for padding in 0..8 do
            let id = String('i', padding)

            let json =
                $$$"""{"id":"{{{id}}}","inputs":[{"name":"x","shape":[1,3],"datatype":"{{{datatype}}}","parameters":{"binary_data_size":{{{bytes.Length}}}}}],"outputs":[{"name":"y","parameters":{"binary_data":true}}]}"""

            let answer = serving.InferBinary($"same_{datatype}", json, bytes)
            Assert.True((answer.Status = 200), answer.Text)
            Assert.Equal("application/octet-stream", answer.Type)

            let length = (answer.Header "Inference-Header-Content-Length").Value |> Int32.Parse

            let header =
                JsonDocument.Parse(ReadOnlyMemory(answer.Bytes, 0, length)).RootElement.GetProperty("outputs")[0]

            Assert.Equal(bytes.Length, header.GetProperty("parameters").GetProperty("binary_data_size").GetInt32())
            Assert.False(fst (header.TryGetProperty "data"))
            Assert.Equal<byte[]>(bytes, answer.Bytes[length..])

[<Fact>]
let ``Inputs in any order, JSON beside bytes, one output as bytes for all`` () =
    use folder = served ()
    use serving = new Serving(folder)
    let b = [| 1.0f; 2.0f; 3.0f; 4.0f |] |> Array.collect BitConverter.GetBytes

    let json =
        """{"parameters":{"binary_data_output":true},"inputs":[
            {"name":"b","shape":[2,2],"datatype":"FP32","parameters":{"binary_data_size":16}},
            {"name":"a","shape":[2,2],"datatype":"FP32","data":[[10,10],[10,10]]}]}"""

    let answer = serving.InferBinary("difference", json, b)
    let length = (answer.Header "Inference-Header-Content-Length").Value |> Int32.Parse
    let z = Array.init 4 (fun i -> BitConverter.ToSingle(answer.Bytes, length + 4 * i))
    Assert.Equal<float32[]>([| 9.0f; 8.0f; 7.0f; 6.0f |], z)

[<Fact>]
let ``JSON that was sent before is read as the first time, whatever bytes follow it`` () =
    use folder = served ()
    use serving = new Serving(folder)

    let singles (values: float32 list) =
        values |> List.toArray |> Array.collect BitConverter.GetBytes

    let tensor name =
        $$$"""{"name":"{{{name}}}","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}"""

    // z = a - b, and b's bytes come first
    let json = $$"""{"inputs":[{{tensor "b"}},{{tensor "a"}}]}"""

    for b, a, z in
        [
            [ 1.0f; 2.0f ], [ 5.0f; 9.0f ], "[4,7]"
            [ 3.0f; 0.0f ], [ 3.0f; 0.5f ], "[0,0.5]"
        ] do
        for bytes, expected in
            [
                singles (b @ a), Ok z
                singles (b @ a @ [ 0.0f ]), Error "after the inputs 4 more bytes follow"
                singles b, Error "the body has only 0 left"
            ] do
            let answer = serving.InferBinary("difference", json, bytes)

            match expected with
            | Ok z -> Assert.Equal(z, (output answer).GetProperty("data").GetRawText())
            | Error sentence ->
                Assert.Equal(400, answer.Status)
                Assert.Contains(sentence, answer.Text)

    let flags =
        """{"inputs":[{"name":"x","shape":[1,3],"datatype":"BOOL","parameters":{"binary_data_size":3}}]}"""

    for bytes, status in [ [| 1uy; 0uy; 1uy |], 200; [| 1uy; 2uy; 0uy |], 400; [| 0uy; 0uy; 1uy |], 200 ] do
        Assert.Equal(status, serving.InferBinary("same_BOOL", flags, bytes).Status)

[<Fact>]
let ``A number that JSON doesn't have is null there, and itself as bytes`` () =
    use folder = served ()
    use serving = new Serving(folder)

    let bytes = [| nanf; infinityf; -1.0f |] |> Array.collect BitConverter.GetBytes

    let json =
        """{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}"""

    let answer = serving.InferBinary("same_FP32", json, bytes)
    Assert.Equal("[null,null,-1]", (output answer).GetProperty("data").GetRawText())

    let asked =
        json.Replace("}]}", "}],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":true}}]}")

    let answer = serving.InferBinary("same_FP32", asked, bytes)
    Assert.Equal<byte[]>(bytes, answer.Bytes[answer.Bytes.Length - 12 ..])

[<Fact>]
let ``The server, its health, its models and their metadata`` () =
    use folder = served ()
    folder.Add("difference", Models.difference, 12)
    use serving = new Serving(folder)
    Assert.Equal("vae", serving.Get("/v2").Json.GetProperty("name").GetString())
    Assert.True(serving.Get("/v2/health/live").Json.GetProperty("live").GetBoolean())
    Assert.True(serving.Get("/v2/health/ready").Json.GetProperty("ready").GetBoolean())

    Assert.Equal<string list>(
        "difference" :: [ for pair in Serving.names -> $"same_{pair.Key}" ] |> List.sort,
        [
            for m in serving.Get("/v2/models").Json.GetProperty("models").EnumerateArray() -> m.GetString()
        ]
        |> List.sort
    )

    let metadata = serving.Get("/v2/models/difference").Json
    Assert.Equal("""["1","12"]""", metadata.GetProperty("versions").GetRawText())

    Assert.Equal(
        """[{"name":"a","datatype":"FP32","shape":[-1,2]},{"name":"b","datatype":"FP32","shape":[-1,2]}]""",
        metadata.GetProperty("inputs").GetRawText()
    )

    Assert.Equal("""[{"name":"z","datatype":"FP32","shape":[-1,2]}]""", metadata.GetProperty("outputs").GetRawText())

    Assert.Equal(200, serving.Get("/v2/models/difference/ready").Status)
    Assert.Equal(200, serving.Get("/v2/models/difference/versions/1/ready").Status)

    for path in
        [
            "/v2/models/none"
            "/v2/models/difference/versions/2"
            "/v2/models/difference/versions/01"
            "/none"
        ] do
        let answer = serving.Get path
        Assert.Equal(404, answer.Status)
        Assert.NotEmpty answer.Error

    Assert.Equal(405, serving.Get("/v2/models/difference/infer").Status)

[<Fact>]
let ``A request without version goes to the newest, with one to that one`` () =
    use folder = new Folder()
    folder.Add("m", Models.same Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 9)
    folder.Add("m", Models.same Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 10)
    use serving = new Serving(folder)
    let body = Serving.fp32 "[1,2,3]" "[1,3]"

    let version (answer: Answer) =
        answer.Json.GetProperty("model_version").GetString()

    Assert.Equal("10", version (serving.Infer("m", body)))
    Assert.Equal("9", version (serving.Infer("m/versions/9", body)))

[<Fact>]
let ``Requests, failures and times are counted, for people and for Prometheus`` () =
    use folder = served ()
    use serving = new Serving(folder)

    for _ in 1..3 do
        serving.Infer("same_FP32", Serving.fp32 "[1,2,3,4,5,6]" "[2,3]") |> ignore

    serving.Infer("same_FP32", "{") |> ignore

    let stats =
        serving.Get("/v2/models/same_FP32/stats").Json.GetProperty("model_stats")[0]

    Assert.Equal(6, stats.GetProperty("inference_count").GetInt32())
    Assert.Equal(3, stats.GetProperty("execution_count").GetInt32())
    Assert.Equal("""{"bad_request":1}""", stats.GetProperty("failures").GetRawText())
    let success = stats.GetProperty("inference_stats").GetProperty("success")
    Assert.Equal(3, success.GetProperty("count").GetInt32())
    Assert.True(success.GetProperty("ns").GetInt64() > 0L)
    let metrics = serving.Get("/metrics")
    Assert.StartsWith("text/plain; version=0.0.4", metrics.Type)
    let lines = metrics.Text.Split '\n'
    Assert.Contains("vae_requests_total{model=\"same_FP32\",version=\"1\"} 3", lines)
    Assert.Contains("vae_failures_total{model=\"same_FP32\",version=\"1\",reason=\"bad_request\"} 1", lines)
    Assert.Contains("vae_batch_rows_bucket{model=\"same_FP32\",version=\"1\",le=\"1\"} 0", lines)
    Assert.Contains("vae_batch_rows_bucket{model=\"same_FP32\",version=\"1\",le=\"2\"} 3", lines)
    Assert.Contains("vae_batch_rows_bucket{model=\"same_FP32\",version=\"1\",le=\"+Inf\"} 3", lines)
    Assert.Contains("vae_batch_rows_sum{model=\"same_FP32\",version=\"1\"} 6", lines)
    Assert.Contains("vae_http_responses_total{code=\"400\"} 1", lines)
    Assert.Contains("vae_ready 1", lines)

    // Every line is a comment or a name, perhaps with labels, and a number.
    for line in lines |> Array.filter (fun line -> line <> "" && not (line.StartsWith "# ")) do
        Assert.Matches("""^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.E+-]+$""", line)
