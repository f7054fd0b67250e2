/// Tiny ONNX models, written byte by byte: only what these tests need of protobuf and of onnx.proto (whose field numbers these are).
module Vae.Tests.OnnxBytes

open System
open System.Text
open Microsoft.ML.OnnxRuntime.Tensors

/// A base-128 number.
let rec private varint (n: uint64) =
    if n < 128UL then
        [| byte n |]
    else
        Array.append [| byte (n &&& 127UL) ||| 128uy |] (varint (n >>> 7))

let private number (field: int) (n: int64) =
    Array.append (varint (uint64 (field <<< 3))) (varint (uint64 n))

let private bytes (field: int) (content: byte[]) =
    Array.concat [ varint (uint64 (field <<< 3 ||| 2)); varint (uint64 content.Length); content ]

let private text field (s: string) = bytes field (Encoding.UTF8.GetBytes s)

/// An axis of an input or output: free and named, or fixed.
type Axis =
    | Free of string
    | Fixed of int64

let private valueInfo (name: string) (element: TensorElementType) (shape: Axis list) =
    let axis =
        function
        | Free name -> bytes 1 (text 2 name)
        | Fixed n -> bytes 1 (number 1 n)

    let tensor =
        Array.append (number 1 (int64 element)) (bytes 2 (Array.concat (List.map axis shape)))

    Array.append (text 1 name) (bytes 2 (bytes 1 tensor))

/// op(inputs) = outputs
let node (op: string) (inputs: string list) (outputs: string list) =
    Array.concat [ yield! List.map (text 1) inputs; yield! List.map (text 2) outputs; text 4 op ]

/// A constant float32 tensor.
let constant (name: string) (shape: int64 list) (values: float32[]) =
    let raw = values |> Array.collect BitConverter.GetBytes

    Array.concat
        [
            yield! List.map (number 1) shape
            number 2 (int64 TensorElementType.Float)
            text 8 name
            bytes 9 raw
        ]

type Graph =
    {
        Nodes: byte[] list
        Constants: byte[] list
        Inputs: (string * TensorElementType * Axis list) list
        Outputs: (string * TensorElementType * Axis list) list
    }

/// A whole model: IR version 8, opset 17.
let model (graph: Graph) =
    let values field =
        List.map (fun (name, element, shape) -> bytes field (valueInfo name element shape))

    let graphBytes =
        Array.concat
            [
                yield! List.map (bytes 1) graph.Nodes
                text 2 "tiny"
                yield! List.map (bytes 5) graph.Constants
                text 10 "what the graph computes"
                yield! values 11 graph.Inputs
                yield! values 12 graph.Outputs
            ]

    let property key value =
        bytes 14 (Array.append (text 1 key) (text 2 value))

    Array.concat
        [
            number 1 8L
            text 2 "by hand"
            text 4 "org.example"
            number 5 3L
            text 6 "what the model is for"
            bytes 7 graphBytes
            bytes 8 (number 2 17L)
            property "run_id" "20260101-000000-abcd"
            property "grüße" "∫"
        ]

/// y = op(x), both of one type and of shape [batch, width].
let unary op element width =
    let shape = [ Free "batch"; Fixed width ]

    model
        {
            Nodes = [ node op [ "x" ] [ "y" ] ]
            Constants = []
            Inputs = [ "x", element, shape ]
            Outputs = [ "y", element, shape ]
        }

/// sum = a + b, product = a * b, all float32 [batch, 3].
let arithmetic =
    let shape = [ Free "batch"; Fixed 3L ]
    let float name = name, TensorElementType.Float, shape

    model
        {
            Nodes = [ node "Add" [ "a"; "b" ] [ "sum" ]; node "Mul" [ "a"; "b" ] [ "product" ] ]
            Constants = []
            Inputs = [ float "a"; float "b" ]
            Outputs = [ float "sum"; float "product" ]
        }

/// y = x W, as often as asked for: x [batch, n], W [n, n].
let chain (n: int64) (w: float32[]) (times: int) =
    let name i =
        if i = 0 then "x"
        elif i = times then "y"
        else $"h{i}"

    let shape = [ Free "batch"; Fixed n ]

    model
        {
            Nodes = [ for i in 1..times -> node "MatMul" [ name (i - 1); "w" ] [ name i ] ]
            Constants = [ constant "w" [ n; n ] w ]
            Inputs = [ "x", TensorElementType.Float, shape ]
            Outputs = [ "y", TensorElementType.Float, shape ]
        }

/// A prior part, z = eps [batch, 3], and a decoder part, mean = sigmoid(z W + c) [batch, n], as `vae export` names their tensors.
let parts (w: float32[]) (c: float32[]) =
    let n = c.LongLength

    let float name width =
        name, TensorElementType.Float, [ Free "batch"; Fixed width ]

    let prior =
        {
            Nodes = [ node "Identity" [ "eps" ] [ "z" ] ]
            Constants = []
            Inputs = [ float "eps" 3L ]
            Outputs = [ float "z" 3L ]
        }

    let decoder =
        {
            Nodes =
                [
                    node "MatMul" [ "z"; "w" ] [ "h" ]
                    node "Add" [ "h"; "c" ] [ "parameters" ]
                    node "Sigmoid" [ "parameters" ] [ "mean" ]
                ]
            Constants = [ constant "w" [ 3L; n ] w; constant "c" [ n ] c ]
            Inputs = [ float "z" 3L ]
            Outputs = [ float "parameters" n; float "mean" n ]
        }

    model prior, model decoder
