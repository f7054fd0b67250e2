using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Long short-term memory: i, f, o = σ(·), g = tanh(·) of W x + b + U h + c; cell ← f ⊙ cell + i ⊙ g, h ← o ⊙ tanh(cell).</summary>
/// <remarks>
/// x: [T, B, in] ([B, T, in] with batchFirst) → output: [T, B, H · ways], last h and cell: [layers · ways, B, H]. Without a state it begins with zeros.
/// Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735.
/// </remarks>
public sealed class LSTM : Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
{
    private readonly RecurrentLayers layers;

    internal LSTM(
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
        : base(nameof(LSTM)) =>
        layers = new(
            this,
            4,
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

    public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
    {
        if (h0_c0 is (var h0, var c0))
        {
            return layers.Lstm(input, [h0, c0], training);
        }

        using Tensor nothing = layers.Zeros(input);
        return layers.Lstm(input, [nothing, nothing], training);
    }

    public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => forward(input, h0_c0);
}
