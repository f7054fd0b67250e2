namespace Vae.Tests

open System
open System.IO
open System.Net.Http
open System.Net.Sockets
open System.Text
open System.Text.Json
open Microsoft.ML.OnnxRuntime.Tensors
open Vae.Inference
open Vae.Primitives

/// A model folder of a test's own.
type Folder() =
    let path = Directory.CreateTempSubdirectory("vae models ").FullName
    member _.Path = path

    member _.Add(name: string, bytes: byte[], ?version: int, ?card: ModelCard) =
        let folder = Path.Combine(path, name, string (defaultArg version 1))
        Directory.CreateDirectory folder |> ignore
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), bytes)

        card
        |> Option.iter (fun card -> File.WriteAllText(Path.Combine(folder, ModelCard.FileName), card.ToJson()))

    /// A model that draws, of four parts.
    member this.AddTiny() =
        for part, bytes in
            [
                "prior", Models.prior
                "decoder", Models.decoder
                "posterior", Models.posterior
                "reconstruct", Models.reconstruct
            ] do
            this.Add($"tiny-{part}", bytes, card = Models.card "tiny" part)

    interface IDisposable with
        member _.Dispose() = Directory.Delete(path, true)

/// An answer, read to its end.
type Answer =
    {
        Status: int
        Type: string
        Bytes: byte[]
        Header: string -> string option
    }

    member this.Text = Encoding.UTF8.GetString this.Bytes
    member this.Json = JsonDocument.Parse(this.Bytes).RootElement
    member this.Error = this.Json.GetProperty("error").GetString()

/// The service itself, with Kestrel on a free port.
type Serving(options: ServiceOptions) =
    let service = Service.StartAsync(options).GetAwaiter().GetResult()
    let client = new HttpClient(BaseAddress = service.Address)

    do service.Ready.Wait()

    static member Options(folder: Folder) =
        ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero)

    new(folder: Folder) = new Serving(Serving.Options folder)
    member _.Service = service
    member _.Client = client

    member _.SendAsync(message: HttpRequestMessage) =
        task {
            use! answer = client.SendAsync message
            let! bytes = answer.Content.ReadAsByteArrayAsync()

            let header (name: string) =
                match answer.Headers.TryGetValues name with
                | true, values -> Some(String.Join(", ", values))
                | _ ->
                    match answer.Content.Headers.TryGetValues name with
                    | true, values -> Some(String.Join(", ", values))
                    | _ -> None

            return
                {
                    Status = int answer.StatusCode
                    Type = string answer.Content.Headers.ContentType
                    Bytes = bytes
                    Header = header
                }
        }

    member this.Send(message: HttpRequestMessage) =
        this.SendAsync(message).GetAwaiter().GetResult()

    member this.Get(path: string) =
        this.Send(new HttpRequestMessage(HttpMethod.Get, path))

    /// A POST of these bytes with these headers.
    member _.Post(path: string, body: byte[], [<ParamArray>] headers: (string * string) array) =
        let message =
            new HttpRequestMessage(HttpMethod.Post, path, Content = new ByteArrayContent(body))

        for name, value in headers do
            if not (message.Headers.TryAddWithoutValidation(name, value)) then
                message.Content.Headers.TryAddWithoutValidation(name, value) |> ignore

        message

    member this.Infer(model: string, json: string) =
        this.Send(this.Post($"/v2/models/{model}/infer", Encoding.UTF8.GetBytes json))

    member this.InferAsync(model: string, json: string) =
        this.SendAsync(this.Post($"/v2/models/{model}/infer", Encoding.UTF8.GetBytes json))

    /// JSON, and bytes after it.
    member this.InferBinary(model: string, json: string, bytes: byte[]) =
        let header = Encoding.UTF8.GetBytes json

        this.Send(
            this.Post(
                $"/v2/models/{model}/infer",
                Array.append header bytes,
                ("Inference-Header-Content-Length", string header.Length)
            )
        )

    member this.Ready = this.Get("/v2/health/ready").Status = 200

    /// A connection below HTTP.
    member _.Connect() =
        new TcpClient(service.Address.Host, service.Address.Port)

    interface IDisposable with
        member _.Dispose() =
            client.Dispose()
            service.DisposeAsync().AsTask().Wait()

module Serving =
    let names =
        Map
            [
                "BOOL", TensorElementType.Bool
                "UINT8", TensorElementType.UInt8
                "UINT16", TensorElementType.UInt16
                "UINT32", TensorElementType.UInt32
                "UINT64", TensorElementType.UInt64
                "INT8", TensorElementType.Int8
                "INT16", TensorElementType.Int16
                "INT32", TensorElementType.Int32
                "INT64", TensorElementType.Int64
                "FP16", TensorElementType.Float16
                "FP32", TensorElementType.Float
                "FP64", TensorElementType.Double
            ]

    /// A body for a model `same` of FP32.
    let fp32 (data: string) (shape: string) =
        $$"""{"inputs":[{"name":"x","shape":{{shape}},"datatype":"FP32","data":{{data}}}]}"""

    let zero =
        """{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[0]}]}"""
