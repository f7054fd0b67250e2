/// Models small enough that what they answer is known without them.
module Vae.Tests.Models

open Microsoft.ML.OnnxRuntime.Tensors
open Vae.Primitives
open Vae.Tests.OnnxBytes

let private float name width =
    name, TensorElementType.Float, [ Free "batch"; Fixed width ]

/// y = x of one type, x: [batch, 3].
let same element = unary "Identity" element 3L

/// z = a - b, both [batch, 2].
let difference =
    model
        {
            Nodes = [ node "Sub" [ "a"; "b" ] [ "z" ] ]
            Constants = []
            Inputs = [ float "a" 2L; float "b" 2L ]
            Outputs = [ float "z" 2L ]
        }

/// y = x, and on the way a matrix of x's [n, n] is squared so often: x = 0 or 1 stays finite for none but 0. No batch axis.
let slow (size: int) (squares: int) =
    let one = [ Fixed 1L; Fixed 1L ]

    model
        {
            Nodes =
                [
                    node "Mul" [ "ones"; "x" ] [ "m0" ]

                    for i in 1..squares do
                        node "MatMul" [ $"m{i - 1}"; $"m{i - 1}" ] [ $"m{i}" ]

                    node "ReduceMax" [ $"m{squares}" ] [ "y" ]
                ]
            Constants = [ constant "ones" [ int64 size; int64 size ] (Array.create (size * size) 1.0f) ]
            Inputs = [ "x", TensorElementType.Float, one ]
            Outputs = [ "y", TensorElementType.Float, one ]
        }

/// y = x, but one of its constants says that its numbers are in another file: by its external_data, or by its data_location.
let external (byLocation: bool) =
    // data_location = 1, or external_data = { location: "/etc/passwd" }
    let elsewhere =
        if byLocation then
            [| 0x70uy; 1uy |]
        else
            let location = "location"B
            let path = "/etc/passwd"B

            let entry =
                Array.concat
                    [
                        [| 10uy; byte location.Length |]
                        location
                        [| 18uy; byte path.Length |]
                        path
                    ]

            Array.append [| 0x6Auy; byte entry.Length |] entry

    model
        {
            Nodes = [ node "Add" [ "x"; "w" ] [ "y" ] ]
            Constants = [ Array.append (constant "w" [ 3L ] [| 1.0f; 2.0f; 3.0f |]) elsewhere ]
            Inputs = [ float "x" 3L ]
            Outputs = [ float "y" 3L ]
        }

/// Pictures of 4 x 4 pixels from two latent variables: z1 lights the left half and z2 the right one.
let side = 4L

let private pixels = side * side

let priorBy (operator: string) =
    model
        {
            Nodes = [ node operator [ "eps" ] [ "z" ] ]
            Constants = []
            Inputs = [ float "eps" 2L ]
            Outputs = [ float "z" 2L ]
        }

let prior = priorBy "Identity"

let decoder =
    let light =
        Array.init (2 * int pixels) (fun i ->
            let left = i % int side < int side / 2
            if (i < int pixels) = left then 1.0f else 0.0f)

    model
        {
            Nodes =
                [
                    node "MatMul" [ "z"; "light" ] [ "parameters" ]
                    node "Sigmoid" [ "parameters" ] [ "mean" ]
                ]
            Constants = [ constant "light" [ 2L; pixels ] light ]
            Inputs = [ float "z" 2L ]
            Outputs = [ float "parameters" pixels; float "mean" pixels ]
        }

/// z = the corners of the two halves.
let posterior =
    let corners =
        Array.init (int pixels * 2) (fun i -> if i = 0 || i = 2 * (int side - 1) + 1 then 1.0f else 0.0f)

    model
        {
            Nodes =
                [
                    node "MatMul" [ "x"; "corners" ] [ "mean" ]
                    node "Add" [ "mean"; "eps" ] [ "z" ]
                ]
            Constants = [ constant "corners" [ pixels; 2L ] corners ]
            Inputs = [ float "x" pixels; float "eps" 2L ]
            Outputs = [ float "z" 2L ]
        }

/// mean = x / 2.
let reconstruct =
    model
        {
            Nodes = [ node "Mul" [ "x"; "half" ] [ "mean" ] ]
            Constants = [ constant "half" [ 1L ] [| 0.5f |] ]
            Inputs = [ float "x" pixels; float "eps" 2L ]
            Outputs = [ float "mean" pixels ]
        }

let card name part =
    ModelCard(
        name,
        part,
        "run",
        "vae",
        "commit",
        "name = \"tiny\"",
        ModelCardData("halves", "none", "CC0"),
        ModelCardImage(1L, side, side),
        pixels,
        2L,
        0L,
        17,
        "fp32",
        [||],
        [||],
        ModelCardParity(0, [||], [||])
    )
