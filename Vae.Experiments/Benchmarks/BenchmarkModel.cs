using TorchSharp.Modules;
using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Models;
using Vae.Core.Networks;
using Vae.Primitives;

namespace Vae.Experiments.Benchmarks;

/// <summary>A model that is timed, and how it is trained: the PyTorch peer's, by its names.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Batch">Images in a batch unless said otherwise.</param>
/// <param name="BoundBatch">Images in a batch of the bound, each with 128 samples.</param>
/// <param name="Samples">Samples of z an image in training.</param>
/// <param name="Build">Makes the model, its parameters not drawn yet.</param>
/// <param name="Optimizer">Makes its optimizer.</param>
public sealed record BenchmarkModel(
    string Name,
    int Batch,
    int BoundBatch,
    int Samples,
    Func<VariationalAutoencoder> Build,
    Func<IEnumerable<(string name, Parameter parameter)>, optim.Optimizer> Optimizer
)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<BenchmarkModel> All { get; } =
    [
        new("mlp", 128, 128, 1, () => Mlp(false), RmsProp),
        new("mlp-iaf", 128, 128, 1, () => Mlp(true), RmsProp),
        new("dense", 128, 128, 5, Dense, Adam(1e-2)),
        new("resnet", 32, 4, 1, () => Resnet([]), Adam(1e-3)),
        new("resnet-iaf", 32, 4, 1, () => Resnet([.. Enumerable.Range(0, 8).Select(WideIaf)]), Adam(1e-3)),
    ];

    /// <summary>784-256-256-2·128 / 128-256-256-784; with flows 3·128, and twice an inverse autoregressive flow, MADE 128-256-256-2·128, and a reversal.</summary>
    private static VariationalAutoencoder Mlp(bool flows) =>
        new(
            new Mlp(784, [256, 256], flows ? 3 * 128 : 2 * 128, Activation.Relu),
            new Mlp(128, [256, 256], 784, Activation.Relu),
            new BernoulliLikelihood(),
            ScaleFunction.Softplus,
            flows ? [Iaf(0), new Reversal(128), Iaf(1), new Reversal(128)] : []
        );

    /// <summary>784-400-2·20 / 20-400-784.</summary>
    private static VariationalAutoencoder Dense() =>
        new(
            new Mlp(784, [400], 2 * 20, Activation.Relu),
            new Mlp(20, [400], 784, Activation.Relu),
            new BernoulliLikelihood(),
            ScaleFunction.Softplus
        );

    /// <summary>Residual encoder and decoder with 64 maps and batch norm, z = 64, log-scales from −3.</summary>
    private static VariationalAutoencoder Resnet(Flow[] flows)
    {
        long context = flows.Length == 0 ? 0 : flows[0].Context;
        var image = new ImageShape(1, 28, 28);
        var layers = new LayerOptions(Normalisation.Batch);
        return new(
            new ResnetEncoder(image, 2 * 64 + context, new ResnetOptions(), layers),
            new ResnetDecoder(64, image, new ResnetOptions(), layers),
            new BernoulliLikelihood(),
            ScaleFunction.Exp,
            flows,
            scaleOffset: -3
        );
    }

    /// <summary>MADE 64-1920-1920-2·64 with batch norm, ELU and a context of 1920; every other one hears the dimensions from the last to the first.</summary>
    private static InverseAutoregressiveFlow WideIaf(int layer) =>
        new(
            new Made(
                64,
                [1920, 1920],
                context: 1920,
                new PhiloxKey(0, 5 + (uint)layer),
                form: new MadeForm
                {
                    Reversed = layer % 2 == 1,
                    Activation = Activation.Elu,
                    BatchNorm = true,
                    KeepsBiases = true,
                }
            )
        );

    private static InverseAutoregressiveFlow Iaf(uint block) =>
        new(new Made(128, [256, 256], context: 128, new PhiloxKey(0, 5 + block)));

    private static optim.Optimizer RmsProp(IEnumerable<(string, Parameter)> parameters) =>
        optim.RMSProp(parameters, 1e-3, centered: true);

    private static Func<IEnumerable<(string, Parameter)>, optim.Optimizer> Adam(double lr) =>
        parameters => optim.Adam(parameters, lr);
}
