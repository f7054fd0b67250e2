using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Gated recurrent unit: r, z = σ(W x + b + U h + c), n = tanh(Wₙ x + bₙ + r ⊙ (Uₙ h + cₙ)); h ← (1 − z) ⊙ n + z ⊙ h.</summary>
/// <remarks>
/// x: [T, B, in] ([B, T, in] with batchFirst) → output: [T, B, H · ways], last h: [layers · ways, B, H]. Without a state it begins with zeros.
/// Cho et al. 2014, arXiv:1406.1078, with the reset after the product, as in cuDNN.
/// </remarks>
public sealed class GRU : Module<Tensor, Tensor?, (Tensor, Tensor)>
{
    private readonly RecurrentLayers layers;

    internal GRU(
        long inputSize,
        long hiddenSize,
        long numLayers,
        bool bias,
        bool batchFirst,
        double dropout,
        bool bidirectional,
        Device? device,
        ScalarType? dtype
    )
        : base(nameof(GRU)) =>
        layers = new(
            this,
            3,
            inputSize,
            hiddenSize,
            numLayers,
            bias,
            batchFirst,
            dropout,
            bidirectional,
            device,
            dtype
        );

    public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null)
    {
        if (h0 is not null)
        {
            return layers.Gru(input, h0, training);
        }

        using Tensor nothing = layers.Zeros(input);
        return layers.Gru(input, nothing, training);
    }

    public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => forward(input, h0);
}
