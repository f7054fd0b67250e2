/// What only the data itself tells of whether a model is of it.
module Vae.Tests.DataFitTests

open System.Collections.Generic
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Data
open Xunit

let private dataset (values: float32[]) (labels: int[]) =
    let split name =
        Split(name, values.Length / 2, null, values, labels)

    Dataset("files", [| 2 |], Binarisation.None, split "train", split "valid", split "test", "mine", Dictionary())

let private refusal model data =
    let error = Assert.Throws<ExperimentException>(fun () -> DataFit.Check(model, data))

    Assert.Equal(ExitCode.Data, error.Code)
    error.Message

[<Fact>]
let ``a value outside of the likelihood's is named with its place`` () =
    let wild = dataset [| 0.0f; 1.0f; 0.5f; 1.5f |] null
    Assert.StartsWith("example 1 of the train split has the value 1.5", refusal (VaeConfig(Latent = 1)) wild)
    DataFit.Check(VaeConfig(Latent = 1, Likelihood = UnitGaussianConfig()), wild)
    DataFit.Check(VaeConfig(Latent = 1), dataset [| 0.0f; 1.0f; 0.5f; 0.25f |] null)

[<Fact>]
let ``a model of x given its label asks for all of them`` () =
    let values = [| 0.0f; 1.0f; 0.5f; 0.25f |]
    let conditional = CvaeConfig(Latent = 1)
    Assert.StartsWith("the train split has no labels", refusal conditional (dataset values null))
    Assert.StartsWith("example 1 of the train split has no label", refusal conditional (dataset values [| 3; -1 |]))
    DataFit.Check(conditional, dataset values [| 3; 0 |])
    DataFit.Check(CvaeConfig(Latent = 1, Classifier = MlpConfig()), dataset values [| 3; -1 |])
